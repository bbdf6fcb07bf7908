"""Which decisions a page was asked for: its query → a filter, and back.

In: the query of an address. Out: `DecisionChoice`, and the query of the next page.
Does not know: how decisions are found. What cannot be read is left out and named, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from engine.explain.wording import DENMARK
from registry.days import from_microseconds, to_microseconds
from registry.decisions_found import DecisionFilter, DecisionPosition

_PLAIN = re.compile(r"[\w.:/-]{1,200}")
_POSITION = re.compile(r"([0-9]{1,17})-([0-9a-f-]{36})")
FIELDS = ("rule", "code", "organisation_type", "organisation", "operation", "outcome", "rulebook")


@dataclass(frozen=True, slots=True)
class DecisionChoice:
    """What was asked for; texts are empty where it was left open."""

    stated: Mapping[str, str]
    since: date | None
    until: date | None
    """The last day that counts."""
    after: DecisionPosition | None
    faults: tuple[str, ...]
    """Names of the fields that could not be read."""

    def of(self, field: str) -> str:
        return self.stated.get(field, "")

    @property
    def narrowed(self) -> bool:
        return bool(self.stated) or self.since is not None or self.until is not None

    def filter(self) -> DecisionFilter:
        """Return it as the registry asks for it; days are whole days in Denmark."""
        outcome = self.of("outcome")
        return DecisionFilter(
            rule=self.of("rule") or None,
            code=self.of("code") or None,
            organisation_type=self.of("organisation_type") or None,
            organisation=self.of("organisation") or None,
            operation=self.of("operation") or None,
            accepted={"accepted": True, "refused": False}.get(outcome),
            rulebook=self.of("rulebook") or None,
            since=None if self.since is None else _begin(self.since),
            until=None if self.until is None else _begin(self.until + timedelta(days=1)),
        )

    def query(self, after: DecisionPosition | None = None, **changed: str) -> str:
        """Return the query of this choice, of the page that begins after a decision."""
        said = {**self.stated, **changed}
        for name, day in (("since", self.since), ("until", self.until)):
            if day is not None:
                said[name] = day.isoformat()
        if after is not None:
            said["after"] = f"{to_microseconds(after.recorded_at)}-{after.decision_id}"
        return urlencode(said)


def read_choice(query: Mapping[str, str]) -> DecisionChoice:
    """Read the query of an address; unknown names are ignored."""
    faults: list[str] = []
    stated: dict[str, str] = {}
    for name in FIELDS:
        text = query.get(name, "").strip()
        if text and _PLAIN.fullmatch(text):
            stated[name] = text
        elif text:
            faults.append(name)
    since, until = (day_of_query(query, name, faults) for name in ("since", "until"))
    return DecisionChoice(stated, since, until, _position(query.get("after", "")), tuple(faults))


def day_of_query(query: Mapping[str, str], name: str, faults: list[str]) -> date | None:
    """Return a day that was stated, None for none; one that cannot be read is noted as a fault."""
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        faults.append(name)
        return None
    # far enough from the ends of the calendar for a day more or a time zone
    if not 1900 <= day.year <= 9000:
        faults.append(name)
        return None
    return day


def _position(text: str) -> DecisionPosition | None:
    found = _POSITION.fullmatch(text)
    return None if found is None else DecisionPosition(from_microseconds(int(found[1])), found[2])


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), DENMARK).astimezone(UTC)
