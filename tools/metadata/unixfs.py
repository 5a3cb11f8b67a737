"""IPFS addresses of files, computed by our own code before anything is stored or uploaded.

Profile `unixfs-v1-2025` (IPIP-499): CIDv1, SHA-256, raw leaves of 1 MiB, balanced tree with at
most 1024 links per node. A file of up to 1 MiB is a single raw block, so its address is nothing
but the SHA-256 of its bytes.

Formats: CID https://github.com/multiformats/cid, dag-pb
https://ipld.io/specs/codecs/dag-pb/spec/, UnixFS https://specs.ipfs.tech/unixfs/.

This module does not know where blocks are kept and never opens a file.
"""

import base64
import binascii
import hashlib
import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Self

from tools.errors import InvalidInput

CHUNK_BYTES = 1024 * 1024
LINKS_PER_NODE = 1024

RAW = 0x55
DAG_PB = 0x70
_CODEC_NAMES = {RAW: "raw", DAG_PB: "dag-pb"}

_VERSION_1 = 0x01
_SHA2_256 = 0x12
_DIGEST_BYTES = 32
_CID_BYTES = 4 + _DIGEST_BYTES
_UNIXFS_FILE = 2


@dataclass(frozen=True)
class Cid:
    """A CIDv1 over SHA-256, in the two codecs that files need."""

    codec: int  # RAW or DAG_PB
    digest: bytes  # SHA-256 of the root block, 32 bytes

    def __post_init__(self) -> None:
        if self.codec not in _CODEC_NAMES:
            raise InvalidInput(
                "A CID of a file has codec raw (0x55) or dag-pb (0x70), not {codec}.",
                codec=f"{self.codec:#x}",
            )
        if len(self.digest) != _DIGEST_BYTES:
            raise InvalidInput(
                "A SHA-256 digest has {right} bytes, this one has {size}.",
                right=_DIGEST_BYTES,
                size=len(self.digest),
            )

    def __str__(self) -> str:
        """The CID as people write it: multibase `b` (base32, lower case, no padding)."""
        return "b" + _base32(self.to_bytes())

    @property
    def uri(self) -> str:
        """`ipfs://` and the CID."""
        return f"ipfs://{self}"

    @property
    def is_single_block(self) -> bool:
        """Whether the digest is the SHA-256 of the file itself."""
        return self.codec == RAW

    def to_bytes(self) -> bytes:
        """The binary CID: version, codec, hash function, digest length, digest."""
        return bytes((_VERSION_1, self.codec, _SHA2_256, _DIGEST_BYTES)) + self.digest

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a CID as `str(cid)` writes it; an `ipfs://` in front is allowed.

        Raises InvalidInput when it is not a CIDv1 in base32 over SHA-256, raw or dag-pb.
        """
        return cls._from_bytes(_base32_bytes(text.removeprefix("ipfs://")), text)

    @classmethod
    def _from_bytes(cls, raw: bytes, text: str) -> Self:
        if len(raw) != _CID_BYTES or raw[0] != _VERSION_1:
            raise InvalidInput(
                "{text!r} is not a CIDv1 over SHA-256 ({size} bytes).",
                text=text,
                size=_CID_BYTES,
            )
        if raw[2] != _SHA2_256 or raw[3] != _DIGEST_BYTES:
            raise InvalidInput(
                "{text!r} uses another hash function; only SHA-256 is read here.", text=text
            )
        return cls(codec=raw[1], digest=raw[4:])


@dataclass(frozen=True)
class Block:
    """One block of a file's tree, as an IPFS node would store it."""

    cid: Cid
    data: bytes


def cid_of(data: bytes) -> Cid:
    """The CID of a file that is already in memory."""
    return cid_of_stream(io.BytesIO(data))


def cid_of_stream(stream: BinaryIO) -> Cid:
    """The CID of a file of any size, read once and in constant memory."""
    return deque(blocks(stream), maxlen=1).pop().cid


