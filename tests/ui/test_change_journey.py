"""The main journey in a real browser: try → refused → change → check → flip → save, and its pages.

The policy of the pages forbids evaluated scripts, so nothing here waits on a script of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.ui.chromium import Visit, visiting

RULES = "rules/registration.yaml"
FILE = f"/ret?fil={RULES}"
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    with visiting(browser, tmp_path) as made:
        yield made


def search_and_replace(visit: Visit, old: str, new: str) -> None:
    """Find a text in the editor and type another in its place, with the keyboard alone."""
    keyboard = visit.page.keyboard
    keyboard.press("Control+f")
    keyboard.type(old)
    keyboard.press("Enter")
    keyboard.press("Escape")
    keyboard.type(new)


def test_a_change_is_tried_made_checked_and_saved_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit.go("/proev?eksempel=for-tidlig")
    answer = page.locator(".answer")
    expect(answer).to_contain_text("Afvist")
    expect(page.get_by_text("Det ville gå igennem, hvis")).to_be_visible()
    visit.tab_to("#interview-type")
    page.keyboard.press("ArrowDown")
    expect(answer).to_contain_text("Afvist")
    expect(page.locator(".finding-head code, .finding-head .code").first).to_have_text("S-101")
    # on to the file of the rules, through the navigation
    visit.tab_to('nav.wide a[href="/ret"]')
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Ret reglerne")
    visit.tab_to(f'a[href="{FILE}"]')
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(RULES)
    visit.tab_to("#editor")
    search_and_replace(visit, "in: [5, 6]", "in: [5]")
    effect = page.locator("#effect")
    expect(effect).to_contain_text("Eksempler, der får et andet svar: 2")
    expect(effect).to_contain_text("tillader ikke længere")
    expect(page.locator("#rule")).to_contain_text("heraf 2 der svarer anderledes")
    expect(page.locator("#problems")).to_have_text("Ingen fejl fundet.")
    page.keyboard.press("Control+s")
    expect(page.locator("#said")).to_contain_text("Gemt. 2 eksempler svarer nu anderledes")
    text = visit.place.file(RULES).read_text(encoding="utf-8")
    assert "in: [5]}" in text
    assert text.startswith("# yaml-language-server")
    assert [] == visit.faults()


def test_problems_stand_in_the_editor_with_the_words_of_the_command(visit: Visit) -> None:
    page = visit.go(FILE)
    page.locator(".cm-content").click()
    search_and_replace(visit, "interview.type: 18", "interview.typ: 18")
    problem = page.locator("#problems .error")
    expect(problem).to_contain_text("unknown-fact")
    expect(problem).to_contain_text("skriv `interview.type`, hvis det er det, du mener")
    expect(page.locator(".cm-lintRange-error").first).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.locator("#said")).to_contain_text("Intet er gemt")
    problem.get_by_role("button").click()
    expect(page.locator(".cm-activeLine")).to_contain_text("interview.typ: 18")


def test_words_are_offered_with_their_danish_names(visit: Visit) -> None:
    page = visit.go(FILE)
    page.locator(".cm-content").click()
    search_and_replace(visit, "interview.type: 18", "interview.ty")
    offered = page.locator(".cm-tooltip-autocomplete")
    expect(offered).to_contain_text("samtalens type")
    page.keyboard.press("Escape")
    page.keyboard.type("pe: ")
    page.keyboard.press("Control+Space")
    expect(offered).to_contain_text("Samtale i rehabiliteringsteam")


def test_the_difference_to_the_active_rulebook_is_shown_in_the_editor(visit: Visit) -> None:
    page = visit.go(FILE)
    page.locator(".cm-content").click()
    search_and_replace(visit, "in: [5, 6]", "in: [5]")
    page.locator("#compare").click()
    expect(page.locator(".cm-deletedChunk")).to_contain_text("[5, 6]")
    assert [] == visit.faults()


def test_somebody_elses_change_is_not_overwritten(visit: Visit) -> None:
    page = visit.go(FILE)
    page.locator(".cm-content").click()
    path = visit.place.file(RULES)
    theirs = "# deres\n" + path.read_text(encoding="utf-8")
    path.write_text(theirs, encoding="utf-8")
    page.keyboard.type("# min\n")
    page.keyboard.press("Control+s")
    expect(page.locator("#said")).to_contain_text("ændret af en anden")
    assert theirs == path.read_text(encoding="utf-8")


def test_a_row_is_added_and_the_cursor_stands_in_it(visit: Visit) -> None:
    page = visit.go("/proev")
    page.locator("#add-citizen-contact_groups").click()
    added = page.locator("#citizen-contact_groups-1-contact_group")
    expect(added).to_be_focused()
    page.locator("#remove-citizen-contact_groups-0").click()
    expect(page.locator("#citizen-contact_groups-0-contact_group")).to_have_count(0)
    expect(page.locator(".answer")).to_contain_text("Accepteret")
    assert [] == visit.faults()


def test_the_verdict_follows_what_is_typed(visit: Visit) -> None:
    page = visit.go("/proev")
    expect(page.locator(".answer")).to_contain_text("Accepteret")
    page.locator("#interview-type").select_option("18")
    expect(page.locator(".answer")).to_contain_text("Afvist")
    page.locator("#interview-held_at").fill("")
    expect(page.locator(".answer")).to_contain_text("Formularen mangler noget")


def test_looking_for_ways_out_does_not_stop_the_next_verdict(visit: Visit) -> None:
    page = visit.go("/proev")
    with page.expect_response("**/proev"):
        page.locator("#interview-type").select_option("18")
    # the next verdict takes longer than it takes until ways out are looked for
    page.route("**/proev", lambda route: (time.sleep(0.5), route.continue_()))
    page.locator("#interview-held_at").fill("")
    expect(page.locator(".answer")).to_contain_text("Formularen mangler noget")


def test_a_row_is_added_by_whoever_clicks_straight_after_typing(visit: Visit) -> None:
    page = visit.go("/proev")
    page.evaluate("""() => {
      const typed = document.getElementById("interview-held_at");
      typed.value = "2024-05-06T10:00";
      typed.dispatchEvent(new Event("change", {bubbles: true}));
      document.getElementById("add-citizen-contact_groups").click();
    }""")
    expect(page.locator("#citizen-contact_groups-1-contact_group")).to_be_focused()
    expect(page.locator("#interview-held_at")).to_have_value("2024-05-06T10:00")


def test_whoever_is_faster_than_the_scripts_is_answered_too(visit: Visit) -> None:
    def late(route: Route) -> None:
        expect(visit.page.locator("#interview-type")).to_have_value("18")
        route.continue_()

    visit.page.route("**/htmx*.js", late)
    visit.page.goto(visit.base + "/proev", wait_until="commit")
    visit.page.locator("#interview-type").select_option("18")
    expect(visit.page.locator(".answer")).to_contain_text("Afvist")


def test_a_case_is_kept_and_shows_up_among_the_files(visit: Visit) -> None:
    page = visit.go("/proev?eksempel=skiftet-gruppe")
    page.locator("details.keep > summary").click()
    page.locator("#case-name").fill("Skiftet gruppe")
    page.get_by_role("button", name="Gem i tests/cases").click()
    expect(page.get_by_text("Gemt som tests/cases/proev-skiftet-gruppe.yaml")).to_be_visible()
    visit.go("/ret?fil=tests/cases/proev-skiftet-gruppe.yaml")
    expect(page.locator(".cm-content")).to_contain_text("Skiftet gruppe")
    expect(page.locator("#problems")).to_have_text("Ingen fejl fundet.")


def test_a_sheet_is_read_shown_and_saved(visit: Visit, tmp_path: Path) -> None:
    page = visit.go("/samtaletyper?dag=2024-06-03")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    sheet = tmp_path / "ark.csv"
    download.value.save_as(sheet)
    lines = sheet.read_text(encoding="utf-8-sig").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("6;"))
    cells = lines[at].split(";")
    cells[lines[0].split(";").index("7 Jobsamtale")] = "x"
    lines[at] = ";".join(cells)
    sheet.write_text("\r\n".join(lines), encoding="utf-8")
    page.locator("#ark").set_input_files(sheet)
    page.get_by_role("button", name="Vis forskellen").click()
    expect(page.locator(".preview")).to_contain_text("7 Jobsamtale")
    page.get_by_role("button", name="Gem ændringen").click()
    expect(page.locator(".notice.good")).to_contain_text("Ændringen er gemt")
    expect(page.locator("td.changed")).to_have_count(1)
    assert [] == visit.faults()


def test_hostile_names_comments_and_values_do_not_run(visit: Visit) -> None:
    path = visit.place.file(RULES)
    text = path.read_text(encoding="utf-8")
    title = "da: Samtalen må ikke ligge før den seneste nulstillende samtale"
    assert title in text
    text = text.replace(title, f"da: '{HOSTILE}'", 1)
    path.write_text(f"# </textarea></script>{HOSTILE}\n{text}", encoding="utf-8")
    page = visit.go("/ret")
    expect(page.locator(".meanings")).to_contain_text("<img src=x")
    visit.go(FILE + "#L40")
    expect(page.locator("#rule")).to_contain_text("<img src=x")
    expect(page.locator("#effect")).to_contain_text("<img src=x")
    visit.go("/proev?eksempel=for-tidlig")
    page.locator("summary", has_text="Hvem registrerer").click()
    page.locator("#caller-organisation").fill(HOSTILE)
    expect(page.locator(".answer")).to_contain_text("Afvist")
    assert [] == visit.faults()


@pytest.mark.parametrize(
    ("width", "dark"), [(1280, False), (390, True)], ids=["wide and light", "narrow and dark"]
)
def test_the_pages_fit_and_axe_finds_nothing_serious(
    browser: Browser, tmp_path: Path, width: int, dark: bool
) -> None:
    with visiting(browser, tmp_path, width=width, dark=dark) as visit:
        for path in ("/proev?eksempel=for-tidlig", "/samtaletyper", "/ret", FILE):
            page = visit.go(path)
            if path == FILE:
                expect(page.locator("#effect")).to_contain_text("eksempler svarer som ventet")
            assert [] == visit.serious(), path
            beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert beyond <= 0, path
        assert [] == visit.faults()


def test_without_scripts_everything_can_still_be_done(browser: Browser, tmp_path: Path) -> None:
    with visiting(browser, tmp_path, scripts=False) as visit:
        page = visit.go("/proev")
        page.locator("#interview-type").select_option("18")
        page.get_by_role("button", name="Prøv igen").click()
        expect(page.locator(".answer")).to_contain_text("Afvist")
        visit.go(FILE)
        field = page.locator("#tekst")
        field.fill(field.input_value().replace("in: [5, 6]", "in: [5]"))
        page.get_by_role("button", name="Tjek uden at gemme").click()
        expect(page.locator("#effect")).to_contain_text("Eksempler, der får et andet svar: 2")
        page.get_by_role("button", name="Gem", exact=True).click()
        expect(page.locator(".notice.good")).to_contain_text("Gemt.")
        assert "in: [5]}" in visit.place.file(RULES).read_text(encoding="utf-8")
