"""QR codes: as SVG for pages, as PNG for documents."""

from __future__ import annotations

import io
import struct
import zlib

import qrcode
import qrcode.image.svg
from django.utils.safestring import SafeString, mark_safe


def qr_svg(address: str) -> SafeString:
    """A QR code to stand inside a page, with the quiet border of four modules (ISO/IEC 18004); the words beside it say
    where it leads."""
    text = qr_svg_file(address).decode("utf-8")
    return mark_safe(text[text.index("<svg") :].replace("<svg", '<svg class="qr" aria-hidden="true"', 1))


def qr_svg_file(address: str, border: int = 4) -> bytes:
    """A QR code as an SVG file, with a quiet border of so many modules."""
    image = qrcode.make(address, image_factory=qrcode.image.svg.SvgPathImage, box_size=10, border=border)
    data = io.BytesIO()
    image.save(data)
    return data.getvalue()


def qr_png(address: str, scale: int = 8) -> bytes:
    """A QR code as a grey-scale PNG, `scale` pixels per module, with the quiet border of four modules."""
    code = qrcode.QRCode(border=4)
    code.add_data(address)
    rows = code.get_matrix()
    size = len(rows) * scale
    lines = b"".join(
        (b"\x00" + b"".join((b"\x00" if dark else b"\xff") * scale for dark in row)) * scale for row in rows
    )
    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
