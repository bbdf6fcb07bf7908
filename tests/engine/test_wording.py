"""Values read as a Dane and an Englishman write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engine.explain.wording import moment, words
from engine.facts import FactType, Text, Value
from tests.engine.sentence_samples import TABLES

MOMENTS: list[tuple[str, str, datetime]] = [
    ("5. marts 2024 kl. 10.00", "5 March 2024 at 10:00", datetime(2024, 3, 5, 9, tzinfo=UTC)),
    (
        "5. juli 2024 kl. 01.30.07",
        "5 July 2024 at 01:30:07",
        datetime(2024, 7, 4, 23, 30, 7, tzinfo=UTC),
    ),
    (
        "1. januar 2024 kl. 00.00.00,0005",
        "1 January 2024 at 00:00:00.0005",
        datetime(2023, 12, 31, 23, 0, 0, 500, tzinfo=UTC),
    ),
    (
        "27. oktober 2024 kl. 02.30 (UTC+02)",
        "27 October 2024 at 02:30 (UTC+02)",
        datetime(2024, 10, 27, 0, 30, tzinfo=UTC),
    ),
    (
        "27. oktober 2024 kl. 02.30 (UTC+01)",
        "27 October 2024 at 02:30 (UTC+01)",
        datetime(2024, 10, 27, 1, 30, tzinfo=UTC),
    ),
    (
        "31. marts 2024 kl. 03.30",
        "31 March 2024 at 03:30",
        datetime(2024, 3, 31, 1, 30, tzinfo=UTC),
    ),
    (
        "31. december 9999 kl. 23.30",
        "31 December 9999 at 23:30",
        datetime(9999, 12, 31, 23, 30, tzinfo=UTC),
    ),
]


@pytest.mark.parametrize(("da", "en", "instant"), MOMENTS)
def test_an_instant_is_told_in_danish_time(da: str, en: str, instant: datetime) -> None:
    assert Text(da, en) == moment(instant)


VALUES: list[tuple[str, str, Value | None, FactType, str | None]] = [
    ("ikke angivet", "not given", None, FactType.CODE, "types"),
    ("ja", "yes", True, FactType.BOOLEAN, None),
    ("nej", "no", False, FactType.BOOLEAN, None),
    ("1", "1", 1, FactType.INTEGER, None),
    ("29. februar 2024", "29 February 2024", date(2024, 2, 29), FactType.DATE, None),
    ('"abc"', '"abc"', "abc", FactType.TEXT, None),
    ("8 (Henvisning)", "8 (Referral)", 8, FactType.CODE, "types"),
    ("4", "4", 4, FactType.CODE, "statuses"),
    ("99", "99", 99, FactType.CODE, "types"),
    ("jobcenter", "job centre", "job_centre", FactType.CODE, "organisations"),
    ("unknown", "unknown", "unknown", FactType.CODE, "organisations"),
    ("ingen", "none", (), FactType.CODES, "types"),
    ("8 (Henvisning) og 99", "8 (Referral) and 99", (8, 99), FactType.CODES, "types"),
]


@pytest.mark.parametrize(("da", "en", "value", "kind", "code_list"), VALUES)
def test_a_value_is_told_by_its_type(
    da: str, en: str, value: Value | None, kind: FactType, code_list: str | None
) -> None:
    assert Text(da, en) == words(value, kind, code_list, TABLES)
