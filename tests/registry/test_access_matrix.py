"""The whole access matrix: organisations × relations × operations × days around each border.

What the shipped grants say is held against `access_table`, which was written by hand and reads none
of them. What the registry makes of it is in `test_access`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from engine.decide import Decider
from engine.reader.load import read_folders
from engine.reader.rulebook import read_rulebook
from registry.commands import Caller
from registry.interview import Interview, RegisteredBy
from registry.visibility import Access
from tests.registry.access_table import (
    BEGIN,
    CALLERS,
    CLOSED,
    END,
    OPEN,
    OPEN_TO_FUNDS,
    RELATIONS,
    sees_citizen,
    sees_interview,
)
from tests.registry.fakes import CONTENT

ROOT = Path(__file__).parents[2]


def around(*borders: date, days: int = 1) -> set[date]:
    """Return each border and the days before and after it."""
    return {border + timedelta(days=each) for border in borders for each in range(-days, days + 1)}


def near(day: date) -> set[date]:
    return around(day - timedelta(days=120), day, day + timedelta(days=120))


BORDER_DAYS = sorted(
    near(BEGIN) | near(END) | around(date(2024, 1, 1), date(2024, 7, 1), date(2025, 1, 1))
)
EVERY_DAY = sorted(around(BEGIN, END, days=121))


@cache
def decider(*changes: tuple[str, str, str], engines: str = "both") -> Decider:
    """Return the shipped rules with texts replaced: file, old text, new text (`""`: all of it)."""
    files = read_folders(ROOT / "rules", ROOT / "config")
    for name, old, new in changes:
        text = files[name].decode()
        assert old in text, "the mutation must change something"
        files[name] = text.replace(old, new).encode()
    rulebook, problems = read_rulebook(files)
    assert rulebook is not None, problems
    return Decider(rulebook, "both" if engines == "both" else "compiled")


def interview(kind: int, held_at: datetime = CONTENT.held_at) -> Interview:
    return Interview(
        *("i", "c", 1, kind, 1, held_at, False, CONTENT.responsible_authority, None, None, None),
        participants=(),
        registered_at=held_at,
        updated_at=held_at,
        registered_by=RegisteredBy("agency", "star"),
    )


def differences(
    rules: Decider, callers: list[Caller], relations: list[str], days: list[date]
) -> Iterator[tuple[str, str, str, date, int | None]]:
    """Yield the cells of the matrix in which the grants say other than the table."""
    for caller, relation, day in product(callers, relations, days):
        citizen = RELATIONS[relation]
        where = (caller.organisation_type, caller.organisation, relation, day)
        access = Access(rules, caller, day)
        view = access.view(citizen)
        expected = sees_citizen(caller, citizen, day)
        if expected is not (view is not None) or expected is not access.sees(citizen):
            yield (*where, None)
        for kind in (OPEN, CLOSED):
            shown = view is not None and view.shows(interview(kind))
            if sees_interview(caller, citizen, day, kind) is not shown:
                yield (*where, kind)


@pytest.mark.parametrize("kind", sorted({each.organisation_type for each in CALLERS}))
def test_the_grants_are_the_table_on_every_border(kind: str) -> None:
    callers = [each for each in CALLERS if each.organisation_type == kind]
    assert [] == list(differences(decider(), callers, list(RELATIONS), BORDER_DAYS))


def test_the_grants_of_funds_are_the_table_on_every_day() -> None:
    """From 121 days before each border of a membership to 121 days after it."""
    funds = [each for each in CALLERS if each.organisation_type == "unemployment_fund"]
    relations = ["member of fund 7", "guest of fund 7"]
    assert [] == list(differences(decider(), funds, relations, EVERY_DAY))


def test_funds_see_the_open_types_and_no_other() -> None:
    fund = next(each for each in CALLERS if each.organisation_type == "unemployment_fund")
    view = Access(decider(), fund, BEGIN).view(RELATIONS["member of fund 7"])
    assert view is not None
    kinds = decider().rulebook.tables["interview_types"].rows
    assert sorted(OPEN_TO_FUNDS) == [
        kind for kind in kinds if isinstance(kind, int) and view.shows(interview(kind))
    ]


RUNNING_IN_MAY = """\
      - value: false
        basis: {text: invented, confidence: assumed}
      - valid_from: 2024-05-01
        value: true
        basis: {text: invented, confidence: assumed}
      - valid_from: 2024-06-01
        value: false
"""


def test_type_20_is_open_while_its_trial_runs_and_no_longer() -> None:
    running = (
        "config/parameters.yaml",
        "      - value: false\n",
        RUNNING_IN_MAY,
    )
    fund = Caller("unemployment_fund", "7", "bo", "matrix")
    citizen = RELATIONS["member of fund 7"]

    def shown(rules: Decider, held_on: date) -> bool:
        view = Access(rules, fund, date(2024, 7, 1)).view(citizen)
        assert view is not None
        return view.shows(interview(20, datetime.combine(held_on, time(12), UTC)))

    days = [date(2024, 4, 30), date(2024, 5, 1), date(2024, 5, 31), date(2024, 6, 1)]
    assert [False, True, True, False] == [shown(decider(running), day) for day in days]
    assert [False] * 4 == [shown(decider(), day) for day in days]


_ACCESS = "rules/access.yaml"


@pytest.mark.parametrize(
    "change",
    [
        (_ACCESS, "only_where: {interview.open_to_funds: true}", ""),
        (_ACCESS, "plus_days: $parameters.fund_reading_days", "plus_days: 119"),
        (_ACCESS, "plus_days: $parameters.fund_reading_days", "plus_days: 121"),
        (_ACCESS, "minus_days: $parameters.fund_reading_days", "minus_days: 119"),
        (_ACCESS, "minus_days: $parameters.fund_reading_days", "minus_days: 121"),
        (_ACCESS, "from: {on_or_before: $access.day}", "from: {before: $access.day}"),
        (_ACCESS, "until: {after: $access.day, or", "until: {on_or_after: $access.day, or"),
        (_ACCESS, "organisation_type: unemployment_fund\n            ", ""),
        (_ACCESS, "organisation_type: municipality\n            ", ""),
        (_ACCESS, "organisation_type: job_centre\n            ", ""),
        (_ACCESS, "organisation_type: joint_operating_company\n            ", ""),
        (_ACCESS, "          caller.operator: {in_force_on: $access.day}\n", ""),
        (_ACCESS, "caller.operator_sees_all: true", "caller.operator_sees_all: false"),
        (_ACCESS, "caller.organisation_type: agency", "caller.organisation_type: system"),
        ("config/external_operators.yaml", "own_citizens: [AA-1, AA-4]", "own_citizens: [AA-4]"),
    ],
    ids=lambda change: f"{change[1].strip()} -> {change[2].strip()}",
)
def test_a_broken_grant_is_found(change: tuple[str, str, str]) -> None:
    rules = decider(change, engines="compiled")
    assert None is not next(differences(rules, CALLERS, list(RELATIONS), BORDER_DAYS), None)
