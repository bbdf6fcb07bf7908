"""pytest plug-in: no civil registration number in any log line, metric, URL or error of a run.

In: what tests print and log, and every request that any Flask application in the process answers,
whoever sent it. Out: a test during which such a number came out is red, also one that passed.
Does not know: the redaction of the application, nor which numbers belong to whom. What a process
of its own prints must be shown to `look_at` by the test that started it.

A test that lets a number out on purpose says so: `@pytest.mark.shows_citizen_numbers("why")`.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Generator, Iterator
from threading import Lock
from typing import Any
from urllib.parse import unquote_plus
from weakref import WeakKeyDictionary

import pytest
from flask import Flask, Response, request, request_finished

MARKER = "shows_citizen_numbers"
KEY = "samtale"
"""Under which `web.api.services` keeps the parts of an application."""

# No letter or digit may touch it, so that identifiers and hashes are none; nor is it the fraction
# of a number. The first four digits are a day and a month; 61 to 91 are days of invented people.
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9][.])"
    r"((?:[06][1-9]|[1278][0-9]|[39][01])(?:0[1-9]|1[0-2])[0-9]{2})[- ]?[0-9]{4}"
    r"(?![0-9A-Za-z])"
)


class _Watch:
    """What was found since the last report, and how far each log has been read."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: list[str] = []
        self._read: WeakKeyDictionary[Any, int] = WeakKeyDictionary()

    def look_at(self, text: str, where: str) -> None:
        found = list(leaks(text, where))
        with self._lock:
            self._found.extend(found)

    def look_at_log(self, stream: Any) -> None:
        """Look at what was written since the last time, if the stream can be read at all."""
        written: str = stream.getvalue() if hasattr(stream, "getvalue") else ""
        with self._lock:
            begin = self._read.get(stream, 0)
            self._read[stream] = len(written)
        # a test may have emptied it
        self.look_at(written[begin if begin <= len(written) else 0 :], "the log of requests")

    def take(self) -> list[str]:
        with self._lock:
            found, self._found = self._found, []
        return list(dict.fromkeys(found))


_WATCH = _Watch()


def leaks(text: str, where: str) -> Iterator[str]:
    """Yield every number in the text with what stands around it, its last four digits hidden."""
    for number in _NUMBER.finditer(text):
        begin, end = number.span()
        around = f"{text[max(0, begin - 40) : begin]}{number[1]}-####{text[end : end + 40]}"
        yield f"{where}: …{_NUMBER.sub('[another]', around)}…"


def look_at(text: str, where: str) -> None:
    """Look through a text that the plug-in cannot see itself: what another process printed."""
    _WATCH.look_at(text, where)


def _look_at_exchange(app: Flask, response: Response, **_: object) -> None:
    url = f"{request.method} {unquote_plus(request.full_path)}"
    _WATCH.look_at(url, "the URL of a request")
    for name, value in response.headers:
        _WATCH.look_at(f"{name}: {unquote_plus(value)}", "a header of an answer")
    if response.status_code >= 400 or request.path == "/metrics":
        body = response.get_data()
        if response.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        _WATCH.look_at(body.decode(), f"the body of {response.status_code}")
    services = app.extensions.get(KEY)
    if services is not None:
        # structlog has no public way to the stream behind a logger
        _WATCH.look_at_log(services.log._logger._file)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", f"{MARKER}(reason): lets civil registration numbers out on purpose"
    )
    request_finished.connect(_look_at_exchange)


def pytest_unconfigure() -> None:
    request_finished.disconnect(_look_at_exchange)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker in item.iter_markers(MARKER):
            if len(marker.args) != 1 or not str(marker.args[0]).strip():
                raise pytest.UsageError(f"{item.nodeid}: `{MARKER}` expects a reason")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    for title, text in report.sections:
        # the sections of earlier phases are in the report of every later one
        if title.startswith("Captured") and title.endswith(call.when):
            _WATCH.look_at(text, title)
    found = _WATCH.take()
    if found and item.get_closest_marker(MARKER) is None:
        listed = "\n".join(f"  {each}" for each in found)
        before = f"{report.longreprtext}\n" if report.failed else ""
        report.outcome = "failed"
        report.longrepr = f"{before}civil registration numbers came out:\n{listed}"
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run for what came out after the last report, in a thread that went on."""
    for each in _WATCH.take():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        session.config.get_terminal_writer().line(f"after the last test: {each}")
