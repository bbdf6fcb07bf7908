"""Decisions of racing writers are those of the pure engine, one at a time in the order of commits.

Interviews are registered and moved. Each decision, refusals included, must have been made on what
was committed before it, and the engine must decide the same on that. Control: no lock.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.campaign.control import broken_at_last

from engine.decide import Decider
from engine.facts import read_facts
from engine.reader.load import load_rulebook
from registry.documents import outcome_document
from tests.campaign.databases import fresh, on_each
from tests.campaign.racing import race, told
from tests.campaign.row import Row, Scale
from tests.campaign.serving import MEANT_FOR, PROJECT, WITHOUT_LOCK, serving
from tests.campaign.stored import Version, decisions, versions

WRITERS, CITIZENS = 16, 5
SINCE_1970 = datetime(1970, 1, 1, tzinfo=UTC)
Held = dict[str, tuple[int, int]]
"""Type and held time (microseconds) of each interview of a citizen."""


def run(scale: Scale) -> Iterator[Row]:
    decider = Decider(load_rulebook(PROJECT / "rules", PROJECT / "config"), engines="compiled")
    registrations = scale.of(small=120, large=1000)
    with on_each() as kinds:
        for kind, folder in kinds:
            url = fresh(kind, folder)
            with serving(folder / "protected", url, *MEANT_FOR[kind]) as served:
                fared = _raced(served, registrations)
            broken = list(told(not_in_order(url, decider)))
            if other := set(fared) - {200, 201, 422}:
                broken.append(f"answers other than 200, 201 and 422: {sorted(other)}")
            yield Row(
                *("R2", kind),
                load=f"{sum(fared.values()):,} registrations and moves, {WRITERS} writers",
                broken=tuple(broken),
                control=broken_at_last(partial(_control, kind, folder, scale, decider)),
                note=f"{fared[201]} registered, {fared[200]} moved, {fared[422]} refused",
            )


def _control(kind: str, folder: Path, scale: Scale, decider: Decider, attempt: int) -> str:
    url = fresh(kind, folder)
    with serving(folder / f"unprotected-{attempt}", url, command=WITHOUT_LOCK) as served:
        _raced(served, scale.of(small=120, large=300))
    return "; ".join(told(not_in_order(url, decider)))


def _raced(served: Any, registrations: int) -> Any:
    return race(
        served, registrations=registrations, writers=WRITERS, citizens=CITIZENS, updates=True
    )


def not_in_order(url: str, decider: Decider) -> list[str]:
    """Say of each stored decision what it should have seen and decided, where it did not."""
    stored, found = versions(url), []
    states = {citizen: list(_states(each)) for citizen, each in stored.items()}
    places = {
        version.decision: place for each in stored.values() for place, version in enumerate(each)
    }
    for decision in decisions(url):
        after = states.get(decision["citizen_id"], [{}])
        seen = sorted(
            (each["type"], _microseconds(each["held_at"]))
            for each in decision["facts"]["citizen.interviews"]
        )
        updated = decision["interview_id"] if decision["operation"] == "update_interview" else None
        place = places.get(decision["decision_id"])
        possible = range(len(after)) if place is None else [place]
        if not any(_without(after[each], updated) == seen for each in possible):
            found.append("a decision did not see what was committed before it")
            continue
        facts = read_facts(decider.rulebook.catalogue, decision["operation"], decision["facts"])
        again = json.loads(outcome_document(decider.decide(decision["operation"], facts)))
        if again != decision["outcome"]:
            found.append("the engine decides otherwise")
    return found


def _states(stored: list[Version]) -> Iterator[Held]:
    """Yield the interviews of a citizen before the first commit and after each."""
    held: Held = {}
    yield held
    for version in stored:
        held = {**held, version.interview: (version.type, version.held_at)}
        yield held


def _without(held: Held, updated: str | None) -> list[tuple[int, int]]:
    return sorted(each for interview, each in held.items() if interview != updated)


def _microseconds(instant: str) -> int:
    return (datetime.fromisoformat(instant) - SINCE_1970) // timedelta(microseconds=1)
