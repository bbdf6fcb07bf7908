"""Pictures of every page, for looking at; those of the guide are `tests.ui.guide_pictures`.

Run as `python -m tests.ui.screenshots FOLDER`: for each page `NAME.png` (1280 pixels, light), and
with `--all` also 390 pixels and dark, for looking at.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.ui.chromium import Visit, launched, visiting
from tests.ui.pages import PATHS, registered

WIDTHS = (1280, 390)
HEIGHT = 900
HIGHEST = 1800
"""Pixels of the highest picture; what is below is cut off."""


def main() -> None:
    parser = argparse.ArgumentParser(description="pictures of the workbench")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="narrow and dark pictures too")
    stated = parser.parse_args()
    stated.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launched(playwright, danish=True)
        for width in WIDTHS if stated.all else WIDTHS[:1]:
            for dark in (False, True) if stated.all else (False,):
                suffix = f"-{width}{'-dark' if dark else ''}" if stated.all else ""
                take(browser, stated.folder, width, dark=dark, suffix=suffix)
        browser.close()


def take(browser: Browser, folder: Path, width: int, *, dark: bool, suffix: str) -> None:
    """Write one picture of every page, and one of a refused decision."""
    with (
        tempfile.TemporaryDirectory() as place,
        visiting(browser, Path(place), width=width, dark=dark) as visit,
    ):
        registered(visit.place)
        for name, path in PATHS.items():
            visit.go(path)
            picture(visit, folder / f"{name}{suffix}.png")
        visit.go("/afgoerelser?outcome=refused").locator(".decision-list a").first.click()
        picture(visit, folder / f"afgoerelse{suffix}.png")


def picture(visit: Visit, file: Path) -> None:
    """Write what a reader sees first; a whole page of many rules would show nothing."""
    visit.page.wait_for_load_state("networkidle")
    high = visit.page.evaluate("document.documentElement.scrollHeight")
    width = (visit.page.viewport_size or {"width": WIDTHS[0]})["width"]
    visit.page.set_viewport_size({"width": width, "height": min(int(high), HIGHEST)})
    visit.page.screenshot(path=file)
    visit.page.set_viewport_size({"width": width, "height": HEIGHT})


if __name__ == "__main__":
    main()
