"""What a replay has done so far, kept so that an interrupted one goes on where it stopped.

In: a folder, what is compared with what. Out: the results of chunks by their keys; a private folder
for files of facts, which is removed.
Does not know: how a chunk is compared. Everything is named by hashes of content: another candidate,
another baseline or another history finds nothing of it. Results hold counts and identifiers of
decisions, never facts.

One replay at a time uses a work folder, whatever process it runs in. One that was killed leaves
its private folder behind, which the next one removes before it does anything.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from registry.errors import HistoryUnusable, ReplayRunning

FORMAT = 1
KEPT_DAYS = 30
"""Days after which the results of a replay are thrown away."""
_PRIVATE = "private-"
_LOOKS = 5


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """A folder of one user's; made when it is first used."""

    path: Path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder; raises `ReplayRunning` when another replay does."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise HistoryUnusable(
                f"the work folder of replays cannot be used: `{self.path}`: {error.strerror}"
            ) from None
        try:
            _hold(lock)
            self._tidy()
            yield
        finally:
            os.close(lock)

    @property
    def busy(self) -> bool:
        """Whether a replay holds the folder now."""
        try:
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    @contextmanager
    def private(self) -> Iterator[Path]:
        """Give a folder that nobody else may look into, gone after the block."""
        with tempfile.TemporaryDirectory(prefix=_PRIVATE, dir=self.path) as folder:
            yield Path(folder)

    def kept(self, *parts: str) -> KeptResults:
        """Return the results of the replay that these parts name."""
        digest = sha256(orjson.dumps([FORMAT, *parts])).hexdigest()
        return KeptResults(self.path / digest)

    def _tidy(self) -> None:
        oldest = time.time() - KEPT_DAYS * 86_400
        for each in self.path.iterdir():
            if each.is_dir() and (each.name.startswith(_PRIVATE) or each.stat().st_mtime < oldest):
                shutil.rmtree(each, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class KeptResults:
    """The results of the chunks of one replay."""

    path: Path

    def find(self, chunk: str) -> Mapping[str, Any] | None:
        """Return what was kept of a chunk; None when nothing was, or it cannot be read."""
        try:
            found = orjson.loads(self._file(chunk).read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None
        return found if isinstance(found, dict) else None

    def keep(self, chunk: str, result: Mapping[str, Any]) -> None:
        """Keep the result of a chunk: all of it, or nothing when the program is killed here."""
        self.path.mkdir(mode=0o700, exist_ok=True)
        write_whole(self._file(chunk), orjson.dumps(result))

    def _file(self, chunk: str) -> Path:
        return self.path / f"{chunk}.json"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees a part of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def key_of(parts: Sequence[str]) -> str:
    """Return one key for several."""
    return sha256("\n".join(parts).encode()).hexdigest()


def _hold(lock: int) -> None:
    """Hold the lock; somebody who only looks whether it is held has it for a moment."""
    for left in reversed(range(_LOOKS)):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not left:
                raise ReplayRunning from None
            time.sleep(0.02)
        else:
            return
