"""The pictures of the analysts' guide: `make screenshots` writes them.

Run as `python -m tests.ui.guide_pictures FOLDER`. `tests.ui.screenshots --all` takes every page in
all widths and colours instead, for looking at.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.ui.chromium import Visit, launched, visiting
from tests.ui.guide_scenes import SCENES, WIDTH, Scene
from tests.ui.pages import registered
from tests.ui.smaller_png import smaller

TALL = 2_400


def main() -> None:
    parser = argparse.ArgumentParser(description="pictures of the analysts' guide")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as place:
        browser = launched(playwright, danish=True)
        for name, picture in pictures(browser, Path(place)).items():
            (folder / f"{name}.png").write_bytes(smaller(picture))
        browser.close()


def pictures(browser: Browser, place: Path) -> dict[str, bytes]:
    """Return every picture by its name; raises when a scene cannot be reached or complains."""
    with visiting(browser, place, width=WIDTH) as visit:
        registered(visit.place)
        visit.page.set_viewport_size({"width": WIDTH, "height": 900})
        taken = {scene.name: _taken(visit, scene) for scene in SCENES}
        faults = visit.faults()
        assert not faults, faults
        return taken


def _taken(visit: Visit, scene: Scene) -> bytes:
    page = visit.page
    scene.arrive(visit)
    page.wait_for_load_state("networkidle")
    box = page.locator(scene.of).first.bounding_box() if scene.of else None
    x, y, width, high = 0.0, 0.0, float(WIDTH), float(scene.high)
    if box is not None:
        top = box["y"] + float(page.evaluate("window.scrollY"))
        margin = 12
        x, y = max(box["x"] - margin, 0), max(top - margin, 0)
        width = min(box["width"] + 2 * margin, WIDTH - x)
        high = min(box["height"] + 2 * margin, scene.high)
    clip = {"x": x, "y": y, "width": width, "height": high}
    return page.screenshot(clip=clip, full_page=True)  # type: ignore[arg-type]  # a FloatRect


if __name__ == "__main__":
    main()
