"""Who may see what, and what organisations of a type may do at all.

In: a decider, the caller, the day, what is stored. Out: yes or no.
Does not know: any grant; the rule files hold them. What may not be seen is treated by everyone as
what is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.facts import Facts
from engine.tables import Table
from registry.commands import READ_CITIZEN, READ_INTERVIEW, Caller
from registry.decides import Decides
from registry.facts import Gathered, access_facts, interview_facts, of_catalogue
from registry.interview import NOTHING_KNOWN, CitizenFacts, Interview

JOB_CENTRE = "job_centre"
UNEMPLOYMENT_FUND = "unemployment_fund"
OWNERS_OF_CITIZEN_FACTS = frozenset({"agency", "system"})
"""The organisation types that may put the reference facts of citizens."""


@dataclass(frozen=True, slots=True)
class Access:
    """What one caller may see on one day in Denmark.

    Its methods raise as `Decides.granted`. A rulebook without grants lets nobody see anything.
    """

    decider: Decides
    caller: Caller
    day: date

    def sees_everyone(self) -> bool:
        """Tell whether the caller sees citizens without any relation, and so may hear of all."""
        return self.sees(NOTHING_KNOWN)

    def sees(self, citizen: CitizenFacts) -> bool:
        """Tell whether the citizen is visible; not every interview of theirs need be."""
        return bool(self.granted(READ_CITIZEN, self._gathered(citizen)))

    def view(self, citizen: CitizenFacts) -> View | None:
        """Return which interviews of the citizen are visible, None for an invisible citizen."""
        gathered = self._gathered(citizen)
        granted = self.granted(READ_CITIZEN, gathered)
        if not granted:
            return None
        return View(self, gathered, whole=not self._unnarrowed().isdisjoint(granted))

    def _gathered(self, citizen: CitizenFacts) -> Gathered:
        return access_facts(self.caller, self.day, citizen)

    def granted(self, operation: str, *gathered: Gathered) -> tuple[str, ...]:
        """Return the grants that hold on these facts; what the catalogue leaves out is ignored."""
        catalogue = self.decider.rulebook.catalogue
        if operation not in catalogue.operations:
            return ()
        return self.decider.granted(operation, of_catalogue(catalogue, operation, *gathered))

    def _unnarrowed(self) -> frozenset[str]:
        """Return the grants that show every interview of a citizen whom they show."""
        return frozenset(
            grant.id
            for grant in self.decider.rulebook.rules_of(READ_INTERVIEW)
            if all(wording.only_where is None for _, wording in grant.versions)
        )


@dataclass(frozen=True, slots=True)
class View:
    """Which interviews of one visible citizen are visible; asks the rules once for each kind.

    `whole` says that a grant holds which never leaves any interview out.
    """

    access: Access
    gathered: Gathered
    whole: bool
    known: dict[tuple[object, ...], bool] = field(default_factory=dict)
    """The answers given, by what the catalogue tells the grants of an interview."""

    def shows(self, interview: Interview) -> bool:
        """Tell whether the interview is visible in this version."""
        if self.whole:
            return True
        facts = self._of_interview(interview)
        kind = tuple(facts.values())
        if kind not in self.known:
            granted = self.access.granted(READ_INTERVIEW, self.gathered, dict(facts))
            self.known[kind] = bool(granted)
        return self.known[kind]

    def _of_interview(self, interview: Interview) -> Facts:
        catalogue = self.access.decider.rulebook.catalogue
        if READ_INTERVIEW not in catalogue.operations:
            return {}
        return of_catalogue(catalogue, READ_INTERVIEW, interview_facts(interview))


def may_put_citizens(caller: Caller) -> bool:
    """Tell whether the caller's organisation owns reference facts of citizens."""
    return caller.organisation_type in OWNERS_OF_CITIZEN_FACTS


def may_register(caller: Caller, tables: Mapping[str, Table], today: date) -> bool:
    """Tell whether the table of organisation types lets the caller's type register."""
    row = tables["organisation_types"].find(caller.organisation_type, today)
    return row is not None and row.values.get("may_register") is True
