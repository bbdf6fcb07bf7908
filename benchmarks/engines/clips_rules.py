"""CLIPS (`clipspy`): the thirteen rules as productions over facts in its working memory.

Facts are asserted, the productions run and assert what is broken, Python reads it, and the memory
is reset. Days and instants are numbers; the matrix of contact groups stands there as facts for good
(`deffacts`). All thirteen rules can be expressed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import clips

from benchmarks.engines.contestant import Contestant, Facts
from benchmarks.engines.nested import DAY_2018, DAY_2019, given, nested
from benchmarks.hand_written import GROUPS_ALLOWED

NOTHING = clips.Symbol("nil")
FOREVER = 10_000_000

TEMPLATES = """
(deftemplate request
  (slot recorded-at) (slot recorded-on) (slot organisation-type) (slot organisation)
  (slot type) (slot contact-type) (slot held-at) (slot held-on) (slot with-more-authorities)
  (slot status) (slot booking))
(deftemplate earlier (slot type) (slot held-at) (slot held-on))
(deftemplate group (slot contact-group) (slot begins) (slot until))
(deftemplate membership (slot of) (slot organisation) (slot begins) (slot until))
(deftemplate booking (slot id))
(deftemplate allowed (slot contact-group) (slot type))
(deftemplate broken (slot rule) (slot code))
"""
FUNCTION = f"""
(deffunction resets (?type ?day)
  (or (= ?type 4) (= ?type 7) (= ?type 10) (= ?type 15) (= ?type 17)
      (and (= ?type 19) (< ?day {DAY_2019}))))
"""
BELONGS = """(membership (of "{of}") (organisation ?caller)
    (begins ?b&:(<= ?b ?today)) (until ?u&:(> ?u ?today)))"""
PRODUCTIONS: dict[tuple[str, str], str] = {
    ("held-not-before-latest-resetting", "S-101"): """
  (request (held-at ?at))
  (exists (earlier (held-at ?e&:(> ?e ?at)) (type ?t) (held-on ?d&:(resets ?t ?d))))""",
    ("one-resetting-interview-per-instant", "S-102"): """
  (request (held-at ?at) (type ?type) (held-on ?on&:(resets ?type ?on)))
  (exists (earlier (held-at ?at) (type ?t) (held-on ?d&:(resets ?t ?d))))""",
    ("type-allowed-for-contact-group", "S-103"): f"""
  (request (type ?type) (held-on ?on))
  (not (and
    (group (contact-group ?g) (begins ?b&:(<= ?b ?on)) (until ?u&:(> ?u ?on)))
    (allowed (contact-group ?g) (type ?type&:(>= ?on {DAY_2018})))))""",
    ("unique-type-and-time", "S-104"): """
  (request (held-at ?at) (type ?type))
  (exists (earlier (held-at ?at) (type ?type)))""",
    ("resetting-after-other-resetting", "S-105"): """
  (request (held-at ?at) (type ?type) (held-on ?on&:(resets ?type ?on)))
  (exists (earlier (held-at ?e&:(>= ?e ?at)) (type ?t) (held-on ?d&:(resets ?t ?d))))""",
    ("participation-status-with-more-authorities", "S-106"): """
  (request (with-more-authorities TRUE) (status nil))""",
    ("booking-known-for-citizen", "4768"): """
  (request (booking ?id&~nil))
  (not (booking (id ?id)))""",
    ("direct-at-work-only-for-referral", "S-108"): """
  (request (contact-type 6) (type ~8))""",
    ("job-centre-affiliation", "6005"): f"""
  (request (organisation-type "job_centre") (organisation ?caller) (recorded-on ?today))
  (not {BELONGS.format(of="job_centre")})""",
    ("rehabilitation-team-participation-status", "9125"): """
  (request (type 18) (status ~nil&~5&~6))""",
    ("fund-registers-own-members", "4857"): f"""
  (request (organisation-type "unemployment_fund") (organisation ?caller) (recorded-on ?today))
  (not {BELONGS.format(of="unemployment_fund")})""",
    ("held-in-the-past", "S-109"): """
  (request (held-at ?at) (recorded-at ?now&:(> ?at ?now)))""",
    ("code-in-force-on-held-day", "4709"): f"""
  (request (type ?type&~4&~7&~8&~9&~10&~11&~12&~13&~15&~17&~18) (held-on ?on))
  (test (not (and (= ?type 19) (< ?on {DAY_2019}))))""",
    ("code-in-force-on-held-day", "4708"): """
  (request (contact-type ~1&~2&~3&~4&~5&~6&~7&~8))""",
    ("code-in-force-on-held-day", "2002"): """
  (request (status ~nil&~1&~2&~3&~4&~5&~6))""",
}


def productions() -> Contestant:
    """Build templates, standing facts and productions once."""
    environment = clips.Environment()
    for construct in (*_constructs(TEMPLATES), FUNCTION, _matrix(), *_rules()):
        environment.build(construct)
    templates = {each.name: each for each in environment.templates()}
    broken = templates["broken"]

    def decide(facts: list[tuple[str, dict[str, Any]]]) -> list[Any]:
        environment.reset()
        for template, slots in facts:
            templates[template].assert_fact(**slots)
        environment.run()
        return [(fact["rule"], fact["code"]) for fact in broken.facts()]

    return Contestant("clipspy (CLIPS)", "clipspy", decide, _facts)


def _constructs(text: str) -> Iterator[str]:
    return (f"(deftemplate{each}" for each in text.split("(deftemplate")[1:])


def _rules() -> Iterator[str]:
    for number, ((rule, code), conditions) in enumerate(PRODUCTIONS.items()):
        found = f'(assert (broken (rule "{rule}") (code "{code}")))'
        yield f"(defrule r{number}{conditions}\n  =>\n  {found})"


def _matrix() -> str:
    rows = (
        f"(allowed (contact-group {group}) (type {kind}))"
        for group, kinds in GROUPS_ALLOWED.items()
        for kind in sorted(kinds)
    )
    return f"(deffacts matrix {' '.join(rows)})"


def _facts(facts: Facts) -> list[tuple[str, dict[str, Any]]]:
    shaped = nested(facts)
    request, citizen = shaped["interview"], shaped["citizen"]
    return [
        *(("earlier", _slots(each)) for each in citizen["interviews"]),
        *(("group", _period(each)) for each in citizen["contact_groups"]),
        *(
            ("membership", _period(each) | {"of": of})
            for of, periods in (
                ("job_centre", citizen["job_centre_affiliations"]),
                ("unemployment_fund", citizen["fund_memberships"]),
            )
            for each in periods
        ),
        *(("booking", {"id": each["booking_id"]}) for each in citizen["bookings"]),
        (
            "request",
            _slots(
                {
                    **shaped["registration"],
                    "organisation_type": shaped["caller"]["organisation_type"],
                    "organisation": shaped["caller"]["organisation"],
                    **{name: request[name] for name in ("type", "contact_type")},
                    **{name: request[name] for name in ("held_at", "held_on")},
                    "with_more_authorities": request["with_more_authorities"],
                    "status": request.get("participation_status", NOTHING),
                    "booking": request.get("booking_id", NOTHING),
                }
            ),
        ),
    ]


def _slots(record: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("_", "-"): value for name, value in given(record).items()}


def _period(period: dict[str, Any]) -> dict[str, Any]:
    slots = _slots(period)
    begins = slots.pop("from")
    return {"until": FOREVER, **slots, "begins": begins}
