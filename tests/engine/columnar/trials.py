"""The columnar plan held against the compiled engine: the same rulebook, the same table.

In: a rulebook and a table of facts; for DuckDB a connection, for Spark whatever runs a query. Out:
the rows on which the two disagree, in words.
Does not know: how rulebooks and facts are invented.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from random import Random
from typing import Any

import duckdb
import pyarrow as pa

from engine.columnar.columns import columns_of
from engine.columnar.dialect import Dialect
from engine.columnar.duckdb_sql import DUCKDB
from engine.columnar.plan import Plan, plan_of
from engine.columnar.steps import Steps
from engine.compiled.evaluator import compile_program
from engine.decide import Decider
from engine.decision import Decision, Evaluator, Firing
from engine.facts import Facts
from engine.model import Rulebook, RuleKind
from engine.problems import EvaluationError
from engine.program import Programs
from registry.replay.arrow import facts_in_rows, table_of
from tests.engine import invented, invented_alike, invented_rules

Rows = Sequence[Mapping[str, Any]]
Run = Callable[[str], Rows]
"""Runs a query over the table `given`."""


def book_of(seed: int) -> Rulebook:
    """Return an invented rulebook, one in three of rules that are much alike."""
    draws = invented.Draws(Random(seed).randrange)
    return (invented_rules if seed % 3 else invented_alike).rulebook(draws)


@cache
def invented_table(rows: int, seed: int = 0) -> pa.Table:
    """Return facts as `read_facts` would give them; one row in ten lacks something."""
    random = Random(seed)
    draws = invented.Draws(random.randrange)
    sets = [invented.facts(draws) for _ in range(rows)]
    sets = [_spoilt(random, facts) if random.random() < 0.1 else facts for facts in sets]
    book = book_of(1)
    return table_of(columns_of(book.catalogue, book.tables, "register"), sets)


def _spoilt(random: Random, facts: Facts) -> Facts:
    name = random.choice(sorted(facts))
    value: Any = facts[name]
    if name not in ("visits", "stays") or not value or random.random() < 0.5:
        return {**facts, name: None}
    place = random.randrange(len(value))
    record = None
    if random.random() < 0.7:
        record = {**value[place], random.choice(sorted(value[place])): None}
    return {**facts, name: (*value[:place], record, *value[place + 1 :])}


# --- what must come out ---------------------------------------------------------------------------


def expected_firings(
    book: Rulebook, operation: str, table: pa.Table
) -> Iterator[tuple[Firing, ...] | None]:
    """Yield what the compiled engine finds in every row, None where it cannot be evaluated."""
    programs = Programs(book)
    evaluators: dict[int, Evaluator] = {}
    for facts in read_back(book, operation, table):
        try:
            program = programs.for_facts(operation, facts)
            if id(program) not in evaluators:
                evaluators[id(program)] = compile_program(program)
            yield evaluators[id(program)].firings(facts)
        except EvaluationError:
            yield None


def expected_decisions(
    book: Rulebook, operation: str, table: pa.Table
) -> Iterator[Decision | None]:
    decider = Decider(book, engines="compiled")
    for facts in read_back(book, operation, table):
        try:
            yield decider.decide(operation, facts)
        except EvaluationError:
            yield None


def read_back(book: Rulebook, operation: str, table: pa.Table) -> Iterator[Facts]:
    columns = columns_of(book.catalogue, book.tables, operation)
    yield from facts_in_rows(columns, table.to_pylist())


# --- what the plan says ---------------------------------------------------------------------------


def query_of(books: Sequence[Rulebook], operation: str, dialect: Dialect) -> tuple[list[Plan], str]:
    """Return the plans, and the query that shows all they have to say of every row of `given`."""
    steps = Steps(dialect)
    plans = [plan_of(book, operation, steps) for book in books]
    wanted = {"row": dialect.identifier("row")}
    for number, plan in enumerate(plans):
        wanted |= {
            f"{number} undecidable": plan.undecidable,
            f"{number} accepted": plan.accepted,
            f"{number} findings": plan.findings,
            **{f"{number} fires {place}": s.fires for place, s in enumerate(plan.speeches)},
        }
    return plans, steps.query("given", wanted)


def on_duckdb(table: pa.Table) -> Run:
    """Return what runs queries over the table."""
    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.register("given", numbered(table))

    def run(query: str) -> Rows:
        return connection.sql(query).to_arrow_table().to_pylist()

    return run


def numbered(table: pa.Table) -> pa.Table:
    return table.append_column("row", pa.array(range(len(table)), pa.int64()))


def disagreements(
    book: Rulebook,
    operation: str,
    table: pa.Table,
    run: Run,
    *,
    dialect: Dialect = DUCKDB,
    planned: Rulebook | None = None,
) -> Iterator[str]:
    """Yield the rows on which the plan, of another rulebook where one is `planned`, is wrong."""
    (plan,), query = query_of([planned or book], operation, dialect)
    yield from wrong_rows(book, table, plan, 0, run(query))


def wrong_rows(
    book: Rulebook, table: pa.Table, plan: Plan, number: int, rows: Rows
) -> Iterator[str]:
    """Yield what is wrong in the answers of the plan that has this number in its query."""
    firings = expected_firings(book, plan.operation, table)
    decisions = expected_decisions(book, plan.operation, table)
    ordered = sorted(rows, key=lambda row: row["row"])
    for row, fired, decision in zip(ordered, firings, decisions, strict=True):
        said = {
            name.partition(" ")[2]: value
            for name, value in row.items()
            if name.startswith(f"{number} ")
        }
        if fired is None or decision is None:
            right = said["undecidable"] is True
        else:
            right = (
                said["undecidable"] is False
                and _fired(plan, said) == fired
                and _is_as_decided(plan, said, decision)
            )
        if not right:
            yield f"row {row['row']}: expected {fired}, found {said}"


def _fired(plan: Plan, row: Mapping[str, Any]) -> tuple[Firing, ...]:
    said = [(each.firing, row[f"fires {number}"]) for number, each in enumerate(plan.speeches)]
    assert all(fires is not None for _, fires in said), "a condition is neither true nor false"
    return tuple(firing for firing, fires in said if fires)


def _is_as_decided(plan: Plan, row: Mapping[str, Any], decision: Decision) -> bool:
    findings = row["findings"]
    if plan.kind is not RuleKind.RULE:
        named = tuple(each["rule"] for each in findings)
        return bool(decision.holding == named and decision.accepted == row["accepted"])
    found = [(each["rule"], each["code"]) for each in findings if each["refuses"]]
    advice = [(each["rule"], each["code"]) for each in findings if not each["refuses"]]
    return bool(
        decision.accepted == row["accepted"]
        and found == [(each.rule, each.code) for each in decision.violations]
        and advice == [(each.rule, each.code) for each in decision.advice]
    )
