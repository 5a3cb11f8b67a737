"""Near duplicates: a perceptual hash of 256 bits, and the nearest known picture by it.

The hash is pHash (Zauner 2010: low frequencies of a 32x32 cosine transform against their median)
over luma and both colour differences. Luma alone cannot tell a violet dragon from a green one.
Measured on drawn characters of 32x32 pixels, in bits that differ:

    re-encoded as JPEG (quality 40 or 80), or channels moved by up to 2     0 to   8
    ten pixels of 1024 replaced, or brightened by a tenth                   0 to  24
    only the mouth differs                                                  4 to  34, median  12
    only the palette differs                                               12 to  74, median  34
    the same traits drawn again with another seed                           6 to 100, median  45
    different characters                                                   40 to 156, median 116

It is computed in integers throughout, so the same pixels give the same bits on every machine. A
picture that was enlarged by whole pixels has the hash of the picture before.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tools.errors import InvalidInput
from tools.generation.pixels import native

SCORER = "phash-ycbcr"
VERSION = "1"
BITS = 256

_SIDE = 32
_LUMA_SIDE, _LUMA_BITS = 12, 128
_COLOUR_SIDE, _COLOUR_BITS = 8, 64
_SCALE = 1 << 12
_NEUTRAL = 128
_HEX_CHARACTERS = BITS // 4

Words = NDArray[np.uint64]


def _cosines() -> NDArray[np.int64]:
    """DCT-II as (frequency, position), scaled to integers."""
    frequency, position = np.arange(_SIDE)[:, None], np.arange(_SIDE)[None, :]
    angles = np.pi * frequency * (2 * position + 1) / (2 * _SIDE)
    scaled: NDArray[np.int64] = np.rint(np.cos(angles) * _SCALE).astype(np.int64)
    return scaled


_COSINES = _cosines()


@dataclass(frozen=True)
class Neighbour:
    """A known picture and how many bits it differs by."""

    id: str
    distance: int  # 0 to 256


def perceptual_hash(image: Image.Image) -> str:
    """The hash as 64 hex digits: 128 bits of luma, then 64 of Cb and 64 of Cr."""
    small = native(image.convert("RGB")).convert("YCbCr")
    planes = np.asarray(small.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)).astype(np.int64)
    bits = (
        _bits(planes[..., 0], _LUMA_SIDE, _LUMA_BITS),
        _bits(planes[..., 1], _COLOUR_SIDE, _COLOUR_BITS),
        _bits(planes[..., 2], _COLOUR_SIDE, _COLOUR_BITS),
    )
    return np.packbits(np.concatenate(bits)).tobytes().hex()


def distance(first: str, second: str) -> int:
    """In how many of the 256 bits two hashes differ.

    Raises InvalidInput when one of them is not such a hash.
    """
    return int(np.bitwise_count(_words(first) ^ _words(second)).sum())


class PerceptualIndex:
    """Known pictures by their hash. Searching compares with every one: 1 ms per 10,000."""

    def __init__(self, entries: Iterable[tuple[str, str]] = ()) -> None:
        self._ids: list[str] = []
        self._rows: list[Words] = []
        self._table: Words | None = None
        for id, hash in entries:
            self.add(id, hash)

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, id: str, hash: str) -> None:
        """Make a picture known. Raises InvalidInput when the hash is malformed."""
        self._rows.append(_words(hash))
        self._ids.append(id)
        self._table = None

    def nearest(self, hash: str) -> Neighbour | None:
        """The known picture that differs least (the first added of equals), if any is known."""
        if not self._ids:
            return None
        distances = self._distances(hash)
        place = int(distances.argmin())
        return Neighbour(self._ids[place], int(distances[place]))

    def within(self, hash: str, at_most: int) -> list[Neighbour]:
        """All known pictures that differ in `at_most` bits or fewer, nearest first."""
        distances = self._distances(hash)
        places = np.argsort(distances, kind="stable")
        found = [Neighbour(self._ids[place], int(distances[place])) for place in places.tolist()]
        return [neighbour for neighbour in found if neighbour.distance <= at_most]

    def _distances(self, hash: str) -> NDArray[np.int64]:
        if self._table is None:
            self._table = np.array(self._rows, dtype=np.uint64).reshape(-1, BITS // 64)
        differing: NDArray[np.int64] = np.bitwise_count(self._table ^ _words(hash)).sum(1, np.int64)
        return differing


def _bits(plane: NDArray[np.int64], side: int, count: int) -> NDArray[np.bool_]:
    """The lowest frequencies that lie above their median, row by row."""
    frequencies = _COSINES[:side] @ (plane - _NEUTRAL) @ _COSINES[:side].T
    lowest = frequencies.ravel()[:count]
    above: NDArray[np.bool_] = lowest > np.sort(lowest)[count // 2 - 1]
    return above


def _words(hash: str) -> Words:
    if len(hash) != _HEX_CHARACTERS or any(c not in "0123456789abcdef" for c in hash):
        raise InvalidInput(
            "A perceptual hash is {digits} hex digits, not {hash!r}.",
            digits=_HEX_CHARACTERS,
            hash=hash,
        )
    return np.frombuffer(bytes.fromhex(hash), dtype=">u8").astype(np.uint64)
