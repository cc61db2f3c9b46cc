"""Key files: readable by the owner only, made once, never overwritten."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

from hengjian.ledger.errors import KeyProblem


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """Content of the file; when there is none, what `make` gives, written whole also when several processes start.

    Raises:
        KeyProblem: the folder or file cannot be read or written.
    """
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=path.parent)  # mode 0600
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(make())
                    file.flush()
                    os.fsync(file.fileno())
                os.link(draft, path)  # fails if another process was first, whose key then counts
            except FileExistsError:
                pass
            finally:
                os.unlink(draft)
        return path.read_bytes()
    except OSError as error:
        raise KeyProblem(
            _("密钥文件 %(path)s 无法读写：%(why)s。请检查数据目录的权限。") % {"path": path, "why": error.strerror}
        ) from None
