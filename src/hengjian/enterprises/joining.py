"""Two bodies become one, one becomes two, and back: records change hands, keys and codes keep resolving."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from hengjian.enterprises import facts, hooks
from hengjian.enterprises.models import (
    CodeClaim,
    CodeConflict,
    Enterprise,
    EntityEvent,
    ResolverEdge,
    ReviewPair,
    SourceRecord,
)
from hengjian.enterprises.standing import Author, refresh
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft
from hengjian.parties.inserting import insert_many, reserve_keys
from hengjian.parties.verbs import ActionRefused

Kind = EntityEvent.Kind
OPEN = (ReviewPair.State.OPEN, ReviewPair.State.LATER)


def new_key(pk: int) -> str:
    """The lasting key of a body: E and its number, which no database gives out twice."""
    return f"E{pk:09d}"


def obstacle(one: Enterprise, other: Enterprise) -> str:
    """Why two bodies cannot become one, in the user's language; empty: they can."""
    if one.pk == other.pk:
        return _("这是同一个主体。")
    for row in (one, other):
        if row.merged_into_id is not None:
            return _("“%(key)s”已并入其他主体。") % {"key": row.key}
    if one.code and other.code and one.code != other.code:
        return _("两个主体的统一社会信用代码都有效而且不同，不能合并。")
    return ""


def join(kept: Enterprise, gone: Enterprise, author: Author) -> EntityEvent:
    """Merge `gone` into `kept`, inside the caller's transaction.

    Raises:
        ActionRefused: both have valid codes and these differ, or one is merged already.
    """
    # As they are now, and held: two merges of one pair in opposite directions would make a ring.
    rows = Enterprise.objects.select_for_update().order_by("pk").in_bulk([kept.pk, gone.pk])
    for row in (kept, gone):
        row.merged_into_id, row.code = rows[row.pk].merged_into_id, rows[row.pk].code
    if problem := obstacle(kept, gone):
        raise ActionRefused(problem, _("请核对两个主体的代码和数源记录。"))
    records = list(SourceRecord.objects.filter(enterprise=gone).values_list("pk", flat=True))
    below = list(Enterprise.objects.filter(merged_into=gone).values_list("pk", flat=True))
    code = gone.code
    SourceRecord.objects.filter(enterprise=gone).update(enterprise=kept)
    # Every merged row points at the body that is left, so that a key is resolved in one step.
    Enterprise.objects.filter(pk__in=below).update(merged_into=kept)
    gone.merged_into, gone.code, gone.updated_at = kept, "", author.at
    account, gone.account = gone.account, None
    gone.save(update_fields=["merged_into", "code", "account", "updated_at"])
    if account is not None and kept.account_id is None:
        Enterprise.objects.filter(pk=kept.pk).update(account=account)
    _point_pairs(kept, gone, author)
    event = author.event(kept, Kind.MERGED, other=gone, before=code, moved={"records": records, "merged": below})
    event.moved["account"] = account.pk if account is not None else None
    _tell(event, author)
    refresh([kept.pk], author)
    kept.refresh_from_db()
    hooks.tell_merged(kept, gone)
    hooks.tell_changed([kept.pk, gone.pk])
    return event


def split(whole: Enterprise, records: Iterable[int], author: Author) -> tuple[Enterprise, EntityEvent]:
    """Take records out of a body; they become a body of their own. Later runs keep the two apart.

    Raises:
        ActionRefused: none or all of the body's records, or records of another one.
    """
    wanted = sorted(set(records))
    mine = SourceRecord.objects.filter(enterprise=whole, replaced_by=None, withdrawn_at=None)
    moving = list(mine.filter(pk__in=wanted).order_by("pk"))
    staying = mine.exclude(pk__in=wanted).order_by("pk").first()
    if not moving or len(moving) != len(wanted) or staying is None:
        raise ActionRefused(
            _("拆分需要选出一部分数源记录：不能一条不选，也不能全选。"), _("请勾选属于另一主体的记录。"), status=400
        )
    (pk,) = reserve_keys(Enterprise, 1)
    part = Enterprise(
        pk=pk, key=new_key(pk), name=moving[0].name, kind=whole.kind, region=moving[0].region,
        created_at=author.at, updated_at=author.at,
    )  # fmt: skip
    insert_many([part])
    # What the departments had said before goes along.
    before = _former(moving)
    moved = [record.pk for record in moving] + before
    SourceRecord.objects.filter(pk__in=moved).update(enterprise=part)
    ResolverEdge.objects.create(
        one=staying, other=moving[0], same=False, by=author.user, at=author.at, reason=author.reason[:300]
    )
    event = author.event(whole, Kind.SPLIT, other=part, moved={"records": moved})
    _tell(event, author)
    refresh([whole.pk, part.pk], author)
    hooks.tell_changed([whole.pk, part.pk])
    part.refresh_from_db()
    return part, event


