"""The rulebook of a transaction: which one decides is read there, and nowhere else.

In: a database and what knows the rulebooks. Out: transactions with what decides in them.
Does not know: where rulebooks come from. One that this process has not read yet is fetched between
two tries, so that nobody waits for a lock meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol, TypeVar

from registry.decides import Decides
from registry.errors import FactsNotSupplied, RulebookNotAtHand, Unavailable
from registry.facts import not_supplied
from registry.storage import Database, UnitOfWork

TRIES = 10
"""How often a rulebook may be replaced by another one before it could be used."""

_Result = TypeVar("_Result")


class RulesInForce(Protocol):
    """What knows the rulebooks: `releases.Releases`, or `Always` one."""

    def in_force(self, unit: UnitOfWork) -> Decides:
        """Return what decides in this transaction.

        # INVARIANT: who registers asks after the citizen's lock was taken. Whoever held it before
        # asked earlier, so that for one citizen the rulebook never goes back.

        Raises `RulebookNotAtHand` when it has to be fetched first, and `NoActiveRulebook`.
        """

    def fetch(self, rulebook: str) -> None:
        """Get the rulebook ready for `in_force`; never inside a transaction."""


class Always:
    """One rulebook and no other; raises `FactsNotSupplied` when the registry cannot serve it."""

    def __init__(self, decider: Decides) -> None:
        check_supplied(decider)
        self._decider = decider

    def in_force(self, _unit: UnitOfWork) -> Decides:
        """Return the one there is."""
        return self._decider

    def fetch(self, rulebook: str) -> None:
        """Do nothing: it is at hand."""


def check_supplied(decider: Decides) -> None:
    """Raise `FactsNotSupplied` when the catalogue names what the registry cannot give."""
    missing = not_supplied(decider.rulebook.catalogue)
    if missing:
        raise FactsNotSupplied(missing)


def write(
    database: Database, rules: RulesInForce, work: Callable[[UnitOfWork], _Result]
) -> _Result:
    """Do `work`, which asks `rules.in_force`, in a transaction of `Database.write`."""
    for _ in range(TRIES):
        try:
            return database.write(work)
        except RulebookNotAtHand as missing:
            rules.fetch(missing.rulebook)
    raise Unavailable("busy")


@contextmanager
def reading(database: Database, rules: RulesInForce) -> Iterator[tuple[UnitOfWork, Decides]]:
    """Begin a transaction that reads, with what decides in it: see `Database.reading`."""
    with ExitStack() as transaction:
        yield _begun(database, rules, transaction)


def _begun(
    database: Database, rules: RulesInForce, transaction: ExitStack
) -> tuple[UnitOfWork, Decides]:
    for _ in range(TRIES):
        unit = transaction.enter_context(database.reading())
        try:
            return unit, rules.in_force(unit)
        except RulebookNotAtHand as missing:
            transaction.close()
            rules.fetch(missing.rulebook)
    raise Unavailable("busy")
