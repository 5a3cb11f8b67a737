"""What is stored can be had back unchanged, or not at all."""

import errno
import os
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.errors import IntegrityError, NotFound, OutsideRecord, ServiceUnavailable
from tools.metadata.store import ContentStore
from tools.metadata.unixfs import CHUNK_BYTES, Cid, cid_of
from tools.people import STUDIO, Role
from tools.provenance.effects import OpenCall, inside
from tools.studio import Studio


@pytest.fixture(autouse=True)
def open_record() -> Iterator[None]:
    """Storing is an effect: it happens inside a tool call that is on record."""
    nobody = cast(Studio, None)
    with inside(OpenCall("call-1", nobody, STUDIO, Role.STUDIO, "sha256:" + "0" * 64)):
        yield


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    return ContentStore(tmp_path / "content")


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """The operating system itself refuses to let any file grow beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@given(data=st.binary(max_size=1000))
def test_stored_bytes_come_back_under_their_own_address(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = ContentStore(tmp_path_factory.mktemp("content"))
    cid = store.put(data)
    assert cid == cid_of(data)
    assert store.has(cid)
    assert store.get(cid) == data
    assert store.path(cid).name == str(cid)


def test_a_file_of_many_blocks_lies_whole_under_its_root(store: ContentStore) -> None:
    data = os.urandom(CHUNK_BYTES + 100)
    cid = store.put(data)
    assert not cid.is_single_block
    assert store.get(cid) == data


def test_storing_twice_keeps_one_file_untouched(store: ContentStore) -> None:
    first = store.put(b"a fox")
    stamp = store.path(first).stat().st_mtime_ns
    assert store.put(b"a fox") == first
    assert files_in(store.folder) == [store.path(first)]
    assert store.path(first).stat().st_mtime_ns == stamp


def test_many_threads_storing_the_same_bytes_leave_one_good_file(store: ContentStore) -> None:
    data = b"x" * 5000
    threads = [
        threading.Thread(target=copy_context().run, args=(store.put, data)) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files_in(store.folder)) == 1
    assert store.get(cid_of(data)) == data


def test_nothing_is_stored_outside_an_open_record(store: ContentStore) -> None:
    with pytest.raises(OutsideRecord):
        Context().run(store.put, b"unrecorded")
    assert not store.folder.exists()


def test_what_was_never_stored_is_not_found(store: ContentStore) -> None:
    cid = cid_of(b"nothing")
    assert not store.has(cid)
    with pytest.raises(NotFound, match=str(cid)):
        store.get(cid)


def test_one_changed_byte_is_noticed_when_read(store: ContentStore) -> None:
    cid = store.put(b"a violet dragon")
    store.path(cid).write_bytes(b"a violet dragoN")
    with pytest.raises(IntegrityError) as error:
        store.get(cid)
    assert str(cid) in str(error.value)
    assert str(cid_of(b"a violet dragoN")) in str(error.value)


def test_storing_the_true_bytes_again_mends_a_damaged_file(store: ContentStore) -> None:
    cid = store.put(b"a violet dragon")
    store.path(cid).write_bytes(b"")
    assert store.put(b"a violet dragon") == cid
    assert store.get(cid) == b"a violet dragon"


def test_a_disk_that_fills_up_half_way_leaves_no_half_file(store: ContentStore) -> None:
    store.put(b"already here")
    before = files_in(store.folder)
    with files_limited_to(4096), pytest.raises(ServiceUnavailable, match="disk is full: 10000"):
        store.put(b"y" * 10_000)
    assert files_in(store.folder) == before
    assert not store.has(cid_of(b"y" * 10_000))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EROFS, "cannot be written to"),
        (errno.EIO, "cannot be used to store files"),
    ],
)
def test_each_failure_of_the_disk_has_its_sentence(
    code: int, says: str, store: ContentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing_write(descriptor: int, data: bytes) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "write", failing_write)
    with pytest.raises(ServiceUnavailable, match=says):
        store.put(b"z")
    monkeypatch.undo()
    assert files_in(store.folder) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser writes to read-only folders too")
def test_a_read_only_folder_is_named_in_the_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ServiceUnavailable, match="make it writable"):
            ContentStore(tmp_path / "content").put(b"z")
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_the_system_will_not_write_to_is_named_in_the_error() -> None:
    """Linux lets nobody, not even the superuser, create files below /proc."""
    with pytest.raises(ServiceUnavailable, match="/proc/mintmark"):
        ContentStore(Path("/proc/mintmark")).put(b"z")


def test_a_file_where_the_folder_should_be_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "content").write_text("a file")
    with pytest.raises(ServiceUnavailable, match="cannot be used to store files"):
        ContentStore(tmp_path / "content").put(b"z")
    with pytest.raises(NotFound):
        ContentStore(tmp_path / "content").get(Cid(0x55, b"\0" * 32))


def test_left_overs_of_a_killed_process_are_cleared_away_but_not_files_in_work(
    store: ContentStore,
) -> None:
    store.put(b"first")
    old, fresh = store.folder / "incoming" / "old", store.folder / "incoming" / "fresh"
    old.write_bytes(b"half")
    fresh.write_bytes(b"half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    store.put(b"second")
    assert not old.exists()
    assert fresh.exists()
