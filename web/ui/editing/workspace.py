"""The files that may be changed from the workbench, and nothing else.

In: the folders of rules, tables and cases. Out: their files with an etag each; safe writing.
Does not know: what stands in the files. A name is `rules/…`, `config/…` or `tests/cases/…`; no name
leads out of its folder, through a link or to a file of another kind. A file is replaced whole or
not at all, and never when somebody else changed it meanwhile.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

MOST_BYTES = 1_048_576
"""As large as the reader of the rulebook takes."""

_NAME = re.compile(r"(rules|config|tests/cases)((?:/[a-z0-9][a-z0-9_-]{0,63}){1,4}\.yaml)")


class NotAllowed(ValueError):
    """The name is none of a file that may be changed here."""


class Missing(LookupError):
    """There is no such file."""


class ChangedMeanwhile(Exception):
    """The file is another one than the one that was opened; nothing was written."""


class Exists(Exception):
    """There is a file of that name already; nothing was written."""


class TooLarge(ValueError):
    """The text is larger than a file of the rulebook may be."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it stands on disk."""

    name: str
    text: str
    etag: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """The three folders; `rules` is shown as `rules/`, wherever it really is."""

    rules: Path
    config: Path
    cases: Path

    def names(self) -> tuple[str, ...]:
        """Return every file that can be opened here, folder by folder."""
        return tuple(
            name
            for prefix, folder in self._folders().items()
            for path in sorted(folder.rglob("*.yaml"))
            if self._fits(name := f"{prefix}/{path.relative_to(folder).as_posix()}")
        )

    def read(self, name: str) -> Stored:
        """Return a file; raises `NotAllowed`, `Missing`, `TooLarge`."""
        with self._folder(name) as (folder, file):
            raw = _read(folder, file)
        return Stored(name, raw.decode(errors="replace"), etag_of(raw))

    def write(self, name: str, text: str, etag: str) -> Stored:
        """Replace a file if it still is the one with `etag`.

        Raises `ChangedMeanwhile` else, and what `read` raises. The new content is on disk before
        its name is.
        """
        raw = _encoded(text)
        with self._folder(name) as (folder, file):
            if etag_of(_read(folder, file)) != etag:
                raise ChangedMeanwhile
            mode = stat.S_IMODE(os.stat(file, dir_fd=folder, follow_symlinks=False).st_mode)
            made = _write_beside(folder, raw, mode)
            os.rename(made, file, src_dir_fd=folder, dst_dir_fd=folder)
            os.fsync(folder)
        return Stored(name, text, etag_of(raw))

    def create(self, name: str, text: str) -> Stored:
        """Write a new file; raises `Exists` when there is one, `NotAllowed` and `TooLarge`."""
        raw = _encoded(text)
        with self._folder(name) as (folder, file):
            made = _write_beside(folder, raw, 0o644)
            try:
                # a link, unlike a rename, never takes the place of a file that is there
                os.link(made, file, src_dir_fd=folder, dst_dir_fd=folder)
            except FileExistsError:
                raise Exists from None
            finally:
                os.unlink(made, dir_fd=folder)
            os.fsync(folder)
        return Stored(name, text, etag_of(raw))

    def rulebook_files(self, instead: Mapping[str, str] | None = None) -> dict[str, bytes]:
        """Return the rules and tables as they stand, with some files replaced by other texts."""
        found = {
            name: self._raw(name) for name in self.names() if not name.startswith("tests/cases/")
        }
        for name, text in (instead or {}).items():
            if not name.startswith("tests/cases/"):
                found[name] = text.encode()
        return found

    def case_files(self, instead: Mapping[str, str] | None = None) -> dict[str, bytes]:
        """Return the case files as they stand, with some replaced by other texts."""
        found = {name: self._raw(name) for name in self.names() if name.startswith("tests/cases/")}
        for name, text in (instead or {}).items():
            if name.startswith("tests/cases/"):
                found[name] = text.encode()
        return found

    def path(self, name: str) -> Path:
        """Return where a file stands; raises `NotAllowed`."""
        match = _NAME.fullmatch(name)
        if match is None:
            raise NotAllowed
        return self._folders()[match[1]] / match[2].lstrip("/")

    def _raw(self, name: str) -> bytes:
        with self._folder(name) as (folder, file):
            return _read(folder, file)

    def _folders(self) -> Mapping[str, Path]:
        return {"rules": self.rules, "config": self.config, "tests/cases": self.cases}

    def _fits(self, name: str) -> bool:
        if _NAME.fullmatch(name) is None:
            return False
        try:
            with self._folder(name) as (folder, file):
                return stat.S_ISREG(os.stat(file, dir_fd=folder, follow_symlinks=False).st_mode)
        except (OSError, NotAllowed, Missing):
            return False

    @contextmanager
    def _folder(self, name: str) -> Iterator[tuple[int, str]]:
        """Open the folder of a file, step by step and through no link, and hold it alone."""
        match = _NAME.fullmatch(name)
        if match is None:
            raise NotAllowed
        *inside, file = match[2].lstrip("/").split("/")
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        try:
            at = os.open(self._folders()[match[1]], flags)
        except OSError:
            raise Missing from None
        try:
            for step in inside:
                try:
                    inner = os.open(step, flags | os.O_NOFOLLOW, dir_fd=at)
                except FileNotFoundError:
                    raise Missing from None
                except OSError:
                    raise NotAllowed from None
                os.close(at)
                at = inner
            # two savers, also of two processes, go through here one after the other
            fcntl.flock(at, fcntl.LOCK_EX)
            yield at, file
        finally:
            os.close(at)


def etag_of(raw: bytes) -> str:
    """Return what tells one content of a file from another."""
    return sha256(raw).hexdigest()


def _encoded(text: str) -> bytes:
    raw = text.encode()
    if len(raw) > MOST_BYTES:
        raise TooLarge
    return raw


def _read(folder: int, file: str) -> bytes:
    try:
        opened = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:
        raise Missing from None
    except OSError:
        raise NotAllowed from None
    with os.fdopen(opened, "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise NotAllowed
        raw = stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise TooLarge
    return raw


def _write_beside(folder: int, raw: bytes, mode: int) -> str:
    """Write a new file that readers of the rulebook leave out, and return its name."""
    made = f".{secrets.token_hex(8)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    opened = os.open(made, flags, mode, dir_fd=folder)
    with os.fdopen(opened, "wb") as stream:
        stream.write(raw)
        stream.flush()
        os.fsync(stream.fileno())
    return made
