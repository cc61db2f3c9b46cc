"""The declared registers, read from YAML when the rooms start.

A room's folder `config/` holds YAML files, each with one or several documents (`---` between them). The first key of a
document says what it declares: `register`, `case` or `programme`; each engine takes its own. A region adds its own
folder with HENGJIAN_CONFIG_DIR; nothing else is needed to bring one more register live.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from hengjian.registers import facts
from hengjian.registers.declarations import RegisterType

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]


@dataclass(frozen=True)
class Area:
    """A field of work, under which registers, procedures and programmes stand together."""

    code: str
    title: str
    title_en: str
    icon: str


AREAS: dict[str, Area] = {
    area.code: area
    for area in (
        Area("complaints", "投诉举报与维权", "Complaints and redress", "chat"),
        Area("standards", "标准", "Standards", "doc"),
        Area("metrology", "计量", "Metrology", "scale"),
        Area("certification", "检验检测认证", "Testing and certification", "done"),
        Area("honours", "品牌与质量荣誉", "Brands and honours", "star"),
        Area("people", "质量人才与群众活动", "People and activities", "people"),
        Area("equipment", "特种设备", "Special equipment", "gauge"),
        Area("engineering", "工程质量", "Engineering quality", "building"),
        Area("remedy", "召回、保险与救济", "Recall, insurance and relief", "bell"),
        Area("enforcement", "监督检查与专项行动", "Inspection and campaigns", "list"),
        Area("trace", "产品追溯", "Traceability", "list"),
        Area("credit", "质量信用", "Quality credit", "scale"),
        Area("environment", "能效与环境", "Energy and environment", "leaf"),
        Area("innovation", "创新与项目", "Innovation and projects", "cascade"),
        Area("governance", "制度与公开清单", "Rules and public lists", "home"),
    )
}


class ConfigurationError(Exception):
    """A declaration cannot be used; the message names file, document and place. A mistake of whoever wrote it."""


def documents(folder: Path, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The YAML documents of a folder that declare a `kind` ("register", "case", "programme"): (file name, document).

    Raises:
        ConfigurationError: a file is no YAML, or a document is no mapping.
    """
    for path in sorted(folder.glob("*.yaml")):
        for document in _read(path, path.stat().st_mtime_ns):
            if next(iter(document), "") == kind:
                yield path.name, document


@cache
def _read(path: Path, changed: int) -> list[dict[str, Any]]:
    """The documents of a file; every engine asks for the same files in turn, so they are read once."""
    try:
        found = list(yaml.load_all(path.read_text(encoding="utf-8"), Loader=Loader))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.name}: no readable YAML: {error}") from error
    for document in found:
        if document is not None and not isinstance(document, dict):
            raise ConfigurationError(f"{path.name}: a document must be a mapping, not {type(document).__name__}")
    return [document for document in found if document]


def explained(name: str, code: str, error: ValidationError) -> ConfigurationError:
    """The validation error as lines of place and reason."""
    lines = [f"  {'.'.join(map(str, item['loc'])) or 'document'}: {item['msg']}" for item in error.errors()]
    return ConfigurationError("\n".join([f"{name}, {code}:", *lines]))


_types: dict[str, RegisterType] = {}


def load(folder: Path) -> list[RegisterType]:
    """Read the registers of a folder and make them known.

    Raises:
        ConfigurationError: a declaration is wrong, its area is unknown, or its code is taken by another one.
    """
    found = []
    for name, document in documents(folder, "register"):
        try:
            declared = RegisterType.model_validate(document)
        except ValidationError as error:
            raise explained(name, f"register {document['register']}", error) from None
        found.append(register(declared, name))
    return found


def register(declared: RegisterType, source: str = "") -> RegisterType:
    """Make a register known; the same declaration again changes nothing.

    Raises:
        ConfigurationError: another declaration has its code, or its area is unknown.
    """
    if declared.area not in AREAS:
        raise ConfigurationError(
            f"{source}, register {declared.code}: no area {declared.area!r}; known: {', '.join(AREAS)}"
        )
    known = _types.get(declared.code)
    if known is not None and known != declared:
        raise ConfigurationError(f"{source}: the register {declared.code} is declared twice, differently")
    if known is None:
        if declared.model:
            _register_policy(declared, source)
        try:
            facts.register_kinds(declared)
        except ValueError as error:
            raise ConfigurationError(f"{source}, register {declared.code}: {error}") from error
        _types[declared.code] = declared
    return _types[declared.code]


def _register_policy(declared: RegisterType, source: str) -> None:
    """The row policy of a register's own table, which the declaration names."""
    from hengjian.registers.policies import register_entry_policy
    from hengjian.registers.storing import model_of

    try:
        register_entry_policy(model_of(declared))
    except LookupError as error:
        raise ConfigurationError(f"{source}, register {declared.code}: {error}") from error


def forget(code: str) -> None:
    """Take a register out again; for tests that declare one of their own."""
    declared = _types.pop(code, None)
    if declared is not None:
        facts.forget_kinds(declared)


def register_type(code: str) -> RegisterType:
    """The declared register; KeyError names those that there are."""
    try:
        return _types[code]
    except KeyError:
        raise KeyError(f"no register {code!r}; declared: {', '.join(sorted(_types))}") from None


def register_types(area: str = "") -> list[RegisterType]:
    """All declared registers, by area and code."""
    order = list(AREAS)
    found = [item for item in _types.values() if not area or item.area == area]
    return sorted(found, key=lambda item: (order.index(item.area), item.code))
