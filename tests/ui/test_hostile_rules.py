"""Rules are written by people: what a name, a message or a source says is shown, and never runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.ui.chromium import visiting
from tests.ui.pages import RULE, registered
from tests.web.ui.bench import bench
from web.ui.rendering import safe_link

HOSTILE = """<script>alert(1)</script>"><img src=x onerror=alert(2)>{{ 7 * 7 }}"""
TITLE = "Samtaletypen skal være tilladt for borgerens kontaktgruppe"
MESSAGE = "Samtaletypen er ikke tilladt for borgerens kontaktgruppe på afholdelsesdagen."


def written(folder: Path) -> None:
    """Put hostile words into a title, a message, a basis and a table of a copied rulebook."""
    rules = folder / "rules" / "registration.yaml"
    text = rules.read_text(encoding="utf-8")
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    for old, new in (
        (f"da: {TITLE}", f"da: {quoted}"),
        (
            f"da: {MESSAGE} Vælg en samtaletype, som kontaktgruppen tillader den dag.",
            f"da: {quoted}",
        ),
    ):
        assert old in text
        text = text.replace(old, new)
    rules.write_text(text, encoding="utf-8")
    tables = folder / "config" / "allowed_interview_types.yaml"
    text = tables.read_text(encoding="utf-8")
    old = "da: Tilladte samtaletyper pr. kontaktgruppe"
    assert old in text
    tables.write_text(text.replace(old, f"da: {quoted}"), encoding="utf-8")


def test_hostile_words_stand_on_the_pages_and_do_not_run(browser: Browser, tmp_path: Path) -> None:
    with bench(tmp_path):
        written(tmp_path)
    with visiting(browser, tmp_path, copied=True) as visit:
        registered(visit.place)
        for path in ("/regler", f"/regler/{RULE}", "/mangler", "/afgoerelser", "/samtaletyper"):
            page = visit.go(path)
            assert 0 == page.locator("main img").count(), path
            assert 0 == page.locator("main script").count(), path
        page = visit.go("/afgoerelser?outcome=refused&code=S-103")
        page.locator(".decision-list a").first.click()
        assert HOSTILE in page.locator("main").inner_text()
        page = visit.go(f"/regler/{RULE}")
        assert HOSTILE == page.locator("h1").inner_text()
        assert [] == visit.faults()


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "//elsewhere.example",
        "https://a.example/\nx",
        "https://a.example/ x",
        "",
    ],
)
def test_an_address_that_is_no_web_page_is_no_link(address: str) -> None:
    assert safe_link(address) is None


def test_an_address_of_a_web_page_is_a_link() -> None:
    assert "https://www.retsinformation.dk/eli/lta" == safe_link(
        "https://www.retsinformation.dk/eli/lta"
    )