def blocks(stream: BinaryIO) -> Iterator[Block]:
    """Every block of the file's tree in the order it is finished; the root comes last.

    At most one chunk and 1024 links per level of the tree are held in memory.
    """
    levels: list[list[_Node]] = [[]]
    for chunk in _chunks(stream):
        leaf = _Node(Cid(RAW, hashlib.sha256(chunk).digest()), len(chunk), len(chunk))
        yield Block(leaf.cid, chunk)
        yield from _add(levels, 0, leaf)
    yield from _close(levels)


@dataclass(frozen=True)
class _Node:
    """A finished subtree, as its parent links to it."""

    cid: Cid
    file_bytes: int  # bytes of the file below this node
    tree_bytes: int  # serialised bytes of the whole subtree (dag-pb's Tsize)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    chunk = _read_chunk(stream)
    yield chunk
    while len(chunk) == CHUNK_BYTES:
        chunk = _read_chunk(stream)
        if chunk:
            yield chunk


def _read_chunk(stream: BinaryIO) -> bytes:
    """Exactly one chunk unless the stream ends: a pipe may return less than it was asked for."""
    parts: list[bytes] = []
    missing = CHUNK_BYTES
    while missing and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _add(levels: list[list[_Node]], depth: int, node: _Node) -> Iterator[Block]:
    """Put a node on its level; a full level is first bound into one node a level higher."""
    if depth == len(levels):
        levels.append([])
    if len(levels[depth]) == LINKS_PER_NODE:
        yield from _bind(levels, depth)
    levels[depth].append(node)


def _bind(levels: list[list[_Node]], depth: int) -> Iterator[Block]:
    parent, block = _parent(levels[depth])
    levels[depth] = []
    yield block
    yield from _add(levels, depth + 1, parent)


def _close(levels: list[list[_Node]]) -> Iterator[Block]:
    """Bind what is left, from the leaves up, until one node stands alone at the top."""
    depth = 0
    while depth < len(levels) - 1 or len(levels[depth]) > 1:
        yield from _bind(levels, depth)
        depth += 1


def _parent(children: Sequence[_Node]) -> tuple[_Node, Block]:
    data = _file_node(children)
    cid = Cid(DAG_PB, hashlib.sha256(data).digest())
    node = _Node(
        cid=cid,
        file_bytes=sum(child.file_bytes for child in children),
        tree_bytes=len(data) + sum(child.tree_bytes for child in children),
    )
    return node, Block(cid, data)


def _file_node(children: Sequence[_Node]) -> bytes:
    """A dag-pb node: its links (field 2), then the UnixFS part (field 1), in canonical order."""
    links = b"".join(_bytes_field(2, _link(child)) for child in children)
    return links + _bytes_field(1, _unixfs_part(children))


def _link(child: _Node) -> bytes:
    """PBLink: Hash (1), Name (2, empty inside a file), Tsize (3)."""
    hash_and_name = _bytes_field(1, child.cid.to_bytes()) + _bytes_field(2, b"")
    return hash_and_name + _number_field(3, child.tree_bytes)


def _unixfs_part(children: Sequence[_Node]) -> bytes:
    """UnixFS Data: Type (1), filesize (3), blocksizes (4)."""
    total = sum(child.file_bytes for child in children)
    sizes = b"".join(_number_field(4, child.file_bytes) for child in children)
    return _number_field(1, _UNIXFS_FILE) + _number_field(3, total) + sizes


def _bytes_field(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _number_field(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _base32_bytes(text: str) -> bytes:
    if text.startswith("Qm"):
        raise InvalidInput("{text!r} is a CIDv0; write it as CIDv1 in base32 (bafy…).", text=text)
    if not text.startswith("b") or text != text.lower():
        raise InvalidInput(
            "{text!r} is not a CID in base32: those begin with a lower-case b.", text=text
        )
    body = text[1:]
    try:
        raw = base64.b32decode(body.upper() + "=" * (-len(body) % 8))
    except (binascii.Error, ValueError):
        raise InvalidInput("{text!r} is not a CID: it is not valid base32.", text=text) from None
    if _base32(raw) != body:
        raise InvalidInput(
            "{text!r} is not a CID: its last character carries stray bits.", text=text
        )
    return raw


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").rstrip("=").lower()
