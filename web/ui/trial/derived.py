"""Facts that follow from others, so that nobody has to state them twice.

In: fact names, values. Out: which are asked for, and the others made from them.
Does not know: forms. A day `x_on` follows from its instant `x_at` when both are there; the caller's
code as an external operator follows from who is calling.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.facts import Fact, FactType
from registry.days import day_of
from registry.facts import EXTERNAL_OPERATOR

_OPERATOR = "caller.operator"
_ORGANISATION = "caller.organisation"
_ORGANISATION_TYPE = "caller.organisation_type"


def asked(name: str, facts: Mapping[str, Fact]) -> bool:
    """Tell whether the fact (or field) `name` of `facts` is stated by whoever fills in a form."""
    if facts[name].looked_up is not None:
        return False
    if name == _OPERATOR and _ORGANISATION in facts and _ORGANISATION_TYPE in facts:
        return False
    return instant_of(name, facts) is None


def instant_of(name: str, facts: Mapping[str, Fact]) -> str | None:
    """Return the instant that the day `name` follows from, None when it follows from none."""
    if facts[name].type is not FactType.DATE or not name.endswith("_on"):
        return None
    instant = name.removesuffix("_on") + "_at"
    other = facts.get(instant)
    return instant if other is not None and other.type is FactType.INSTANT else None


def with_derived(plain: Mapping[str, object], facts: Mapping[str, Fact]) -> dict[str, object]:
    """Return the stated values with those that follow from them."""
    found = dict(plain)
    for name in facts:
        instant = instant_of(name, facts)
        moment = None if instant is None else plain.get(instant)
        if isinstance(moment, datetime):
            found[name] = day_of(moment)
        elif name == _OPERATOR and not asked(name, facts):
            operator = plain.get(_ORGANISATION_TYPE) == EXTERNAL_OPERATOR
            found[name] = plain.get(_ORGANISATION, "") if operator else ""
    return found
