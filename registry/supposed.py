"""The facts of a registration on a citizen who is made up.

In: the catalogue, a caller, a `WhatIf` that holds its citizen, a moment. Out: facts.
Does not know: anything stored, and so needs no database.
"""

from __future__ import annotations

from datetime import datetime

from engine.facts import Catalogue, Facts
from registry.commands import Caller, WhatIf
from registry.facts import (
    citizen_facts,
    interview_facts,
    of_catalogue,
    participant_facts,
    registration_facts,
)


def supposed_facts(catalogue: Catalogue, caller: Caller, what_if: WhatIf, now: datetime) -> Facts:
    """Return the facts; raises `ValueError` when the citizen is not made up in `what_if`."""
    if what_if.citizen is None:
        raise ValueError("a citizen that is not made up stands in the database alone")
    return of_catalogue(
        catalogue,
        what_if.operation,
        registration_facts(caller, what_if.recorded_at or now),
        interview_facts(what_if.content),
        participant_facts(what_if.content.participants or ()),
        citizen_facts(what_if.citizen, what_if.earlier_interviews or ()),
    )
