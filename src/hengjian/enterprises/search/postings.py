"""Lists of numbers of documents, kept small: a sorted array where they are few, a bitmap where they are many. Pure.

A segment covers 2^18 consecutive numbers; a list holds places inside its segment. Both forms are compared with numpy,
so that the intersection of two words that a third of all names contain costs microseconds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SEGMENT_BITS = 18
SEGMENT_SIZE = 1 << SEGMENT_BITS
BITMAP_BYTES = SEGMENT_SIZE // 8
#: From this many on the bitmap is the smaller form.
DENSE = BITMAP_BYTES // 4

Places = NDArray[np.uint32]


def encode(places: Places) -> bytes:
    """Bytes of sorted, distinct places."""
    if len(places) < DENSE:
        return places.astype("<u4").tobytes()
    bits = np.zeros(SEGMENT_SIZE, np.bool_)
    bits[places] = True
    return np.packbits(bits, bitorder="little").tobytes()


def is_bitmap(data: bytes | memoryview) -> bool:
    return len(data) == BITMAP_BYTES


def decode(data: bytes | memoryview) -> Places:
    """The sorted places."""
    if is_bitmap(data):
        return np.flatnonzero(np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")).astype(np.uint32)
    return np.frombuffer(data, "<u4").astype(np.uint32)


def either(lists: Sequence[bytes | memoryview]) -> bytes:
    """The union, encoded."""
    if len(lists) == 1:
        return bytes(lists[0])
    if any(is_bitmap(one) for one in lists):
        total = np.zeros(BITMAP_BYTES, np.uint8)
        for one in lists:
            total |= _bitmap(one)
        return total.tobytes()
    return encode(np.unique(np.concatenate([decode(one) for one in lists])))


def common(lists: Sequence[bytes | memoryview]) -> Places:
    """The places that stand in every list."""
    sparse = sorted((one for one in lists if not is_bitmap(one)), key=len)
    dense = [np.frombuffer(one, np.uint8) for one in lists if is_bitmap(one)]
    if not sparse:
        total = dense[0]
        for one in dense[1:]:
            total = total & one
        return np.flatnonzero(np.unpackbits(total, bitorder="little")).astype(np.uint32)
    found = decode(sparse[0])
    for data in sparse[1:]:
        found = np.intersect1d(found, decode(data), assume_unique=True)
    for bits in dense:
        found = found[(bits[found >> 3] >> (found & 7).astype(np.uint8)) & 1 == 1]
    return found


def _bitmap(data: bytes | memoryview) -> NDArray[np.uint8]:
    if is_bitmap(data):
        return np.frombuffer(data, np.uint8)
    bits = np.zeros(SEGMENT_SIZE, np.bool_)
    bits[decode(data)] = True
    return np.packbits(bits, bitorder="little")
