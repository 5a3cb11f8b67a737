"""IPFS addresses are those that other IPFS software computes.

The addresses of trees were computed with npm's ipfs-unixfs-importer 17.1.1 (raw leaves, balanced
layout, the chunk and link sizes named in each case).
"""

import hashlib
import io
import tracemalloc
from collections.abc import Iterator
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multiformats import CID

from tools.errors import InvalidInput
from tools.metadata import unixfs
from tools.metadata.unixfs import CHUNK_BYTES, DAG_PB, RAW, Cid, blocks, cid_of, cid_of_stream

EMPTY_FILE = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"


class CountingChunks(io.RawIOBase):
    """A file whose n-th MiB is filled with the byte n % 251, never held in memory as a whole."""

    def __init__(self, size: int, most_at_once: int = CHUNK_BYTES) -> None:
        self._left, self._most, self._position = size, most_at_once, 0

    def read(self, size: int = -1) -> bytes:
        index, offset = divmod(self._position, CHUNK_BYTES)
        length = min(size, self._left, self._most, CHUNK_BYTES - offset)
        self._left -= length
        self._position += length
        return bytes([index % 251]) * length


def counting(size: int, most_at_once: int = CHUNK_BYTES) -> BinaryIO:
    return cast(BinaryIO, CountingChunks(size, most_at_once))


def test_the_empty_file_has_the_address_everybody_knows() -> None:
    assert str(cid_of(b"")) == EMPTY_FILE


@given(st.binary(max_size=200))
def test_a_small_file_is_one_raw_block_whose_address_is_its_sha256(data: bytes) -> None:
    cid = cid_of(data)
    assert cid.is_single_block
    assert cid.digest == hashlib.sha256(data).digest()
    assert str(cid) == str(CID("base32", 1, "raw", ("sha2-256", cid.digest)))


@pytest.mark.parametrize(
    ("size", "address"),
    [
        (CHUNK_BYTES, "bafkreibq4fevl27rgurgnxbp7adh42aqiyd6ouflxhj3gzmcxcxzbh6lla"),
        (CHUNK_BYTES + 1, "bafybeiaomlonartwxzal4y3jecn5axopw3ip6ie37q33qlyuccqpfok7p4"),
        (5 * CHUNK_BYTES + 3, "bafybeieafm3tdxwznus45erzhggzu2z3ksrzoef5vglkm32emzk7dforde"),
        (1025 * CHUNK_BYTES + 7, "bafybeiegmu7odrrekkxlsu4ui6y2xswxviqu6loezrlz2yzo7v7ahyq2de"),
    ],
    ids=["exactly one chunk", "one byte more", "six chunks", "two levels of nodes"],
)
def test_files_of_many_chunks_have_the_address_of_the_reference_importer(
    size: int, address: str
) -> None:
    assert str(cid_of_stream(counting(size))) == address


