"""A folder of the user's own in which bytes are kept under a name, until others need the room.

In: names and bytes. Out: the bytes, or None; whatever goes wrong, nothing is kept and nobody hears
of it: whoever keeps something here can do without.
Does not know: what the bytes are. It never looks at a folder or file that somebody else owns or may
write to, and removes nothing but what it wrote itself.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MOST_ENTRIES = 32
MOST_BYTES = 268_435_456
"""The least lately used ones make way for what would be more."""
SUFFIX = ".rulebook"

_OURS = re.compile(r"(?:[0-9a-f]{64}\.rulebook|\.[0-9a-f]{64}\.rulebook\.[0-9a-f]{16})")
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class PrivateFolder:
    """Names are 64 hexadecimal digits. Safe to use from several processes at once."""

    path: Path
    most_entries: int = MOST_ENTRIES
    most_bytes: int = MOST_BYTES

    def find(self, name: str) -> bytes | None:
        """Return what is kept under the name."""
        with suppress(OSError), self._opened() as folder:
            return self._content(folder, name + SUFFIX)
        return None

    def keep(self, name: str, content: bytes) -> None:
        """Keep bytes under a name; whoever looks meanwhile finds all of them, or none."""
        if len(content) > self.most_bytes:
            return
        with suppress(OSError):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._opened() as folder:
                _write(folder, name + SUFFIX, content)
                self._make_room(folder)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """Open the folder, so that nobody can put another one in its place; raises `OSError`."""
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            found = os.fstat(folder)
            if found.st_uid != os.geteuid() or found.st_mode & _OTHERS:
                raise PermissionError
            yield folder
        finally:
            os.close(folder)

    def _content(self, folder: int, name: str) -> bytes | None:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with os.fdopen(os.open(name, flags, dir_fd=folder), "rb") as stream:
            found = os.fstat(stream.fileno())
            if found.st_uid != os.geteuid() or found.st_mode & _OTHERS_WRITE:
                return None
            if not stat.S_ISREG(found.st_mode) or found.st_size > self.most_bytes:
                return None
            content = stream.read(self.most_bytes)
        # what is used stays; a folder that cannot be written to can still be read
        with suppress(OSError):
            os.utime(name, dir_fd=folder)
        return content

    def _make_room(self, folder: int) -> None:
        with os.scandir(folder) as entries:
            ours = [each for each in entries if _OURS.fullmatch(each.name)]
        found = [(each.name, each.stat(follow_symlinks=False)) for each in ours]
        kept = entry_bytes = 0
        for name, entry in sorted(found, key=lambda pair: pair[1].st_mtime_ns, reverse=True):
            kept, entry_bytes = kept + 1, entry_bytes + entry.st_size
            if kept > self.most_entries or entry_bytes > self.most_bytes:
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=folder)


def _write(folder: int, name: str, content: bytes) -> None:
    """Write beside the name, and move there: a cut-off file is never found under it."""
    beside = f".{name}.{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(beside, flags, 0o600, dir_fd=folder), "wb") as stream:
            stream.write(content)
        os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        with suppress(OSError):
            os.unlink(beside, dir_fd=folder)
        raise
