"""Storage of the ledger. The database itself refuses to change or delete rows (triggers.py installs the triggers)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.ledger.canonical import canonical, parse
from hengjian.ledger.kinds import title_of

if TYPE_CHECKING:
    _TextField = models.TextField[Any, Any]
else:
    _TextField = models.TextField


class CanonicalJSONField(_TextField):
    """JSON kept as its canonical text: what was hashed is what is stored, on every database."""

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, expression: object, connection: object) -> object:
        return None if value is None else parse(value)

    def get_prep_value(self, value: object) -> str | None:
        return value if value is None or isinstance(value, str) else canonical(value)


class Level(models.TextChoices):
    PUBLIC = "public", _("公开")
    SHARED = "shared", _("共享")
    INTERNAL = "internal", _("内部")


class AppendOnly(models.Model):
    """Rows are written once, by the room's own actions."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is append-only: record a correction instead of changing a row")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(f"{type(self).__name__} is append-only: rows are never deleted")


class SealQuerySet(models.QuerySet["Seal"]):
    def active(self, at: datetime | None = None) -> SealQuerySet:
        """The seals that hold at a moment (now)."""
        now = at or timezone.now()
        ends = Q(until__isnull=True) | Q(until__gt=now)
        return self.filter(ends, effective_at__lte=now, lifted__isnull=True)


class Seal(AppendOnly):
    """A fact that nobody is shown any more (sealing.py); each follows from a fact `ledger.sealed`.

    `until` ends a temporary shield. `leaf_index` is the place of the sealed fact, so that readers need no join.
    """

    fact = models.UUIDField()
    leaf_index = models.BigIntegerField()
    ground = models.UUIDField()
    effective_at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = _("封存")
        indexes = [
            models.Index(fields=["leaf_index"], name="ledger_seal_leaf"),
            models.Index(fields=["ground"], name="ledger_seal_ground"),
        ]
        constraints = [models.UniqueConstraint(fields=["fact", "ground"], name="ledger_seal_once")]

    def __str__(self) -> str:
        return f"{self.leaf_index} sealed {self.effective_at}"


class SealLift(AppendOnly):
    """A seal that was taken off again; follows from a fact `ledger.unsealed`."""

    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, related_name="lifted")
    ground = models.UUIDField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.seal_id} lifted {self.at}"


class FactManager(models.Manager["Fact"]):
    """The facts that may be read: whoever asks, and at whatever earlier state, sealed ones do not exist."""

    def get_queryset(self) -> models.QuerySet[Fact]:
        sealed = Seal.objects.active().filter(leaf_index=OuterRef("leaf_index"))
        return super().get_queryset().filter(~Exists(sealed))