@pytest.mark.parametrize(
    ("size", "address"),
    [
        (16, "bafkreie4ssjg364uim7hsdzmecpcmm5s3u7jekzhigwgq7qwjvei2h7wpq"),
        (17, "bafybeigerw4w5zkevr4t74d7ce5s75clmka6r7jr36o53lmbdu2pwjff6a"),
        (48, "bafybeicwpkpmm3qyjvqxp32g3praelehyarwzxzhy3teee753efomnw7ai"),
        (49, "bafybeigfz3h4cp5swbenw2ko7dtubayogl767dnlhq4vypkuqugh5zsqte"),
        (144, "bafybeibummdqusvc67ti4j3uy6fpj6cw2mlt77byrq22t57tmmckopbj7i"),
        (145, "bafybeiabsz5jxmja5kjryeppy3wl5vxhmbnm3p5k4nssxas7khq34yd4oy"),
        (500, "bafybeigz6r5zpnabvbo4rlfqagbf77io45qwkp67r5wshm74dzy5dd2xm4"),
        (1296, "bafybeibijndrw4bqf76yaw3ittyryjdbmw7nedfnzapjonruc6poqqu3lm"),
        (1297, "bafybeienvlbxwp7vox6cfsicoqmjg6smbgxnsvltpp3d7lycg65t2fzi7y"),
    ],
)
def test_deep_trees_are_laid_out_like_the_reference_importer_does(
    size: int, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With chunks of 16 bytes and 3 links a node, a short file makes a tree of five levels."""
    monkeypatch.setattr(unixfs, "CHUNK_BYTES", 16)
    monkeypatch.setattr(unixfs, "LINKS_PER_NODE", 3)
    assert str(cid_of(bytes((i * 7 + 3) % 256 for i in range(size)))) == address


def test_a_file_of_two_chunks_is_the_node_written_out_by_hand() -> None:
    first, second = b"\x00" * CHUNK_BYTES, b"\x01" * 5
    links = b""
    for chunk, size in ((first, b"\x80\x80\x40"), (second, b"\x05")):
        cid = b"\x01\x55\x12\x20" + hashlib.sha256(chunk).digest()
        link = b"\x0a\x24" + cid + b"\x12\x00" + b"\x18" + size
        links += b"\x12" + bytes([len(link)]) + link
    data = b"\x08\x02" + b"\x18\x85\x80\x40" + b"\x20\x80\x80\x40" + b"\x20\x05"
    node = links + b"\x0a" + bytes([len(data)]) + data
    assert list(blocks(io.BytesIO(first + second)))[-1].data == node
    assert cid_of(first + second) == Cid(DAG_PB, hashlib.sha256(node).digest())


@given(st.binary(min_size=1, max_size=300), st.integers(1, 20), st.integers(2, 5))
def test_every_block_has_the_address_of_its_bytes_and_the_leaves_make_up_the_file(
    data: bytes, chunk: int, links: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unixfs, "CHUNK_BYTES", chunk)
        patch.setattr(unixfs, "LINKS_PER_NODE", links)
        tree = list(blocks(io.BytesIO(data)))
    assert all(block.cid.digest == hashlib.sha256(block.data).digest() for block in tree)
    assert b"".join(block.data for block in tree if block.cid.codec == RAW) == data


def test_a_stream_that_returns_less_than_asked_gives_the_same_address() -> None:
    size = 2 * CHUNK_BYTES + 9
    assert cid_of_stream(counting(size, most_at_once=70_001)) == cid_of_stream(counting(size))


def test_a_long_stream_is_read_in_constant_memory() -> None:
    tracemalloc.start()
    cid_of_stream(counting(64 * CHUNK_BYTES))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * CHUNK_BYTES


@given(st.sampled_from([RAW, DAG_PB]), st.binary(min_size=32, max_size=32))
def test_a_written_cid_reads_back_as_itself(codec: int, digest: bytes) -> None:
    cid = Cid(codec, digest)
    assert Cid.parse(str(cid)) == cid
    assert Cid.parse(cid.uri) == cid
    assert bytes(CID.decode(str(cid))) == cid.to_bytes()


def wrong_cids() -> Iterator[tuple[str, str]]:
    good = EMPTY_FILE
    yield "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH", "CIDv0"
    yield good.upper(), "lower-case b"
    yield "hello", "lower-case b"
    yield good[:-1] + "v", "stray bits"
    yield good[:-1] + "1", "base32"
    yield good[:-8], "CIDv1 over SHA-256"
    yield "b", "CIDv1 over SHA-256"
    yield str(CID("base32", 1, "raw", ("sha3-256", b"\0" * 32))), "SHA-256"
    yield str(CID("base32", 1, "dag-cbor", ("sha2-256", b"\0" * 32))), "raw (0x55) or dag-pb"


@pytest.mark.parametrize(("text", "says"), list(wrong_cids()))
def test_a_wrong_cid_is_refused_with_what_is_wrong_about_it(text: str, says: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Cid.parse(text)
    assert says in str(refusal.value)


def test_a_digest_of_the_wrong_length_is_no_cid() -> None:
    with pytest.raises(InvalidInput, match="32 bytes, this one has 3"):
        Cid(RAW, b"abc")
