"""What the invented history takes from a rulebook: which types are allowed for which group, when.

In: a rulebook. Out: rows for the queries, and the groups to draw from.
Does not know: SQL. How common a group or a type is, is invented; that a type is allowed is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from engine.model import Rulebook
from engine.tables import Table
from registry.errors import HistoryUnusable

ALLOWED, TYPES = "allowed_interview_types", "interview_types"
COMMON_GROUPS = {1: 40, 2: 12, 3: 8, 6: 8, 12: 6, 13: 8}
"""How many citizens of a hundred are in these contact groups; of any other, one."""
COMMON_TYPES = {7: 24, 12: 12, 8: 9, 15: 8, 10: 7, 4: 12, 17: 7, 18: 10, 11: 4, 9: 3, 13: 2}
"""How often an interview is of this type, where it is allowed; any other type: once."""
_SCHEMA = pa.schema(
    [
        ("contact_group", pa.int64()),
        ("valid_from", pa.date32()),
        ("kinds", pa.list_(pa.struct([("type", pa.int64()), ("resetting", pa.bool_())]))),
    ]
)


@dataclass(frozen=True, slots=True)
class KnownTables:
    """What the queries draw from."""

    allowed: pa.Table
    """For each group and first day the types, a common type several times."""
    groups: tuple[int, ...]
    """The groups, a common one several times."""
    types: tuple[int, ...]


def known_tables(rulebook: Rulebook, until: date) -> KnownTables:
    """Return what a rulebook says until a day; raises `HistoryUnusable` for lack of its tables."""
    for name in (ALLOWED, TYPES):
        if name not in rulebook.tables:
            raise HistoryUnusable(f"an invented history needs the table `{name}`, found none")
    rows = [row for row in _rows(rulebook.tables) if row["valid_from"] <= until]
    groups = sorted({row["contact_group"] for row in rows if row["kinds"]})
    if not groups:
        raise HistoryUnusable(f"no contact group of the table `{ALLOWED}` allows any type")
    return KnownTables(
        pa.Table.from_pylist(rows, schema=_SCHEMA),
        tuple(each for group in groups for each in [group] * COMMON_GROUPS.get(group, 1)),
        tuple(key for key in rulebook.tables[TYPES].rows if isinstance(key, int)),
    )


def _rows(tables: Mapping[str, Table]) -> Iterator[dict[str, Any]]:
    for group in tables[ALLOWED].rows:
        for day in _seams(tables, group):
            yield {
                "contact_group": group,
                "valid_from": day,
                "kinds": list(_kinds(tables, group, day)),
            }


def _seams(tables: Mapping[str, Table], group: int | str) -> list[date]:
    """Return every day on which what is allowed for a group may change."""
    histories = [tables[ALLOWED].rows[group], *tables[TYPES].rows.values()]
    switches = [row.only_with for each in histories for _, row in each if row.only_with]
    return sorted({day for each in (*histories, *switches) for day in each.starts})


def _kinds(tables: Mapping[str, Table], group: int | str, day: date) -> Iterator[dict[str, Any]]:
    row = tables[ALLOWED].find(group, day)
    allowed = row.values["interview_types"] if row is not None else ()
    for each in allowed if isinstance(allowed, tuple) else ():
        kind = tables[TYPES].find(each, day) if isinstance(each, int) else None
        if kind is not None and isinstance(each, int):
            one = {"type": each, "resetting": kind.values.get("resetting") is True}
            yield from [one] * COMMON_TYPES.get(each, 1)
