"""The rulebook for reading: rules, tables, identity.

In: requests. Out: responses. Does not know: how rules are read or evaluated.
"""

from __future__ import annotations

from flask import Response

from engine.model import Rulebook
from web.api import problem_kinds as kinds
from web.api.answers import answer
from web.api.problems import ProblemRaised
from web.api.query import Query
from web.api.services import services
from web.api.versions import tagged
from web.api.wire_rules import (
    find_rule,
    rules_in_force,
    show_rule,
    show_rulebook,
    show_table,
    show_tables,
)


def list_all() -> Response:
    query = Query()
    day, operation = query.day("on", services().clock()), query.text("operation")
    query.done()
    rules = list(rules_in_force(_rulebook(), day, operation))
    return tagged(answer({"on": day.isoformat(), "rules": rules}))


def read(ruleId: str) -> Response:  # noqa: N803  # the name in the published path
    query = Query()
    day = query.day("on", services().clock())
    query.done()
    rulebook = _rulebook()
    found = find_rule(rulebook, ruleId)
    if found is None:
        raise ProblemRaised(kinds.NO_SUCH_RULE)
    return tagged(answer(show_rule(rulebook, *found, day)))


def list_tables() -> Response:
    return tagged(answer(show_tables(_rulebook())))


def read_table(tableName: str) -> Response:  # noqa: N803
    query = Query()
    day = query.day("on", services().clock())
    query.done()
    table = _rulebook().tables.get(tableName)
    if table is None:
        raise ProblemRaised(kinds.NO_SUCH_RULE)
    return tagged(answer(show_table(table, day)))


def read_rulebook() -> Response:
    releases = services().releases
    active = releases.active()
    assert active.active_since is not None  # noqa: S101  # it is the active one
    return tagged(
        answer(show_rulebook(releases.decider_of(active.id).rulebook, active.active_since))
    )


def _rulebook() -> Rulebook:
    """Return the rulebook that decides now."""
    return services().releases.deciding().rulebook
