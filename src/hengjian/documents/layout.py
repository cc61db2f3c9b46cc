"""The page of an official document: measures of GB/T 9704-2012, and what follows from them.

Lengths are millimetres unless the name says points (pt) or twips (1/20 pt).
"""

from __future__ import annotations

from math import floor

# 5.1, 5.2.1: A4, top margin 37 mm, binding (left) margin 28 mm, type area 156 mm × 225 mm without the page number.
PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
TYPE_WIDTH, TYPE_HEIGHT = 156.0, 225.0
TOP, LEFT = 37.0, 28.0
BOTTOM = PAGE_HEIGHT - TOP - TYPE_HEIGHT
RIGHT = PAGE_WIDTH - LEFT - TYPE_WIDTH

# 5.2.3: 22 lines of 28 characters fill the type area.
LINES, CHARACTERS = 22, 28

# Sizes of type: 2号, 3号, 4号, 小四, 五号.
TITLE_PT, BODY_PT, SMALL_PT = 22.0, 16.0, 14.0
TABLE_PT, DENSE_TABLE_PT = 12.0, 10.5

# 7.2.4: upper edge of the issuing body's mark, below the upper edge of the type area.
MARK_TOP = 35.0
# 7.2.7: the red rule lies 4 mm below the document number and is as wide as the type area.
RULE_GAP = 4.0
# 7.5: the dash beside the page number lies 7 mm below the type area.
PAGE_NUMBER_GAP = 7.0
# 7.4.1: first and last rule of the imprint, and the rules between.
THICK_RULE, THIN_RULE = 0.35, 0.25

# Names only: most of these faces are not free, so none is shipped. A reader that lacks a face takes its substitute.
SONG_TITLE, FANGSONG, HEI, KAI, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
SUBSTITUTES = {SONG_TITLE: "STZhongsong", FANGSONG: "FangSong", HEI: "SimHei", KAI: "KaiTi", SONG: "SimSun"}
LEVEL_FACES = (HEI, KAI, FANGSONG, FANGSONG)
RED = "FF0000"


def points(mm: float) -> float:
    return mm / 25.4 * 72


def twips(mm: float) -> int:
    return round(points(mm) * 20)


# Rounded down, so that the 22nd line and the 28th character still fit.
LINE_TWIPS = floor(points(TYPE_HEIGHT) * 20 / LINES)
LINE_PT = LINE_TWIPS / 20
# Body characters move together a little. A character grid (docGrid linesAndChars) would do the same in Word, but
# LibreOffice gives a character that is wider than the pitch two places.
CHARACTER_TWIPS = floor((points(TYPE_WIDTH) / CHARACTERS - BODY_PT) * 20)


def width_in_characters(text: str) -> float:
    """How many full characters a text is wide: ASCII counts half."""
    return sum(0.5 if char < "\u0080" else 1.0 for char in text)


def mark_size_pt(text: str, most: float = 50.0, least: float = 22.0) -> float:
    """The largest size, in half points, at which the issuing body's mark stays on one line of the type area."""
    fitting = points(TYPE_WIDTH) / max(1.0, width_in_characters(text))
    return max(least, min(most, floor(fitting * 2) / 2))


def signature_indents(signature: str, date: str, seal: bool) -> tuple[float, float]:
    """Right indents, in characters, of the signature and of the date below it (7.3.5.1 with seal, 7.3.5.2 without).

    With a seal the date stands 4 characters from the right and the signature is centred above it; without, the
    signature stands 2 characters from the right and the date begins 2 characters to the right of it, or, when the date
    is the longer, the date stands 2 characters from the right and the signature moves left.
    """
    wide, narrow = width_in_characters(signature), width_in_characters(date)
    if seal:
        above = 4 + (narrow - wide) / 2
        return (above, 4.0) if above >= 0 else (0.0, (wide - narrow) / 2)
    below = 2 + wide - (narrow + 2)
    return (2.0, below) if below >= 2 else (2.0 + (narrow + 2 - wide), 2.0)
