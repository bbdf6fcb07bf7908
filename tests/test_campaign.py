"""Every entry of the reliability catalogue, small; a race whose control run holds is red."""

from __future__ import annotations

import pytest

from tests.campaign.catalogue import Entry, entries
from tests.campaign.row import SMALL, Row, Verdict


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.module.rpartition(".")[2])
def test_an_entry_of_the_catalogue_holds(entry: Entry) -> None:
    rows = list(entry.rows(SMALL))
    assert rows
    assert [] == [row for row in rows if row.red]
    for row in rows:
        if row.skipped:
            pytest.skip(row.skipped)


def test_a_race_whose_control_run_does_not_fail_is_red() -> None:
    assert Row("R1", "SQLite", "load", control="").red
    assert not Row("R1", "SQLite", "load", control="3 rules broken").red
    assert not Row("F2", "–", "load").red


def test_a_lost_or_doubled_registration_is_red() -> None:
    assert [Verdict.HELD, Verdict.BROKEN, Verdict.BROKEN] == [
        Row("K1", "SQLite", "load", lost=lost, doubled=doubled).verdict
        for lost, doubled in ((0, 0), (1, 0), (0, 1))
    ]
