"""What users keep of lists: their own named filters."""

from __future__ import annotations

from django.conf import settings
from django.db import models
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
