"""Runs a replay beside the requests, and says how far it is.

In: a work folder, and what runs a replay. Out: the newest replay, whatever process runs it.
Does not know: how decisions are made again, nor pages. One replay at a time, in all processes that
share the work folder; one that is stopped, or whose process ended, keeps the parts that are done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from engine.model import Rulebook
from engine.problems import EngineError
from registry.errors import RegistryError, ReplayRunning
from registry.replay_run.figures import Figures
from registry.replay_run.latest import Asked, Latest, State, read_latest, write_latest
from registry.replay_run.work_folder import WorkFolder

MOST = 1_000_000
"""Decisions of one replay that a page may start; for more there is the command."""
_STOP = "stop"
Seen = Callable[[int, int], None]


class Runs(Protocol):
    """What does the work; it calls `seen` now and then, which may raise `Stopped`."""

    def __call__(
        self, asked: Asked, candidate: Rulebook, against: Rulebook | None, seen: Seen, /
    ) -> Figures: ...


class Stopped(Exception):  # it is no error: somebody wanted it
    """Somebody stopped the replay."""


@dataclass(slots=True)
class Replays:
    """The replays of one application; safe to share between threads.

    `start` and `stop` are for whoever may replay; nobody is asked here.
    """

    work: WorkFolder
    run: Runs
    count: Callable[[Asked], int]
    """How many decisions a replay would look at."""
    clock: Callable[[], datetime]
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def latest(self) -> Latest | None:
        """Return the newest replay; one that says it is running but is not was broken off."""
        found = read_latest(self.work.path)
        if found is not None and found.state is State.RUNNING and not self.running():
            return replace(found, state=State.BROKEN_OFF)
        return found

    def running(self) -> bool:
        """Tell whether any replay runs, also one of the command."""
        thread = self._thread
        return (thread is not None and thread.is_alive()) or self.work.busy

    def start(self, asked: Asked, candidate: Rulebook, against: Rulebook | None) -> None:
        """Begin a replay; raises `ReplayRunning` when another one runs."""
        with self._lock:
            if self.running():
                raise ReplayRunning
            begun = Latest(asked, candidate.id, self.clock(), total=self.count(asked))
            write_latest(self.work.path, begun)
            self._stop_file.unlink(missing_ok=True)
            self._thread = threading.Thread(
                target=self._work, args=(begun, candidate, against), daemon=True, name="replay"
            )
            self._thread.start()

    def stop(self) -> None:
        """Let the running replay end after the part it is at."""
        if self.running():
            self._stop_file.touch()

    def wait(self, seconds: float) -> None:
        """Wait until the replay of this process has ended, at most so long."""
        if self._thread is not None:
            self._thread.join(seconds)

    @property
    def _stop_file(self) -> Path:
        return self.work.path / _STOP

    def _work(self, begun: Latest, candidate: Rulebook, against: Rulebook | None) -> None:
        latest = begun

        def seen(done: int, total: int) -> None:
            nonlocal latest
            latest = latest.at(done, total)
            write_latest(self.work.path, latest)
            if self._stop_file.exists() and done < total:
                raise Stopped

        try:
            figures = self.run(begun.asked, candidate, against, seen)
            ended = replace(latest, state=State.DONE, figures=figures)
        except Stopped:
            ended = replace(latest, state=State.STOPPED)
        except (EngineError, RegistryError, OSError) as error:
            ended = replace(latest, state=State.FAILED, reason=str(error))
        except BaseException:
            # an error of the program: its text may hold anything
            write_latest(self.work.path, self._over(replace(latest, state=State.FAILED)))
            raise
        write_latest(self.work.path, self._over(ended))

    def _over(self, latest: Latest) -> Latest:
        return replace(latest, ended=self.clock())
