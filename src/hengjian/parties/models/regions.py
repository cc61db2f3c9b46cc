"""The dated tree of regions with GB/T 2260 codes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _
from tree_queries.fields import TreeNodeForeignKey
from tree_queries.query import TreeQuerySet

from hengjian.parties.models.base import Dated, DatedQuerySet

# GB 32100-2015 writes the whole country as 100000; GB/T 2260 itself has no code for it.
NATION = "100000"

_SUBTREE = """
WITH RECURSIVE subtree(id) AS (
    SELECT id FROM parties_region WHERE {start}
    UNION
    SELECT child.id FROM parties_region child JOIN subtree ON child.parent_id = subtree.id
) SELECT id FROM subtree
"""
_ANCESTORS = """
WITH RECURSIVE upward(id, parent_id) AS (
    SELECT id, parent_id FROM parties_region WHERE {start}
    UNION
    SELECT above.id, above.parent_id FROM parties_region above JOIN upward ON above.id = upward.parent_id
) SELECT id FROM upward
"""


def _recursive(template: str, ids: Iterable[int]) -> RawSQL:
    """A subquery of region ids; it starts from the given rows, so it costs what the answer costs, not the country."""
    wanted = sorted(set(ids))
    start = f"id IN ({', '.join(['%s'] * len(wanted))})" if wanted else "1 = 0"
    return RawSQL(template.format(start=start), tuple(wanted))


def subtree_ids(roots: Iterable[int]) -> RawSQL:
    """The ids of the regions and of everything below them, for use as `region_id__in=subtree_ids([…])`."""
    return _recursive(_SUBTREE, roots)


def ancestor_ids(regions: Iterable[int]) -> RawSQL:
    """The ids of the regions and of everything above them."""
    return _recursive(_ANCESTORS, regions)


class RegionQuerySet(TreeQuerySet, DatedQuerySet):
    def within(self, *roots: Region) -> Self:
        """The regions themselves and everything below them, by the tree: code prefixes lie (direct-controlled counties,
        development zones, corps cities)."""
        return self.filter(pk__in=subtree_ids(root.pk for root in roots))

    def above(self, *regions: Region) -> Self:
        """The regions themselves and everything above them."""
        return self.filter(pk__in=ancestor_ids(region.pk for region in regions))


class Region(Dated):  # type: ignore[django-manager-missing]  # tree_queries carries no types
    """A region of the administrative division. A new rank or parent brings a new code (GB/T 2260), so a new row."""

    class Level(models.TextChoices):
        NATIONAL = "national", _("国家级")
        PROVINCIAL = "provincial", _("省级")
        PREFECTURE = "prefecture", _("地级")
        COUNTY = "county", _("县级")
        TOWNSHIP = "township", _("乡级")

    code = models.CharField(
        _("区划代码"),
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"^\d{6}(\d{3}){0,2}$", _("区划代码应为 6、9 或 12 位数字。"))],
    )
    name = models.CharField(_("名称"), max_length=80)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    level = models.CharField(_("层级"), max_length=12, choices=Level.choices)
    parent = TreeNodeForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("上级地区")
    )

    objects = RegionQuerySet.as_manager()  # type: ignore[django-manager-missing]

    class Meta(Dated.Meta):
        ordering = ["code"]
        verbose_name = _("地区")
        indexes = [models.Index(fields=["name"])]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"region:{self.code}"


class RegionSuccession(models.Model):
    """What became of a region: renamed, merged, split or moved under another one."""

    predecessor = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="successions")
    successor = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="precursions")
    on = models.DateField(_("日期"))
    document = models.CharField(_("依据"), max_length=200, blank=True)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="parties_region_succession_once"),
            models.CheckConstraint(
                condition=~models.Q(predecessor=models.F("successor")), name="parties_region_succession_other"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"
