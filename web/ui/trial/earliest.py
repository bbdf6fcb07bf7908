"""The earliest moment at which the rules would accept the interview, everything else unchanged.

In: something that decides, the facts, the rulebook. Out: a moment, or None.
Does not know: any rule: it asks at every moment at which an answer can change, which are those of
the citizen's own record and the days on which a table changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from engine.decide import Decider
from engine.facts import Facts, FactType
from engine.model import Rulebook
from engine.problems import EvaluationError
from registry.days import DENMARK, day_of

HELD_AT = "interview.held_at"
HELD_ON = "interview.held_on"
MOST_QUESTIONS = 120
MOST_RULES_ASKED = 6_000
"""Moments times rules: with very many rules fewer moments are asked about, the latest ones."""
_JUST_AFTER = timedelta(minutes=1)


def earliest_accepted(
    decider: Decider, rulebook: Rulebook, operation: str, facts: Facts
) -> datetime | None:
    """Return the first of those moments that is accepted, None when none is.

    None also for operations without a held time, and when the answer never depends on it.
    """
    if not isinstance(facts.get(HELD_AT), datetime):
        return None
    rules = max(len(rulebook.rules_of(operation)), 1)
    most = max(2, min(MOST_QUESTIONS, MOST_RULES_ASKED // rules))
    asked = sorted(set(_moments(rulebook, facts)))[-most:]
    for position, moment in enumerate(asked):
        supposed = {**facts, HELD_AT: moment, HELD_ON: day_of(moment)}
        try:
            accepted = decider.accepts(operation, supposed)
        except EvaluationError:
            return None
        if accepted:
            return None if position == 0 else moment
    return None


def _moments(rulebook: Rulebook, facts: Facts) -> Iterator[datetime]:
    for value in facts.values():
        for record in value if isinstance(value, tuple) else ():
            if isinstance(record, Mapping):
                for part in record.values():
                    yield from _around(part)
    for fact in rulebook.catalogue.facts.values():
        looked_up = [f.looked_up for f in (fact, *fact.fields.values()) if f.looked_up is not None]
        for lookup in looked_up:
            for history in rulebook.tables[lookup.table].rows.values():
                for start in history.starts:
                    yield from _around(start)
        if fact.type is FactType.INSTANT and fact.name != HELD_AT:
            yield from _around(facts.get(fact.name))
    yield from _around(facts[HELD_AT])


def _around(value: object) -> Iterator[datetime]:
    if isinstance(value, datetime):
        yield value
        if value.year < date.max.year:
            yield value + _JUST_AFTER
    elif isinstance(value, date) and date.min.year < value.year < date.max.year:
        yield datetime.combine(value, time(), DENMARK)
