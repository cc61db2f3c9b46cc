"""What the shell keeps for people: their named filters of lists, and messages to them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.parties.models import Unit


class SavedView(models.Model):
    """A named filter, order and choice of columns of one list; shared with the owner's unit where `unit` is set.

    It keeps the address, not the rows: whoever opens it sees only what they may see.
    """

    list_key = models.CharField(max_length=80)
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(max_length=2000, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="saved_views")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("保存的视图")
        constraints = [
            models.UniqueConstraint(fields=["list_key", "owner", "name"], name="pages_saved_view_once"),
        ]
        indexes = [models.Index(fields=["list_key", "unit"])]

    def __str__(self) -> str:
        return self.name


class Notification(models.Model):
    """A message to one person. `text` is Chinese with %(places)s; the page says it in the reader's language."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    text = models.CharField(max_length=300)
    values = models.JSONField(default=dict, blank=True)
    # What it is about (`duty:12`, `case:3`); `notices.register_address` turns it into an address.
    ref = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=160, unique=True)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("消息")
        indexes = [models.Index(fields=["user", "read_at", "-at"])]

    def __str__(self) -> str:
        return self.text
