"""Two rulebooks and a table → the question that a lane puts to its database.

In: the operation, the candidate, the baseline, and what the table holds. Out: a `Question`, the
query that reads the table, and the facts that the table lacks.
Does not know: which database it is: it is handed a way to ask it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from engine.columnar.dialect import Dialect
from engine.columnar.plan import plan_of
from engine.columnar.steps import Steps
from engine.model import Rulebook
from registry.replay.letters import Letter, letters_of
from registry.replay.question import TYPE, Question, decided_letters, wanted_columns
from registry.replay.source import missed, reading

Ask = Callable[[str], Iterable[tuple[Any, ...]]]
"""Puts a query to the database and returns its rows."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be compared; `against` is None for what was decided."""

    operation: str
    candidate: Rulebook
    against: Rulebook | None


@dataclass(frozen=True, slots=True)
class Asking:
    """A question, the query that reads the table, and the facts that the table lacks."""

    question: Question
    read: str
    missing: frozenset[str]


def asking(dialect: Dialect, wish: Wish, source: str, schema: pa.Schema, ask: Ask) -> Asking:
    """Return how to compare a table of this schema; raises as `plan_of`, and `NotReplayable`."""
    steps = Steps(dialect)
    books = [book for book in (wish.candidate, wish.against) if book is not None]
    plans = [plan_of(book, wish.operation, steps) for book in books]
    as_decided = wish.against is None
    columns = wanted_columns(plans, decided=as_decided)
    read = reading(dialect, source, schema, columns, also=[TYPE])
    decided = [Letter(*row) for row in ask(decided_letters(dialect, read))] if as_decided else []
    question = Question(
        steps,
        plans[0],
        None if as_decided else plans[1],
        letters_of(plans, decided),
        TYPE in schema.names,
    )
    return Asking(question, read, missed(schema, columns))
