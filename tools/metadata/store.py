"""The content-addressed store: every picture and document lies under the address of its bytes.

    <folder>/<2 letters>/<cid>      a stored file, exactly the bytes its CID names
    <folder>/incoming/              files being written; nothing there is ever read

The address is computed before anything is written. A file appears under it complete or not at
all (write, flush to disk, rename), and what is read is hashed again before it is handed out.

This module does not know what the files mean, nor who may store them.
"""

import errno
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tools.errors import IntegrityError, NotFound, ServiceUnavailable
from tools.metadata.unixfs import Cid, cid_of
from tools.phrases import Phrase, phrase
from tools.provenance.effects import effect

if TYPE_CHECKING:
    from tools.studio import Studio

FOLDER = "store"  # inside the data folder
_INCOMING = "incoming"
_LEFT_OVER_AFTER_SECONDS = 3600
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NOT_WRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM)


class ContentStore:
    """Files under one folder, addressed by CID. Any number of processes may share the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @effect
    def put(self, data: bytes) -> Cid:
        """Store the bytes under their CID and return it; storing them again changes nothing.

        Raises OutsideRecord outside an open record, and ServiceUnavailable when the disk is full
        or the folder cannot be written to; in both cases nothing is left behind.
        """
        cid = cid_of(data)
        with _disk_errors(self.folder, len(data)):
            if not self._holds(cid, data):
                self._write(self.path(cid), data)
        return cid

    @effect
    def remove(self, cid: Cid) -> bool:
        """Take a file away that nothing refers to any more; returns whether it was there.

        Raises OutsideRecord outside an open record, and ServiceUnavailable when the folder cannot
        be written to.
        """
        path = self.path(cid)
        with _disk_errors(self.folder, 0):
            try:
                path.unlink()
            except FileNotFoundError:
                return False
            _sync_folder(path.parent)
        return True

    def get(self, cid: Cid) -> bytes:
        """The bytes that the CID names, hashed again on the way out.

        Raises NotFound when they are not stored here, IntegrityError when what lies there is
        something else, ServiceUnavailable when the disk does not let itself be read.
        """
        data = self._read(cid)
        found = cid_of(data)
        if found != cid:
            raise IntegrityError(
                "The stored file {cid} has been altered: its bytes now have the address {found}.",
                cid=cid,
                found=found,
            )
        return data

    def has(self, cid: Cid) -> bool:
        """Whether a file lies under this CID (it is hashed when it is read, not here)."""
        return self.path(cid).is_file()

    def path(self, cid: Cid) -> Path:
        """Where the file of this CID lies, or would lie."""
        name = str(cid)
        return self.folder / name[-3:-1] / name

    def _read(self, cid: Cid) -> bytes:
        try:
            return self.path(cid).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound(
                "No file {cid} is stored in {folder}.", cid=cid, folder=self.folder
            ) from None
        except OSError as error:
            raise ServiceUnavailable(
                "The stored file {cid} cannot be read: {reason}.",
                cid=cid,
                reason=error.strerror,
            ) from error

    def _holds(self, cid: Cid, data: bytes) -> bool:
        """Whether exactly these bytes are stored already; a damaged copy is written anew."""
        try:
            return self.path(cid).read_bytes() == data
        except FileNotFoundError:
            return False

    def _write(self, target: Path, data: bytes) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._incoming_file() as (descriptor, temporary):
            _write_all(descriptor, data)
            os.fsync(descriptor)
            os.replace(temporary, target)
        _sync_folder(target.parent)

    @contextmanager
    def _incoming_file(self) -> Iterator[tuple[int, Path]]:
        incoming = self.folder / _INCOMING
        incoming.mkdir(exist_ok=True)
        _remove_left_overs(incoming)
        descriptor, name = tempfile.mkstemp(dir=incoming)
        try:
            yield descriptor, Path(name)
        finally:
            os.close(descriptor)
            Path(name).unlink(missing_ok=True)


def store_of(studio: "Studio") -> ContentStore:
    """The store in this studio's data folder."""
    return studio.part(ContentStore, lambda s: ContentStore(s.settings.data_dir / FOLDER))


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut (POSIX: a folder is synced like a file)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_left_overs(incoming: Path) -> None:
    """Clear away what a killed process left half written an hour ago or earlier."""
    oldest = time.time() - _LEFT_OVER_AFTER_SECONDS
    for path in incoming.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()


@contextmanager
def _disk_errors(folder: Path, size: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ServiceUnavailable(_disk_sentence(error, folder, size)) from error


def _disk_sentence(error: OSError, folder: Path, size: int) -> Phrase:
    if error.errno in _FULL:
        full = "The disk is full: {size} bytes did not fit into {folder}. Free some space there."
        return phrase(full, size=size, folder=folder)
    if error.errno in _NOT_WRITABLE:
        return phrase(
            "The folder {folder} cannot be written to: make it writable for this user.",
            folder=folder,
        )
    return phrase(
        "The folder {folder} cannot be used to store files: {reason}.",
        folder=folder,
        reason=error.strerror,
    )
