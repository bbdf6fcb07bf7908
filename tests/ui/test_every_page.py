"""Every page in a real browser: no complaint, no serious finding of axe, nothing beside the page.

One workbench for all of them: these tests only read.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.ui.chromium import Visit, visiting
from tests.ui.pages import NAME, PATHS, registered


@pytest.fixture(scope="session")
def read_only(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    with visiting(browser, tmp_path_factory.mktemp("read-only")) as visit:
        registered(visit.place)
        yield visit


@pytest.fixture
def visit(read_only: Visit) -> Iterator[Visit]:
    read_only.complaints.clear()
    read_only.page.set_viewport_size({"width": 1280, "height": 900})
    yield read_only
    read_only.page.emulate_media(color_scheme="light")


_LINES_OF_LINKS = """() => [...document.querySelectorAll("nav.wide a")].map((link) => {
  const words = document.createRange();
  words.selectNodeContents(link);
  return words.getClientRects().length;
})"""


def wider_than_window(visit: Visit) -> int:
    found = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return int(found)


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
def test_a_page_is_without_fault_for_scripts_policy_and_screen_readers(
    visit: Visit, path: str, colours: str
) -> None:
    visit.page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]  # one of the two
    visit.go(path)
    assert [] == visit.serious()
    visit.page.set_viewport_size({"width": 390, "height": 844})
    assert 0 >= wider_than_window(visit)
    assert [] == visit.faults()


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
def test_the_navigation_stands_on_one_line(visit: Visit, path: str) -> None:
    lines = visit.go(path).evaluate(_LINES_OF_LINKS)
    assert len(lines) > 5
    assert {1} == set(lines)


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_page_of_a_refused_decision_is_without_fault(visit: Visit, colours: str) -> None:
    visit.page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]  # one of the two
    page = visit.go("/afgoerelser?outcome=refused")
    page.locator(".decision-list a").first.click()
    expect(page.locator("h1")).to_contain_text("Afvist")
    assert page.locator("mark").count() > 0
    assert NAME not in page.content()
    assert [] == visit.serious()
    visit.page.set_viewport_size({"width": 390, "height": 844})
    assert 0 >= wider_than_window(visit)
    assert [] == visit.faults()


def test_rules_are_found_as_one_types(visit: Visit) -> None:
    page = visit.go("/regler")
    page.keyboard.press("/")
    page.keyboard.type("S-103")
    expect(page.locator(".found")).to_have_text("1 regel")
    expect(page.locator(".rule-card a")).to_have_text(
        "Samtaletypen skal være tilladt for borgerens kontaktgruppe"
    )
    assert [] == visit.faults()


def test_language_and_colours_are_changed_in_the_menu_and_stay(visit: Visit) -> None:
    page = visit.go("/regler?kind=grant")
    page.locator(".menu summary").click()
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("Rules")
    assert page.url.endswith("/regler?kind=grant")
    page.locator(".menu summary").click()
    page.get_by_role("link", name="Dark").click()
    assert "dark" == page.locator("html").get_attribute("data-theme")
    assert [] == visit.serious()
    page.locator(".menu summary").click()
    page.get_by_role("link", name="As the system").click()
    page.locator(".menu summary").click()
    page.get_by_role("link", name="Dansk").click()
    expect(page.locator("h1")).to_have_text("Regler")
    assert [] == visit.faults()


def test_the_keyboard_skips_to_the_content_and_closes_the_menu(visit: Visit) -> None:
    page = visit.go("/mangler")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert "content" == page.evaluate("document.activeElement.id")
    page.locator(".menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".menu-card")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".menu-card")).not_to_be_visible()
    assert "SUMMARY" == page.evaluate("document.activeElement.tagName")


def test_the_watched_browser_does_complain(visit: Visit) -> None:
    """The control of all tests above: what is wrong is seen."""
    page = visit.go("/")
    page.evaluate("document.body.setAttribute('onclick', 'alert(1)')")
    page.evaluate("document.body.appendChild(new Image()).src = 'https://elsewhere.example/x'")
    page.locator("h1").click()
    page.evaluate("document.querySelector('main').innerHTML = '<input>'")
    complaints = " ".join(visit.faults())
    assert "script-src" in complaints and "img-src" in complaints
    assert any("label" in each for each in visit.serious())
