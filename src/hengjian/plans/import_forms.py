"""Forms of the import pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from hengjian.documents.uploads import MEGABYTE, size_limit
from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import Region, RoleGrant, Unit, User
from hengjian.parties.policies import permitted
from hengjian.parties.roles import verb
from hengjian.plans.import_settings import FAMILIES, guess_period, likely_parent, parent_choices, rule_choices
from hengjian.plans.models import Plan, PlanImport
from hengjian.plans.words import import_title

EXTENSIONS = frozenset({"txt", "docx", "html", "htm", "pdf"})
LONGEST_PASTE = 500_000


class StartForm(HengjianForm):
    """A file or pasted text. Unit and region are the person's own, and are asked for only where there is a choice."""

    file = forms.FileField(
        label=_("计划文件"),
        required=False,
        help_text=_("支持 .txt、.docx、.html 和有文字层的 .pdf；扫描件请先识别成文字。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.docx,.html,.htm,.pdf"}),
    )
    pasted = forms.CharField(
        label=_("或粘贴正文"),
        required=False,
        max_length=LONGEST_PASTE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    unit = forms.ModelChoiceField(label=_("经办单位"), queryset=Unit.objects.none())
    region: forms.ModelChoiceField[Region] = forms.ModelChoiceField(label=_("适用地区"), queryset=Region.objects.none())
    revises = forms.ModelChoiceField(
        label=_("用来更正已有计划"),
        queryset=Plan.objects.none(),
        required=False,
        empty_label=_("不更正，作为新计划导入"),
        help_text=_("选择后，已有的任务、签收和进展会跟着新文本保留。"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units, regions = places_of(user)
        plans = permitted(user, "plans.import", Plan.objects.exclude(status=Plan.Status.ARCHIVED))
        self._offer("unit", units, user.unit)
        own_region = user.unit.region if user.unit is not None else None
        self._offer("region", regions, own_region)
        self.fields["revises"].queryset = plans  # type: ignore[attr-defined]
        if not plans.exists():
            del self.fields["revises"]

    def _offer(self, name: str, rows: Any, own: Any) -> None:
        """A hidden field where there is nothing to choose."""
        field = self.fields[name]
        field.queryset = rows  # type: ignore[attr-defined]
        known = list(rows[:2])
        field.initial = own if own is not None and rows.filter(pk=own.pk).exists() else known[0] if known else None
        if len(known) < 2:
            field.widget = forms.HiddenInput()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is not None and file.size > size_limit():
            raise forms.ValidationError(
                now("文件有 %(size).1f MB，超过 %(limit)d MB 的上限。计划文本一般不到 1 MB，请只上传正文。")
                % {"size": file.size / MEGABYTE, "limit": size_limit() // MEGABYTE}
            )
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        file, pasted = data.get("file"), data.get("pasted", "")
        if file is None and not pasted.strip():
            raise forms.ValidationError(now("请选择文件，或粘贴正文。"))
        if file is not None and pasted.strip():
            raise forms.ValidationError(now("文件和粘贴的正文只能选一种，请删去其中一个。"))
        return data


class ConfirmForm(HengjianForm):
    """The settings of a new plan, filled in from its text."""

    title = forms.CharField(label=_("计划名称"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    number = forms.CharField(label=_("文号"), required=False, max_length=80)
    issuer = forms.CharField(label=_("发文机关"), required=False, max_length=200)
    period_start = forms.DateField(label=_("开始日期"))
    period_end = forms.DateField(label=_("结束日期"), help_text=_("文中没有写明时限的任务，以这一天为完成时限。"))
    parent = forms.ModelChoiceField(
        label=_("上级计划"), queryset=Plan.objects.none(), required=False, empty_label=_("没有上级计划")
    )
    granularity = forms.ChoiceField(label=_("任务粒度"), choices=Plan.Granularity.choices)
    rollup = forms.ChoiceField(label=_("进度汇总方法"), choices=Plan.Rollup.choices)
    light_rule = forms.ChoiceField(label=_("亮灯规则"))
    escalation_rule = forms.ChoiceField(label=_("催办规则"))
    report_rule = forms.ChoiceField(label=_("报送规则"))

    def __init__(self, *args: Any, draft: PlanImport, user: User, **kwargs: Any) -> None:
        read = draft.draft
        start, end = guess_period(read, timezone.localdate(draft.created_at))
        plans = parent_choices(user, draft)
        kwargs["initial"] = {
            "title": import_title(draft)[:300],
            "number": (read.get("number") or "")[:80],
            "issuer": (read.get("issuer") or "")[:200],
            "period_start": start,
            "period_end": end,
            "parent": likely_parent(draft, plans),
            "granularity": Plan.Granularity.MEASURE,
            "rollup": Plan.Rollup.MEAN,
        }
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Plan.objects.filter(  # type: ignore[attr-defined]
            pk__in=[plan.pk for plan in plans]
        )
        for name, family in FAMILIES.items():
            choices, proposed = rule_choices(family, draft.region.code, start)
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            self.initial[name] = proposed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("period_start"), data.get("period_end")
        if start and end and end < start:
            self.add_error("period_end", now("结束日期不能早于开始日期。"))
        return data


def places_of(user: User) -> tuple[Any, Any]:
    """(units, regions) for which the person may import."""
    roles = verb("plans.import").roles
    grants = list(RoleGrant.objects.filter(user=user, role__in=roles).select_related("unit__region", "region"))
    if user.is_superuser or any(grant.unit is None and grant.region is None for grant in grants):
        return Unit.objects.all(), Region.objects.all()
    roots = [grant.region for grant in grants if grant.region is not None]
    own = [grant.unit for grant in grants if grant.unit is not None]
    if user.unit is not None and roots:
        own.append(user.unit)
    regions = Region.objects.within(*roots) if roots else Region.objects.none()
    regions = Region.objects.filter(pk__in=[*regions.values_list("pk", flat=True), *[unit.region_id for unit in own]])
    return Unit.objects.filter(pk__in=[unit.pk for unit in own]), regions


class MarkForm(HengjianForm):
    """What a marked passage is, and which item it belongs to."""

    KINDS = (
        ("task", _("任务：单独成一条，由文中单位负责")),
        ("mechanism", _("机制：建立后长期坚持的制度安排")),
        ("measure", _("举措：加入下面选定的条目")),
        ("target", _("目标：有数值的指标")),
        ("duties", _("责任单位：加入下面选定的条目")),
    )
    kind = forms.ChoiceField(label=_("这段文字是"), choices=KINDS, widget=forms.RadioSelect)
    place = forms.ChoiceField(
        label=_("所属条目"), required=False, help_text=_("标为举措、目标或责任单位时使用；目标可以不属于任何条目。")
    )
    title = forms.CharField(
        label=_("任务名称"), required=False, max_length=400, help_text=_("不填写时取这段文字的开头。")
    )
    indicator = forms.CharField(label=_("指标名称"), required=False, max_length=200)
    operator = forms.ChoiceField(
        label=_("比较方式"),
        required=False,
        choices=[
            (">=", _("不低于")),
            ("<=", _("不高于")),
            ("=", _("等于")),
            ("increase", _("增加")),
            ("decrease", _("减少")),
        ],
    )
    value = forms.CharField(label=_("数值"), required=False, max_length=40)
    unit = forms.CharField(label=_("计量单位"), required=False, max_length=20)
    year = forms.IntegerField(label=_("年份"), required=False, min_value=1949, max_value=2200)
    strength = forms.ChoiceField(
        label=_("性质"), required=False, choices=[("firm", _("约束性")), ("力争", _("预期性（力争、基本）"))]
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", _("不属于任何条目")), *offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") in ("measure", "duties") and not data.get("place") and "place" not in self.errors:
            self.add_error("place", now("请选择这段文字属于哪个条目。"))
        if data.get("kind") == "target" and bool(data.get("indicator")) != bool(data.get("value")):
            self.add_error("value" if data.get("indicator") else "indicator", now("指标名称和数值要一起填写。"))
        return data

    def correction(self, chosen: tuple[int, int]) -> dict[str, Any]:
        """The form as a correction of `corrections.py` for the stretch that was chosen."""
        data = self.cleaned_data
        kinds = {"measure": "mark_measure", "target": "mark_target", "duties": "mark_duties"}
        made: dict[str, Any] = {"kind": kinds.get(data["kind"], "mark_item"), "start": chosen[0], "end": chosen[1]}
        if data["kind"] in kinds and data["place"]:
            made["section"], made["item"] = (int(part) for part in data["place"].split("-"))
        if data["kind"] == "target":
            names = ("indicator", "operator", "value", "unit", "year", "strength")
            made |= {name: data[name] for name in names if data[name] not in (None, "")}
            # In a correction, `unit` is which body a written name means.
            made["unit_label"] = made.pop("unit", "")
        else:
            made["title"] = data["title"]
            made["nature"] = "mechanism" if data["kind"] == "mechanism" else "action"
        return made
