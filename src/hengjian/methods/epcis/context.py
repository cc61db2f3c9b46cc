"""Names of extensions: which namespace a prefix stands for, in JSON-LD contexts and XML declarations alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hengjian.methods.epcis.vocabulary import CBV, EPCIS, GS1_VOCABULARY, MASTER_DATA

STANDARD = {
    "cbv": CBV,
    "gs1": GS1_VOCABULARY,
    "epcis": EPCIS,
    "cbvmda": MASTER_DATA + ":",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}
"""Prefixes the EPCIS context declares itself, so that documents need not."""
EPCIS_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
_SPLIT = re.compile(r"(.*[/#])([^/#]+)", re.DOTALL)


class Context:
    """Prefixes in force for a document or an event.

    `expand_values`: a value `prefix:word` is the URI it stands for. False: it is text, and only gs1 and cbv are
    resolved (values of XML that were not freed of their prefixes, `literals.py`).
    """

    __slots__ = ("_names", "declared", "expand_values", "prefixes")

    def __init__(self, declared: Mapping[str, str] | None = None, *, expand_values: bool = True) -> None:
        self.declared = dict(declared or {})
        self.prefixes = {**STANDARD, **self.declared}
        self.expand_values = expand_values
        self._names: dict[str, str] = {}

    @classmethod
    def from_json(cls, context: Any, parent: Context | None = None) -> Context:
        """From the value of "@context": text, object or list of both; null takes a prefix away, unknown remote
        contexts declare nothing."""
        declared = dict(parent.declared) if parent else {}
        for part in context if isinstance(context, list) else [context]:
            if isinstance(part, dict):
                for prefix, target in part.items():
                    if isinstance(target, dict):
                        target = target.get("@id")
                    if target is None:
                        declared.pop(prefix, None)
                    elif isinstance(target, str) and not prefix.startswith("@"):
                        declared[prefix] = target
        return cls(declared)

    def to_json(self) -> list[Any]:
        """The value of "@context" for a document with these prefixes."""
        return [EPCIS_CONTEXT, *({prefix: target} for prefix, target in self.declared.items())]

    def name(self, key: str) -> str:
        """`{namespace}local` of a prefixed or full name; a name without namespace as it is."""
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = self._name(key)
        return found

    def _name(self, key: str) -> str:
        prefix, colon, local = key.partition(":")
        if not colon:
            return key
        namespace = self.prefixes.get(prefix)
        if namespace is not None:
            return f"{{{namespace}}}{local}"
        match = _SPLIT.fullmatch(key)
        return f"{{{match[1]}}}{match[2]}" if match else key

    def value(self, text: str) -> str:
        """A value with its short form resolved; `prefix://…` is a URI even where such a prefix is declared."""
        prefix, colon, rest = text.partition(":")
        if colon and not rest.startswith("//") and (self.expand_values or prefix in {"gs1", "cbv"}):
            namespace = self.prefixes.get(prefix)
            if namespace is not None:
                return namespace + rest
        return text
