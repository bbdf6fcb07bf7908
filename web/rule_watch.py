"""Watches the folders of an analyst: what is saved decides a moment later, or is refused.

In: settings, `Releases`, the program log. Out: activations; one log line for each reason against.
Does not know: how files are read or rules stored. Whatever the files hold, the rulebook that was
active stays so until another one has passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

from watchfiles import watch

from engine.problems import Problem, RulebookError
from registry.errors import CasesFailed, FactsNotSupplied, RegistryError
from registry.release import ActivationKind
from registry.releases import Releases
from web.rule_folder import case_folder_of, content_of, service
from web.settings import Settings

QUIET_MILLISECONDS = 50
"""The folder is looked at once nothing has changed for so long."""
AGAIN_MILLISECONDS = 1_000
"""How long until a look that the database or the disk spoilt is repeated."""


@contextmanager
def watching(releases: Releases, settings: Settings, log: Any) -> Iterator[None]:
    """Watch the folders until the block ends."""
    stopping = Event()
    folders = (settings.rules, settings.config, case_folder_of(settings))
    watched = tuple(folder for folder in folders if folder.is_dir())
    look = Look(releases, settings, log)
    thread = Thread(
        target=_watch, args=(watched, look, stopping, log), name="samtale-watch", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(timeout=5)


def _watch(folders: tuple[Path, ...], look: Look, stopping: Event, log: Any) -> None:
    # the files may have changed between the start of the service and now
    look.again()
    try:
        for changes in watch(
            *folders,
            stop_event=stopping,
            step=QUIET_MILLISECONDS,
            rust_timeout=AGAIN_MILLISECONDS,
            yield_on_timeout=True,
            raise_interrupt=False,
        ):
            if changes or look.owed:
                look.again()
    except OSError as error:  # the system lets nobody watch more folders, for instance
        log.error("rule folder no longer watched", failure=type(error).__name__)


class Look:
    """Looks at the folders, and activates what they hold when it is new and passes.

    `owed` says that the last look could not be brought to an end.
    """

    def __init__(self, releases: Releases, settings: Settings, log: Any) -> None:
        self._releases = releases
        self._settings = settings
        self._log = log
        self.owed = False

    def again(self) -> None:
        """Look once; never raises for what the files hold, or for what the database cannot do."""
        self.owed = False
        try:
            self._activate()
        except RulebookError as error:
            for problem in error.problems:
                self._refused(problem)
        except CasesFailed as error:
            for result in error.failed:
                place = str(result.case.place)
                self._log.warning("rulebook refused", place=place, reason="case-failed")
        except FactsNotSupplied as error:
            self._log.warning("rulebook refused", reason="facts-not-supplied", facts=error.names)
        except (RegistryError, OSError) as error:
            self.owed = True
            self._log.error("rule folder not looked at", failure=type(error).__name__)

    def _activate(self) -> None:
        content = content_of(self._settings)
        found = content.rulebook
        if found == self._releases.present().folder:
            return
        by = service()
        self._releases.publish(content.files, "", by, content.cases)
        release = self._releases.activate(found, by, kind=ActivationKind.WATCH, folder=found)
        self._log.info("rulebook activated", rulebook=release.id, cases=release.cases_run)

    def _refused(self, problem: Problem) -> None:
        self._log.warning(
            "rulebook refused",
            place=str(problem.place),
            reason=problem.code,
            message=problem.message,
        )
