"""durable_rules by its own language: rules on facts that are asserted into a session.

One ruleset; the facts of a registration are asserted in one batch, the request last, since a
negated pattern is answered when the request arrives. Its language knows neither `in` nor look-ups,
so its author works them out beforehand and asserts the answers as fields: whether an interview
resets, whether a contact group allows the type, whether a code is in force. What else is not given
is 0 or "". A sentinel rule fires in each session, and joins end with a comparison that holds: the
library reads memory that it never wrote without them.

The ruleset gets no host of the library, which would let two timer threads run beside every other
contestant; the host does nothing for facts that come at once.
"""

from __future__ import annotations

import itertools
import json
from datetime import date
from typing import Any

import durable.engine
import durable_rules_engine
from durable.lang import c, m, none, ruleset, when_all

from benchmarks.engines.contestant import Contestant, Facts
from benchmarks.engines.nested import nested
from benchmarks.hand_written import (
    CONTACT_TYPES,
    FROM_2018,
    FROM_2019,
    GROUPS_ALLOWED,
    RESETTING,
    STATUSES,
    TYPES,
    Found,
)

FOREVER = 10_000_000


class _Session:
    """Where the actions put what they find in the session that runs."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], None] = {}

    def finds(self, rule: str, code: str) -> Any:
        """Return the action of a rule; it runs once for each record that meets the patterns."""
        return lambda closure: self.found.setdefault((rule, code))


def one_ruleset() -> Contestant:
    """Register the ruleset once."""
    session, numbers = _Session(), itertools.count()
    name, definition = _ruleset(session).define()
    rules = durable.engine.Ruleset(name, object(), definition)

    def decide(facts: list[dict[str, Any]]) -> Found:
        sid = str(next(numbers))
        session.found = {}
        batch = json.dumps([{**fact, "sid": sid} for fact in facts])
        # the binding's own `assert_facts` raises when a single fact of the batch met no pattern
        _, state = durable_rules_engine.assert_facts(rules._handle, batch)
        rules.do_actions(state, lambda error, _: error)
        rules.delete_state(sid)
        return list(session.found)

    return Contestant("durable_rules", "durable-rules", decide, _facts)


def _ruleset(session: _Session) -> Any:
    finds, rules = session.finds, ruleset("registration by hand")
    with rules:
        when_all(m.kind == "sentinel")(lambda closure: None)
        _of_earlier_interviews(finds)
        _of_other_records(finds)
        _of_the_request(finds)
    return rules


def _of_earlier_interviews(finds: Any) -> None:
    when_all(
        _request(),
        _joined("earlier", m.resets == 1, m.held_at > c.request.held_at),
    )(finds("held-not-before-latest-resetting", "S-101"))
    when_all(
        _request(m.resets == 1),
        _joined("earlier", m.resets == 1, m.held_at == c.request.held_at),
    )(finds("one-resetting-interview-per-instant", "S-102"))
    when_all(
        _request(),
        _joined("earlier", m.type == c.request.type, m.held_at == c.request.held_at),
    )(finds("unique-type-and-time", "S-104"))
    when_all(
        _request(m.resets == 1),
        _joined("earlier", m.resets == 1, m.held_at >= c.request.held_at),
    )(finds("resetting-after-other-resetting", "S-105"))


def _of_other_records(finds: Any) -> None:
    when_all(
        _request(),
        none(
            _joined(
                "group",
                m.allows == 1,
                m.begins <= c.request.held_on,
                m.until > c.request.held_on,
            )
        ),
    )(finds("type-allowed-for-contact-group", "S-103"))
    when_all(
        _request(m.booking_id != ""),
        none(_joined("booking", m.booking_id == c.request.booking_id)),
    )(finds("booking-known-for-citizen", "4768"))
    when_all(_request(m.organisation_type == "job_centre"), none(_membership("job_centre")))(
        finds("job-centre-affiliation", "6005")
    )
    when_all(_request(m.organisation_type == "unemployment_fund"), none(_membership("fund")))(
        finds("fund-registers-own-members", "4857")
    )


def _of_the_request(finds: Any) -> None:
    when_all(_request(m.with_more_authorities == 1, m.participation_status == 0))(
        finds("participation-status-with-more-authorities", "S-106")
    )
    when_all(_request(m.contact_type == 6, m.type != 8))(
        finds("direct-at-work-only-for-referral", "S-108")
    )
    when_all(
        _request(
            m.type == 18,
            m.participation_status != 0,
            m.participation_status != 5,
            m.participation_status != 6,
        )
    )(finds("rehabilitation-team-participation-status", "9125"))
    when_all(_request(m.held_at > m.recorded_at))(finds("held-in-the-past", "S-109"))
    for field, code in (
        ("type_in_force", "4709"),
        ("contact_type_in_force", "4708"),
        ("status_in_force", "2002"),
    ):
        when_all(_request(getattr(m, field) == 0))(finds("code-in-force-on-held-day", code))


def _request(*conditions: Any) -> Any:
    pattern = c.request << (m.kind == "request")
    for condition in conditions:
        pattern = pattern & condition
    return pattern


def _joined(kind: str, *conditions: Any) -> Any:
    pattern = m.kind == kind
    for condition in (*conditions, m.one == c.request.one):
        pattern = pattern & condition
    return pattern


def _membership(kind: str) -> Any:
    return _joined(
        kind,
        m.organisation == c.request.organisation,
        m.begins <= c.request.recorded_on,
        m.until > c.request.recorded_on,
    )


def _facts(facts: Facts) -> list[dict[str, Any]]:
    kind, held_on = facts["interview.type"], facts["interview.held_on"]
    shaped = nested(facts)
    citizen = shaped["citizen"]
    records = [
        {"kind": "sentinel"},
        *(
            {"kind": "earlier", **each, "resets": _resets(raw["type"], raw["held_on"])}
            for each, raw in zip(citizen["interviews"], facts["citizen.interviews"], strict=True)
        ),
        *(
            _period("group", each)
            | {"allows": _allows(each["contact_group"], kind, held_on >= FROM_2018)}
            for each in citizen["contact_groups"]
        ),
        *(_period("job_centre", each) for each in citizen["job_centre_affiliations"]),
        *(_period("fund", each) for each in citizen["fund_memberships"]),
        *({"kind": "booking", **each} for each in citizen["bookings"]),
        _request_fact(facts, shaped),
    ]
    return [{**record, "id": number, "one": 1} for number, record in enumerate(records)]


def _request_fact(facts: Facts, shaped: dict[str, dict[str, Any]]) -> dict[str, Any]:
    kind, held_on = facts["interview.type"], facts["interview.held_on"]
    status = facts["interview.participation_status"]
    in_force = kind in TYPES or (kind == 19 and held_on < FROM_2019)
    return {
        "kind": "request",
        **shaped["registration"],
        **shaped["caller"],
        **shaped["interview"],
        "with_more_authorities": int(facts["interview.with_more_authorities"]),
        "participation_status": status or 0,
        "booking_id": facts["interview.booking_id"] or "",
        "resets": _resets(kind, held_on),
        "type_in_force": int(in_force),
        "contact_type_in_force": int(facts["interview.contact_type"] in CONTACT_TYPES),
        "status_in_force": int(status is None or status in STATUSES),
    }


def _period(kind: str, period: dict[str, Any]) -> dict[str, Any]:
    shaped = {"until": FOREVER, **period, "kind": kind}
    shaped["begins"] = shaped.pop("from")
    return shaped


def _resets(kind: int, day: date) -> int:
    return int(day < FROM_2019 if kind == 19 else kind in RESETTING)


def _allows(group: int, kind: int, matrix_holds: bool) -> int:
    return int(matrix_holds and kind in GROUPS_ALLOWED.get(group, ()))
