"""What is wrong with a rulebook, and at which place in which file.

In: nothing. Out: `Place`, `Problem` and the engine's exceptions.
Does not know: how a problem is found or how it is printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import final


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A spot in an analyst's file; line and column count from 1, the column in characters."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Place("", 0, 0)
"""The place of what was built in memory and never stood in a file."""


class Severity(StrEnum):
    """Whether a problem stops a rulebook from being used."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an analyst's file.

    `code` is a short fixed cause (`duplicate-key`), `message` says what was expected and what was
    found, `hint` says what to do. Neither ends with a full stop.
    """

    code: str
    place: Place
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems sorted by place, each one once."""
    return tuple(sorted(set(problems), key=lambda p: (p.place, p.code, p.message)))


class EngineError(Exception):
    """Root of everything the engine raises."""


@final
class RulebookError(EngineError):
    """The rulebook cannot be used; `problems` holds every reason, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        count = len(self.problems)
        super().__init__(f"the rulebook has {count} {'problem' if count == 1 else 'problems'}")


class EvaluationError(EngineError):
    """A program could not be evaluated on these facts; never skipped, never a refusal."""


@final
class EnginesDisagree(EvaluationError):
    """Two evaluators gave different answers for the same program and facts."""

    def __init__(self, operation: str, rules: tuple[str, ...]) -> None:
        self.operation = operation
        self.rules = rules
        named = ", ".join(f"`{rule}`" for rule in rules)
        super().__init__(f"the engines disagree on operation `{operation}` about {named}")
