"""A history decided again on many machines, by Spark; the same plan as on one.

In: Parquet files that every worker can read, a master's address, a candidate and a baseline. Out: a
`Comparison`; or every decision, as Parquet.
Does not know: where the files come from, or who asks. PySpark is brought by `make spark` and is
imported only when this lane is used; workers need google-re2 in their Python, and nothing of
samtale.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.columnar.plan import plan_of
from engine.columnar.spark_sql import MATCHES, MATCHES_EACH, SPARK
from engine.columnar.steps import Steps
from engine.model import Rulebook
from registry.errors import RegistryError
from registry.replay.asking import Wish, asking
from registry.replay.comparison import EXAMPLES, Comparison
from registry.replay.files import by_schema
from registry.replay.question import DECIDED, KEPT
from registry.replay.source import reading

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MEMORY = "1g"
_GIVEN, _COMPARED = "samtale_given", "samtale_compared"
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # a text in a rule is a text, whatever stands in it
    "spark.sql.variable.substitute": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    # days before 1582 are the same days in every file
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "8",
}
_OF_THIS_MACHINE = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}


class NoSpark(RegistryError):
    """Spark was asked for and is not there."""


def compare(
    files: Sequence[Path],
    operation: str,
    candidate: Rulebook,
    against: Rulebook | None,
    *,
    master: str,
    memory: str = MEMORY,
    threads: int | None = None,
) -> Comparison:
    """Decide every row of the files again and tell what differs; None: from what was decided."""
    wish, found = Wish(operation, candidate, against), Comparison()
    with connected(master, memory, threads) as session:
        for schema, alike in by_schema(files):
            session.read.parquet(*map(str, alike)).createOrReplaceTempView(_GIVEN)
            found += _compared(session, wish, schema)
    return found


def write_decisions(
    files: Sequence[Path],
    operation: str,
    rulebook: Rulebook,
    target: Path,
    *,
    master: str,
    memory: str = MEMORY,
    threads: int | None = None,
) -> None:
    """Decide every row and write a folder of Parquet files: the id, and what is answered.

    `accepted` and `findings` are NULL in undecidable rows.
    """
    with connected(master, memory, threads) as session:
        for number, (schema, alike) in enumerate(by_schema(files)):
            session.read.parquet(*map(str, alike)).createOrReplaceTempView(_GIVEN)
            steps = Steps(SPARK)
            plan = plan_of(rulebook, operation, steps)
            known = plan.undecidable
            wanted = {
                KEPT[0].name: KEPT[0].name,
                DECIDED[0].name: f"CASE WHEN NOT {known} THEN {plan.accepted} END",
                DECIDED[1].name: f"CASE WHEN NOT {known} THEN {plan.findings} END",
                "undecidable": known,
            }
            read = reading(SPARK, _GIVEN, schema, plan.reads, also=[KEPT[0].name])
            frame = session.sql(steps.query(read, wanted))
            frame.write.mode("append" if number else "errorifexists").parquet(str(target))


@contextmanager
def connected(
    master: str, memory: str = MEMORY, threads: int | None = None
) -> Iterator[SparkSession]:
    """Yield the session there is, or one of our own that ends with the block.

    Whoever compares many chunks opens one around them all. `memory` is that of the driver and of
    each executor, `threads` the most cores that the cluster gives.
    """
    if find_spec("pyspark") is None:
        raise NoSpark("expected the package pyspark, found none; `make spark` brings it")
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None:
        yield _ready(running)
        return
    with tempfile.TemporaryDirectory(prefix="samtale-spark-") as folder:
        _say_where_spark_is(Path(folder))
        session = _session(master, memory, threads)
        try:
            yield _ready(session)
        finally:
            session.stop()


def _session(master: str, memory: str, threads: int | None) -> SparkSession:
    from pyspark.sql import SparkSession

    settings = {
        **_SETTINGS,
        **(_OF_THIS_MACHINE if master.startswith("local") else {}),
        "spark.driver.memory": memory,
        "spark.executor.memory": memory,
        **({} if threads is None else {"spark.cores.max": str(threads)}),
    }
    builder = SparkSession.builder.appName("samtale replay").master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _say_where_spark_is(folder: Path) -> None:
    """Name the Spark of the package and this Python, where the environment names no other.

    Workers that Spark starts on this machine write below its home, so that is a folder of links.
    """
    import pyspark

    if "SPARK_HOME" not in os.environ or not Path(os.environ["SPARK_HOME"]).exists():
        for entry in Path(pyspark.__file__).parent.iterdir():
            (folder / entry.name).symlink_to(entry)
        os.environ["SPARK_HOME"] = str(folder)
    os.environ.setdefault("SPARK_SCALA_VERSION", "2.13")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)


def _ready(session: SparkSession) -> SparkSession:
    """Register the patterns. Functions inside this one travel to the workers as they are."""

    def matches(text: str | None, pattern: str) -> bool | None:
        import re2

        return None if text is None else re2.fullmatch(pattern, text) is not None

    def matches_each(texts: list[str | None] | None, pattern: str) -> list[bool | None] | None:
        return None if texts is None else [matches(text, pattern) for text in texts]

    session.udf.register(MATCHES, matches, "boolean")
    session.udf.register(MATCHES_EACH, matches_each, "array<boolean>")
    return session


def _compared(session: SparkSession, wish: Wish, schema: Any) -> Comparison:
    asked = asking(SPARK, wish, _GIVEN, schema, lambda query: session.sql(query).collect())
    question = asked.question
    compared = session.sql(question.compared(asked.read)).persist()
    try:
        compared.createOrReplaceTempView(_COMPARED)
        rows = [row.asDict() for row in session.sql(question.counts(_COMPARED, "NULL")).collect()]
        examples = session.sql(question.examples(_COMPARED, EXAMPLES)).collect()
        return question.comparison(rows, asked.missing, [row.asDict() for row in examples])
    finally:
        compared.unpersist()
