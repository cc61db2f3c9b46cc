"""Storage of traceability events: what was captured is never changed (triggers.py); everything else here is an index
of it, or work around it.

Numbers of events are given in the order in which captures are committed, without gaps that fill up later: whoever has
read up to a number has read everything before it.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengjian.ledger.models import AppendOnly
from hengjian.methods.epcis import Context
from hengjian.parties.models import Unit

if TYPE_CHECKING:
    _TextField = models.TextField[Any, Any]
else:
    _TextField = models.TextField

HASH_FORM = "ni:///sha-256;{}?ver=CBV2.0"


class JSONTextField(_TextField):
    """JSON kept as the text that was captured, on every database."""

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, expression: object, connection: object) -> object:
        return None if value is None else json.loads(value)

    def get_prep_value(self, value: object) -> str | None:
        return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class EventContext(AppendOnly):
    """The prefixes that a captured document declared; shared by its events. `expand`: see methods.epcis.Context."""

    digest = models.CharField(max_length=64, unique=True)
    declared = JSONTextField()
    expand = models.BooleanField()

    def __str__(self) -> str:
        return self.digest[:12]

    @property
    def prefixes(self) -> Context:
        return Context(self.declared, expand_values=self.expand)


class Event(AppendOnly):
    """One captured event.

    Attributes:
        hash: the 64 hex digits of its CBV event hash; `hash_uri` is the whole identifier.
        declaration: digest of the error declaration it carries, else empty. An error declaration repeats the event
            that it declares wrong, hash included.
        event_id: as captured; empty when the event came without one and is known by its hash.
        biz_step, disposition: bare words of the CBV or URIs. read_point, biz_location: canonical keys (`keys.py`).
        record_time: when it was captured here; grows with `id`.
        party: the unit whose system captured it.
        document: the event as it came, in the JSON binding.
        context: what its prefixes stand for; null: only those of the standard.
    """

    id = models.BigIntegerField(primary_key=True)
    hash = models.CharField(max_length=64)
    declaration = models.CharField(max_length=64, blank=True)
    event_id = models.CharField(max_length=512, blank=True)
    type = models.CharField(_("事件类型"), max_length=512)
    action = models.CharField(max_length=8, blank=True)
    biz_step = models.CharField(max_length=512, blank=True)
    disposition = models.CharField(max_length=512, blank=True)
    event_time = models.DateTimeField(_("发生时间"))
    record_time = models.DateTimeField(_("采集时间"))
    read_point = models.CharField(max_length=512, blank=True)
    biz_location = models.CharField(max_length=512, blank=True)
    party = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("采集主体"))
    job = models.UUIDField()
    context = models.ForeignKey(EventContext, null=True, on_delete=models.PROTECT, related_name="+")
    document = JSONTextField()

    class Meta:
        verbose_name = _("追溯事件")
        constraints = [
            models.UniqueConstraint(fields=["hash", "declaration"], name="trace_event_content_once"),
            models.UniqueConstraint(
                fields=["event_id"], condition=Q(declaration="") & ~Q(event_id=""), name="trace_event_id_once"
            ),
        ]
        indexes = [
            models.Index(fields=["event_time"], name="trace_event_time"),
            models.Index(fields=["record_time"], name="trace_event_recorded"),
            models.Index(fields=["job"], name="trace_event_job"),
            models.Index(fields=["type", "id"], name="trace_event_type"),
            models.Index(fields=["event_id"], condition=~Q(declaration=""), name="trace_event_declared"),
            *(
                models.Index(fields=[name, "id"], condition=~Q(**{name: ""}), name=f"trace_event_{name}")
                for name in ("biz_step", "disposition", "read_point", "biz_location")
            ),
        ]

    def __str__(self) -> str:
        return self.identity

    @property
    def hash_uri(self) -> str:
        return HASH_FORM.format(self.hash)

    @property
    def identity(self) -> str:
        """The eventID by which it is known to everyone."""
        return self.event_id or self.hash_uri

    @property
    def prefixes(self) -> Context:
        """What the prefixes in the document stand for."""
        return self.context.prefixes if self.context else Context()


class EventThing(AppendOnly):
    """An identifier that an event is about, and in which place it stands.

    Attributes:
        role: epc (what an object or transaction event lists), child, parent, input, output.
        key: canonical form (`keys.py`): the constrained Digital Link of a GS1 key, any other URI as it is.
        is_class: a class or lot out of a list of quantities; `quantity` None: not said; `uom` empty: pieces.
    """

    class Role(models.TextChoices):
        EPC = "epc", _("对象")
        CHILD = "child", _("装入物")
        PARENT = "parent", _("容器")
        INPUT = "input", _("投入")
        OUTPUT = "output", _("产出")

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="things", db_constraint=False)
    role = models.CharField(max_length=6, choices=Role.choices)
    key = models.CharField(max_length=512)
    is_class = models.BooleanField()
    quantity = models.FloatField(null=True)
    uom = models.CharField(max_length=3, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["key", "event"], name="trace_thing_key"),
            models.Index(
                fields=["quantity", "event"], condition=Q(quantity__isnull=False), name="trace_thing_quantity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.key}"


class EventTerm(AppendOnly):
    """Anything else that a query can ask for, by name (`terms.py`); `number` where the value is one, or a time."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="terms", db_constraint=False)
    name = models.CharField(max_length=512)
    text = models.CharField(max_length=512)
    number = models.FloatField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["name", "text", "event"], name="trace_term_text"),
            models.Index(
                fields=["name", "number", "event"], condition=Q(number__isnull=False), name="trace_term_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.text}"


class EventReader(AppendOnly):
    """A unit that may read the event: who captured it, or who is named as its source or destination."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="readers", db_constraint=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "event"], name="trace_reader_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.event_id}"


class PartyKey(models.Model):
    """A party or place identifier (GLN, web address) under which a unit appears in events."""

    key = models.CharField(_("标识"), max_length=512, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+", verbose_name=_("单位"))
    declared_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("追溯标识")

    def __str__(self) -> str:
        return self.key


class MasterItem(models.Model):
    """Master data about one thing of a vocabulary (place, party, class), as the unit last captured it."""

    kind = models.CharField(max_length=512)
    key = models.CharField(max_length=512)
    party = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    attributes = JSONTextField()
    children = JSONTextField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "kind", "party"], name="trace_master_once")]

    def __str__(self) -> str:
        return self.key


class CompanyPrefix(models.Model):
    """A GS1 company prefix that was seen in an EPC URN: with its length, Digital Links can be written as URNs."""

    prefix = models.CharField(max_length=12, primary_key=True)

    def __str__(self) -> str:
        return self.prefix


class CaptureJob(models.Model):
    """One document that was handed in. It is done whole or not at all: events, state and fact change together."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待处理")
        DONE = "done", _("已完成")

    class Behaviour(models.TextChoices):
        ROLLBACK = "rollback", _("有错全退")
        PROCEED = "proceed", _("有错略过")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    party = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("采集主体"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.WAITING)
    behaviour = models.CharField(max_length=8, choices=Behaviour.choices, default=Behaviour.ROLLBACK)
    success = models.BooleanField(null=True)
    name = models.CharField(_("文件"), max_length=200, blank=True)
    size = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(_("提交时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    next_action_at = models.DateTimeField(null=True, db_index=True)
    added = models.IntegerField(_("新增事件"), default=0)
    already = models.IntegerField(_("已有事件"), default=0)
    rejected = models.IntegerField(_("有误事件"), default=0)
    errors = JSONTextField(default=list)
    fact = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("采集任务")
        indexes = [models.Index(fields=["party", "-created_at"], name="trace_job_party")]

    def __str__(self) -> str:
        return self.name or str(self.id)


class NamedQuery(models.Model):
    """A query that was given a name, as a resource of the unit that made it."""

    name = models.CharField(_("名称"), max_length=100)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+", verbose_name=_("单位"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    parameters = JSONTextField()
    created_at = models.DateTimeField(_("建立时间"))

    class Meta:
        verbose_name = _("命名查询")
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="trace_query_once")]

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """A standing order for the results of a named query.

    Attributes:
        secret: sealed (`hengjian.trace.events.secrets`); signs what is sent.
        schedule: fields of the schedule, or null for a stream.
        position: number of the last event that was sent.
        failures: tries since the last success; `last_error` says why, for the owner.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("运行中")
        BROKEN = "broken", _("已停止")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    query = models.ForeignKey(NamedQuery, on_delete=models.CASCADE, related_name="subscriptions")
    dest = models.CharField(_("接收地址"), max_length=2000)
    secret = models.TextField(blank=True)
    stream = models.BooleanField()
    schedule = JSONTextField(null=True)
    report_if_empty = models.BooleanField(default=False)
    initial_record_time = models.DateTimeField(null=True)
    format = JSONTextField(default=dict)
    position = models.BigIntegerField(default=0)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField(_("建立时间"))
    next_action_at = models.DateTimeField(_("下次执行"), null=True, db_index=True)
    last_sent_at = models.DateTimeField(_("最近送达"), null=True)
    sent = models.IntegerField(_("已送事件"), default=0)
    failures = models.IntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("订阅")

    def __str__(self) -> str:
        return self.dest
