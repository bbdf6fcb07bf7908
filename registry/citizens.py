"""Citizens as stored: found, locked, replaced.

In: a unit of work and a civil registration number or internal identifier. Out: `StoredCitizen`.
Does not know: who may see a citizen. The number is asked for and given here and in `interviews.py`
alone; everything else goes by the internal identifier.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Column, bindparam, select, text

from registry import tables
from registry.days import to_microseconds
from registry.documents import citizen_document, read_citizen
from registry.interview import CitizenFacts
from registry.statements import Fixed
from registry.storage import UnitOfWork

# One statement that SQLite and PostgreSQL read alike.
_PUT = Fixed(
    text("""
    INSERT INTO citizen (citizen_id, cpr, facts, recorded_at)
    VALUES (:citizen_id, :cpr, :facts, :recorded_at)
    ON CONFLICT (cpr) DO UPDATE SET facts = excluded.facts, recorded_at = excluded.recorded_at
    RETURNING citizen_id
""")
)

_CITIZEN = tables.citizen.c


def _finding(key: Column[str], *, lock: bool) -> Fixed:
    query = select(_CITIZEN.citizen_id, _CITIZEN.cpr, _CITIZEN.facts).where(key == bindparam("key"))
    return Fixed(query.with_for_update() if lock else query)


_BY_CPR = {lock: _finding(_CITIZEN.cpr, lock=lock) for lock in (False, True)}
_BY_ID = {lock: _finding(_CITIZEN.citizen_id, lock=lock) for lock in (False, True)}


@dataclass(frozen=True, slots=True)
class StoredCitizen:
    """A citizen the registry knows; `citizen_id` is internal and never leaves the registry."""

    citizen_id: str
    cpr: str
    facts: CitizenFacts


def find_by_cpr(unit: UnitOfWork, cpr: str, *, lock: bool = False) -> StoredCitizen | None:
    """Return the citizen with this number; `lock` keeps other writers off until the unit ends.

    # INVARIANT: a unit that will write locks the citizen before it reads anything else about them.
    """
    return _find(unit, _BY_CPR[lock and unit.locks], cpr)


def find_by_id(unit: UnitOfWork, citizen_id: str, *, lock: bool = False) -> StoredCitizen | None:
    """Return the citizen with this internal identifier; `lock` as in `find_by_cpr`."""
    return _find(unit, _BY_ID[lock and unit.locks], citizen_id)


def put(unit: UnitOfWork, cpr: str, facts: CitizenFacts, recorded_at: datetime) -> str:
    """Replace what is known about a citizen, or begin knowing them; return the identifier.

    The citizen is locked as by `find_by_cpr`, also when two begin to know the same one at a time.
    """
    citizen_id: str = unit.execute(
        _PUT,
        {
            "citizen_id": str(uuid4()),
            "cpr": cpr,
            "facts": citizen_document(facts),
            "recorded_at": to_microseconds(recorded_at),
        },
    ).scalar_one()
    return citizen_id


def _find(unit: UnitOfWork, query: Fixed, key: str) -> StoredCitizen | None:
    row = unit.execute(query, {"key": key}).one_or_none()
    if row is None:
        return None
    return StoredCitizen(row.citizen_id, row.cpr, read_citizen(row.facts))
