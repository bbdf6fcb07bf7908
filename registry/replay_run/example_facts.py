"""The facts of single decisions that change, for a case file.

In: identifiers of decisions, and where the history lies. Out: facts as the candidate reads them.
Does not know: what is written of them. From a database each decision is read with an audit line
about its citizen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import duckdb

from engine.columnar.columns import columns_of
from engine.columnar.duckdb_sql import DUCKDB
from engine.facts import FactsError, read_facts
from engine.model import Rulebook
from registry.commands import Caller
from registry.decision_reading import read_decision
from registry.errors import NotFound
from registry.history.folder import HistoryFolder
from registry.history.rows import known_facts
from registry.replay.arrow import facts_of
from registry.replay_run.case_file import Changing
from registry.storage import Database

Wanted = Mapping[str, tuple[str, ...]]
"""Identifiers of decisions, and the codes that each had before."""


def facts_in_database(
    database: Database, candidate: Rulebook, wanted: Wanted, caller: Caller, now: datetime
) -> Iterator[Changing]:
    """Yield the decisions that the candidate's catalogue can still read."""
    for decision_id, was in wanted.items():
        try:
            stored = read_decision(database, caller, decision_id, now)
            operation = stored.line.operation
            if operation not in candidate.catalogue.operations:
                continue
            plain = known_facts(stored.facts, candidate.catalogue, operation)
            facts = read_facts(candidate.catalogue, operation, plain)
        except (NotFound, FactsError):
            continue
        yield Changing(decision_id, operation, facts, was)


def facts_in_folder(
    folder: HistoryFolder, candidate: Rulebook, wanted: Wanted
) -> Iterator[Changing]:
    """Yield the decisions in the order of the files."""
    if not wanted:
        return
    for operation, paths in folder.files.items():
        if operation not in candidate.catalogue.operations:
            continue
        columns = columns_of(candidate.catalogue, candidate.tables, operation)
        with duckdb.connect(":memory:") as connection:
            names = ", ".join(DUCKDB.text(each) for each in wanted)
            rows = connection.read_parquet([str(path) for path in paths])
            found = rows.filter(f"decision_id IN ({names})").to_arrow_table()
        for batch in found.to_batches():
            for decision_id, facts in zip(
                batch.column("decision_id").to_pylist(), facts_of(columns, batch), strict=True
            ):
                yield Changing(decision_id, operation, facts, wanted[decision_id])
