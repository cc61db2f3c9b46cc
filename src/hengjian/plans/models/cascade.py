"""How a plan takes up the plan of the level above: the stored comparison, row by row, with people's corrections."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.plans.models.plan import Plan


class Cascade(models.Model):
    """The comparison of one plan with its parent, as computed from the two texts at one moment."""

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="cascade")
    parent = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="cascades_below")
    # Hashes of the texts that were compared: when a text is revised, the comparison is out of date and says so.
    parent_hash = models.CharField(max_length=80)
    child_hash = models.CharField(max_length=80)
    aligned_at = models.DateTimeField(default=timezone.now)
    aligned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Units item by item, as `Alignment.to_dict()["units"]`.
    units = models.JSONField(default=list)
    # Items that answer each other: [{"parent": sequence, "children": [sequence, …]}].
    answers = models.JSONField(default=list)
    # Item sequence (as text) → number and title, for both plans, so that a page need not read the texts again.
    parent_items = models.JSONField(default=dict)
    child_items = models.JSONField(default=dict)
    # Child sentences by place "item.index", for correcting a link by hand.
    child_measures = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("承接对照")

    def __str__(self) -> str:
        return f"{self.parent_id} → {self.plan_id}"

    @property
    def current(self) -> bool:
        """Whether both texts are still those that were compared, and the plan still has this parent."""
        return (
            self.plan.parent_id == self.parent_id
            and self.child_hash == self.plan.text_hash
            and self.parent_hash == self.parent.text_hash
        )


class CascadeLink(models.Model):
    """One row: a clause of the parent with the clauses that take it up, or a clause that only the child has."""

    class Relation(models.TextChoices):
        KEPT = "kept", _("保留")
        ADAPTED = "adapted", _("调整")
        DROPPED = "dropped", _("未承接")
        ADDED = "added", _("新增")

    cascade = models.ForeignKey(Cascade, on_delete=models.CASCADE, related_name="links")
    order = models.PositiveIntegerField()
    relation = models.CharField(_("关系"), max_length=8, choices=Relation.choices)
    # Item sequence and place in it, from 1; both null for an added clause.
    parent_item = models.PositiveIntegerField(null=True, blank=True)
    parent_index = models.PositiveIntegerField(null=True, blank=True)
    parent_text = models.TextField(blank=True)
    # [{"item", "index", "text", "score", "edits", "deadlines", "removed_deadlines", …}], in the order of the child.
    children = models.JSONField(default=list)
    moved = models.BooleanField(_("移位"), default=False)
    score = models.FloatField(default=0)
    method = models.CharField(max_length=12, default="none")
    note = models.TextField(blank=True)
    doubt = models.CharField(max_length=12, blank=True)
    # The most similar clause of the other side where there is no link: {"item", "index"}.
    nearest = models.JSONField(null=True, blank=True)
    # A person's decision; it stays when the texts are compared again.
    by_hand = models.BooleanField(_("人工确认"), default=False)
    reason = models.TextField(_("说明"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["cascade", "order"]
        verbose_name = _("承接关系")
        indexes = [models.Index(fields=["cascade", "relation"])]
        constraints = [
            models.UniqueConstraint(fields=["cascade", "order"], name="cascade_order_once"),
            models.CheckConstraint(
                condition=models.Q(relation="added", parent_item__isnull=True)
                | (~models.Q(relation="added") & models.Q(parent_item__isnull=False)),
                name="cascade_added_has_no_parent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parent_place} {self.relation}"

    @property
    def parent_place(self) -> str:
        """`7.3`: item and place in it; empty for an added clause."""
        return f"{self.parent_item}.{self.parent_index}" if self.parent_item is not None else ""
