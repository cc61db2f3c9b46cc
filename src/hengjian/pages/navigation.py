"""What stands in the shell around every page: side navigation and global search.

Rooms register their part from `AppConfig.ready`; the shell asks at each request. What a user may not use is not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hengjian.parties.policies import may_anywhere

Text = str | Promise
#: Sections of the side navigation in their order; a room names one by its key. "" stands above all, without a title.
SECTIONS: dict[str, Text] = {
    "": "",
    "plans": _("计划与任务"),
    "indicators": _("指标与考核"),
    "supervision": _("监管业务"),
    "credit": _("信用与数据"),
    "system": _("系统"),
}

#: Fields of work by which a section with many entries is folded up, in their order. Entries without one stand above.
GROUPS: dict[str, Text] = {
    "figures": _("指标与分析"),
    "collection": _("报表与调查"),
    "complaints": _("投诉举报与维权"),
    "infrastructure": _("标准、计量、认证"),
    "honours": _("品牌与质量荣誉"),
    "equipment": _("特种设备"),
    "engineering": _("工程质量"),
    "enforcement": _("监督检查与公开"),
    "trace": _("产品追溯"),
    "subjects": _("主体信息"),
    "credit_records": _("信用记录与修复"),
    "credit_lists": _("分级与名单"),
    "credit_sharing": _("共享与订阅"),
}


@dataclass(frozen=True)
class NavigationItem:
    """One entry; `verb` hides it from those without that right, `count` puts a number of waiting things beside it."""

    section: str
    label: Text
    url_name: str
    icon: str
    verb: str = ""
    count: Callable[[Any], int] | None = None
    order: int = 100
    key: str = ""
    group: str = ""


@dataclass(frozen=True)
class NavigationLink:
    label: Text
    url: str
    icon: str
    count: int
    current: bool
    key: str = ""
    hint: Text = ""
    group: str = ""


@dataclass(frozen=True)
class NavigationGroup:
    """Entries under a heading that folds; without a label they simply stand there."""

    label: Text
    links: Sequence[NavigationLink]

    @property
    def current(self) -> bool:
        return any(link.current for link in self.links)

    @property
    def count(self) -> int:
        return sum(link.count for link in self.links)


@dataclass(frozen=True)
class NavigationSection:
    label: Text
    links: Sequence[NavigationLink]

    @property
    def groups(self) -> list[NavigationGroup]:
        """What stands alone, then the fields of work; a field with one entry needs no heading to fold."""
        named = {key: [link for link in self.links if link.group == key] for key in GROUPS}
        folded = {key: links for key, links in named.items() if len(links) > 1}
        alone = [link for link in self.links if link.group not in folded]
        found = [NavigationGroup("", alone)] if alone else []
        return found + [NavigationGroup(GROUPS[key], links) for key, links in folded.items()]


@dataclass(frozen=True)
class SearchHit:
    """One result of the global search; `kind` is the word in front of it (任务, 条款, 企业 …)."""

    title: str
    url: str
    kind: Text
    note: str = ""


#: (user, words, limit) → hits that this user may see.
SearchProvider = Callable[[Any, str, int], Sequence[SearchHit]]

_items: dict[str, NavigationItem] = {}
_public: dict[str, tuple[Text, int, Text]] = {}
_searches: dict[str, tuple[Text, SearchProvider]] = {}


def register_navigation(
    section: str,
    label: Text,
    url_name: str,
    icon: str,
    verb: str = "",
    count: Callable[[Any], int] | None = None,
    order: int = 100,
    key: str = "",
    group: str = "",
) -> None:
    """Add an entry to the side navigation; a second call with the same address name replaces the first.

    `key` is the letter that opens it after "g" on the keyboard; the help page lists them.

    Raises:
        ValueError: the section is not one of SECTIONS, or the group not one of GROUPS.
    """
    if group and group not in GROUPS:
        raise ValueError(f"no navigation group {group!r}; there are {', '.join(GROUPS)}")
    if section not in SECTIONS:
        raise ValueError(f"no navigation section {section!r}; there are {', '.join(repr(key) for key in SECTIONS)}")
    _items[url_name] = NavigationItem(section, label, url_name, icon, verb, count, order, key, group)


def register_public_page(label: Text, url_name: str, order: int = 100, hint: Text = "") -> None:
    """Add a service of the public site; the first ones stand in the bar, all with their `hint` on the first page."""
    _public[url_name] = (label, order, hint)


def register_search(name: str, label: Text, provider: SearchProvider) -> None:
    """Let the global search ask a room; `label` is the heading above its hits."""
    _searches[name] = (label, provider)


def may(user: Any, verb: str) -> bool:
    """Whether the user holds the verb anywhere; without a verb, whoever is logged in."""
    if not verb:
        return True
    return may_anywhere(user, verb)


def navigation(request: HttpRequest) -> list[NavigationSection]:
    """The side navigation for this user, with the entry of the current page marked (longest matching address)."""
    user = request.user
    allowed = [(item, reverse(item.url_name)) for item in _items.values() if may(user, item.verb)]
    matching = [url for _item, url in allowed if request.path == url or (url != "/" and request.path.startswith(url))]
    current = max(matching, key=len, default=None)
    sections = []
    for key, label in SECTIONS.items():
        chosen = sorted((pair for pair in allowed if pair[0].section == key), key=lambda pair: pair[0].order)
        links = [
            NavigationLink(
                item.label,
                url,
                item.icon,
                item.count(user) if item.count else 0,
                url == current,
                item.key,
                group=item.group,
            )
            for item, url in chosen
        ]
        if links:
            sections.append(NavigationSection(label, links))
    return sections


def public_navigation(request: HttpRequest) -> list[NavigationLink]:
    """The services of the public site in their order, the current page marked."""
    found = sorted(
        ((order, label, reverse(name), hint) for name, (label, order, hint) in _public.items()), key=itemgetter(0)
    )
    return [NavigationLink(label, url, "", 0, request.path == url, hint=hint) for _order, label, url, hint in found]


def search(user: Any, words: str, limit: int = 10) -> list[tuple[Text, list[SearchHit]]]:
    """Ask every room; groups without a hit are left out."""
    groups = [(label, list(provider(user, words, limit))) for label, provider in _searches.values()]
    return [(label, hits) for label, hits in groups if hits]
