"""How lots, nodes and papers are named in events: GS1 keys where there is a GTIN, else addresses of our own. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from hengjian.methods import gs1

# GS1 General Specifications 3.4.1: batch numbers have up to 20 characters of a set whose safe part this is.
BATCH = re.compile(r"[0-9A-Za-z._-]{1,20}")
NODE = re.compile(r"[0-9A-Z-]{4,40}")
_OWN = re.compile(r"https?://([^/?#]+)/id/([a-z_]+)/([^/?#]+)")


def is_gtin(code: str) -> bool:
    """Whether a product code is a GTIN (8, 12, 13 or 14 digits with a right check digit)."""
    return len(code) in {8, 12, 13, 14} and gs1.has_check_digit(code)


def own_uri(host: str, scheme: str, code: str) -> str:
    """An identifier of this platform: `https://{host}/id/{scheme}/{code}`."""
    return f"https://{host}/id/{scheme}/{quote(code, safe='.')}"


def own_parts(uri: str) -> tuple[str, str] | None:
    """(scheme, code) of an identifier of any platform in that form; None for anything else."""
    match = _OWN.fullmatch(uri)
    return (match[2], unquote(match[3])) if match else None


def lot_uri(host: str, product: str, minted_by: str, batch: str) -> str:
    """The identifier of a lot: GTIN and lot where the product has a GTIN, else who minted the lot and its number.

    A lot number is unique inside the node that minted it (NY/T 4712), so the node belongs to the identifier; a GTIN
    already says whose it is.
    """
    if is_gtin(product):
        return f"{gs1.CANONICAL_DOMAIN}/01/{product.zfill(14)}/10/{quote(batch, safe='')}"
    return own_uri(host, "lot", f"{minted_by}.{batch}")


def lot_parts(uri: str) -> tuple[str, str, str] | None:
    """(product, minted by, batch) of a lot's identifier, with what it does not say empty; None: it is no lot."""
    identifier = gs1.examine(uri).identifier
    if identifier is not None:
        return (identifier.key, "", identifier.serial) if identifier.scheme == "lgtin" else None
    own = own_parts(uri)
    if own is None or own[0] != "lot":
        return None
    node, dot, batch = own[1].partition(".")
    return ("", node, batch) if dot and NODE.fullmatch(node) and batch else None


def node_uri(host: str, node: str) -> str:
    """The identifier of a trace subject as place and party."""
    return own_uri(host, "node", node)


def node_of(uri: str) -> str:
    """The subject number behind an identifier; empty when it is none of this form."""
    own = own_parts(uri)
    return own[1] if own and own[0] == "node" else ""
