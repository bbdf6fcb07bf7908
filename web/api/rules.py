"""The rulebook for reading: rules, tables, identity.

In: requests. Out: responses. Does not know: how rules are read or evaluated.
"""

from __future__ import annotations

from flask import Response

from web.api import problem_kinds as kinds
from web.api.answers import answer
from web.api.problems import ProblemRaised
from web.api.query import Query
from web.api.services import services
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
    rules = list(rules_in_force(services().rulebook, day, operation))
    return answer({"on": day.isoformat(), "rules": rules})


def read(ruleId: str) -> Response:  # noqa: N803  # the name in the published path
    query = Query()
    day = query.day("on", services().clock())
    query.done()
    found = find_rule(services().rulebook, ruleId)
    if found is None:
        raise ProblemRaised(kinds.NO_SUCH_RULE)
    return answer(show_rule(services().rulebook, *found, day))


def list_tables() -> Response:
    return answer(show_tables(services().rulebook))


def read_table(tableName: str) -> Response:  # noqa: N803
    query = Query()
    day = query.day("on", services().clock())
    query.done()
    table = services().rulebook.tables.get(tableName)
    if table is None:
        raise ProblemRaised(kinds.NO_SUCH_RULE)
    return answer(show_table(table, day))


def read_rulebook() -> Response:
    return answer(show_rulebook(services().rulebook, services().since))
