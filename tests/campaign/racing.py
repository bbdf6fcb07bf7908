"""Writers that meet on a few citizens: what R1 and R2 send, and a third opinion on the result.

In: a served address. Out: how each call fared; what is wrong with what is stored.
Does not know: the engine and the rule files. The rules below are written by hand, from the
sentences of the specification.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Lock

from tests.campaign.calling import Caller, Unanswered, put_citizen, together
from tests.campaign.serving import Served
from tests.campaign.stored import Version
from tests.web.door import interview

RESETTING = (4, 7)
OTHER = 12
BEGIN = datetime(2024, 3, 1, tzinfo=UTC)
RIVALS = 6
"""So many writers want about the same minute of the same citizen; the rules let few of them."""


def race(
    served: Served, *, registrations: int, writers: int, citizens: int, updates: bool = False
) -> Counter[int]:
    """Let all writers begin at once; return how many calls got which status (0: no answer).

    With `updates` whoever registered an interview moves it half a minute on at once.
    """
    agency = served.token("agency", "star")
    numbers = [put_citizen(served.port, agency) for _ in range(citizens)]
    token = served.token("job_centre", "101")
    tickets, guard = itertools.count(), Lock()

    def write() -> Counter[int]:
        caller, fared = Caller(served.port, token), Counter[int]()
        while True:
            with guard:
                ticket = next(tickets)
            if ticket >= registrations:
                return fared
            minute, rival = divmod(ticket // citizens, RIVALS)
            held = BEGIN + timedelta(minutes=minute)
            body = interview(
                interviewTypeIdentifier=(*RESETTING, OTHER)[rival % 3], heldAt=held.isoformat()
            )
            try:
                citizen = numbers[ticket % citizens]
                answer = caller.call("POST", "/v1/interviews", body, citizen=citizen)
                fared[answer.status] += 1
                if updates and answer.status == 201:
                    body["heldAt"] = (held + timedelta(seconds=30)).isoformat()
                    match = {"If-Match": answer.headers["etag"]}
                    moved = caller.call("PUT", answer.headers["location"], body, headers=match)
                    fared[moved.status] += 1
            except Unanswered:
                fared[0] += 1

    return sum(together([write] * writers), Counter())


def gaps(versions: dict[str, list[Version]]) -> list[str]:
    """Say of which citizens the versions are not numbered 1, 2, 3 …"""
    return [
        "the revisions of a citizen are not 1, 2, 3 …"
        for stored in versions.values()
        if [each.revision for each in stored] != list(range(1, len(stored) + 1))
    ]


def broken_rules(versions: dict[str, list[Version]]) -> list[str]:
    """Say which stored interview breaks a rule, given what was committed before it."""
    found = []
    for stored in versions.values():
        for place, late in enumerate(stored):
            found += [name for name, breaks in RULES.items() if breaks(late, stored[:place])]
    return found


def _held_before_a_resetting_one(late: Version, earlier: list[Version]) -> bool:
    return any(each.type in RESETTING and late.held_at < each.held_at for each in earlier)


def _two_resetting_at_one_instant(late: Version, earlier: list[Version]) -> bool:
    return late.type in RESETTING and any(
        each.type in RESETTING and late.held_at == each.held_at for each in earlier
    )


def _one_type_twice_at_one_instant(late: Version, earlier: list[Version]) -> bool:
    return any((each.type, each.held_at) == (late.type, late.held_at) for each in earlier)


RULES: dict[str, Callable[[Version, list[Version]], bool]] = {
    "held before a resetting interview": _held_before_a_resetting_one,
    "two resetting interviews at one instant": _two_resetting_at_one_instant,
    "one type twice at one instant": _one_type_twice_at_one_instant,
}


def told(found: list[str]) -> Iterator[str]:
    """Say each kind of fault once, with how often it was found."""
    for name, times in Counter(found).items():
        yield f"{times} × {name}"
