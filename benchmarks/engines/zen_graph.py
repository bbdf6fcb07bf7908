"""GoRules ZEN (`zen-engine`): a decision graph in its JSON Decision Model, and one expression.

The graph is what its editor makes: a decision table with a row per finding that collects every row
that is met. It is handed over by a loader, which lets the engine compile it once; its documentation
names that as the fast way, and it is several times faster than the way its first example goes
(`create_decision`), which takes part too. JSON knows no dates: days and instants come as numbers,
which is what its comparisons like best; with dates as text (`date('2024-06-03')` around each) it
takes about half as long again. All thirteen rules can be expressed; the look-ups stand in the
conditions.
"""

from __future__ import annotations

import json
from typing import Any

import zen

from benchmarks.engines.contestant import Contestant
from benchmarks.engines.nested import DAY_2018, DAY_2019, Nested, groups_by_types, with_nothing
from benchmarks.hand_written import Found


def _resets(kind: str, day: str) -> str:
    return f"({kind} in [4, 7, 10, 15, 17] or ({kind} == 19 and {day} < {DAY_2019}))"


def _holds(day: str) -> str:
    return f"#.from <= {day} and (#.until == null or #.until > {day})"


def _belongs(periods: str) -> str:
    holds = _holds("registration.recorded_on")
    return f"some({periods}, #.organisation == caller.organisation and {holds})"


_ALLOWS = " or ".join(
    f"(#.contact_group in {groups} and interview.type in {list(types)})"
    for types, groups in groups_by_types().items()
)
_RESETS = _resets("interview.type", "interview.held_on")
_EARLIER_RESETS = _resets("#.type", "#.held_on")

CONDITIONS: dict[tuple[str, str], str] = {
    ("held-not-before-latest-resetting", "S-101"): (
        f"some(citizen.interviews, #.held_at > interview.held_at and {_EARLIER_RESETS})"
    ),
    ("one-resetting-interview-per-instant", "S-102"): (
        f"{_RESETS} and some(citizen.interviews, "
        f"#.held_at == interview.held_at and {_EARLIER_RESETS})"
    ),
    ("type-allowed-for-contact-group", "S-103"): (
        f"interview.held_on < {DAY_2018} or none(citizen.contact_groups, "
        f"{_holds('interview.held_on')} and ({_ALLOWS}))"
    ),
    ("unique-type-and-time", "S-104"): (
        "some(citizen.interviews, #.type == interview.type and #.held_at == interview.held_at)"
    ),
    ("resetting-after-other-resetting", "S-105"): (
        f"{_RESETS} and some(citizen.interviews, "
        f"#.held_at >= interview.held_at and {_EARLIER_RESETS})"
    ),
    ("participation-status-with-more-authorities", "S-106"): (
        "interview.with_more_authorities and interview.participation_status == null"
    ),
    ("booking-known-for-citizen", "4768"): (
        "interview.booking_id != null and "
        "none(citizen.bookings, #.booking_id == interview.booking_id)"
    ),
    ("direct-at-work-only-for-referral", "S-108"): (
        "interview.contact_type == 6 and interview.type != 8"
    ),
    ("job-centre-affiliation", "6005"): (
        "caller.organisation_type == 'job_centre' and "
        f"not {_belongs('citizen.job_centre_affiliations')}"
    ),
    ("rehabilitation-team-participation-status", "9125"): (
        "interview.type == 18 and interview.participation_status != null and "
        "interview.participation_status not in [5, 6]"
    ),
    ("fund-registers-own-members", "4857"): (
        "caller.organisation_type == 'unemployment_fund' and "
        f"not {_belongs('citizen.fund_memberships')}"
    ),
    ("held-in-the-past", "S-109"): "interview.held_at > registration.recorded_at",
    ("code-in-force-on-held-day", "4709"): (
        "interview.type not in [4, 7, 8, 9, 10, 11, 12, 13, 15, 17, 18] and "
        f"not (interview.type == 19 and interview.held_on < {DAY_2019})"
    ),
    ("code-in-force-on-held-day", "4708"): (
        "interview.contact_type not in [1, 2, 3, 4, 5, 6, 7, 8]"
    ),
    ("code-in-force-on-held-day", "2002"): (
        "interview.participation_status != null and "
        "interview.participation_status not in [1, 2, 3, 4, 5, 6]"
    ),
}


def loaded_graph() -> Contestant:
    """Let the engine compile the graph once, and ask for it by its name."""
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"registration": _graph()}}})

    def decide(facts: Nested) -> Any:
        return engine.evaluate("registration", facts)

    return Contestant("GoRules ZEN", "zen-engine", decide, with_nothing, _rows)


def created_decision() -> Contestant:
    """Make a decision of the graph, as the first example of its documentation does."""
    decision = zen.ZenEngine().create_decision(json.dumps(_graph()))
    return Contestant(
        "GoRules ZEN, first example", "zen-engine", decision.evaluate, with_nothing, _rows
    )


def one_expression() -> Contestant:
    """Compile one list of all the conditions: no decision table, so nobody's rules look so."""
    expression = zen.compile_expression(f"[{', '.join(CONDITIONS.values())}]")
    return Contestant(
        "GoRules ZEN, bare expression", "zen-engine", expression.evaluate, with_nothing, _places
    )


def _graph() -> dict[str, Any]:
    rows = [
        {"_id": code, "broken": condition, "rule": json.dumps(rule), "code": json.dumps(code)}
        for (rule, code), condition in CONDITIONS.items()
    ]
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": "broken", "name": "broken when"}],
        "outputs": [{"id": name, "name": name, "field": name} for name in ("rule", "code")],
        "rules": rows,
    }
    return {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "in", "name": "registration", "type": "inputNode", "content": {}},
            {"id": "rules", "name": "rules", "type": "decisionTableNode", "content": table},
            {"id": "out", "name": "findings", "type": "outputNode", "content": {}},
        ],
        "edges": [
            {"id": "asked", "type": "edge", "sourceId": "in", "targetId": "rules"},
            {"id": "answered", "type": "edge", "sourceId": "rules", "targetId": "out"},
        ],
    }


def _rows(answer: Any) -> Found:
    return [(row["rule"], row["code"]) for row in answer["result"]]


def _places(answer: list[bool]) -> Found:
    return [finding for finding, broken in zip(CONDITIONS, answer, strict=True) if broken]
