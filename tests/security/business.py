"""What the walk finds behind the addresses of registers, procedures and their rooms: rows full of the secret.

Addresses whose rows are not made here lead to row 1 of their table, which the land does not hold: they must answer
that there is nothing, to everyone, whatever is typed.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from hengjian.cases.actions import OpenCase, SendCase
from hengjian.parties.models import Region, Unit, User
from hengjian.registers.actions import CreateEntry
from hengjian.registers.models import ImportBatch

REGISTER, PROCEDURE = "coordination_decision", "hidden_hazard"
#: Parameters of rooms whose rows the land does not hold.
ABSENT: dict[str, Any] = {
    "pk": 1, "file": 1, "task": 1, "holder": 1, "step": "accept", "item": "inspection", "period": "2026-08",
    "number": "TS2026-990000-000001", "token": "0", "city": "990100", "batch_id": 1, "case_id": 1, "transfer_id": 1,
    "entry_id": 1, "batch": 1, "page": 1, "paragraph": 1, "delivery_id": 1, "pair_id": 1, "event_id": 1,
    "anomaly_id": 1, "recall_id": 1,
    # No such enterprise, no such list: tests/credit/grading and tests/credit/lists.
    "credit_grading:key": "E000000", "credit_lists:kind": "nothing",
    # No such enterprise, no such report: what is shown of those is tested by tests/credit/dossier.
    "ident": "91990000MA00000000", "extension": "docx", "credit_dossier:code": "AAAA-AAAA-AAAA",
    # No such credit record; what is shown of those is tested by tests/credit/records and tests/credit/test_no_trace.py.
    "credit_records:key": "00000000-0000-4000-8000-000000000000", "category": "penalty",
    # No such subscription, no such list: what is shown of those is tested by tests/credit/sharing.
    "credit_sharing:key": "01890000-0000-7000-8000-000000000000",
    "subscription_key": "01890000-0000-7000-8000-000000000000",
    "screening_key": "01890000-0000-7000-8000-000000000000",
    # No such product, no such lot: what is shown of those is tested by tests/trace/exchange.
    "rest": "00000000000000", "trace_exchange:key": "01", "trace_compressed:link": "ARHKVAdpQg",
    "trace_own:scheme": "lot", "trace_own:code": "F-0001.1", "trace_exchange:kind": "trade",
    # No such event, job or query: what is shown of those is tested by tests/trace/events.
    "trace_events:job": "00000000-0000-4000-8000-000000000000", "trace_events:event": "urn:uuid:none",
    "trace_events:resource": "epcs", "trace_events:value": "none", "trace_events:name": "none",
    "trace_events:subscription": "00000000-0000-4000-8000-000000000000",
    "trace_event_pages:job": "00000000-0000-4000-8000-000000000000",
}  # fmt: skip
#: Operations of the interface whose <code> is a register or a procedure.
OF_A_REGISTER = (
    "start_register_import", "get_register_schema", "list_public_entries", "list_entries", "create_entry", "get_entry",
    "change_entry", "list_entry_versions", "get_entry_as_of", "file_entry", "change_filing", "set_entry_status",
    "set_filing_status", "approve_entry", "done_recurrence",
)  # fmt: skip
OF_A_PROCEDURE = ("get_case_schema", "list_cases", "open_case")


def settle(*, region: Region, unit: Unit, officer: User, receiver: Unit, secret: str) -> dict[str, Any]:
    """Make an entry, an import and a case on its way to another unit; returns what the parameters of addresses mean."""
    entry = CreateEntry(
        user=officer,
        register=REGISTER,
        values={
            "matter": secret[:60],
            "meeting": secret,
            "meeting_on": "2026-06-01",
            "lead": unit.key,
            "progress": secret,
        },
        unit=unit,
        region=region,
        on=date(2026, 6, 1),
    ).execute()
    batch = ImportBatch.objects.create(
        register=REGISTER, unit=unit, region=region, file="sha256:" + "0" * 64, name=f"{secret[:40]}.csv",
        state=ImportBatch.State.CHECKED, total=1, wrong=1, created_by=officer, message=secret[:200],
    )  # fmt: skip
    case = OpenCase(
        user=officer,
        type=PROCEDURE,
        values={"owner": secret[:80], "hazard": secret[:80], "grade": "ordinary", "measures": secret},
        unit=unit,
        region=region,
    ).execute().case  # fmt: skip
    transfer = SendCase(user=officer, case=case, receiver=receiver, reason=secret).execute()
    ids = {
        **ABSENT,
        "registers:code": REGISTER, "registers:pk": entry.pk, "registers:batch:pk": batch.pk,
        "registers:batch_state:pk": batch.pk, "registers:faults:pk": batch.pk, "registers:key": entry.key,
        "cases:code": PROCEDURE, "cases:pk": case.pk, "draws:kind": "targets", "publishing:code": "honours",
        "programmes:code": "gov_quality_award", "equipment:code": "100001", "open311:code": "other",
        "api:batch_id": batch.pk, "api:case_id": case.pk, "api:transfer_id": transfer.pk, "api:entry_id": entry.pk,
    }  # fmt: skip
    codes = dict.fromkeys(OF_A_REGISTER, REGISTER) | dict.fromkeys(OF_A_PROCEDURE, PROCEDURE)
    return ids | {f"api:{name}:code": code for name, code in codes.items()}
