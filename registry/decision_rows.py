"""Reads the rows of stored decisions: pages, figures, what spoke up.

In: a unit of work and a filter. Out: values of `decisions_found`.
Does not know: who may look, nor the audit log.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal_column, or_, select

from registry import tables
from registry.days import day_of, from_microseconds, to_microseconds
from registry.decisions_found import (
    DecisionFilter,
    DecisionLine,
    DecisionPage,
    DecisionPosition,
    Figures,
    FoundRule,
)
from registry.storage import UnitOfWork

_D = tables.decision.c
_F = tables.decision_finding.c
_HOUR = 3_600_000_000


def page(
    unit: UnitOfWork, wanted: DecisionFilter, after: DecisionPosition | None, limit: int
) -> DecisionPage:
    statement = (
        _wanted(
            select(
                _D.decision_id,
                _D.operation,
                _D.accepted,
                _D.rulebook,
                _D.organisation_type,
                _D.organisation,
                _D.recorded_at,
            ),
            wanted,
        )
        .order_by(_D.recorded_at.desc(), _D.decision_id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(beyond(after, later=False))
    rows = unit.execute(statement).all()
    shown = rows[:limit]
    found = found_in(unit, [row.decision_id for row in shown])
    lines = tuple(line_of(row, found) for row in shown)
    more = len(rows) > limit
    return DecisionPage(
        lines, DecisionPosition(lines[-1].recorded_at, lines[-1].decision_id) if more else None
    )


def figures(unit: UnitOfWork, wanted: DecisionFilter) -> Figures:
    """Return how many of the decisions wanted there are of each kind."""
    days, organisations = _by_day(unit, wanted), _by_organisation(unit, wanted)
    return Figures(
        accepted=sum(accepted for accepted, _ in days.values()),
        refused=sum(refused for _, refused in days.values()),
        by_day=days,
        by_organisation=organisations,
        by_rule=_by_rule(unit, wanted),
    )


def _by_day(unit: UnitOfWork, wanted: DecisionFilter) -> Mapping[date, tuple[int, int]]:
    # a day in Denmark is a row of whole hours, which the database can count without a calendar
    hour = _D.recorded_at // literal_column(str(_HOUR))
    rows = unit.execute(_wanted(select(hour.label("hour"), *_counts()), wanted).group_by(hour))
    days: dict[date, tuple[int, int]] = {}
    for row in rows:
        day = day_of(from_microseconds(row.hour * _HOUR))
        accepted, refused = days.get(day, (0, 0))
        days[day] = (accepted + row.accepted, refused + row.many - row.accepted)
    return dict(sorted(days.items()))


def _by_organisation(
    unit: UnitOfWork, wanted: DecisionFilter
) -> Mapping[tuple[str, str], tuple[int, int]]:
    columns = (_D.organisation_type, _D.organisation)
    rows = unit.execute(_wanted(select(*columns, *_counts()), wanted).group_by(*columns))
    found = {
        (row.organisation_type, row.organisation): (row.accepted, row.many - row.accepted)
        for row in rows
    }
    return dict(sorted(found.items()))


def _counts() -> tuple[ColumnElement[int], ColumnElement[int]]:
    return (
        func.sum(case((_D.accepted, 1), else_=0)).label("accepted"),
        func.count().label("many"),
    )


def _by_rule(unit: UnitOfWork, wanted: DecisionFilter) -> Mapping[tuple[str, str], int]:
    statement = select(_F.rule, _F.code, func.count().label("many")).group_by(_F.rule, _F.code)
    if wanted != DecisionFilter():
        within = _wanted(select(_D.decision_id), wanted)
        statement = statement.where(_F.decision_id.in_(within))
    return {(row.rule, row.code): row.many for row in unit.execute(statement)}


def _wanted(statement: Select[Any], wanted: DecisionFilter) -> Select[Any]:
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (_D.organisation_type, wanted.organisation_type),
        (_D.organisation, wanted.organisation),
        (_D.operation, wanted.operation),
        (_D.accepted, wanted.accepted),
        (_D.rulebook, wanted.rulebook),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.since is not None:
        found.append(_D.recorded_at >= to_microseconds(wanted.since))
    if wanted.until is not None:
        found.append(_D.recorded_at < to_microseconds(wanted.until))
    speaking = [
        column == value
        for column, value in ((_F.rule, wanted.rule), (_F.code, wanted.code))
        if value is not None
    ]
    if speaking:
        found.append(_D.decision_id.in_(select(_F.decision_id).where(and_(*speaking))))
    return statement.where(*found) if found else statement


def beyond(position: DecisionPosition, *, later: bool) -> ColumnElement[bool]:
    moment = to_microseconds(position.recorded_at)
    if later:
        return or_(
            _D.recorded_at > moment,
            and_(_D.recorded_at == moment, _D.decision_id > position.decision_id),
        )
    return or_(
        _D.recorded_at < moment,
        and_(_D.recorded_at == moment, _D.decision_id < position.decision_id),
    )


def found_in(unit: UnitOfWork, decisions: list[str]) -> Mapping[str, tuple[FoundRule, ...]]:
    rows = unit.execute(
        select(tables.decision_finding)
        .where(_F.decision_id.in_(decisions))
        .order_by(_F.decision_id, _F.position)
    )
    found: dict[str, list[FoundRule]] = {}
    for row in rows:
        found.setdefault(row.decision_id, []).append(
            FoundRule(row.rule, row.code, bool(row.refuses))
        )
    return {decision: tuple(rules) for decision, rules in found.items()}


def line_of(row: Row[Any], found: Mapping[str, tuple[FoundRule, ...]]) -> DecisionLine:
    return DecisionLine(
        decision_id=row.decision_id,
        operation=row.operation,
        accepted=bool(row.accepted),
        rulebook=row.rulebook,
        organisation_type=row.organisation_type,
        organisation=row.organisation,
        recorded_at=from_microseconds(row.recorded_at),
        found=found.get(row.decision_id, ()),
    )
