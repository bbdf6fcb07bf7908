"""What a plan is made of: columns, periods, look-ups, quoted values, what must be there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import re2

from engine.columnar.branches import by_day, by_key
from engine.columnar.columns import Column, Kind, columns_of
from engine.columnar.dialect import Dialect, NotColumnar
from engine.columnar.duckdb_sql import DUCKDB
from engine.columnar.periods import periods_of
from engine.columnar.plan import NoSuchOperation, plan_of
from engine.columnar.spark_sql import SPARK
from engine.columnar.steps import Stage, Steps
from engine.dated import Dated
from engine.facts import Facts, Scalar
from engine.lookups import in_force
from engine.model import (
    Comparison,
    Condition,
    Constant,
    Constants,
    Operator,
    Reference,
    Rulebook,
    Scope,
)
from engine.reader.load import load_rulebook
from registry.replay.arrow import table_of
from tests.engine import invented
from tests.engine.columnar.trials import book_of, on_duckdb

PROJECT = Path(__file__).resolve().parents[3]
HOSTILE = (
    "'",
    "''",
    "' OR TRUE --",
    '"',
    "`",
    "\\",
    "\\'",
    "\\u0027",
    "'; DROP TABLE given; --",
    "/* */",
    "$$",
    "${spark.app.name}",
    "${env:HOME}",
    "%s {0} {{}}",
    "a\nb\r\tc",
    "æøå 😀 é",
    "\0",
    "a\0'b",
    "record:",
    '"record:"',
    "look_up:0",
    "?",
    ":name",
)


@pytest.fixture(scope="module")
def project() -> Rulebook:
    return load_rulebook(PROJECT / "rules", PROJECT / "config")


# --- columns --------------------------------------------------------------------------------------


def test_every_given_fact_of_an_operation_is_a_column_in_the_order_of_the_catalogue(
    project: Rulebook,
) -> None:
    columns = columns_of(project.catalogue, project.tables, "create_interview")

    given = [
        fact.name
        for fact in project.catalogue.of_operations(["create_interview"]).values()
        if fact.looked_up is None
    ]
    assert given == [column.name for column in columns]
    assert Column("interview.type", Kind.WHOLE) in columns
    assert Column("caller.organisation_type", Kind.TEXT) in columns
    assert Column("interview.booking_id", Kind.TEXT, optional=True) in columns
    (groups,) = (each for each in columns if each.name == "citizen.contact_groups")
    assert [("contact_group", Kind.WHOLE), ("from", Kind.DAY), ("until", Kind.DAY)] == [
        (each.name, each.kind) for each in groups.fields
    ]
    assert groups.listed and groups.kind is Kind.STRUCTURE


@pytest.mark.parametrize("dialect", [DUCKDB, SPARK])
def test_every_operation_of_the_project_has_a_plan(project: Rulebook, dialect: Dialect) -> None:
    for operation in project.catalogue.operations:
        plan = plan_of(project, operation, Steps(dialect))
        assert plan.speeches


def test_an_operation_that_nobody_knows_has_no_plan(project: Rulebook) -> None:
    with pytest.raises(NoSuchOperation, match="no rules for operation `delete_interview`"):
        plan_of(project, "delete_interview", Steps(DUCKDB))


# --- values ---------------------------------------------------------------------------------------


def asked(condition: Condition, facts: Facts) -> bool:
    """Return what a rulebook whose one grant asks this condition answers on DuckDB."""
    book = granting(condition)
    table = table_of(columns_of(book.catalogue, book.tables, "register"), [facts])
    steps = Steps(DUCKDB)
    plan = plan_of(book, "register", steps)
    (row,) = on_duckdb(table)(steps.query("given", {"accepted": plan.accepted}))
    return bool(row["accepted"])


def granting(condition: Condition) -> Rulebook:
    draws = invented.Draws(lambda number: 0)
    book = book_of(1)
    (file,) = book.files
    rule = file.all[0]
    version = next(version for _, version in rule.versions if version.requirements)
    requirement = replace(version.requirements[0], when=condition, require=condition)
    plain = replace(version, when=replace(version.when, parts=()), requirements=(requirement,))
    grant = replace(rule, versions=Dated([(date.min, plain)]), operations=("register",))
    grant = replace(grant, kind=type(grant.kind).GRANT)
    del draws
    return replace(book, files=(replace(file, rules=(), notices=(), grants=(grant,)),))


def some_facts(**given: Scalar) -> Facts:
    draws = invented.Draws(lambda number: 0)
    return {**invented.facts(draws), **{f"case.{name}": value for name, value in given.items()}}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_of_a_rule_stays_a_text_on_duckdb(text: str) -> None:
    subject = Reference(Scope.FACT, invented.FACTS["case.text"])
    for operator, operand in (
        (Operator.IS, Constant(text)),
        (Operator.IN, Constants((text, "other"))),
    ):
        assert asked(Comparison(subject, operator, operand), some_facts(text=text))
        assert not asked(Comparison(subject, operator, operand), some_facts(text=f"{text}x"))


@pytest.mark.parametrize("text", [text for text in HOSTILE if "\0" not in text])
def test_a_pattern_of_a_rule_stays_a_pattern_on_duckdb(text: str) -> None:
    subject = Reference(Scope.FACT, invented.FACTS["case.text"])
    matches = Comparison(subject, Operator.MATCHES, Constant(re2.escape(text)))
    assert asked(matches, some_facts(text=text))
    assert not asked(matches, some_facts(text=f"{text}x"))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_for_spark_holds_nothing_that_spark_reads_as_more_than_a_text(text: str) -> None:
    written = SPARK.text(text)
    inner = re.sub(r"\\u[0-9a-f]{4}", "", written[1:-1])
    assert written[0] == written[-1] == "'"
    assert re.fullmatch(r"[A-Za-z0-9 _.:/-]*", inner)


@pytest.mark.parametrize("number", [2**63, -(2**63), 10**30])
def test_a_number_beyond_64_bits_is_refused(number: int) -> None:
    subject = Reference(Scope.FACT, invented.FACTS["case.count"])
    book = granting(Comparison(subject, Operator.LESS_THAN, Constant(number)))
    with pytest.raises(NotColumnar, match=f"at most 64 bits, found `{number}`"):
        plan_of(book, "register", Steps(DUCKDB))


def test_a_row_with_a_number_beyond_64_bits_is_refused() -> None:
    book = book_of(1)
    columns = columns_of(book.catalogue, book.tables, "register")
    with pytest.raises((OverflowError, pa.ArrowInvalid)):
        table_of(columns, [some_facts(count=2**63)])


def test_the_largest_numbers_of_64_bits_are_compared() -> None:
    subject = Reference(Scope.FACT, invented.FACTS["case.count"])
    largest = 2**63 - 1
    for number in (largest, -largest):
        same = Comparison(subject, Operator.IS, Constant(number))
        assert asked(same, some_facts(count=number))
        assert not asked(same, some_facts(count=number - 1 if number > 0 else number + 1))


def test_an_instant_in_a_rule_is_that_instant_to_the_microsecond() -> None:
    subject = Reference(Scope.FACT, invented.FACTS["case.at"])
    moment = datetime(2024, 10, 27, 0, 59, 59, 999999, tzinfo=UTC)
    later = datetime(2024, 10, 27, 1, tzinfo=UTC)
    assert asked(Comparison(subject, Operator.IS, Constant(moment)), some_facts(at=moment))
    assert not asked(Comparison(subject, Operator.IS, Constant(moment)), some_facts(at=later))


# --- characters -----------------------------------------------------------------------------------

_CLASSES = ("L", "M", "N", "P", "S", "Z", "C", "Lo", "So", "Nd", "Cf", "Han", "Latin", "Greek")


@pytest.fixture(scope="module")
def characters() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(":memory:")
    connection.register("characters", pa.table({"text": every_character()}))
    yield connection
    connection.close()


def every_character() -> list[str]:
    return [chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]


@pytest.mark.parametrize("pattern", [*(rf"\p{{{name}}}" for name in _CLASSES), r"\s", r"\w"])
def test_a_class_of_characters_is_the_same_to_duckdb_where_there_is_no_doubt(
    characters: duckdb.DuckDBPyConnection, pattern: str
) -> None:
    doubt = DUCKDB.doubt("text", pattern) or "FALSE"
    asked_of = f"SELECT text, {doubt} FROM characters WHERE {DUCKDB.matches('text', pattern)}"
    found = {text for text, doubtful in characters.execute(asked_of).fetchall() if not doubtful}
    doubted = characters.execute(f"SELECT text FROM characters WHERE {doubt}").fetchall()
    expected = set(re2.findall(pattern, "".join(every_character())))
    assert set() == (expected - {text for (text,) in doubted}) ^ found


def test_a_row_with_a_character_that_duckdb_may_not_know_is_undecidable_where_that_is_asked() -> (
    None
):
    subject = Reference(Scope.FACT, invented.FACTS["case.text"])
    book = granting(Comparison(subject, Operator.MATCHES, Constant(r"\pL*")))
    columns = columns_of(book.catalogue, book.tables, "register")
    table = table_of(columns, [some_facts(text="a"), some_facts(text="\U0002ebf0")])
    steps = Steps(DUCKDB)
    query = steps.query("given", {"undecidable": plan_of(book, "register", steps).undecidable})
    assert [False, True] == [row["undecidable"] for row in on_duckdb(table)(query)]


# --- days and look-ups ----------------------------------------------------------------------------


def test_days_on_which_nothing_changes_are_no_seams() -> None:
    pieces = [(date(2020, 1, 1), "a"), (date(2021, 1, 1), "a"), (date(2022, 1, 1), "b")]
    assert "(CASE WHEN day >= DATE '2022-01-01' THEN b ELSE a END)" == by_day(DUCKDB, "day", pieces)
    assert "a" == by_day(DUCKDB, "day", pieces[:2])


def test_a_rule_of_the_project_has_a_period_before_and_one_from_its_first_day(
    project: Rulebook,
) -> None:
    facts = project.catalogue.of_operations(["create_interview"])
    rule = next(r for r in project.rules_of("create_interview") if r.id == "held-in-the-past")
    periods = periods_of(rule, project.parameters, facts)
    assert [(date.min, 0), (date(2019, 6, 1), 1)] == [(p.begins, len(p.spoken)) for p in periods]


def test_keys_with_equal_histories_stand_together(project: Rulebook) -> None:
    answers = in_force(project.tables["contact_types"])
    written = by_key(DUCKDB, answers, DUCKDB.literal, "key", "day", day_is_given=True)
    assert "(CASE WHEN key IN (1, 2, 3, 4, 5, 6, 7, 8) THEN TRUE ELSE FALSE END)" == written


def test_the_same_step_is_worked_out_once_for_two_plans(project: Rulebook) -> None:
    alone, together = Steps(DUCKDB), Steps(DUCKDB)
    plan_of(project, "create_interview", alone)
    plans = [plan_of(project, "create_interview", together) for _ in range(2)]
    assert alone.query("given", {}) == together.query("given", {})
    assert plans[0].speeches == plans[1].speeches


def test_a_step_has_a_name_that_no_fact_can_have() -> None:
    steps = Steps(DUCKDB)
    name = steps.column(Stage.FIRES, "TRUE")
    assert '"fires:0"' == name == steps.column(Stage.FIRES, "TRUE")
