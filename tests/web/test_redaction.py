"""Nothing that looks like a civil registration number gets into a log line."""

from __future__ import annotations

import io
import json
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.api.library_log import library_log
from web.api.redaction import TAKEN_OUT, redacted
from web.api.request_log import request_log

NUMBER = "7101901234"
UUID = "6f1c9a34-0d7a-4c65-9b4c-111111111111"


@dataclass(frozen=True)
class Holder:
    cpr: str


@pytest.mark.parametrize(
    "text",
    [
        "7101901234",
        "710190-1234",
        "710190 1234",
        "710190\u20111234",
        "710190\u00a01234",
        "710190 - 1234",
        "710190%201234",
        "710190%2d1234",
        "710190+1234",
        "/v1/x/7101901234/y",
        "cpr_7101901234_x",
        "cpr7101901234x",
        "٧١٠١٩٠١٢٣٤",
        "a 710190-1234 and 7202911235",
        f"{UUID} 7101901234",
    ],
)
def test_a_number_in_a_text_is_taken_out(text: str) -> None:
    shown = redacted(text)
    assert TAKEN_OUT in shown
    assert [] == [each for each in ("1234", "710190", "1235") if each in shown]


@pytest.mark.parametrize(
    "value",
    [
        7101901234,
        7101901234.0,
        101901234,
        -7101901234,
        b"7101901234",
        ["x", ["710190-1234"]],
        ("7101901234",),
        {"7101901234"},
        {"7101901234": 1},
        {7101901234: 1},
        {"a": {"b": [{"c": "7101901234"}]}},
        ValueError("7101901234"),
        Holder("7101901234"),
    ],
)
def test_a_number_is_taken_out_however_it_is_held(value: object) -> None:
    assert "1901234" not in json.dumps(redacted(value))


@pytest.mark.parametrize(
    "value",
    [
        UUID,
        UUID.upper(),
        "0af7651916cd43dd8448eb2171019012",
        "sha256:" + "7" * 64,
        "2024-06-03T10:00:00.710190Z",
        "71019012345",
        201,
        1784300000,
        12.375,
        True,
        None,
        2**62,
        "Ærø",
    ],
)
def test_what_requests_are_found_by_stays(value: object) -> None:
    assert value == redacted(value)


@given(st.recursive(st.none() | st.integers() | st.floats() | st.text() | st.binary(), st.lists))
def test_every_value_can_be_written(value: object) -> None:
    stream = io.StringIO()
    request_log(stream).bind(value=value, nested={"a": value}).info("e")
    assert {"value", "nested"} <= json.loads(stream.getvalue()).keys()


def logged(*words: object, **more: Any) -> dict[str, Any]:
    """Return the line of a library that logs an error with these arguments."""
    stream = io.StringIO()
    logger = logging.Logger("waitress")  # noqa: LOG001  # no other test finds its stream
    logger.addHandler(library_log(stream))
    logger.error(*words, **more)
    (line,) = stream.getvalue().splitlines()
    assert NUMBER not in line
    read: dict[str, Any] = json.loads(line)
    return read


def test_the_arguments_of_a_librarys_message_are_redacted() -> None:
    line = logged("Exception while serving %s", f"/v1/{NUMBER}")
    assert f"Exception while serving /v1/{TAKEN_OUT}" == line["event"]
    assert ("waitress", "error") == (line["logger"], line["level"])
    assert datetime.now(UTC) >= datetime.fromisoformat(line["at"])


def test_what_a_library_adds_to_its_message_is_redacted() -> None:
    assert {"a": [TAKEN_OUT]} == logged("x", extra={"audit_line": {"a": [NUMBER]}})["audit_line"]


def test_of_an_exception_only_kind_and_place_are_logged() -> None:
    try:
        raise ValueError(f"Åse Ørn, {NUMBER}")
    except ValueError:
        line = logged("broken", exc_info=True)
    assert "ValueError" == line["failure"]
    assert line["where"][0].startswith("test_redaction.py:")
    assert "Ørn" not in json.dumps(line, ensure_ascii=False)


def test_of_an_exception_in_our_own_log_only_kind_and_place_are_logged() -> None:
    stream = io.StringIO()
    try:
        raise ValueError(f"Åse Ørn, {NUMBER}")
    except ValueError:
        request_log(stream).error("broken", exc_info=True)
    assert "Ørn" not in stream.getvalue()
    assert "ValueError" == json.loads(stream.getvalue())["failure"]


def test_a_day_is_written_as_people_write_it() -> None:
    assert "2024-01-01" == redacted(date(2024, 1, 1))
