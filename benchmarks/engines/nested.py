"""The facts of a registration as engines without types of their own like them.

In: facts as the registry builds them. Out: nested dictionaries and lists of text and numbers; days
are day numbers and instants microseconds, since comparing numbers is what every engine does best.
What is not given is left out.
Does not know: any engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks.hand_written import FROM_2018, FROM_2019, GROUPS_ALLOWED

Nested = dict[str, dict[str, Any]]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

DAY_2018 = FROM_2018.toordinal()
DAY_2019 = FROM_2019.toordinal()


def groups_by_types() -> dict[tuple[int, ...], list[int]]:
    """Return the matrix with the groups that allow the same interview types brought together."""
    alike: dict[tuple[int, ...], list[int]] = {}
    for group, types in GROUPS_ALLOWED.items():
        alike.setdefault(tuple(sorted(types)), []).append(group)
    return alike


def number(value: Any) -> Any:
    """Return the number of a day or an instant; anything else as it is."""
    if isinstance(value, datetime):
        return (value - _EPOCH) // _MICROSECOND
    return value.toordinal() if isinstance(value, date) else value


def given(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the record has, in numbers."""
    return {name: number(value) for name, value in record.items() if value is not None}


def nested(facts: Mapping[str, Any]) -> Nested:
    """Return the facts by their first word: `interview.type` becomes `interview` → `type`."""
    result: Nested = {}
    for name, value in facts.items():
        subject, _, field = name.partition(".")
        if not field or value is None:
            continue
        shaped = [given(each) for each in value] if isinstance(value, tuple) else number(value)
        result.setdefault(subject, {})[field] = shaped
    return result


def with_nothing(facts: Mapping[str, Any]) -> Nested:
    """Return the same with null for what is not given, for languages that compare with it."""
    shaped = nested(facts)
    for name in ("participation_status", "booking_id"):
        shaped["interview"].setdefault(name, None)
    for name in ("contact_groups", "job_centre_affiliations", "fund_memberships"):
        for period in shaped["citizen"][name]:
            period.setdefault("until", None)
    return shaped
