"""Photos without what cameras write into them: place, time, owner and serial number of the telephone. Pure.

Only the metadata is taken out, the picture itself is not touched; the orientation is kept, or a photo taken upright
would lie on its side. Formats: JPEG (ITU-T T.81, Exif 2.32 in APP1) and PNG (ISO/IEC 15948).
"""

from __future__ import annotations

import struct

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
ORIENTATION = 0x0112
# Segments without a length; the picture's data follows SOS.
STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
SOS, EOI, COM, APP1 = 0xDA, 0xD9, 0xFE, 0xE1
# JFIF, colour profile and Adobe's colour transform change how the picture looks; all other APPn go.
KEPT_APPS = frozenset({0xE0, 0xE2, 0xEE})
# PNG chunks that describe the picture; tEXt, zTXt, iTXt, eXIf and tIME do not.
DROPPED_CHUNKS = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})


def without_metadata(data: bytes) -> bytes:
    """The same picture without metadata; bytes that are neither JPEG nor PNG, or are damaged, come back unchanged."""
    try:
        if data.startswith(JPEG):
            return _jpeg(data)
        if data.startswith(PNG):
            return _png(data)
    except (struct.error, IndexError):
        pass
    return data


def _jpeg(data: bytes) -> bytes:
    kept = [data[:2]]
    at = 2
    while at < len(data):
        if data[at] != 0xFF:
            return data
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker in STANDALONE:
            kept.append(data[at : at + 2])
            at += 2
            continue
        if marker in (SOS, EOI):
            # The picture up to its end; what a phone appends behind it (a second picture, a film) goes too.
            end = data.rfind(b"\xff\xd9", at)
            kept.append(data[at : end + 2] if end >= at else data[at:])
            break
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        segment = data[at : at + 2 + length]
        if marker == APP1:
            if turned := _orientation(segment[4:]):
                kept.append(_oriented(turned))
        elif marker != COM and (not 0xE0 <= marker <= 0xEF or (marker in KEPT_APPS and b"MPF\0" not in segment[:12])):
            kept.append(segment)
        at += 2 + length
    return b"".join(kept)


def _orientation(exif: bytes) -> int:
    """The orientation 1 to 8 of an Exif segment, 0 where it says none."""
    if not exif.startswith(b"Exif\0\0"):
        return 0
    tiff = exif[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 0
    try:
        (start,) = struct.unpack(order + "I", tiff[4:8])
        (count,) = struct.unpack(order + "H", tiff[start : start + 2])
        for number in range(min(count, 200)):
            entry = tiff[start + 2 + 12 * number : start + 14 + 12 * number]
            tag, _kind, _n, value = struct.unpack(order + "HHIH", entry[:10])
            if tag == ORIENTATION:
                return value if 1 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _oriented(turned: int) -> bytes:
    """An APP1 segment that says nothing but the orientation."""
    body = b"Exif\0\0" + b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, turned, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(data: bytes) -> bytes:
    kept = [data[:8]]
    at = 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind = data[at + 4 : at + 8]
        chunk = data[at : at + 12 + length]
        if len(chunk) < 12 + length:
            return data
        if kind not in DROPPED_CHUNKS:
            kept.append(chunk)
        at += 12 + length
        if kind == b"IEND":
            break
    return b"".join(kept)
