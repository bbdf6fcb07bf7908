"""The smallest change of a request's own facts that would be accepted.

In: what decides, an operation, the facts it refuses, and the names of the facts that may be
changed. Out: the fewest changes that do, with the nearest values, or honestly that none was found.
Does not know: what the facts are about. Which facts follow from others (a day from a moment) it
is told by `derive`, which makes facts consistent after some were changed.

INVARIANT: what is returned was decided, by every engine that decides, and accepted. A set of facts
is left out only when a rule that refuses reads none of them: that rule would refuse again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Protocol

from engine.decision import Decision
from engine.facts import Facts, Value
from engine.model import Rulebook, RuleSeverity
from engine.problems import EvaluationError
from engine.what_passes.candidates import Turning, derived_from
from engine.what_passes.reads import read_by

MOST_CHANGES = 3
"""So many facts are changed at once, at most."""
MOST_TRIED = 2_000
"""So many changed requests are decided, at most."""
MOST_VALUES = 200
"""So many other values of one fact are looked at, the nearest ones."""

Derive = Callable[[Facts], Facts]


class Decides(Protocol):
    """What is asked: `engine.decide.Decider`."""

    @property
    def rulebook(self) -> Rulebook:
        """The rules it decides by."""
        ...

    def decide(self, operation: str, facts: Facts, *, traced: bool = False) -> Decision: ...

    def accepts(self, operation: str, facts: Facts) -> bool: ...


@dataclass(frozen=True, slots=True)
class Change:
    """One fact with another value; None is to leave it out."""

    name: str
    was: Value | None
    becomes: Value | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Changes that together are accepted."""

    changes: tuple[Change, ...]
    facts: Facts
    """The facts with the changes, and with all that follows from them."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """What would pass; every alternative changes as few facts as any that was found.

    There is one alternative for each set of facts, with the nearest values, in the order in which
    the facts that may be changed were named. Without alternatives `complete` tells whether
    everything there was to try was tried.
    """

    alternatives: tuple[Alternative, ...]
    tried: int
    complete: bool

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes of the first alternative; empty when none was found."""
        return self.alternatives[0].changes if self.alternatives else ()


def nearest_accepted(
    decider: Decides,
    operation: str,
    facts: Facts,
    changeable: Sequence[str],
    derive: Derive = lambda facts: facts,
    *,
    most_changes: int = MOST_CHANGES,
    most_tried: int = MOST_TRIED,
) -> Nearest:
    """Return the smallest changes of `changeable` facts that make the operation accepted.

    Facts that are accepted as they are need no change. Raises as `decide` does on these facts; a
    change on which nothing can be decided is passed over.
    """
    decision = decider.decide(operation, facts)
    if decision.accepted:
        return Nearest((Alternative((), facts),), 0, complete=True)
    search = _Search(decider, operation, facts, changeable, derive, most_tried)
    refusing = search.must_be_touched(decision)
    for size in range(1, most_changes + 1):
        found = tuple(search.of_size(size, refusing))
        if found or search.exhausted:
            return Nearest(found, search.tried, complete=not search.exhausted)
    complete = not search.cut and most_changes >= len(search.names)
    return Nearest((), search.tried, complete=complete)


class _Search:
    """One search; counts what it tries."""

    def __init__(
        self,
        decider: Decides,
        operation: str,
        facts: Facts,
        changeable: Sequence[str],
        derive: Derive,
        most_tried: int,
    ) -> None:
        rulebook = decider.rulebook
        known = rulebook.catalogue.of_operations([operation])
        self.tried = 0
        self.cut = False
        """Whether values of some fact were left out."""
        self.exhausted = False
        """Whether there was more to try than was allowed."""
        self._decider, self._operation, self._facts, self._derive = (
            decider,
            operation,
            facts,
            derive,
        )
        self._most_tried = most_tried
        self._rules = rulebook.rules_of(operation)
        self._read = {rule.id: read_by(rule, known) for rule in self._rules}
        self.names = [
            name for name in changeable if name in known and known[name].looked_up is None
        ]
        turning = Turning(rulebook, self._rules, facts)
        self._values: dict[str, tuple[Value | None, ...]] = {}
        self._moves: dict[str, frozenset[str]] = {}
        for name in self.names:
            derived = derived_from(known[name], facts, derive, known)
            values = turning.values_of(known[name], derived)
            self.cut = self.cut or len(values) > MOST_VALUES
            self._values[name] = values[:MOST_VALUES]
            self._moves[name] = frozenset({name, *(each.name for each in derived)})

    def must_be_touched(self, decision: Decision) -> tuple[frozenset[str], ...]:
        """Return for every rule that refuses the facts of which one has to change."""
        if decision.violations:
            # a gate that only advises hides what all others say, so that making it fire counts too
            hiding = frozenset().union(
                *(
                    self._read[rule.id]
                    for rule in self._rules
                    if rule.gate and rule.severity is RuleSeverity.ADVICE
                )
            )
            return tuple(self._read[each.rule] | hiding for each in decision.violations)
        # where grants decide, any of them may be made to hold
        return (frozenset().union(*self._read.values()),)

    def of_size(self, size: int, refusing: tuple[frozenset[str], ...]) -> Iterator[Alternative]:
        """Yield the nearest accepted change for every set of that many facts."""
        for names in combinations(self.names, size):
            moved = frozenset().union(*(self._moves[name] for name in names))
            if all(moved & read for read in refusing):
                found = self._nearest(names)
                if found is not None:
                    yield found
            if self.exhausted:
                return

    def _nearest(self, names: tuple[str, ...]) -> Alternative | None:
        for values in _nearest_first([self._values[name] for name in names]):
            if self.tried >= self._most_tried:
                self.exhausted = True
                return None
            changed = self._derive({**self._facts, **dict(zip(names, values, strict=True))})
            if self._accepted(changed):
                return Alternative(
                    tuple(
                        Change(name, self._was(name), value)
                        for name, value in zip(names, values, strict=True)
                    ),
                    changed,
                )
        return None

    def _accepted(self, facts: Facts) -> bool:
        self.tried += 1
        try:
            return self._decider.accepts(self._operation, facts)
        except EvaluationError:
            return False

    def _was(self, name: str) -> Value | None:
        # only scalars are changed: a list of records has no candidates
        return self._facts.get(name)  # type: ignore[return-value]


def _nearest_first(
    values: Sequence[tuple[Value | None, ...]],
) -> Iterator[tuple[Value | None, ...]]:
    """Yield one value of each, those whose places in their lists add up to less first."""
    if len(values) == 1:
        yield from ((each,) for each in values[0])
        return
    if not all(values):
        return
    longest = sum(len(each) - 1 for each in values)
    for total in range(longest + 1):
        for places in product(*(range(min(total + 1, len(each))) for each in values[:-1])):
            last = total - sum(places)
            if 0 <= last < len(values[-1]):
                yield tuple(
                    each[place] for each, place in zip(values, (*places, last), strict=True)
                )
