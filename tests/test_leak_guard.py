"""The plug-in goes red on every way out, and stays quiet about what only looks like a number."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.leak_guard import leaks

PROJECT = Path(__file__).resolve().parents[1]
LEAKY = """
import io
import logging
import sys
import threading
from types import SimpleNamespace

import pytest
from flask import Flask, Response

from tests.leak_guard import look_at
from web.api.metrics import Metrics

NUMBER = "71019" + "01234"
stream = io.StringIO()
app = Flask("leaky")
metrics = Metrics()


@app.get("/metrics")
def show():
    return Response(metrics.exposition(), mimetype="text/plain")


@app.get("/error")
def fail():
    return Response(NUMBER, 422)


@app.get("/fine")
@app.get("/fine/<path:rest>")
def shine(rest=""):
    return NUMBER


@app.get("/location")
def locate():
    return Response("", 201, {"Location": "/" + NUMBER})


@app.get("/log")
def log():
    app.extensions["samtale"] = SimpleNamespace(
        log=SimpleNamespace(_logger=SimpleNamespace(_file=stream))
    )
    stream.write(NUMBER)
    return ""


def call(path):
    app.test_client().get(path)


@pytest.fixture
def shown_in_setup():
    print(NUMBER)


@pytest.fixture
def shown_in_teardown():
    yield
    print(NUMBER)


def test_print():
    print("of", NUMBER)


def test_print_with_a_hyphen():
    print("of", NUMBER[:6] + "-" + NUMBER[6:], file=sys.stderr)


def test_log():
    logging.getLogger("library").warning("of %s", NUMBER)


def test_url():
    call("/fine/" + NUMBER)


def test_url_in_the_query():
    call("/fine?cpr=" + NUMBER[:6] + "%2D" + NUMBER[6:])


def test_url_from_another_thread():
    thread = threading.Thread(target=call, args=("/fine/" + NUMBER,))
    thread.start()
    thread.join()


def test_error():
    call("/error")


def test_header():
    call("/location")


def test_metrics():
    metrics.answered("GET", NUMBER, 200, 0.1)
    call("/metrics")


def test_request_log():
    call("/log")


def test_other_process():
    look_at(NUMBER, "a server")


def test_setup(shown_in_setup):
    pass


def test_teardown(shown_in_teardown):
    pass
"""
QUIET = """
import logging

import pytest
from flask import Flask

app = Flask("quiet")


@app.get("/")
def shine():
    return "71019" + "01234"


def test_answers_that_are_no_errors_may_hold_numbers():
    app.test_client().get("/")


def test_identifiers_and_times_are_no_numbers():
    print("6f1c9a34-0d7a-4c65-9b4c-710190123456", "a7101901234", "1784300000", "0.0101901234")


@pytest.mark.shows_citizen_numbers("a deliberate one")
def test_on_purpose():
    print("71019" + "01234")
"""


def run(folder: Path, test: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text('pytest_plugins = ("tests.leak_guard",)\n', "utf-8")
    (folder / "test_it.py").write_text(test, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n", "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-rfE", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_number_on_any_way_out_makes_its_test_red(tmp_path: Path) -> None:
    outcome = run(tmp_path, LEAKY)
    red = {
        line.split("::")[1].split(" ")[0]
        for line in outcome.stdout.splitlines()
        if line.startswith(("FAILED test_it", "ERROR test_it"))
    }
    assert set(re.findall(r"^def (test_\w+)", LEAKY, re.MULTILINE)) == red, outcome.stdout
    assert 1 == outcome.returncode


def test_a_red_test_says_where_the_number_came_out_without_repeating_it(tmp_path: Path) -> None:
    # without the part that pytest itself shows of what was printed
    text = run(tmp_path, LEAKY).stdout.split("test_url ")[1].split("test_error ")[0]
    assert "civil registration numbers came out:" in text
    assert "the URL of a request: …GET /fine/710190-####" in text
    assert "7101901234" not in text


def test_what_is_allowed_or_only_looks_like_a_number_stays_green(tmp_path: Path) -> None:
    outcome = run(tmp_path, QUIET)
    assert 0 == outcome.returncode, outcome.stdout


def test_a_marker_without_a_reason_stops_the_run(tmp_path: Path) -> None:
    outcome = run(tmp_path, QUIET.replace('"a deliberate one"', ""))
    assert 4 == outcome.returncode
    assert "`shows_citizen_numbers` expects a reason" in outcome.stderr


@pytest.mark.parametrize(
    "text", ["7101901234", "cpr=010190-1234;", '{"a":"311299 1234"}', "910102"]
)
def test_a_day_a_month_and_eight_more_digits_are_found(text: str) -> None:
    assert (text != "910102") == bool(list(leaks(text, "here")))


@pytest.mark.parametrize(
    "text",
    [
        "0001901234",
        "7100901234",
        "7113901234",
        "5001901234",
        "71019012345",
        "x7101901234",
        "12345678-7101-4101-9012-710190123456",
        "sum 0.7101901234",
        "2024-06-03T10:00:00.710190+0100",
    ],
)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert [] == list(leaks(text, "here"))
