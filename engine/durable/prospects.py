"""Rules of many rulesets → which of the rulesets need not be asked.

In: the conjunctions of one ruleset. Out: whether, for the request at hand, any of them may hold.
Does not know: what fires: durable_rules alone says that.

A rule compares values of the request with constants. Where such a comparison fails the rule cannot
hold, and a ruleset without a rule that may hold is passed over: asserting the facts to each of
three hundred rulesets costs more than the rest of a request. The relations are those that
durable_rules gets (see `relations`), tested one by one; nothing is shared with the compiled engine,
which passes rules over in ways of its own.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.durable.batch import Values
from engine.durable.projection import Field
from engine.durable.relations import Conjunction

_HOLDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$lt": operator.lt,
    "$lte": operator.le,
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$eq": operator.eq,
    "$neq": operator.ne,
}
_Test = tuple[Field, Callable[[Any, Any], bool], int]


class Prospects:
    """What the rules of one ruleset demand of the request; most begin with the same few demands."""

    def __init__(self, rules: Iterable[Conjunction]) -> None:
        tests = dict.fromkeys(map(_tests, rules))
        self._always = () in tests
        beginning: dict[_Test, list[tuple[_Test, ...]]] = {}
        for first, *rest in filter(None, tests):
            beginning.setdefault(first, []).append(tuple(rest))
        self._beginning = tuple(beginning.items())

    def any_may_hold(self, values: Values) -> bool:
        """Tell whether some rule may hold for these values of the request."""
        if self._always:
            return True
        for first, others in self._beginning:
            if _holds(first, values):
                for rest in others:
                    if all(_holds(test, values) for test in rest):
                        return True
        return False


def _tests(conjunction: Conjunction) -> tuple[_Test, ...]:
    return tuple(
        (relation.left, _HOLDS[relation.operator], relation.right)
        for relation in conjunction
        if relation.left.records is None and not isinstance(relation.right, Field)
    )


def _holds(test: _Test, values: Values) -> bool:
    field, holds, right = test
    return holds(values.of(field), right)
