"""Line by line: one answer for each line whatever its bytes are, and at once."""

from __future__ import annotations

import io
import os

import pytest
import typer
from typer.testing import CliRunner

from hengjian.cli._lines import _decoded
from hengjian.cli.main import app

HOSTILE = [
    b"",
    b"\x00",
    b"\xff\xfe\xff",
    "包头市鑫达商贸有限公司".encode(),
    "包头市鑫达商贸有限公司".encode("gb18030"),
    "包头市鑫达商贸有限公司\r".encode(),
    b"\r\r",
    "\u2028\x0b\x0c\x1c\x85".encode(),
    b"9" * 1_000_000,
    "名".encode() * 300_000,
    "（".encode() * 1000,
    b"\t\t\t\t\t\t",
]


@pytest.mark.parametrize("command", [["codes", "check"], ["names", "parse"], ["names", "compare"]])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_one_answer_for_each_line(command: list[str], end: bytes) -> None:
    result = CliRunner().invoke(app, command, input=b"\n".join([*HOSTILE, b"x"]) + end)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.stdout.count("\n") == len(HOSTILE) + 1


def test_lines_of_several_encodings() -> None:
    text = "内蒙古"
    data = b"\xef\xbb\xbf" + text.encode() + b"\r\n" + text.encode("gb18030") + b"\n\n" + text.encode()
    assert list(_decoded(io.BytesIO(data))) == [text, text, "", text]


def test_two_byte_encodings_are_told() -> None:
    with pytest.raises(typer.Exit):
        list(_decoded(io.BytesIO("内蒙古\n".encode("utf-16"))))


def test_a_pipe_that_stays_open_is_answered_at_once() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stream, os.fdopen(writing, "wb", buffering=0) as other:
        found = _decoded(stream)
        for line in ("甲", "乙"):
            other.write(line.encode() + b"\n")
            assert next(found) == line
