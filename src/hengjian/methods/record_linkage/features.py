"""What is compared of a record: the parts of its name, its valid code, its people and place, as an Arrow table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hengjian.methods import uscc
from hengjian.methods.company_names import fold_name, parse_name
from hengjian.methods.company_names.abbreviations import write_out
from hengjian.methods.company_names.comparing_keys import name_key
from hengjian.methods.company_names.divisions import default_divisions
from hengjian.methods.company_names.parsing import place_codes

#: Columns that records may have; `record_id` and `name` must be there.
COLUMNS = ("record_id", "name", "code", "representative", "address", "region")
# Below this many names, starting processes costs more than it saves.
_SMALL = 20_000
_CHUNK = 5_000
_PARTS = pa.schema([(name, pa.string()) for name in ("brand", "trade", "form", "kind", "branch", "place")])
# The last street that has a house number (RE2, which Arrow runs).
_STREET = r".*(?P<name>\p{Han}{2})(?P<kind>大街|大道|路|街|巷|道|村|镇)(?P<number>[0-9]+)"


@dataclass(frozen=True)
class Records:
    """Records with their features.

    Attributes:
        table: one row per record in the order given: `row` (0 …), `brand`, `trade`, `form`, `kind`, `branch`, `place`
            (division code without its trailing 00 pairs, empty when unknown), `code` (valid or empty), `person`,
            `street` (end of the street's name and house number); empty text where nothing is known.
        ids: the records' own ids.
    """

    table: pa.Table
    ids: pa.ChunkedArray


def prepare(records: pa.Table, processes: int = 2) -> Records:
    """Read the features of raw records.

    Args:
        records: columns `record_id` and `name`, and any of the other `COLUMNS`; further ones are not looked at.
        processes: how many parse names at once.

    Raises:
        ValueError: a needed column is missing, or a record id is used twice or empty.
    """
    missing = {"record_id", "name"} - set(records.column_names)
    if missing:
        raise ValueError(
            f"records need the columns {', '.join(sorted(missing))}; there are: {', '.join(records.column_names)}"
        )
    ids = records["record_id"].cast(pa.string())
    if ids.null_count or pc.count_distinct(ids).as_py() != len(ids):
        raise ValueError("record ids are empty or used twice")
    texts = {name: _text(records, name) for name in COLUMNS[1:]}
    encoded = pc.dictionary_encode(texts["name"])
    parsed = _parse_all(encoded.dictionary.to_pylist(), processes).take(encoded.indices)
    columns = dict(zip(parsed.column_names, parsed.columns, strict=True))
    valid = uscc.valid_codes(texts["code"].to_pylist())
    columns["code"] = pc.if_else(pa.array(valid), texts["code"], "")
    columns["place"] = _places(columns["place"], texts["region"], texts["address"])
    columns["person"] = pc.replace_substring_regex(texts["representative"], r"[\s·•]", "")
    columns["street"] = _street(texts["address"])
    rows = pa.array(np.arange(len(ids), dtype=np.int32))
    return Records(pa.table({"row": rows, **columns}), ids)


def _text(records: pa.Table, name: str) -> pa.Array:
    if name not in records.column_names:
        return pa.repeat(pa.scalar(""), len(records))
    column = records[name].cast(pa.string()).fill_null("")
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _parse_all(names: Sequence[str], processes: int) -> pa.Table:
    """Parts of each name, in the order given."""
    chunks = [names[start : start + _CHUNK] for start in range(0, len(names), _CHUNK)]
    if len(names) < _SMALL or processes < 2:
        return pa.Table.from_batches(map(_parse, chunks), schema=_PARTS)
    with ProcessPoolExecutor(processes) as pool:
        return pa.Table.from_batches(pool.map(_parse, chunks), schema=_PARTS)


def _parse(names: Sequence[str]) -> pa.RecordBatch:
    found: list[tuple[str, ...]] = []
    for name in names:
        parts = parse_name(write_out(name))
        branch = name_key(parts.branch) if parts.branch else None
        # What has no name of its own goes by its branch, or by its place: 汉中市汽车修配公司, 平陆县人民医院.
        brand = parts.brand or (branch.text if branch else name_key(parts.region).text if parts.region else "")
        place = _short(parts.codes)
        if branch is not None and not place and branch.places:
            place = _short(sorted(branch.places[0]))
        text = branch.text if branch else ""
        found.append((brand, parts.trade or text, form_class(parts.form), parts.kind, text, place))
    return pa.RecordBatch.from_arrays(
        [pa.array(column, pa.string()) for column in zip(*found, strict=True)], schema=_PARTS
    )


def form_class(form: str) -> str:
    """Forms that clerks exchange freely are one class (有限公司, 有限责任公司, 公司); shares and groups are others."""
    if "股份" in form and "合作" not in form:
        return "share"
    if form.endswith(("公司", "有限责任")):
        return "group" if "集团" in form else "company"
    return form.replace("农民专业合作社", "专业合作社")


def _short(codes: Sequence[str]) -> str:
    """The division code without trailing pairs of 0; what several codes have in common when a name is used twice."""
    if not codes:
        return ""
    if len(codes) > 1:
        codes = [code for code in codes if code in _codes_of_today()] or codes
    shorts = {re.sub(r"(00)+$", "", code) for code in codes}
    if len(shorts) == 1:
        return shorts.pop()
    for size in (4, 2):
        heads = {short[:size] for short in shorts}
        if len(heads) == 1 and len(head := heads.pop()) == size:
            return head
    return ""


@cache
def _codes_of_today() -> frozenset[str]:
    return frozenset(one.code for found in default_divisions().full.values() for one in found if not one.end)


def _places(named: pa.ChunkedArray, regions: pa.Array, addresses: pa.Array) -> pa.Array:
    """The place of the name; where it says less than the county, that of the region or address, if they agree."""
    found = named.to_pylist()
    seen: dict[str, str] = {}
    wanting = pc.indices_nonzero(pc.not_equal(pc.utf8_length(named), 6)).to_pylist()
    for number in wanting:
        for text in (regions[number].as_py(), addresses[number].as_py()):
            if not text:
                continue
            other = seen.get(text)
            if other is None:
                read = (text,) if re.fullmatch(r"\d{6}", text) else place_codes(fold_name(text))
                other = seen[text] = _short(read)
            if other.startswith(found[number]) and len(other) > len(found[number]):
                found[number] = other
    return pa.array(found, pa.string())


def _street(addresses: pa.Array) -> pa.Array:
    """The last two characters of the street's name with its kind and the house number: 民大街28; empty without both."""
    narrow = pc.utf8_normalize(addresses, "NFKC")
    found = pc.extract_regex(narrow, _STREET)
    parts = [pc.struct_field(found, name) for name in ("name", "kind", "number")]
    return pc.binary_join_element_wise(*parts, "").fill_null("")
