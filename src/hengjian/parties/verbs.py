"""The pattern of every verb in the project.

A verb is one class: its fields are what the user gives, `check_state` says when it makes no sense, `perform` does it.

    @dataclass(kw_only=True)
    class SignDuty(Action[Duty]):
        verb = "plans.sign"
        duty: Duty

        def target(self) -> Duty:
            return self.duty

        def check_state(self) -> None:
            if self.duty.state != Duty.State.ASSIGNED:
                raise ActionRefused(_("这项任务已经签收。"), _("请刷新页面查看最新状态。"))

        def perform(self) -> Duty:
            self.duty.state = Duty.State.SIGNED
            self.duty.save(update_fields=["state"])
            append(FactDraft(…))
            return self.duty

    SignDuty(user=request.user, duty=duty).execute()

`execute` opens one transaction, locks and re-reads the target, checks permission, change note and state, performs, and
logs which fields of the target changed. Whatever raises undoes all of it. Views and the interface only build the action
and call it; `refusal()` tells a template beforehand whether to offer the button and why not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from hengjian.parties import auditing
from hengjian.parties.models import User
from hengjian.parties.policies import Forbidden, Scope, require

R = TypeVar("R")
Text = str | Promise


class ActionRefused(Exception):
    """The action cannot be done now. Attributes are those that a notice shows.

    Args:
        message: what is in the way, in the user's language.
        next_step: what to do now.
        status: HTTP status; 409 when the state of the row forbids it, 400 when the input does.
        url: where the way forward leads.
        url_label: words of that link.
    """

    def __init__(
        self, message: Text, next_step: Text = "", status: int = 409, url: str = "", url_label: Text = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.status = status
        self.url = url
        self.url_label = url_label


@dataclass(kw_only=True)
class Action(Generic[R]):
    """One verb on one target by one person.

    Attributes:
        user: who acts; None only for the system itself, which then names itself in `system`.
        reason: the change note.
        system: the worker or import that acts without a person; it needs no permission.
        verb: the registered verb (class).
        needs_reason: whether a change note is required (class).
        audit_hidden: fields of the target whose values never enter the log (class).
    """

    verb: ClassVar[str] = ""
    needs_reason: ClassVar[bool] = False
    audit_hidden: ClassVar[frozenset[str]] = frozenset()

    user: User | AnonymousUser | None
    reason: str = ""
    system: str = ""

    # ---- what a verb says about itself

    def target(self) -> models.Model | Scope | None:
        """The row that is acted on, a `Scope` for one to be made, or None for a verb without a place."""
        return None

    def check_state(self) -> None:
        """Raise `ActionRefused` when the state of things does not admit the verb."""

    def perform(self) -> R:
        """Do it; inside the transaction, after all checks."""
        raise NotImplementedError

    def logged(self, result: R) -> models.Model | None:
        """The row that the log names: the target, or what was made."""
        target = self.target()
        if isinstance(target, models.Model):
            return target
        return result if isinstance(result, models.Model) else None

    def recorded_as(self) -> tuple[User | None, str]:
        """(person, system) as the log names who acted; another name where the log must not tell who it was."""
        return self.actor, self.system or getattr(self.user, "acting_system", "")

    # ---- what callers use

    @property
    def actor(self) -> User | None:
        """The person, where there is one."""
        return self.user if isinstance(self.user, User) else None

    def check(self) -> None:
        """Permission, change note, state.

        Raises:
            Forbidden: the person may not.
            ActionRefused: the note is missing or the state does not admit it.
        """
        if self.user is not None or not self.system:
            require(self.user, self.verb, self.target())
        if self.needs_reason and not self.reason.strip():
            raise ActionRefused(_("没有填写变更说明。"), _("请写明原因后再提交，说明会记入操作日志。"), status=400)
        self.check_state()

    def refusal(self) -> str:
        """Why the action cannot be executed now, for the page; empty: it can. A missing note does not count."""
        try:
            if self.user is not None or not self.system:
                require(self.user, self.verb, self.target())
            self.check_state()
        except Forbidden as error:
            return error.reason
        except ActionRefused as error:
            return str(error.message)
        return ""

    def execute(self) -> R:
        """Check and perform in one transaction, and log it.

        Raises:
            Forbidden, ActionRefused: as `check`; nothing was changed.
        """
        with transaction.atomic():
            target = self.target()
            before: dict[str, Any] = {}
            if isinstance(target, models.Model) and target.pk is not None:
                self._lock(target)
                before = auditing.snapshot(target)
            self.check()
            result = self.perform()
            row = self.logged(result)
            after = auditing.snapshot(row) if row is not None and row.pk is not None else {}
            hidden = self.audit_hidden | frozenset(getattr(row, "audit_hidden", ()))
            person, system = self.recorded_as()
            auditing.record(
                self.verb,
                row,
                user=person,
                system=system,
                changes=auditing.changes_between(before if row is target else {}, after, hidden),
                reason=self.reason.strip(),
            )
            return result

    @staticmethod
    def _lock(target: models.Model) -> None:
        """Re-read the row under a lock, so that the state that is checked is the state that is changed."""
        model = target._meta.model  # not type(): request.user is a lazy object
        try:
            target.refresh_from_db(from_queryset=model._base_manager.select_for_update(of=("self",)))
        except ObjectDoesNotExist:
            raise ActionRefused(
                _("“%(name)s”已被删除。") % {"name": target}, _("请返回列表刷新后再试。"), status=404
            ) from None


def require_other_person(user: User | AnonymousUser | None, previous: User | None, doing: Text = "") -> None:
    """The second-person rule: publishing, grading, listing and repair are not done by whoever prepared them.

    Raises:
        ActionRefused: both are the same person.
    """
    if user is not None and previous is not None and user.pk == previous.pk:
        raise ActionRefused(
            _("%(doing)s须由另一人完成：上一步是您本人办理的。") % {"doing": doing or _("这一步")},
            _("请转给有相应权限的同事办理。"),
        )
