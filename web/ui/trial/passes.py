"""What would make a refused registration pass: the smallest changes of its own fields, in words.

In: a decider, an operation and facts that are refused. Out: `Way`s.
Does not know: how they are found. Only what the request itself states is changed, never the
citizen or the caller.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.decide import Decider
from engine.facts import Facts, FactType, Text
from engine.problems import EvaluationError
from engine.what_passes import changes_in_words, nearest_accepted
from web.ui.trial.derived import asked, with_derived

STATED = "interview."
"""What facts that a registration states of itself begin with."""
MOST_TRIED = 400
MOST_RULES_TRIED = 20_000
"""Changed requests times rules: with very many rules fewer are tried."""
MOST_WAYS = 4


@dataclass(frozen=True, slots=True)
class Way:
    """Changes after which it would be accepted, as a clause that stands after *if*."""

    words: Text


def ways_to_pass(decider: Decider, operation: str, facts: Facts) -> tuple[Way, ...]:
    """Return the smallest ways; empty when none was found."""
    catalogue = decider.rulebook.catalogue
    known = catalogue.of_operations([operation])
    changeable = [
        name
        for name, fact in known.items()
        if name.startswith(STATED) and fact.type is not FactType.RECORDS and asked(name, known)
    ]
    if not changeable:
        return ()

    rules = max(len(decider.rulebook.rules_of(operation)), 1)
    most = max(20, min(MOST_TRIED, MOST_RULES_TRIED // rules))

    def derive(changed: Facts) -> Facts:
        return with_derived(changed, known)  # type: ignore[return-value]  # values stay values

    try:
        found = nearest_accepted(
            decider, operation, facts, changeable, derive, most_changes=2, most_tried=most
        )
    except EvaluationError:
        return ()
    return tuple(
        Way(changes_in_words(each.changes, catalogue, decider.rulebook.tables))
        for each in found.alternatives[:MOST_WAYS]
        if each.changes
    )
