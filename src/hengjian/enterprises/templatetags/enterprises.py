"""What pages on which enterprises are looked for say about the index."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hengjian.enterprises.search.following import progress
from hengjian.pages import components

register = template.Library()


@register.simple_tag
def index_follows() -> SafeString | str:
    """A notice while the index is brought up to new rules of names, else nothing."""
    found = progress()
    if found is None:
        return ""
    told = _("名称规则已更新，索引正在随之更新（%(percent)d%%）。个别企业按名称可能暂时查不到，可改用代码查询。")
    return components.notice("blue", told % {"percent": found.percent})
