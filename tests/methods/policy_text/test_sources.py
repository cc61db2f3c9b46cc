"""Reading files: encodings, Word, web pages, and what is refused."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from hengjian.methods.policy_text import SourceError, read_policy
from hengjian.methods.policy_text import sources as sources_module

TEXT = (
    "河东省2024年质量提升行动方案\n一、任务\n（一）加强监管。年底前建成平台。（省市场监管局、省教育厅按职责分工负责）\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_encodings(encoding: str) -> None:
    document = read_policy(TEXT.encode(encoding), "a.txt")
    assert document.text == TEXT
    assert [duty.name for duty in document.items[0].duties] == ["市场监管局", "教育厅"]


def test_windows_line_ends() -> None:
    assert read_policy(TEXT.replace("\n", "\r\n").encode(), "a.txt").text == TEXT


def word(*rows: tuple[str, ...]) -> bytes:
    document = docx.Document()
    document.add_paragraph("河东省2024年质量提升任务分工表")
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = value
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_task_table_in_word() -> None:
    document = read_policy(
        word(
            ("序号", "重点任务", "具体措施", "牵头单位", "责任单位", "完成时限"),
            (
                "1",
                "加强电梯监管",
                "建设应急平台；推行保险。",
                "省市场监管局",
                "省住房城乡建设厅、各市人民政府",
                "2024年9月底前",
            ),
            ("2", "提升校服质量", "开展抽检。", "省教育厅", "省市场监管局", "长期坚持"),
        ),
        "tasks.docx",
    )
    first, second = document.items
    assert (first.number, first.title) == (1, "加强电梯监管")
    assert [m.text for m in first.measures] == ["建设应急平台", "推行保险"]
    assert [(d.role, d.name, d.collective) for d in first.duties] == [
        ("lead", "市场监管局", False),
        ("support", "住房城乡建设厅", False),
        ("support", "各市人民政府", True),
    ]
    assert [(d.phrase, d.due) for d in first.deadlines + second.deadlines] == [
        ("2024年9月底前", "2024-09-30"),
        ("长期坚持", None),
    ]


def test_table_with_merged_cells_in_html() -> None:
    rows = (
        "<tr><th>领域</th><th>任务</th><th>责任单位</th><th>时限</th></tr>"
        "<tr><td rowspan=2>一、产品</td><td>开展抽检。公布结果。</td><td>市市场监管局（牵头）、"
        "市公安局</td><td>6月底前</td></tr>"
        "<tr><td>培育品牌</td><td>市商务局</td><td>2024年</td></tr>"
    )
    document = read_policy(
        f"<html><body><nav>首页 关于我们</nav><p>清江市2024年质量工作任务分解表</p><table>{rows}</table></body></html>"
    )
    assert [(s.number, s.title) for s in document.sections] == [(1, "产品")]
    assert [item.title for item in document.items] == ["开展抽检", "培育品牌"]
    assert [(d.role, d.name) for d in document.items[0].duties] == [("lead", "市场监管局"), ("support", "公安局")]
    assert [d.due for item in document.items for d in item.deadlines] == ["2024-06-30", "2024-12-31"]


def test_web_page_without_its_furniture() -> None:
    body = "".join(f"<p>{line}</p>" for line in TEXT.split("\n"))
    document = read_policy(
        f"<!DOCTYPE html><html><head><title>x</title><script>var a=1</script></head><body>"
        f"<div class='nav'>首页 &gt; 文件</div>"
        f"<div id='content'>{body}</div><div class='footer'>主办单位："
        f"清江市人民政府办公室 备案号1</div></body></html>".encode()
    )
    assert len(document.items) == 1
    assert "主办单位" not in document.text and "var a" not in document.text


def test_automatic_numbers_of_word_are_read() -> None:
    document = docx.Document()
    document.add_paragraph("加强监管。开展抽查。（省市场监管局负责）", style="List Number")
    document.add_paragraph("加强服务。开展帮扶。（省商务厅负责）", style="List Number")
    out = io.BytesIO()
    document.save(out)
    assert [(item.number, item.title) for item in read_policy(out.getvalue()).items] == [
        (1, "加强监管"),
        (2, "加强服务"),
    ]


def code_of(data: bytes | str, filename: str = "") -> str:
    with pytest.raises(SourceError) as caught:
        read_policy(data, filename)
    assert caught.value.message_zh and caught.value.message_en
    return caught.value.code


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def test_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    assert code_of(b"") == code_of(b" \n\t") == code_of("") == "empty"
    assert code_of(bytes(range(256)) * 40) == "binary"
    assert code_of(b"\x89PNG\r\n\x1a\n" + bytes(range(200)) * 20) == "binary"
    assert code_of(b"PK\x03\x04 broken") == "damaged"
    assert code_of(archive(hello=b"x")) == "binary"
    assert code_of(archive(word__document_xml=b"<a>" + b" " * 60_000_000 + b"</a>")) == "zip_bomb"
    assert code_of(b"%PDF-1.4 broken") == "damaged"
    assert code_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600) == "old_word"
    assert code_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")) == "encrypted"
    assert code_of("é è à ü ö ß ñ ç".encode("latin-1") * 30) in ("encoding", "binary")
    assert code_of("<html><body><img src='x'></body></html>") == "no_text"
    monkeypatch.setattr(sources_module, "MAX_BYTES", 1000)
    assert code_of(b"a" * 1001) == "too_large"


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
    assert code_of(archive(word__document_xml=bomb)) == "damaged"
