"""Files of departments in any encoding, and files that are none."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hengjian.cli._columns import read_columns

HEADINGS = {"record_id": ("record_id", "编号"), "name": ("name", "企业名称")}
TEXT = "编号,企业名称\n01,包头市鑫达商贸有限公司\n"
ROWS = [{"record_id": "01", "name": "包头市鑫达商贸有限公司"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(TEXT.replace(",", delimiter), encoding=encoding)
    assert read_columns(path, HEADINGS).to_pylist() == ROWS


def test_a_row_longer_than_a_block_of_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(TEXT + "02," + "名" * 700_000 + "\n", encoding="utf-8")
    assert read_columns(path, HEADINGS).num_rows == 2


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", "编号,企业名称\n01\n".encode(), TEXT.encode() + b"02,\xff\xfe\xff\xff\n"]
)
def test_what_is_no_table_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"r\.csv"):
        read_columns(path, HEADINGS)


def test_types_of_parquet(tmp_path: Path) -> None:
    path = tmp_path / "r.parquet"
    pq.write_table(pa.table({"record_id": [1, 2], "name": pa.array(["甲", None], pa.large_string())}), path)
    assert read_columns(path, HEADINGS).to_pylist()[1] == {"record_id": "2", "name": ""}
    pq.write_table(pa.table({"record_id": [1], "name": [["甲"]]}), path)
    with pytest.raises(ValueError, match="cast"):
        read_columns(path, HEADINGS)
    path.write_bytes(b"PAR1")
    with pytest.raises(ValueError, match=r"r\.parquet"):
        read_columns(path, HEADINGS)
