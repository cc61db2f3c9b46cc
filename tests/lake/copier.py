"""A process that syncs the lake of a test, seven facts at a time; started by test_processes.

Argument "kill": be killed inside the third stretch, after its files were written.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any


def main() -> None:
    import django

    django.setup()
    from hengjian.lake import syncing
    from hengjian.ledger.kinds import register_kind
    from tests.lake.conftest import KINDS

    for kind in KINDS:
        register_kind(kind)
    syncing.CHUNK = 7
    if sys.argv[1:] == ["kill"]:
        original, calls = syncing.merge, 0

        def merge(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == 3:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **named)

        syncing.merge = merge
    syncing.sync()


if __name__ == "__main__":
    main()
