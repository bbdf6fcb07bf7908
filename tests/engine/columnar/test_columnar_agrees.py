"""Random rulebooks over one table of random facts: the plan on DuckDB says what the engine says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice

import pytest

from engine.columnar.dialect import Dialect
from engine.columnar.duckdb_sql import DUCKDB, DuckDB
from engine.dated import SINCE_EVER, Dated
from engine.model import All, Rule, Rulebook, Version
from tests.engine import invented
from tests.engine.columnar.trials import (
    Run,
    book_of,
    disagreements,
    invented_table,
    on_duckdb,
)
from tests.engine.test_engines_agree import FAULTS, Change, changed

ROWS, RULEBOOKS = 200, 200


@pytest.fixture(scope="module")
def run() -> Run:
    return on_duckdb(invented_table(ROWS))


@pytest.mark.parametrize("portion", range(8))
def test_the_plan_answers_what_the_compiled_engine_answers(run: Run, portion: int) -> None:
    for seed in range(portion, RULEBOOKS, 8):
        operation = invented.OPERATIONS[seed // 8 % 2]
        found = disagreements(book_of(seed), operation, invented_table(ROWS), run)
        assert [] == list(islice(found, 1)), f"seed {seed}, {operation}"


def test_some_rows_of_the_table_are_undecidable_and_most_are_not(run: Run) -> None:
    lacking = '"case.kind" IS NULL OR "case.day" IS NULL'
    (row,) = run(f"SELECT count(*) FILTER (WHERE {lacking}) AS lacking FROM given")
    assert 0 < row["lacking"] < ROWS / 10


# --- a broken plan is found out -------------------------------------------------------------------


def is_found_out(
    run: Run, break_book: Callable[[Rulebook], Rulebook], dialect: Dialect = DUCKDB
) -> bool:
    table = invented_table(ROWS)
    return any(
        True
        for book in map(book_of, range(400))
        for _ in disagreements(
            book, "register", table, run, dialect=dialect, planned=break_book(book)
        )
    )


def with_versions(book: Rulebook, change: Callable[[Version], Version]) -> Rulebook:
    def of_rule(rule: Rule) -> Rule:
        entries = [(start, change(version)) for start, version in rule.versions]
        return replace(rule, versions=Dated(entries))

    return with_rules(book, of_rule)


def with_rules(book: Rulebook, change: Callable[[Rule], Rule]) -> Rulebook:
    (file,) = book.files
    rules, grants, notices = (
        tuple(change(rule) for rule in some) for some in (file.rules, file.grants, file.notices)
    )
    return replace(book, files=(replace(file, rules=rules, grants=grants, notices=notices),))


def misread(change: Change) -> Callable[[Rulebook], Rulebook]:
    """Return what reads every condition of a rulebook wrongly in the same way."""

    def of_version(version: Version) -> Version:
        requirements = tuple(
            replace(each, when=changed(each.when, change), require=changed(each.require, change))
            for each in version.requirements
        )
        when = All(tuple(changed(part, change) for part in version.when.parts))
        return replace(version, when=when, requirements=requirements)

    return lambda book: with_versions(book, of_version)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_condition_that_is_misread_is_found_out(run: Run, fault: str) -> None:
    assert is_found_out(run, misread(FAULTS[fault]))


def the_latest_alone(rule: Rule) -> Rule:
    latest = list(rule.versions)[-1][1]
    return replace(rule, versions=Dated([(SINCE_EVER, latest)]))


def without_parameters_changes(book: Rulebook) -> Rulebook:
    first = {
        name: replace(each, values=Dated([next(iter(each.values))]))
        for name, each in book.parameters.items()
    }
    return replace(book, parameters=first)


def without_row_changes(book: Rulebook) -> Rulebook:
    tables = {
        name: replace(
            table, rows={key: Dated([next(iter(rows))]) for key, rows in table.rows.items()}
        )
        for name, table in book.tables.items()
    }
    return replace(book, tables=tables)


FORGOTTEN: Mapping[str, Callable[[Rulebook], Rulebook]] = {
    "versions": lambda book: with_rules(book, the_latest_alone),
    "gates": lambda book: with_rules(book, lambda rule: replace(rule, gate=False)),
    "the day that dates a rule when the first is absent": lambda book: with_rules(
        book, lambda rule: replace(rule, dated_by=replace(rule.dated_by, fact="case.day"))
    ),
    "changes of parameters": without_parameters_changes,
    "changes of rows": without_row_changes,
}


@pytest.mark.parametrize("what", FORGOTTEN)
def test_what_is_forgotten_is_found_out(run: Run, what: str) -> None:
    assert is_found_out(run, FORGOTTEN[what])


class Inclusive(DuckDB):
    def shifted(self, day: str, days: int) -> str:
        return super().shifted(day, days + 1)


class Bytes(DuckDB):
    def length(self, text: str) -> str:
        return f"strlen({text})"


class Searching(DuckDB):
    def matches(self, text: str, pattern: str) -> str:
        return f"regexp_matches({text}, {self.text(pattern)})"


class Everything(DuckDB):
    def narrowed(self, records: str, test: str) -> str:
        return super().narrowed(records, f"NOT ({test})")


class Milliseconds(DuckDB):
    def identifier(self, name: str) -> str:
        quoted = super().identifier(name)
        return f"date_trunc('millisecond', {quoted})" if name == "case.at" else quoted


@pytest.mark.parametrize("dialect", [Inclusive, Bytes, Searching, Everything, Milliseconds])
def test_a_fault_of_the_dialect_is_found_out(run: Run, dialect: type[DuckDB]) -> None:
    assert is_found_out(run, lambda book: book, dialect())
