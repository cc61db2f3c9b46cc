"""Work on a large delivery in slices, each a transaction of its own, by one process at a time.

The row has the fields `state`, `message` and `lease` (held until). Killed half-way, the next worker goes on where the
last finished slice ended once the lease is over.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import OperationalError
from django.db.models import Model, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from hengjian.parties.verbs import ActionRefused

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Slices(Generic[Row]):
    """How rows of one model are worked on.

    Attributes:
        step: does the next slice and saves the row with its new state.
        at_work: states in which there is something to do.
        failed: the state of a row that cannot be worked on at all.
        refused: errors whose text says why, in the user's language, besides `ActionRefused`.
        log: where unforeseen errors go.
        lease: how long a row is held without a sign of life; longer than any slice takes.
    """

    step: Callable[[Row], None]
    at_work: Collection[str]
    failed: str
    refused: tuple[type[Exception], ...]
    log: logging.Logger
    lease: timedelta = timedelta(minutes=5)

    def advance(self, row: Row, seconds: float, now: datetime | None = None) -> int:
        """Work on a row for about so long; returns how many slices were done, 0 while another process has it.

        Raises:
            OperationalError: the database is busy or away; the caller tries again.
        """
        now = now or timezone.now()
        mine = type(row)._default_manager.filter(pk=row.pk)
        free = Q(lease__isnull=True) | Q(lease__lte=now)
        if not mine.filter(free, state__in=self.at_work).update(lease=now + self.lease):
            return 0
        row.refresh_from_db()
        batch: Any = row
        refused: tuple[type[Exception], ...] = (ActionRefused, *self.refused)
        start, slices = time.monotonic(), 0
        try:
            with translation.override("zh-hans"):  # messages are kept; the sheet's people read Chinese
                while batch.state in self.at_work:
                    self.step(row)
                    mine.update(lease=timezone.now() + self.lease)
                    slices += 1
                    if time.monotonic() - start >= seconds:
                        break
        except refused as error:
            self._fail(batch, str(error))
        except OperationalError:
            raise
        except Exception:
            self.log.exception("batch %s of %s failed", row.pk, row._meta.label)
            with translation.override("zh-hans"):
                told = _("系统处理时出错，请联系系统管理员并提供批次编号 %(id)d。") % {"id": row.pk}
            self._fail(batch, told)
        finally:
            mine.update(lease=None)
        return slices

    def _fail(self, batch: Any, message: str) -> None:
        batch.state, batch.message = self.failed, message[:300]
        type(batch)._default_manager.filter(pk=batch.pk).update(state=batch.state, message=batch.message)
