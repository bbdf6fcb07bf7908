"""The missing cases: for an aim that no case tries, an example near one that an analyst wrote.

In: a coverage. Out: for every gap the case written out and its file, or that none was found.
Expectations are what both engines answer: computed, and said to be so in the text.
Does not know: whether the computed answer is what the law wants.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from engine.cases.expectations import Expected
from engine.cases.files import Case
from engine.cases.writing import Example, example_of, written_example
from engine.coverage.aims import Aim, AimKind, tables_of
from engine.coverage.coverage import Coverage
from engine.coverage.looker import Looker
from engine.coverage.moves import Moves, Spot
from engine.coverage.paths import Path, conditions_of
from engine.decide import Decider
from engine.decision import Decision
from engine.explain.wording import DENMARK, capital
from engine.facts import Facts, Text
from engine.model import Comparison, Quantified, Rule, Version
from engine.problems import EvaluationError
from engine.program import clause_on

MOST_STARTS = 24
"""So many cases are changed by one move; the first few of them by two."""
TWICE_MOVED = 6
MOST_FOUND = 40
"""Search ends when it has so many to choose from."""
MOST_LOOKS = 6000

COMPUTED = Text(
    "Svaret er beregnet af begge motorer: se efter, at det er rigtigt, og giv eksemplet et navn.",
    "The answer was computed by both engines: see that it is right, and name the example.",
)


@dataclass(frozen=True, slots=True)
class Missing:
    """What to add for one gap: the example and its file; both None when none was found."""

    aim: Aim
    file: str | None
    example: Example | None
    tries: int
    """How many changed cases were looked at."""

    @property
    def text(self) -> str:
        """The example as it is pasted at the end of its file."""
        return "" if self.example is None else written_example(self.example)


@dataclass(frozen=True, slots=True)
class _Found:
    start: Case
    facts: Facts
    expected: Expected
    score: tuple[int, ...]


class Search:
    """Finds missing cases for one coverage."""

    def __init__(self, covered: Coverage, decider: Decider) -> None:
        self._covered = covered
        self._book = covered.rulebook
        self._decider = decider
        self._looker = Looker(covered.rulebook)
        self._moves = Moves(covered.rulebook, covered.cases)
        self._rules = {rule.id: rule for file in self._book.files for rule in file.all}
        self._names = {(case.file, case.name.da) for case in covered.cases}
        self._aims: dict[int, set[Aim]] = {}
        tried: dict[str, Counter[str]] = {}
        for aim, cases in covered.tried.items():
            for case in cases:
                self._aims.setdefault(id(case), set()).add(aim)
                tried.setdefault(_about(aim), Counter())[case.file] += 1
        self._homes = {about: files.most_common(1)[0][0] for about, files in tried.items()}
        for case in covered.cases:
            if case.title in self._rules:
                self._homes[case.title] = case.file

    def missing(self, aims: Iterable[Aim] | None = None) -> Iterator[Missing]:
        """Yield what to add for every gap, or for the given aims."""
        for aim in self._covered.gaps if aims is None else aims:
            yield self.one(aim)

    def one(self, aim: Aim) -> Missing:
        """Search the case for one aim."""
        found: list[_Found] = []
        tries = 0
        for start, facts in islice(self._candidates(aim), MOST_LOOKS):
            tries += 1
            if not self._tries(aim, start.operation, facts):
                continue
            one = self._judged(aim, start, facts)
            if one is not None:
                found.append(one)
            if len(found) >= MOST_FOUND:
                break
        if not found:
            return Missing(aim, None, None, tries)
        best = min(found, key=lambda each: each.score)
        return Missing(aim, best.start.file, self._example(aim, best), tries)

    # --- candidates -----------------------------------------------------------------------------

    def _candidates(self, aim: Aim) -> Iterator[tuple[Case, Facts]]:
        starts = self._starts(aim)
        for start in starts[:MOST_STARTS]:
            for facts in self._first(aim, start):
                yield start, facts
        for start in starts[:TWICE_MOVED]:
            for facts in self._first(aim, start):
                for spot in self._spots(aim):
                    for twice in self._moves.turning(facts, spot):
                        yield start, twice

    def _starts(self, aim: Aim) -> list[Case]:
        """Return the cases to change, those first that already try something much like it."""
        rule = self._rules.get(aim.rule)
        ranked = []
        for position, case in enumerate(self._covered.cases):
            if case.start is None or (rule is not None and case.operation not in rule.operations):
                continue
            near = min((_distance(aim, each) for each in self._aims.get(id(case), ())), default=9)
            foreign = self._is_foreign(aim, case)
            other = case.operation != case.start.operation
            ranked.append(((near, foreign, other, _changes(case), position), case))
        return [case for _, case in sorted(ranked, key=lambda pair: pair[0])]

    def _is_foreign(self, aim: Aim, case: Case) -> bool:
        """Tell whether a case stands in another file than those about the same rule or table."""
        return self._homes.get(_about(aim), case.file) != case.file

    def _first(self, aim: Aim, start: Case) -> Iterator[Facts]:
        if aim.kind is AimKind.ROW:
            table, key = aim.path
            yield from self._moves.looking_up(start.facts, str(table), key, _wanted_day(aim))
        elif aim.kind is AimKind.SEAM:
            by = self._rules[aim.rule].dated_by
            name = by.fact if start.facts.get(by.fact) is not None else by.otherwise or by.fact
            yield from self._moves.to_day(start.facts, name, _wanted_day(aim))
        else:
            yield start.facts
            for spot in self._spots(aim):
                yield from self._moves.turning(start.facts, spot)

    def _spots(self, aim: Aim) -> Iterator[Spot]:
        """Yield the conditions to turn: the aimed one first, then the others of its version."""
        if aim.kind is AimKind.ROW:
            yield from self._asking(str(aim.path[0]))
            return
        rule = self._rules[aim.rule]
        spots = dict(_spots_of(self._bound(rule, aim.valid_from)))
        if aim.path in spots:
            yield spots.pop(aim.path)
        for path, spot in spots.items():
            # the conditions inside a quantifier, and the quantifier around a condition, are nearest
            if aim.kind is not AimKind.CONDITION or path[:2] == aim.path[:2] or path[0] == "when":
                yield spot

    def _asking(self, table: str) -> Iterator[Spot]:
        """Yield the conditions that look something up in a table."""
        for rule in self._rules.values():
            for start, version in rule.versions:
                if version.withdrawn:
                    continue
                for _, spot in _spots_of(self._bound(rule, start)):
                    if isinstance(spot.condition, Comparison) and table in tables_of(
                        spot.condition
                    ):
                        yield spot

    def _bound(self, rule: Rule, start: date) -> Version:
        clause = clause_on(rule, start, self._book.parameters, {})
        assert clause.version is not None  # noqa: S101  # a withdrawn version has no such aim
        return clause.version

    # --- judging --------------------------------------------------------------------------------

    def _tries(self, aim: Aim, operation: str, facts: Facts) -> bool:
        try:
            return aim in self._looker.tried(operation, facts, (aim.rule,))
        except EvaluationError:
            return False

    def _judged(self, aim: Aim, start: Case, facts: Facts) -> _Found | None:
        try:
            decision = self._decider.decide(start.operation, facts)
        except EvaluationError:
            return None
        expected = answer_of(decision, start)
        rule = self._rules.get(aim.rule)
        example = self._written(aim, start, facts, expected)
        later = 0 if rule is None else _later(facts, rule) - _later(start.facts, rule)
        told = [each.rule for each in (*decision.violations, *decision.advice)]
        foreign = sum(1 for each in told if each != aim.rule)
        changed = len(example.change) + len(example.absent) + (example.operation is not None)
        size = len(written_example(example))
        own = self._is_foreign(aim, start)
        return _Found(start, facts, expected, (max(later, 0), foreign, own, changed, size))

    def _written(self, aim: Aim, start: Case, facts: Facts, expected: Expected) -> Example:
        assert start.start is not None  # noqa: S101  # others are not changed
        return example_of(
            self._name(aim, start),
            start.operation,
            facts,
            start.start,
            expected,
            self._book.catalogue,
            (COMPUTED.da, COMPUTED.en),
        )

    def _example(self, aim: Aim, found: _Found) -> Example:
        example = self._written(aim, found.start, found.facts, found.expected)
        self._names.add((found.start.file, example.name))
        return example

    def _name(self, aim: Aim, start: Case) -> str:
        text = capital(aim.text.da)
        if aim.rule and start.title != aim.rule:
            text = f"{aim.rule}: {aim.text.da}"
        name, number = text, 2
        while (start.file, name) in self._names:
            name, number = f"{text} ({number})", number + 1
        return name


def answer_of(decision: Decision, case: Case) -> Expected:
    """Return the answer as a case would expect it."""
    return Expected(
        case.kind,
        tuple(each.code for each in decision.violations),
        tuple(each.code for each in decision.advice),
        decision.holding,
    )


def _spots_of(version: Version) -> Iterator[tuple[Path, Spot]]:
    conditions = dict(conditions_of(version))
    for path, condition in conditions.items():
        around = conditions.get(path[: path.index("where")]) if "where" in path else None
        yield path, Spot(condition, around.records if isinstance(around, Quantified) else None)


def _about(aim: Aim) -> str:
    """Return the rule that an aim is about, or the table."""
    return aim.rule or f"table {aim.path[0]}"


def _distance(aim: Aim, other: Aim) -> int:
    if aim.kind is AimKind.ROW:
        if other.kind is not AimKind.ROW or other.path[0] != aim.path[0]:
            return 9
        if other.path == aim.path:
            return 1
        return 0 if (other.side, other.valid_from) == (aim.side, aim.valid_from) else 2
    if other.rule != aim.rule:
        return 9
    if (other.valid_from, other.path) == (aim.valid_from, aim.path):
        return 0
    return 1 if other.path[:2] == aim.path[:2] else 2


def _changes(case: Case) -> int:
    """Return how many facts a case states otherwise than its file's start."""
    assert case.start is not None  # noqa: S101  # the others were left out
    return sum(
        1
        for name, value in case.facts.items()
        if value is not None and name not in case.start.facts
    )


def _wanted_day(aim: Aim) -> date:
    return aim.valid_from if aim.side == "on" else aim.valid_from - timedelta(days=1)


def _later(facts: Facts, rule: Rule) -> int:
    """Count the moments outside lists that lie after the day of the decision."""
    day = facts.get(rule.dated_by.fact)
    if not isinstance(day, date):
        return 0
    days = [
        value.astimezone(DENMARK).date() if isinstance(value, datetime) else value
        for value in facts.values()
        if isinstance(value, date)
    ]
    return sum(1 for each in days if each > day)
