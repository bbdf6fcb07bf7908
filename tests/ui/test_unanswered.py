"""When no answer comes, nothing that is no longer true stays on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.ui.chromium import Visit, visiting

GONE = "Tjenesten svarer ikke"
FAILURES: dict[str, Callable[[Route], None]] = {
    "nobody is there": lambda route: route.abort(),
    "busy": lambda route: route.fulfill(status=503, body="busy"),
}


@pytest.fixture(scope="module")
def visit(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    folder: Path = tmp_path_factory.mktemp("unanswered")
    with visiting(browser, folder) as visit:
        yield visit


@pytest.mark.parametrize("failure", FAILURES)
def test_a_verdict_on_other_fields_is_taken_away(visit: Visit, failure: str) -> None:
    page = visit.go("/proev")
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("Accepteret")
    page.route("**/proev", FAILURES[failure])
    page.locator("#interview-type").select_option("18")
    expect(verdict).to_contain_text(GONE)
    expect(verdict).not_to_contain_text("Accepteret")
    page.unroute("**/proev")
    page.locator("#interview-type").select_option("7")
    expect(verdict).to_contain_text("Accepteret")


@pytest.mark.parametrize("failure", FAILURES)
def test_problems_and_effects_of_another_text_are_taken_away(visit: Visit, failure: str) -> None:
    page = visit.go("/ret?fil=config/parameters.yaml")
    problems, effect = page.locator("#problems"), page.locator("#effect")
    expect(problems).to_contain_text("Ingen fejl fundet")
    expect(effect).to_contain_text("Ingen forskel")
    page.route("**/ret/*", FAILURES[failure])
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("# ")
    expect(problems).to_contain_text(GONE)
    expect(effect).to_contain_text(GONE)
    page.unroute("**/ret/*")
    page.keyboard.insert_text("# ")
    expect(problems).to_contain_text("Ingen fejl fundet")
    expect(effect).not_to_contain_text(GONE)
