"""Values that come in a file: read and judged first, taken over as a whole, taken back as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.documents.actions import store_checked
from hengjian.documents.uploads import Checked
from hengjian.indicators import sheets
from hengjian.indicators.catalogue import definition
from hengjian.indicators.computing import Computed
from hengjian.indicators.computing.task import Places
from hengjian.indicators.declarations import Definition
from hengjian.indicators.models import Batch, Observation
from hengjian.indicators.rules import interval
from hengjian.indicators.storing import Keepers, Locks, retire, store
from hengjian.indicators.versions import version_of
from hengjian.ledger.actions import retract
from hengjian.ledger.drafts import Source
from hengjian.ledger.models import Fact
from hengjian.methods.periods import parse_period
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope, can
from hengjian.parties.verbs import Action, ActionRefused


@dataclass(kw_only=True)
class ImportValues(Action[Batch]):
    """Read a file (or rows of the interface) and keep what was found; nothing is taken over yet.

    Attributes:
        data, checked: the file; or
        rows: what a program sent: indicator, region, period, dimensions, numerator, denominator, value as text.
    """

    verb: ClassVar[str] = "indicators.import"

    unit: Unit
    data: bytes = b""
    checked: Checked | None = None
    rows: Sequence[dict[str, str]] = ()
    publisher: str = ""

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.unit.region)

    def perform(self) -> Batch:
        assert self.actor is not None
        name = self.checked.name if self.checked is not None else _("接口")
        batch = Batch.objects.create(
            unit=self.unit, filename=name, publisher=self.publisher.strip()[:200], created_by=self.actor
        )
        if self.checked is not None:
            subject = f"indicator-import:{batch.pk}"
            batch.file_hash = store_checked(self.data, self.checked, subject=subject, stored_by=self.actor.ref).address
            found = sheets.read(self.data, self.checked.name)
        else:
            found = sheets.judge(list(enumerate(self.rows, start=1)))
        self._reach(found)
        batch.rows = [row.as_json() for row in found]
        batch.total = len(found)
        batch.save(update_fields=["rows", "total", "file_hash"])
        return batch

    def _reach(self, found: Sequence[sheets.Row]) -> None:
        """Regions that the person may not write for."""
        if self.user is None:
            return
        codes = {row.given.get("region", "") for row in found}
        for region in Region.objects.filter(code__in=codes):
            if not can(self.user, self.verb, Scope(unit=self.unit, region=region)):
                for row in found:
                    if row.given.get("region") == region.code:
                        row.errors.append(_("%(region)s 不在您的导入权限内。") % {"region": region})


@dataclass(kw_only=True)
class ConfirmImport(Action[Batch]):
    """Take the rows over as provisional values; a batch with mistakes is not taken over at all."""

    verb: ClassVar[str] = "indicators.import"

    batch: Batch

    def target(self) -> Batch:
        return self.batch

    def check_state(self) -> None:
        if self.batch.state != Batch.State.DRAFT:
            raise ActionRefused(_("这次导入已经处理过。"), _("请刷新页面查看最新状态。"))
        wrong = [row for row in self.batch.rows if row["errors"]]
        if wrong:
            raise ActionRefused(
                _("有 %(n)d 行有误，没有导入任何数据。") % {"n": len(wrong)},
                _("请在原表中改正后重新上传。"),
            )
        if not self.batch.rows:
            raise ActionRefused(_("文件里没有数据行。"), _("请核对后重新上传。"))

    def perform(self) -> Batch:
        batch = self.batch
        places = Places.load()
        locks = Locks.load(places)
        groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in batch.rows:
            groups[row["given"]["indicator"]].append(row)
        for code, rows in groups.items():
            declared = definition(code)
            computed = [_computed(row, declared) for row in rows]
            for item in computed:
                if locks.hold(code, places.pk[item.region], item.period.first, item.period.last):
                    raise ActionRefused(
                        _("%(period)s 已锁定，不能导入这一期的值。") % {"period": item.period.said()},
                        _("确需改动的，请办公室说明原因后先解锁。"),
                    )
            store(
                version_of(declared),
                declared,
                computed,
                places=places,
                keepers=Keepers.load([declared.owner]),
                locks=locks,
                origin=Observation.Origin.IMPORT,
                by=batch.created_by,
                batch=batch,
            )
        batch.state = Batch.State.DONE
        batch.save(update_fields=["state"])
        return batch


def _computed(row: dict[str, Any], declared: Definition) -> Computed:
    given = row["given"]
    value, numerator, denominator = (
        None if row[name] is None else Decimal(row[name]) for name in ("value", "numerator", "denominator")
    )
    bounds = interval(declared.interval, numerator, denominator) if numerator is not None else None
    return Computed(
        given["region"],
        parse_period(given["period"]),
        row["dimensions"],
        value,
        numerator,
        denominator,
        bounds[0] if bounds else None,
        bounds[1] if bounds else None,
    )


@dataclass(kw_only=True)
class UndoImport(Action[Batch]):
    """Take an import back: its values go, those that they replaced count again."""

    verb: ClassVar[str] = "indicators.import"
    needs_reason: ClassVar[bool] = True

    batch: Batch

    def target(self) -> Batch:
        return self.batch

    def check_state(self) -> None:
        if self.batch.state != Batch.State.DONE:
            raise ActionRefused(_("这次导入没有生效或已经撤销。"), _("请刷新页面查看最新状态。"))
        later = Observation.objects.filter(previous__batch=self.batch).exclude(batch=self.batch)
        if later.exists():
            raise ActionRefused(
                _("其中 %(n)d 个值后来又被更正，不能整批撤销。") % {"n": later.count()},
                _("请逐个更正或撤回。"),
            )
        places = Places.load()
        locks = Locks.load(places)
        for row in self.batch.observations.all():
            if locks.hold(row.indicator, row.region_id, row.first, row.last):
                raise ActionRefused(_("%(period)s 已锁定，不能撤销这次导入。") % {"period": row.when.said()})

    def perform(self) -> Batch:
        batch, now = self.batch, timezone.now()
        rows = list(batch.observations.select_related("previous", "unit"))
        source = Source(unit=batch.unit.ref, user=self.actor.ref if self.actor else "", system="indicators")
        facts = Fact.objects.in_bulk([row.fact for row in rows if row.fact], field_name="id")
        for fact in facts.values():
            retract(fact, _("撤销导入：%(reason)s") % {"reason": self.reason.strip()[:400]}, source)
        was_current = {row.pk for row in rows if row.current}
        retire([row.pk for row in rows], now)
        batch.observations.update(status=Observation.Status.WITHDRAWN, reason=self.reason.strip()[:400])
        for row in rows:
            before = row.previous
            if before is not None and row.pk in was_current and before.status != Observation.Status.WITHDRAWN:
                before.current, before.superseded_at = True, None
                before.save(update_fields=["current", "superseded_at"])
        batch.state = Batch.State.UNDONE
        batch.save(update_fields=["state"])
        return batch
