"""The same plan on Spark with two workers: as DuckDB, and so as the compiled engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from engine.columnar.spark_sql import SPARK
from engine.model import Rulebook
from registry.replay import duckdb_lane, spark_lane
from tests.engine import invented
from tests.engine.columnar.test_columnar_agrees import misread
from tests.engine.columnar.test_plan import HOSTILE
from tests.engine.columnar.trials import (
    Rows,
    book_of,
    invented_table,
    numbered,
    query_of,
    wrong_rows,
)
from tests.engine.test_engines_agree import FAULTS
from tests.registry.replay.history import (
    OPERATION,
    project_rulebook,
    registrations,
    rows_of,
    written,
)
from tests.registry.replay.spark_session import MASTER, required

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROWS, RULEBOOKS = 120, 24


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    required()
    with spark_lane.connected(MASTER) as session:
        yield session


@pytest.fixture(scope="module")
def given(session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> SparkSession:
    """A session with the table of invented facts under the name `given`."""
    file = tmp_path_factory.mktemp("given") / "given.parquet"
    pq.write_table(numbered(invented_table(ROWS)), file)
    session.read.parquet(str(file)).createOrReplaceTempView("given")
    return session


def run(session: SparkSession, query: str) -> Rows:
    return [row.asDict(recursive=True) for row in session.sql(query).collect()]


def test_the_work_is_done_by_two_workers(session: SparkSession) -> None:
    session.range(10, numPartitions=4).count()
    context: Any = session.sparkContext
    assert 2 + 1 == context._jsc.sc().getExecutorMemoryStatus().size()  # and the driver


@pytest.mark.parametrize("operation", invented.OPERATIONS)
def test_the_plan_answers_on_spark_what_the_compiled_engine_answers(
    given: SparkSession, operation: str
) -> None:
    seeds = range(100, 100 + RULEBOOKS // 2)
    books = [book_of(seed) for seed in seeds]
    plans, query = query_of(books, operation, SPARK)
    rows = run(given, query)
    for number, (seed, book, plan) in enumerate(zip(seeds, books, plans, strict=True)):
        wrong = wrong_rows(book, invented_table(ROWS), plan, number, rows)
        assert [] == list(wrong)[:1], f"seed {seed}"


def test_a_condition_that_is_misread_on_spark_is_found_out(given: SparkSession) -> None:
    books = [book_of(seed) for seed in range(200, 206)]
    broken = [misread(FAULTS["any read as every"])(book) for book in books]
    plans, query = query_of(broken, "register", SPARK)
    rows = run(given, query)
    assert any(
        True
        for number, (book, plan) in enumerate(zip(books, plans, strict=True))
        for _ in wrong_rows(book, invented_table(ROWS), plan, number, rows)
    )


def test_a_text_of_a_rule_stays_a_text_on_spark(session: SparkSession) -> None:
    wanted = ", ".join(f"{SPARK.text(text)} AS text{at}" for at, text in enumerate(HOSTILE))
    (row,) = session.sql(f"SELECT {wanted}").collect()
    assert HOSTILE == tuple(row)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return project_rulebook()


@pytest.fixture(scope="module")
def file(book: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    return written(folder, rows_of(registrations(800, seed=2)), book)


def test_spark_compares_as_duckdb_does(session: SparkSession, book: Rulebook, file: Path) -> None:
    for against in (None, book):
        found = spark_lane.compare([file], OPERATION, book, against, master=MASTER)
        assert duckdb_lane.compare([file], OPERATION, book, against) == found


def test_spark_writes_the_decisions_that_duckdb_makes(
    session: SparkSession, book: Rulebook, file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "decisions"
    spark_lane.write_decisions([file], OPERATION, book, target, master=MASTER)

    found = pq.read_table(target).sort_by("decision_id").to_pylist()
    expected = duckdb_lane.decide_table(pq.read_table(file), OPERATION, book).to_pylist()
    assert expected == [
        {name: row[name] for name in ("accepted", "findings", "undecidable")} for row in found
    ]