class Fact(AppendOnly):
    """A quality fact; DESIGN section "the ledger" names the fields. Written by `actions.append`, never by `save`.

    `objects` leaves sealed facts out. `everything` is for the ledger itself: proofs, corrections, verification.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    leaf_index = models.BigIntegerField(unique=True)
    leaf_hash = models.BinaryField(max_length=32)
    kind = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    region = models.CharField(max_length=12)
    occurred_on = models.DateField()
    recorded_at = models.DateTimeField()
    ends_on = models.DateField(null=True)
    source_unit = models.CharField(max_length=120, blank=True)
    source_user = models.CharField(max_length=120, blank=True)
    source_system = models.CharField(max_length=120, blank=True)
    refs = CanonicalJSONField()
    payload = CanonicalJSONField()
    evidence = CanonicalJSONField()
    disclosure = models.CharField(max_length=8, choices=Level.choices)
    catalogue = models.CharField(max_length=80, blank=True)
    supersedes = models.UUIDField(null=True)
    retracts = models.UUIDField(null=True)

    objects = FactManager()
    everything = models.Manager["Fact"]()

    class Meta:
        verbose_name = _("质量事实")
        indexes = [
            models.Index(fields=["subject", "occurred_on", "leaf_index"], name="ledger_fact_timeline"),
            models.Index(fields=["kind", "leaf_index"], name="ledger_fact_kind"),
        ]
        constraints = [
            # A fact is replaced once: the chain of corrections is a line, so there is always one last word.
            models.UniqueConstraint(
                fields=["supersedes"], condition=Q(supersedes__isnull=False), name="ledger_fact_superseded_once"
            ),
            models.UniqueConstraint(
                fields=["retracts"], condition=Q(retracts__isnull=False), name="ledger_fact_retracted_once"
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | Q(retracts__isnull=True), name="ledger_fact_one_target"
            ),
            models.CheckConstraint(condition=Q(leaf_index__gte=0), name="ledger_fact_index_positive"),
            models.CheckConstraint(condition=Q(disclosure__in=Level.values), name="ledger_fact_disclosure"),
        ]

    def __str__(self) -> str:
        return f"{self.leaf_index} {self.kind} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError("facts are written by hengjian.ledger.actions.append, which also extends the log")

    @property
    def title(self) -> str:
        """Name of the kind for people; the bare kind when no room registers it any more."""
        return str(title_of(self.kind))


class FactRef(AppendOnly):
    """Index of what a fact mentions besides its subject; `verify` compares it with the facts.

    The id is leaf_index × 64 plus the number of the reference: rows lie in log order without another index.
    """

    id = models.BigIntegerField(primary_key=True)
    leaf_index = models.BigIntegerField()
    role = models.CharField(max_length=40)
    ref = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["ref", "leaf_index"], name="ledger_ref")]

    def __str__(self) -> str:
        return f"{self.leaf_index} {self.role} {self.ref}"


class Tile(models.Model):
    """256 neighbouring hashes of the log at tree level 8 × `level`; the right-most tile of a level is still growing.

    `hashes` is their concatenation. At level 0 `labels` says for each leaf, on its own line, id, kind and subject, so
    that `verify` can name a fact whose row is gone.
    """

    level = models.PositiveSmallIntegerField()
    position = models.BigIntegerField()
    hashes = models.BinaryField()
    labels = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "position"], name="ledger_tile_place")]

    def __str__(self) -> str:
        return f"tile {self.level}/{self.position}"


class Checkpoint(AppendOnly):
    """A signed statement: the log of this size had this root. `note` is the signed text, the other fields repeat it."""

    tree_size = models.BigIntegerField(unique=True)
    root_hash = models.BinaryField(max_length=32)
    note = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("检查点")

    def __str__(self) -> str:
        return f"checkpoint of {self.tree_size}"


class ComputedFigure(AppendOnly):
    """A figure with everything needed to compute it again and to open it into the facts that it rests on."""

    id = models.UUIDField(primary_key=True, editable=False)
    name = models.CharField(max_length=120)
    subject = models.CharField(max_length=200)
    region = models.CharField(max_length=12, blank=True)
    period = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=80)
    unit = models.CharField(max_length=40, blank=True)
    method = models.CharField(max_length=120)
    rule = models.CharField(max_length=160, blank=True)
    parameters = CanonicalJSONField()
    query = CanonicalJSONField()
    parts = CanonicalJSONField()
    facts = models.BigIntegerField()
    tree_size = models.BigIntegerField()
    root_hash = models.BinaryField(max_length=32)
    computed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["name", "subject", "period"], name="ledger_figure_name")]

    def __str__(self) -> str:
        return f"{self.name} {self.subject} {self.period} = {self.value} {self.unit}"


class VaultEntry(models.Model):
    """Personal data, encrypted. Facts carry `vault:<id>`; erasing empties the row and leaves the fact as it is."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(max_length=120)
    category = models.CharField(max_length=60)
    readers = CanonicalJSONField()
    key_id = models.CharField(max_length=16)
    sealed = models.BinaryField()
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["owner"], name="ledger_vault_owner")]

    def __str__(self) -> str:
        return f"vault:{self.id}"


class VaultAccess(AppendOnly):
    """Every look at a vault entry, granted or refused, and its erasure. The owner can read it."""

    class Action(models.TextChoices):
        REVEALED = "revealed", pgettext_lazy("保密库记录", "查看")
        REFUSED = "refused", _("拒绝")
        ERASED = "erased", pgettext_lazy("保密库记录", "删除")

    entry = models.ForeignKey(VaultEntry, on_delete=models.PROTECT, related_name="accesses")
    action = models.CharField(max_length=8, choices=Action.choices)
    by = models.CharField(max_length=120)
    unit = models.CharField(max_length=120, blank=True)
    purpose = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["entry", "at"], name="ledger_access_entry")]

    def __str__(self) -> str:
        return f"{self.at} {self.by} {self.action}"
