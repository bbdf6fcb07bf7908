"""Rulebooks as releases: published once, activated by a row, taken back.

In: a database and the bytes of files. Out: releases, and what decides in a transaction.
Does not know: folders, or the terminal. A rulebook that is no good is never stored, and content
that is not what was published never decides.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from engine.decide import Decider, Engines
from engine.model import Rulebook
from registry import audit, commands, in_force, release_rows
from registry.about import NOBODY_KNOWN
from registry.audit import AuditEntry, AuditOutcome
from registry.commands import Caller
from registry.decider_shelf import DeciderShelf
from registry.errors import (
    NoActiveRulebook,
    NoSuchRulebook,
    NothingToRollBackTo,
    RulebookDamaged,
    RulebookNotAtHand,
)
from registry.examination import Examined, examine
from registry.in_force import check_supplied
from registry.release import Activation, ActivationKind, Present, Release
from registry.rule_files import Files, read_files
from registry.storage import Database, UnitOfWork

SHORTEST = 6
"""Digits of an identifier that `named` wants at least."""


class Releases:
    """All rulebooks of one database; safe to share between threads.

    `clock` gives the present as an aware instant, `engines` say who decides, `read` makes a
    rulebook of stored files and raises `RulebookError`. Every method raises as `Database.reading`
    and `Database.writing` do.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        *,
        engines: Engines = "both",
        read: Callable[[Files], Rulebook] = read_files,
    ) -> None:
        self._database = database
        self._clock = clock
        self._engines = engines
        self._read = read
        self._deciders = DeciderShelf(self._loaded)

    def in_force(self, unit: UnitOfWork) -> Decider:
        """Return what decides in this transaction; see `RulesInForce`."""
        active = release_rows.active(unit)
        if active is None:
            raise NoActiveRulebook
        decider = self._deciders.find(active)
        if decider is None:
            raise RulebookNotAtHand(active)
        return decider

    def fetch(self, rulebook: str) -> None:
        """Get a rulebook ready for `in_force`; raises as `decider_of`."""
        self._deciders.get(rulebook)

    def deciding(self) -> Decider:
        """Return what decides now, for a look at its rules; a decision asks `in_force`.

        Raises `NoActiveRulebook`, and as `decider_of`.
        """
        with in_force.reading(self._database, self) as (_, decider):
            return self.decider_of(decider.rulebook.id)

    def active(self) -> Release:
        """Return the release that decides now; raises `NoActiveRulebook`."""
        with self._database.reading() as unit:
            active = release_rows.active(unit)
            release = None if active is None else release_rows.find(unit, active)
        if release is None:
            raise NoActiveRulebook
        return release

    def present(self) -> Present:
        """Return what is active, also in a database where nothing is."""
        with self._database.reading() as unit:
            return release_rows.present(unit)

    def of(self, rulebook: str) -> Release:
        """Return the release with this whole identifier; raises `NoSuchRulebook`."""
        with self._database.reading() as unit:
            return _found(unit, rulebook)

    def named(self, beginning: str) -> Release:
        """Return the only release whose identifier begins so; `sha256:` may be left out.

        Raises `NoSuchRulebook` when none or several do, and for less than six digits.
        """
        digits = beginning.removeprefix("sha256:").lower()
        wanted = f"sha256:{digits}"
        fitting = [each for each in self.listed() if each.id.startswith(wanted)]
        if len(fitting) != 1 or len(digits) < SHORTEST:
            raise NoSuchRulebook(beginning, len(fitting))
        return fitting[0]

    def listed(self) -> tuple[Release, ...]:
        """Return every release, the newest first."""
        with self._database.reading() as unit:
            return release_rows.all_releases(unit)

    def activations(self) -> tuple[Activation, ...]:
        """Return the log of activations, the first one first."""
        with self._database.reading() as unit:
            return release_rows.activations(unit)

    def files_of(self, rulebook: str) -> dict[str, bytes]:
        """Return the files as they were published; raises `NoSuchRulebook`, `RulebookDamaged`."""
        with self._database.reading() as unit:
            return release_rows.files_of(unit, rulebook)

    def decider_of(self, rulebook: str) -> Decider:
        """Return what decides by this rulebook, made from what is stored.

        Raises `NoSuchRulebook`, `RulebookDamaged`, `FactsNotSupplied`, and `RulebookError` when
        this version of the program no longer reads it.
        """
        return self._deciders.get(rulebook)

    def publish(self, files: Files, note: str, by: Caller, cases: Files | None = None) -> Release:
        """Store a rulebook that passes `examine`, and return its release.

        What was published before stays as it is: comments and layout make no other rulebook.
        Raises as `examine` does; nothing is stored then.
        """
        return self.store(files, examine(files, cases), note, by)

    def store(self, files: Files, examined: Examined, note: str, by: Caller) -> Release:
        """Store what was examined; see `publish`."""
        rulebook = examined.rulebook.id
        tried, passed = len(examined.results), sum(each.passed for each in examined.results)

        def write(unit: UnitOfWork) -> Release:
            now = self._clock()
            release_rows.present(unit, lock=True)
            known = release_rows.find(unit, rulebook)
            if known is not None:
                return known
            release = Release(rulebook, now, by.user, note, tried, passed, program_version())
            release_rows.write(unit, release, files)
            _note(unit, by, commands.PUBLISH_RULEBOOK, now, rulebook)
            return release

        release = self._database.write(write)
        self.decider_of(rulebook)  # what was stored can be read again
        return release

    def activate(
        self,
        rulebook: str,
        by: Caller,
        note: str = "",
        kind: ActivationKind = ActivationKind.ACTIVATE,
        folder: str | None = None,
    ) -> Release:
        """Let this rulebook decide from the next transaction on; an active one stays so.

        `folder` notes which rulebook stands in the folder of a service. Raises as `decider_of`.
        """
        self.decider_of(rulebook)

        def write(unit: UnitOfWork) -> Release:
            present = release_rows.present(unit, lock=True)
            if folder is not None:
                release_rows.note_folder(unit, folder)
            if present.rulebook != rulebook:
                self._activate(unit, present, rulebook, by, note, kind)
            return _found(unit, rulebook)

        return self._database.write(write)

    def roll_back(self, by: Caller, note: str = "") -> Release:
        """Let the rulebook decide that was active before the present one came.

        What was taken back does not count: a second roll-back goes one further. Raises
        `NothingToRollBackTo`, and as `decider_of`.
        """

        def write(unit: UnitOfWork) -> Release:
            present = release_rows.present(unit, lock=True)
            before = _before(release_rows.activations(unit))
            if self._deciders.find(before) is None:
                raise RulebookNotAtHand(before)
            self._activate(unit, present, before, by, note, ActivationKind.ROLLBACK)
            # read here: whoever is told of a failure may do it again, and would go one further
            return _found(unit, before)

        while True:
            try:
                return self._database.write(write)
            except RulebookNotAtHand as missing:
                self.fetch(missing.rulebook)

    def note_folder(self, rulebook: str) -> None:
        """Note which rulebook stands in the folder of a service; activates nothing."""
        self._database.write(lambda unit: release_rows.note_folder(unit, rulebook))

    def _activate(
        self,
        unit: UnitOfWork,
        present: Present,
        rulebook: str,
        by: Caller,
        note: str,
        kind: ActivationKind,
    ) -> None:
        now = self._clock()
        number = (present.activation or 0) + 1
        release_rows.activate(unit, Activation(number, rulebook, kind, now, by.user, note))
        operation = (
            commands.ROLL_BACK_RULEBOOK
            if kind is ActivationKind.ROLLBACK
            else commands.ACTIVATE_RULEBOOK
        )
        _note(unit, by, operation, now, rulebook)

    def _loaded(self, rulebook: str) -> Decider:
        files = self.files_of(rulebook)
        read = self._read(files)
        if read.id != rulebook:
            raise RulebookDamaged(rulebook)
        decider = Decider(read, self._engines)
        check_supplied(decider)
        return decider


def program_version() -> str:
    """Return the version of samtale that is installed."""
    try:
        return version("samtale")
    except PackageNotFoundError:  # run from its files without having been installed
        return "unknown"


def _note(unit: UnitOfWork, by: Caller, operation: str, now: datetime, rulebook: str) -> None:
    audit.write(
        unit,
        AuditEntry(now, by, operation, AuditOutcome.ACCEPTED, NOBODY_KNOWN, rulebook=rulebook),
    )


def _found(unit: UnitOfWork, rulebook: str) -> Release:
    release = release_rows.find(unit, rulebook)
    if release is None:
        raise NoSuchRulebook(rulebook)
    return release


def _before(log: tuple[Activation, ...]) -> str:
    """Return what was active before the newest activation that was not taken back."""
    standing: list[str] = []
    for each in log:
        if each.kind is ActivationKind.ROLLBACK:
            standing.pop()
        else:
            standing.append(each.rulebook)
    if len(standing) < 2:
        raise NothingToRollBackTo
    return standing[-2]