def undo(event: EntityEvent, author: Author) -> EntityEvent:
    """Take a merge or a split back.

    Raises:
        ActionRefused: it was taken back before, or a body has been merged into another one since.
    """
    kept, other = event.enterprise, event.other
    if event.kind not in (Kind.MERGED, Kind.SPLIT) or other is None:
        raise ActionRefused(_("只有合并和拆分可以撤销。"), _("其他变更请更正主体信息。"), status=400)
    if EntityEvent.objects.filter(undoes=event).exists():
        raise ActionRefused(_("这次操作已经撤销过。"), _("请刷新页面查看最新状态。"))
    merged = event.kind == Kind.MERGED
    # As they are now, and held: see `join`.
    rows = Enterprise.objects.select_for_update().order_by("pk").in_bulk([kept.pk, other.pk])
    kept, other = rows[kept.pk], rows[other.pk]
    later = kept.merged_into_id is not None or (
        other.merged_into_id != kept.pk
        if merged
        else other.merged_into_id is not None or Enterprise.objects.filter(merged_into=other).exists()
    )
    if later:
        raise ActionRefused(_("之后又有合并，须先撤销后面的合并。"), _("请在两个主体的沿革中查看。"))
    if not merged and (problem := obstacle(kept, other)):
        raise ActionRefused(problem, _("请核对两个主体的代码和数源记录。"))
    records = event.moved.get("records", [])
    if not merged:  # what came to the part since goes back with it
        records = list(SourceRecord.objects.filter(enterprise=other).values_list("pk", flat=True))
    origin, target = (kept, other) if merged else (other, kept)
    SourceRecord.objects.filter(pk__in=records, enterprise=origin).update(enterprise=target)
    if merged:
        account = event.moved.get("account")
        if account is not None:
            Enterprise.objects.filter(pk=kept.pk, account=account).update(account=None)
        Enterprise.objects.filter(pk=other.pk).update(merged_into=None, account=account)
        Enterprise.objects.filter(pk__in=event.moved.get("merged", []), merged_into=kept).update(merged_into=other)
    else:
        Enterprise.objects.filter(pk=other.pk).update(merged_into=kept, code="", account=None)
    # The judgement that led to it does not bind later runs any more.
    edges = ResolverEdge.objects.filter(same=merged, withdrawn_at=None)
    touching = Q(one__in=records) | Q(other__in=records)
    edges.filter(touching, at__gte=event.at).update(withdrawn_at=author.at)
    undone = author.event(kept, Kind.UNDONE, other=other, undoes=event, moved={"records": records})
    _tell(undone, author)
    refresh([kept.pk, other.pk], author)
    hooks.tell_changed([kept.pk, other.pk])
    return undone


def _former(records: Sequence[SourceRecord]) -> list[int]:
    """Records that these have replaced, step by step."""
    found: list[int] = []
    layer = [record.pk for record in records]
    while layer:
        layer = list(SourceRecord.objects.filter(replaced_by__in=layer).values_list("pk", flat=True))
        found += layer
    return found


def _tell(event: EntityEvent, author: Author) -> None:
    """Store the event with its fact."""
    kind = facts.SPLIT if (event.undoes or event).kind == Kind.SPLIT else facts.MERGED
    assert event.other is not None
    fact = append(
        FactDraft(
            kind=kind,
            subject=event.enterprise.subject,
            payload={
                "key": event.enterprise.key,
                "other": event.other.key,
                "other_code": event.other.code or event.before,
                "reason": author.reason[:300],
                "undoes": event.undoes is not None,
            },
            region=event.enterprise.region.code,
            occurred_on=event.on,
            source=author.source,
            refs={"key": f"enterprise:{event.enterprise.key}", "other": f"enterprise:{event.other.key}"},
        )
    )
    event.fact = fact.id
    event.save(force_insert=True)


def _point_pairs(kept: Enterprise, gone: Enterprise, author: Author) -> None:
    """Open pairs of the body that goes become pairs of the one that stays."""
    for pair in ReviewPair.objects.filter(Q(one=gone) | Q(other=gone), state__in=OPEN):
        third = pair.other_id if pair.one_id == gone.pk else pair.one_id
        low, high = sorted((kept.pk, third))
        if third == kept.pk:
            pair.state = ReviewPair.State.SAME
            pair.decided_by, pair.decided_at = author.user, author.at
        elif ReviewPair.objects.filter(one=low, other=high).exists():
            pair.state = ReviewPair.State.MOOT
        else:
            pair.one_id, pair.other_id = low, high
            if (pair.one_record.enterprise_id or low) != low:
                pair.one_record, pair.other_record = pair.other_record, pair.one_record
        pair.save()
    CodeClaim.objects.filter(
        enterprise=gone, conflict__in=CodeConflict.objects.filter(claims__enterprise=kept)
    ).delete()
    CodeClaim.objects.filter(enterprise=gone).update(enterprise=kept)
