"""A process that appends to the database of a test; started by test_concurrency.

Arguments: name of the writer, number of transactions, facts in each, "kill" to be killed inside the last one.
"""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    name, transactions, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    import django

    django.setup()
    from django.db import transaction

    from hengjian.ledger.actions import append, append_many
    from hengjian.ledger.kinds import register_kind
    from tests.ledger.conftest import KINDS, make_draft

    for kind in KINDS:
        register_kind(kind)
    for number in range(transactions):
        last = number == transactions - 1
        with transaction.atomic():
            append(make_draft(subject=f"enterprise:{name}-{number}"))
            append_many(make_draft(subject=f"enterprise:{name}-{number}") for _ in range(size - 1))
            if last and sys.argv[4:] == ["kill"]:
                os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
