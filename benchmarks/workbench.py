"""The analysts' pages on the server, with the project's rules alone and with many more beside them.

In: how many invented rules come on top. Out: for each page processor milliseconds on the server and
kilobytes; the verdict as somebody types; what the first page weighs with all that it brings.
Does not know: what a browser does with a page.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import thread_time
from typing import Any

from benchmarks.large_rulebooks import large_rulebook, written
from benchmarks.side_by_side import time_in_turn
from tests.web.ui.bench import Visitor, bench
from tests.web.ui.test_trial_pages import filled_in
from web.serving.lasting import hold_what_is_there

FIRST = "/"
RULES = "rules/registration.yaml"
SIZES = (0, 1000)
_LINK = re.compile(r'<a [^>]*href="(/[a-z]*)"')
_BROUGHT = re.compile(r'(?:src|href)="(/static/[^"]+)"')
_FIELDS = {"HX-Request": "true", "HX-Target": "verdict"}


def compare(sizes: tuple[int, ...] = SIZES, rounds: int = 7) -> dict[str, Any]:
    """Return the figures by the number of rules that come on top of the project's own."""
    return {str(size): _workbench(size, rounds) for size in sizes}


def _workbench(rules: int, rounds: int) -> dict[str, Any]:
    with _visited(rules) as analyst:
        first = analyst.get(FIRST).text
        calls = {path: _page(analyst, path) for path in _pages(first)}
        runs = {name: _called(name, call) for name, call in calls.items()}
        at_first = {name: _seconds_of_the_request(run) for name, run in runs.items()}
        typed = {"the verdict": _verdict(analyst), "the check": _check(analyst)}
        calls |= typed
        runs |= {name: _called(name, call) for name, call in typed.items()}
        at_first |= {name: _seconds_of_the_request(runs[name]) for name in typed}
        timed = time_in_turn(runs, rounds, at_least=1e-9)
        return {
            "pages": {
                each.name: {
                    "milliseconds": each.seconds * 1e3,
                    "milliseconds at first": at_first[each.name] * 1e3,
                    "kilobytes": len(calls[each.name]().data) / 1e3,
                }
                for each in timed
            },
            "kilobytes of the first page with all it brings": _weight(analyst, first) / 1e3,
        }


@contextmanager
def _visited(rules: int) -> Iterator[Visitor]:
    with tempfile.TemporaryDirectory() as name, bench(Path(name) / "small") as small:
        folder = Path(name) / "large"
        small.folder.rename(folder)
        written(large_rulebook(rules), folder)
        with bench(folder, edit=True, copied=True) as large:
            hold_what_is_there()  # as the servers do
            yield large.visitor()


def _pages(first: str) -> list[str]:
    """Return the first page and those of the navigation."""
    return list(dict.fromkeys([FIRST, *_LINK.findall(first)]))


def _page(analyst: Visitor, path: str) -> Callable[[], Any]:
    return lambda: analyst.get(path)


def _verdict(analyst: Visitor) -> Callable[[], Any]:
    """Return what the form sends while somebody types."""
    stated = filled_in(analyst.get("/proev").text) | {"operation": "create_interview"}
    headers = {"X-Form-Proof": analyst.proof(), **_FIELDS}
    return lambda: analyst.client.post("/proev", data=stated, headers=headers)


def _check(analyst: Visitor) -> Callable[[], Any]:
    """Return what the editor sends while somebody types in a file of rules."""
    text = Path(RULES).read_text(encoding="utf-8")
    headers = {"X-Form-Proof": analyst.proof(), "Content-Type": "text/plain; charset=utf-8"}
    numbers = count()

    def check() -> Any:
        # another text each time, or what was found before would be told again
        typed = f"{text}# {next(numbers)}\n"
        return analyst.client.post(
            "/ret/tjek", query_string={"fil": RULES}, data=typed.encode(), headers=headers
        )

    return check


def _seconds_of_the_request(run: Callable[[], None]) -> float:
    """Return the processor time of the answer, without what goes on behind it meanwhile."""
    began = thread_time()
    run()
    return thread_time() - began


def _called(name: str, call: Callable[[], Any]) -> Callable[[], None]:
    def run() -> None:
        status = call().status_code
        if status != 200:
            raise AssertionError(f"{name} answered {status}")

    return run


def _weight(analyst: Visitor, page: str) -> int:
    """Return the bytes of the page and of every file that it brings, not compressed."""
    brought = set(_BROUGHT.findall(page))
    return len(page.encode()) + sum(len(analyst.get(each).data) for each in brought)
