"""Decisions, refusals and traces as they stand on the wire.

In: values of `engine.decision`. Out: JSON values.
Does not know: HTTP, or how the decision was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from engine.decision import (
    Advice,
    ConditionTrace,
    Decision,
    RecordTrace,
    Seen,
    Step,
    Violation,
)
from engine.facts import Text
from engine.model import Basis
from registry.commands import WhatIf
from web.api import faults, wire
from web.api.faults import Fault, fault
from web.api.wire_times import read_instant, read_uuid, show_first_day, show_instant

Json = dict[str, object]


def what_if(body: dict[str, Any], cpr: str | None) -> WhatIf:
    """Read `DecisionRequest`; `cpr` is the number in the header, if any."""
    citizen, named, recorded_at = (
        body.get(name) for name in ("citizen", "interviewIdentifier", "registeredAt")
    )
    return WhatIf(
        operation=body["operation"],
        content=wire.interview_content(body["interview"]),
        cpr=cpr,
        interview_id=None if named is None else read_uuid(named),
        citizen=None if citizen is None else wire.citizen_facts(citizen),
        earlier_interviews=None if citizen is None else wire.earlier_interviews(citizen),
        recorded_at=None if recorded_at is None else read_instant(recorded_at),
    )


def names_no_citizen(body: dict[str, Any]) -> bool:
    """Tell whether the citizen of a `DecisionRequest` must stand in the header."""
    return not {"interviewIdentifier", "citizen"} & set(body)


def faults_of_what_if(body: dict[str, Any]) -> tuple[Fault, ...]:
    """Return what the schema cannot see: empty periods, and an update that names no interview."""
    found = wire.empty_periods(body.get("citizen", {}), "citizen")
    if body["operation"] == "update_interview" and names_no_citizen(body):
        found = (*found, fault(("interviewIdentifier",), faults.INTERVIEW_OR_CITIZEN))
    return found


def show_decision(decision: Decision, language: str) -> Json:
    """Write `Decision`, the answer to a dry run."""
    return {
        "accepted": decision.accepted,
        "violations": show_findings(decision.violations, language),
        "advice": show_findings(decision.advice, language),
        "trace": [show_step(step) for step in decision.steps],
        "rulebook": decision.rulebook,
    }


def show_refusal(decision: Decision, decision_id: str, language: str) -> Json:
    """Write the members that `Refusal` has beyond any other problem."""
    return {
        "rulebook": decision.rulebook,
        "decision": decision_id,
        "violations": show_findings(decision.violations, language),
        "advice": show_findings(decision.advice, language),
    }


def show_findings(findings: Iterable[Violation | Advice], language: str) -> list[Json]:
    """Write violations or advice; `because` is in `language`, messages are in both."""
    return [
        {
            "rule": each.rule,
            "code": each.code,
            "newCode": each.new_code,
            "field": each.field,
            "message": show_text(each.message),
            "validFrom": show_first_day(each.valid_from),
            "basis": show_basis(each.basis),
            "because": [line.in_language(language) for line in each.because],
        }
        for each in findings
    ]


def show_step(step: Step) -> Json:
    """Write `Step`: what became of one rule, with the values that decided."""
    conditions: list[Json] = []
    if step.when is not None:
        conditions.append(_condition_of(step.when, "when", None))
    for requirement in step.requirements:
        conditions.append(_condition_of(requirement.when, "when", requirement.code))
        if requirement.require is not None:
            conditions.append(_condition_of(requirement.require, "require", requirement.code))
    return {
        "rule": step.rule,
        "title": show_text(step.title),
        "code": step.codes[0] if step.codes else None,
        "codes": list(step.codes),
        "outcome": step.outcome.value,
        "validFrom": show_first_day(step.valid_from),
        "conditions": conditions,
    }


def _condition_of(condition: ConditionTrace, part: str, code: str | None) -> Json:
    return {"part": part, "code": code, **_condition(condition)}


def _condition(condition: ConditionTrace) -> Json:
    return {
        "sentence": show_text(condition.sentence),
        "holds": condition.holds,
        "seen": [_seen(each) for each in condition.seen],
        "parts": [_condition(part) for part in condition.parts],
        "records": [_record(each) for each in condition.records],
        "where": condition.where,
    }


def _seen(seen: Seen) -> Json:
    return {"fact": seen.name, "label": show_text(seen.label), "value": show_value(seen.value)}


def _record(record: RecordTrace) -> Json:
    return {
        "position": record.position,
        "holds": record.holds,
        "record": {name: show_value(value) for name, value in record.record.items()},
        "where": _condition(record.where),
    }


def show_text(text: Text) -> Json:
    return {"da": text.da, "en": text.en}


def show_basis(basis: Basis) -> Json:
    return {"text": basis.text, "url": basis.url, "confidence": basis.confidence.value}


def show_value(value: object) -> object:
    """Write a value of a fact or table: days and instants as text, lists as lists."""
    if isinstance(value, datetime):
        return show_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [show_value(each) for each in value]
    return value
