"""A sheet of a line taken back as a whole, and the fast way in which its rows are written."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError
from django.urls import reverse
from django.utils import timezone

from hengjian.cases.actions.steps import TakeStep
from hengjian.cases.models import Case, CaseEvent, CaseLink, NumberCounter
from hengjian.clocks.models import Deadline, DeadlineChange
from hengjian.ledger.models import Fact, VaultEntry
from hengjian.pages.models import Notification
from hengjian.parties.inserting import insert_many
from hengjian.systems.complaints import importing, jobs, undoing
from hengjian.systems.complaints.models import Ticket, TicketBatch
from tests.systems.complaints.conftest import World
from tests.systems.complaints.test_pages import as_, row, upload


def imported(world: World, *rows: dict[str, object]) -> TicketBatch:
    client = as_(world.officer)
    batch = upload(client, *rows)
    client.post(reverse("complaints:batch", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == "done"
    return batch


def undo(world: World, batch: TicketBatch, user: object = None, reason: str = "传错了文件") -> str:
    client = as_(user or world.officer)  # type: ignore[arg-type]
    address = reverse("complaints:batch", args=[batch.pk])
    client.post(address, {"do": "undo", "reason": reason})
    batch.refresh_from_db()
    return client.get(address).content.decode()


def test_an_import_is_taken_back_as_a_whole(world: World) -> None:
    other = imported(world, row(9))
    batch = imported(world, row(1), row(2, kinds="咨询"), row(3, name="", phone="", kinds="举报"))
    case = Case.objects.filter(origin=Ticket.objects.filter(batch=batch)[0].ref)[0]
    Notification.objects.create(user=world.officer, text="快到期", ref=case.ref, key="x")
    facts = Fact.objects.count()
    page = undo(world, batch)
    assert batch.state == "undone" and "已整批撤销" in page
    kept = Ticket.objects.get()
    cases = Case.objects.filter(origin=kept.ref)
    refs = {row.ref for row in cases}
    assert kept.batch == other and set(Case.objects.all()) == set(cases)
    assert {row.owner for row in Deadline.objects.all()} == refs
    assert set(DeadlineChange.objects.values_list("deadline__owner", flat=True)) == refs
    assert CaseEvent.objects.count() == len(refs) and CaseLink.objects.count() == 1
    assert not Notification.objects.filter(ref=case.ref).exists()
    # Facts stay, each withdrawn; who complained is wiped out.
    withdrawn = Fact.objects.filter(kind="ledger.retraction")
    assert Fact.objects.count() - facts == withdrawn.count() == 4
    assert {bool(entry.erased_at) for entry in VaultEntry.objects.exclude(id=cases[0].identity[6:])} == {True}
    assert VaultEntry.objects.get(id=cases[0].identity[6:]).erased_at is None
    # The same sheet can come again, and numbers are not given twice.
    again = imported(world, row(1))
    assert again.done == 1
    assert Ticket.objects.get(batch=again).number > kept.number


def test_no_undo_once_something_was_done(world: World) -> None:
    batch = imported(world, row(1), row(2))
    ticket = Ticket.objects.order_by("pk")[1]
    TakeStep(user=world.officer, case=Case.objects.get(origin=ticket.ref, type="complaint"), step="accept").execute()
    page = undo(world, batch)
    assert batch.state == "done" and Ticket.objects.count() == 2
    assert f"已有工单办理过：{ticket.number}。" in page


def test_undo_needs_a_reason_and_the_right_unit(world: World) -> None:
    batch = imported(world, row(1))
    undo(world, batch, reason="")
    assert batch.state == "done"
    undo(world, batch, user=world.far_officer)
    assert batch.state == "done" and Ticket.objects.count() == 1
    undo(world, batch)
    undo(world, batch)
    assert batch.state == "undone"


def test_the_worker_takes_back_what_is_long_and_goes_on_after_a_break(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = imported(world, *(row(number) for number in range(5)))
    monkeypatch.setattr(importing, "AT_ONCE_ROWS", 0)
    monkeypatch.setattr(undoing, "ROUND", 2)
    undo(world, batch)
    assert batch.state == "undoing" and Ticket.objects.count() == 5
    undoing._round(batch)  # a worker that is killed after one round
    assert Ticket.objects.count() == 3
    assert jobs.run_due(timezone.now() + 2 * jobs.PATIENCE) == 1
    batch.refresh_from_db()
    assert (batch.state, batch.done, Ticket.objects.count()) == ("undone", 5, 0)


def test_page_and_worker_at_one_import_make_every_ticket_once(world: World) -> None:
    client = as_(world.officer)
    batch = upload(client, row(1), row(2))
    importing.ConfirmBatch(user=world.officer, batch=batch).execute()
    other = TicketBatch.objects.get(pk=batch.pk)
    importing.advance(batch)
    importing.advance(other)
    assert (Ticket.objects.count(), batch.done) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_insert_many_gives_keys_and_keeps_every_type(db: None) -> None:
    with pytest.raises(TransactionManagementError):
        insert_many([NumberCounter(series="a")])
    now = timezone.now()
    deadlines = [
        Deadline(
            owner=f"case:{n}", purpose="x", started_at=now, term_amount=3, term_unit="working_day", due_on=now.date(),
            due_at=now, last_event_at=now, alarms=[["over", 1]], alarms_from=now, provisional=bool(n % 2),
        )
        for n in range(3)
    ]  # fmt: skip
    with transaction.atomic():
        assert insert_many([]) == []
        insert_many(deadlines[:2])
        insert_many(deadlines[2:])
        insert_many(NumberCounter(series=name, last=4) for name in "ab")
    kept = list(Deadline.objects.order_by("pk"))
    assert [item.pk for item in kept] == [item.pk for item in deadlines]
    assert [item.provisional for item in kept] == [False, True, False]
    assert kept[0].alarms == [["over", 1]] and kept[0].due_at == now and kept[0].extension_spec is None
    assert Deadline.objects.create(owner="z", purpose="x", started_at=now, term_amount=1, term_unit="minute",
        due_on=now.date(), due_at=now, last_event_at=now, alarms_from=now).pk > kept[-1].pk  # fmt: skip
    assert NumberCounter.objects.filter(last=4).count() == 2
