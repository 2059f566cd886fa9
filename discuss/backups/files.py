"""The files that backups are: told apart by what is in them, and written whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path


class BackupError(Exception):
    """It could not be done, and nothing was changed; the text is one line that says why."""

    def __init__(self, text: object) -> None:
        super().__init__(" ".join(str(text).split()))


class Kind(Enum):
    """What a backup is, by the first bytes of its file."""

    SQLITE = b"SQLite format 3\x00"  # https://www.sqlite.org/fileformat.html, section 1.3
    POSTGRESQL = b"PGDMP"  # pg_dump's custom format


def kind_of(file: Path) -> Kind:
    """Raises BackupError where the file cannot be read, or is no backup."""
    try:
        with file.open("rb") as opened:
            start = opened.read(16)
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror}.") from error
    for kind in Kind:
        if start.startswith(kind.value):
            return kind
    raise BackupError(f"{file} is neither an SQLite database nor a dump of PostgreSQL.")


@contextmanager
def new_file(file: Path, *, force: bool) -> Iterator[Path]:
    """Yield a temporary file beside `file`, for its owner alone; it takes that name once it is complete.

    After that it outlives a power cut. Raises BackupError where `file` is there already (unless `force`), or
    cannot be made.
    """
    if file.exists() and not file.is_file():
        raise BackupError(
            f"{file} is not a file."
        )  # a device, say, which must not be replaced by one
    if file.exists() and not force:
        raise BackupError(f"{file} is there already; --force replaces it.")
    try:
        number, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error.strerror}.") from error
    os.close(number)
    unfinished = Path(name)
    try:
        yield unfinished
        try:
            # In this order: else the name may be there after a power cut, and not what it is the name of.
            _to_disk(unfinished)
            unfinished.replace(file)
            _to_disk(file.parent)
        except OSError as error:
            raise BackupError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def _to_disk(path: Path) -> None:
    """Wait until the file, or the folder's list of names, is written."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    except OSError as error:
        # Some file systems of networks do not do it for folders.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(number)
