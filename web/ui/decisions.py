"""Afgørelser: stored decisions, found, counted and explained.

In: what the registry finds for the analyst. Out: pages; every look has its audit line.
Does not know: whom a decision is about. Names and free text in its facts are not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Response, g, request

from engine.decide import Decider
from engine.decision import Decision
from engine.facts import FactsError, Text, read_facts
from engine.model import Rulebook
from engine.problems import EvaluationError
from engine.tables import ORGANISATION_TYPES
from registry.decisions_found import Figures, StoredDecision
from web.ui.charts import HEIGHT, WIDTH, share, time_chart
from web.ui.decision_choice import DecisionChoice, read_choice
from web.ui.pages import Entry, Page
from web.ui.parts import parts, signed_in
from web.ui.rendering import page
from web.ui.told_rules import TOLD
from web.ui.trial.trace import MOST_TREES, Branch, branches_of
from web.ui.viewer import Right

AT_ONCE = 50
LONGEST_LIST = 10
"""Rows of a table of figures; the rest is counted together."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a table of figures; `query` finds what it counts."""

    name: Text
    code: str
    many: int
    part: float
    query: str


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision made again with its own rulebook."""

    decision: Decision
    branches: tuple[Branch, ...]


def show() -> Response:
    decider, choice = parts().decider(), read_choice(request.args)
    caller = signed_in().caller(g.request_id)
    found, figures = parts().decisions.find(caller, decider, choice.filter(), choice.after, AT_ONCE)
    rulebook = decider.rulebook
    told = TOLD.of(rulebook)
    return page(
        "decisions.html",
        choice=choice,
        found=found,
        figures=figures,
        chart=time_chart(figures.by_day),
        chart_width=WIDTH,
        chart_height=HEIGHT,
        by_rule=_by_rule(figures, choice, rulebook),
        by_organisation=_by_organisation(figures, choice, rulebook),
        title_of=lambda rule: told[rule].title if rule in told else Text(rule, rule),
        organisation_type=lambda kind: organisation_type(rulebook, kind),
        rules=[each for each in told.values() if each.codes],
        operations=tuple(rulebook.catalogue.operations),
        organisation_types=tuple(rulebook.tables[ORGANISATION_TYPES].rows)
        if ORGANISATION_TYPES in rulebook.tables
        else (),
    )


def show_one(decision_id: UUID) -> Response:
    decider = parts().decider()
    stored = parts().decisions.read(signed_in().caller(g.request_id), decider, str(decision_id))
    own = parts().decider_of(stored.line.rulebook)
    explained = None if own is None else explain(stored, own)
    told = TOLD.of(own.rulebook if own is not None else decider.rulebook)
    return page(
        "decision.html",
        line=stored.line,
        explained=explained,
        differs=explained is not None and _differs(stored, explained.decision),
        active=decider.rulebook.id,
        title_of=lambda rule: told[rule].title if rule in told else Text(rule, rule),
        organisation_type=lambda kind: organisation_type(decider.rulebook, kind),
    )


def explain(stored: StoredDecision, decider: Decider) -> Explained | None:
    """Decide again on the stored facts, None when they no longer can be decided on."""
    try:
        catalogue = decider.rulebook.catalogue
        facts = read_facts(catalogue, stored.line.operation, stored.facts)
        decision = decider.decide(stored.line.operation, facts, traced=True, most_silent=MOST_TREES)
    except (FactsError, EvaluationError, KeyError):
        return None
    return Explained(decision, branches_of(decision, decider.rulebook))


def organisation_type(rulebook: Rulebook, kind: str) -> Text:
    """Return the latest name of an organisation type."""
    table = rulebook.tables.get(ORGANISATION_TYPES)
    rows = table.rows.get(kind) if table is not None else None
    names = [row.name for _, row in rows if row.name is not None] if rows is not None else []
    return names[-1] if names else Text(kind, kind)


def _differs(stored: StoredDecision, again: Decision) -> bool:
    found = [(each.rule, each.code) for each in (*again.violations, *again.advice)]
    return (
        again.accepted is not stored.line.accepted
        or [(each.rule, each.code) for each in stored.line.found] != found
    )


def _by_rule(figures: Figures, choice: DecisionChoice, rulebook: Rulebook) -> list[Bar]:
    told = TOLD.of(rulebook)
    most = max(figures.by_rule.values(), default=0)
    return [
        Bar(
            told[rule].title if rule in told else Text(rule, rule),
            code,
            many,
            share(many, most),
            choice.query(rule=rule, code=code),
        )
        for (rule, code), many in _largest(figures.by_rule)
    ]


def _by_organisation(figures: Figures, choice: DecisionChoice, rulebook: Rulebook) -> list[Bar]:
    counts = {each: sum(both) for each, both in figures.by_organisation.items()}
    most = max(counts.values(), default=0)
    bars = []
    for (kind, organisation), many in _largest(counts):
        name = organisation_type(rulebook, kind)
        bars.append(
            Bar(
                Text(f"{name.da} {organisation}", f"{name.en} {organisation}"),
                "",
                many,
                share(many, most),
                choice.query(organisation_type=kind, organisation=organisation),
            )
        )
    return bars


def _largest(counts: Mapping[tuple[str, str], int]) -> list[tuple[tuple[str, str], int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:LONGEST_LIST]


PAGES = (
    Page(
        "/afgoerelser", "decisions", show, right=Right.ANALYSE, entry=Entry("decisions.title", 50)
    ),
    Page("/afgoerelser/<uuid:decision_id>", "decision", show_one, right=Right.ANALYSE),
)
