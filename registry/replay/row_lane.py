"""A history decided again row by row, by the compiled engine: what the other lanes must equal.

In: Parquet files, a candidate and a baseline. Out: a `Comparison`.
Does not know: SQL. Everything here is done in Python, so that nothing is shared with the lanes that
are held against it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from engine.columnar.columns import Column, columns_of
from engine.compiled.evaluator import compile_program
from engine.decision import Evaluator, Firing
from engine.facts import Facts
from engine.model import Rulebook, RuleKind, RuleSeverity
from engine.problems import EvaluationError
from engine.program import Program, Programs
from registry.days import day_of
from registry.replay.arrow import facts_in_rows
from registry.replay.comparison import EXAMPLES, Answer, Change, Comparison, Count
from registry.replay.question import TYPE

Codes = frozenset[tuple[str, bool]]


def compare(
    files: Sequence[Path],
    operation: str,
    candidate: Rulebook,
    against: Rulebook | None,
    *,
    processes: int = 1,
) -> Comparison:
    """Decide every row of the files again and tell what differs; None: from what was decided."""
    one = partial(compare_file, operation=operation, candidate=candidate, against=against)
    if processes == 1:
        return sum(map(one, files), Comparison())
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return sum(pool.map(one, files), Comparison())


def compare_file(
    file: Path, operation: str, candidate: Rulebook, against: Rulebook | None
) -> Comparison:
    """Do it for one file, of which a batch at a time is in memory."""
    after = Rows(candidate, operation)
    before = None if against is None else Rows(against, operation)
    tally = _Tally()
    for batch in pq.ParquetFile(file).iter_batches(batch_size=10_000):
        rows = batch.to_pylist()
        old = map(_decided, rows) if before is None else before.answers(rows)
        for row, was, becomes in zip(rows, old, after.answers(rows), strict=True):
            tally.add(row, was, becomes)
    return tally.comparison()


class Rows:
    """Decides batches of rows by one rulebook."""

    def __init__(self, rulebook: Rulebook, operation: str) -> None:
        self._operation = operation
        self._columns: Sequence[Column] = columns_of(rulebook.catalogue, rulebook.tables, operation)
        self._programs = Programs(rulebook)
        self._evaluators: dict[int, Evaluator] = {}

    def answers(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Answer | None]:
        """Yield what every row is answered, None for one that cannot be decided."""
        return map(self.answer, facts_in_rows(self._columns, rows))

    def answer(self, facts: Facts) -> Answer | None:
        try:
            program = self._programs.for_facts(self._operation, facts)
            return _answer(program, self._evaluator(program).firings(facts))
        except EvaluationError:
            return None

    def _evaluator(self, program: Program) -> Evaluator:
        # INVARIANT: `Programs` keeps every program alive, so an id is never used twice.
        if id(program) not in self._evaluators:
            self._evaluators[id(program)] = compile_program(program)
        return self._evaluators[id(program)]


def _answer(program: Program, firings: tuple[Firing, ...]) -> Answer:
    clauses = program.clauses
    said = tuple(each for each in firings if clauses[each.clause].rule.gate) or firings
    only = program.kind is RuleKind.RULE
    codes = frozenset(
        (
            version.requirements[each.requirement].code,
            only and clauses[each.clause].rule.severity is RuleSeverity.REFUSE,
        )
        for each in said
        if (version := clauses[each.clause].version) is not None
    )
    accepted = bool(said) if program.kind is RuleKind.GRANT else not any(r for _, r in codes)
    return _of_codes(accepted, codes)


def _of_codes(accepted: bool, codes: Codes) -> Answer:
    refusing = tuple(sorted(code for code, refuses in codes if refuses))
    return Answer(accepted, refusing, tuple(sorted(c for c, refuses in codes if not refuses)))


def _decided(row: Mapping[str, Any]) -> Answer | None:
    if row["accepted"] is None or row["findings"] is None:
        return None
    codes = frozenset((each["code"], each["refuses"]) for each in row["findings"])
    return _of_codes(row["accepted"], codes)


@dataclass(slots=True)
class _Tally:
    """Counts, while rows come by."""

    total: Count = field(default_factory=Count)
    pairs: dict[tuple[Answer, Answer], list[str]] = field(default_factory=dict)
    by_organisation: dict[tuple[str, str], Count] = field(
        default_factory=lambda: defaultdict(Count)
    )
    by_type: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    by_month: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))

    def add(self, row: Mapping[str, Any], was: Answer | None, becomes: Answer | None) -> None:
        undecidable = was is None or becomes is None
        changed = not undecidable and was != becomes
        one = Count(1, int(changed), int(undecidable))
        self.total += one
        self.by_organisation[row["organisation_type"] or "", row["organisation"] or ""] += one
        if TYPE in row:
            type_ = row[TYPE]
            self.by_type["" if type_ is None else str(type_)] += one
        recorded = row["recorded_at"]
        self.by_month["" if recorded is None else day_of(recorded).isoformat()[:7]] += one
        if changed and was is not None and becomes is not None:
            self.pairs.setdefault((was, becomes), []).append(row["decision_id"])

    def comparison(self) -> Comparison:
        changes = {
            pair: Change(len(ids), tuple(sorted(ids)[:EXAMPLES]))
            for pair, ids in self.pairs.items()
        }
        return Comparison(
            self.total,
            changes,
            dict(self.by_organisation),
            dict(self.by_type),
            dict(self.by_month),
        )
