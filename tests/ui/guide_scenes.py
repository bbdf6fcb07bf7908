"""What the pictures of the analysts' guide show, and how a browser comes there.

In: a visited workbench. Out: for each scene, the page as it is to be pictured.
Does not know: how a picture is taken or stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.guide import GUIDE, Insert, steps
from tests.ui.pages import registered

if TYPE_CHECKING:
    from tests.ui.chromium import Visit

RULE = "rehabilitation-team-participation-status"
RULES = "rules/registration.yaml"
EDITOR = f"/ret?fil={RULES}"
WIDTH = 1280


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture: `high` pixels from the top of the page, or of the element `of`."""

    name: str
    arrive: Callable[[Visit], object]
    high: int
    of: str = ""


def at(path: str) -> Callable[[Visit], object]:
    return lambda visit: visit.go(path)


def _logged_out(visit: Visit) -> None:
    window = visit.page.context
    cookies = window.cookies()
    window.clear_cookies()
    visit.go("/log-ind")
    window.add_cookies(cookies)  # type: ignore[arg-type]  # as they were


def _trial_with_table(visit: Visit) -> None:
    page = visit.go("/proev?eksempel=for-tidlig")
    page.get_by_text("Det ville gå igennem, hvis").wait_for()


def _trace(visit: Visit) -> None:
    _trial_with_table(visit)
    visit.page.locator(".trace").scroll_into_view_if_needed()


def _case(visit: Visit) -> None:
    page = visit.go("/proev?eksempel=for-tidlig")
    page.locator("details.keep > summary").click()
    page.locator("#case-name").fill("Samtalen ligger før den seneste nulstillende")


def _sheet(visit: Visit) -> None:
    """Allow a type in the sheet and read it in, as chapter 3 tells."""
    page = visit.go("/samtaletyper")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    row = next(n for n, line in enumerate(lines) if line.startswith("6;"))
    cells = lines[row].split(";")
    cells[lines[0].split(";").index("7 Jobsamtale")] = "x"
    lines[row] = ";".join(cells)
    sheet = {"name": "ark.csv", "mimeType": "text/csv", "buffer": "\r\n".join(lines).encode()}
    page.locator("#ark").set_input_files(sheet)  # type: ignore[arg-type]  # a payload
    page.get_by_role("button", name="Vis forskellen").click()
    page.locator(".preview").wait_for()


def _changed(visit: Visit) -> None:
    """Make the change of chapter 4 in the files, once."""
    for step in steps(GUIDE / "4-min-foerste-aendring.md"):
        if isinstance(step, Insert) and step.file == RULES:
            if step.text not in visit.place.file(RULES).read_text(encoding="utf-8"):
                step.into(visit.place.folder)
            return


def _editor(visit: Visit) -> None:
    _changed(visit)
    text = visit.place.file(RULES).read_text(encoding="utf-8").splitlines()
    line = next(n for n, each in enumerate(text, 1) if "in: [4, 5, 6]" in each)
    visit.go("/ret")  # from the same page a browser would only follow the mark
    page = visit.go(f"{EDITOR}#L{line}")
    page.locator("#effect").get_by_text("Eksempler, der får et andet svar").wait_for()
    page.locator(".cm-activeLine").get_by_text("in: [4, 5, 6]").wait_for()
    page.evaluate("window.scrollTo(0, 0)")


def _problem(visit: Visit) -> None:
    path = visit.place.file(RULES)
    kept = path.read_text(encoding="utf-8")
    path.write_text(kept.replace("interview.type: 18", "interview.typ: 18", 1), encoding="utf-8")
    try:
        visit.go(EDITOR).locator("#problems .error").wait_for()
    finally:
        path.write_text(kept, encoding="utf-8")


def _state(visit: Visit) -> None:
    _changed(visit)
    visit.go("/ret").locator(".meanings").wait_for()


def _decision(visit: Visit) -> None:
    visit.go("/afgoerelser?outcome=refused").locator(".decision-list a").first.click()
    visit.page.locator("mark").first.wait_for()


def _replay(visit: Visit) -> None:
    """Replay the change of chapter 4 on what is stored, and on some teams with status 4."""
    _changed(visit)
    for status in (4, 5):
        registered(visit.place, 7, status)
    page = visit.go("/genberegning?kandidat=folder")
    page.get_by_role("button", name="Genberegn").click()
    page.locator(".replay-changes").wait_for()


SCENES = (
    Scene("log-ind", _logged_out, 800),
    Scene("forside", at("/"), 850),
    Scene("regler", at("/regler?q=rehabiliteringsteam"), 1000),
    Scene("regel", at(f"/regler/{RULE}"), 900),
    Scene("proev", _trial_with_table, 1300),
    Scene("tidslinje", _trial_with_table, 600, of=".picture"),
    Scene("sporet", _trace, 560, of=".trace"),
    Scene("testcase", _case, 420, of="details.keep"),
    Scene("samtaletyper", at("/samtaletyper"), 860),
    Scene("ark", _sheet, 460, of=".preview"),
    Scene("afgoerelser", at("/afgoerelser"), 1250),
    Scene("afgoerelse", _decision, 900),
    Scene("mangler", at("/mangler"), 820),
    Scene("ret", at("/ret"), 700),
    Scene("fejl", _problem, 420, of="section[aria-labelledby=problems-head]"),
    Scene("editor", _editor, 900),
    Scene("offentliggoer", _state, 400, of=".publish"),
    Scene("genberegning", _replay, 1500),
)
"""In this order: the last ones change the files."""
