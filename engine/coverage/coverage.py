"""What the cases try of a rulebook, and what nobody asked.

In: a rulebook and cases. Out: `Coverage`: for every aim the cases that try it.
Does not know: files, or how the missing cases are found (`search`).

A case counts whatever it expects: it is about what its facts make the rules look at. Whether the
answer is the expected one is `engine.cases.results`' question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.cases.files import Case
from engine.coverage.aims import Aim, aims_of
from engine.coverage.looker import Looker
from engine.model import Rulebook
from engine.problems import EvaluationError


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every aim of a rulebook with the cases that try it, in the order of the files."""

    rulebook: Rulebook
    cases: tuple[Case, ...]
    tried: Mapping[Aim, tuple[Case, ...]]

    @property
    def gaps(self) -> tuple[Aim, ...]:
        """The aims that no case tries."""
        return tuple(aim for aim, cases in self.tried.items() if not cases)

    @property
    def percent(self) -> float:
        """The share of aims that some case tries; 100 when there are none."""
        return 100 * (len(self.tried) - len(self.gaps)) / len(self.tried) if self.tried else 100.0

    def of_rules(self, rules: Iterable[str]) -> Coverage:
        """Return the same about some rules only; without any, about all and the tables too."""
        wanted = frozenset(rules)
        if not wanted:
            return self
        kept = {aim: cases for aim, cases in self.tried.items() if aim.rule in wanted}
        return Coverage(self.rulebook, self.cases, kept)


def coverage(rulebook: Rulebook, cases: Iterable[Case]) -> Coverage:
    """Look at every case; one that cannot be decided tries nothing."""
    looker, found = Looker(rulebook), tuple(cases)
    tried: dict[Aim, list[Case]] = {aim: [] for aim in aims_of(rulebook)}
    for case in found:
        try:
            aims = set(looker.tried(case.operation, case.facts))
        except EvaluationError:
            continue
        for aim in aims & tried.keys():
            tried[aim].append(case)
    return Coverage(rulebook, found, {aim: tuple(each) for aim, each in tried.items()})
