"""Every scene of the analysts' guide can be reached, and its picture taken and made smaller."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.ui.guide_pictures import pictures
from tests.ui.guide_scenes import SCENES, WIDTH
from tests.ui.smaller_png import smaller


def test_every_scene_of_the_guide_can_be_pictured(browser: Browser, tmp_path: Path) -> None:
    taken = pictures(browser, tmp_path)
    assert [scene.name for scene in SCENES] == list(taken)
    for scene in SCENES:
        width, height = struct.unpack(">II", taken[scene.name][16:24])
        assert WIDTH >= width > 300, scene.name
        assert scene.high >= height > 80, scene.name


def test_a_smaller_picture_shows_the_same(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 60, "height": 40})
    page.set_content("<body bgcolor='#0a5562'><b style='color:#fff'>Æ</b></body>")
    picture = page.screenshot()
    page.close()
    made = smaller(picture)
    assert len(made) < len(picture)
    assert struct.unpack(">II", picture[16:24]) == struct.unpack(">II", made[16:24])
    palette = made[made.index(b"PLTE") + 4 :]
    at = made.index(b"IDAT")
    (length,) = struct.unpack(">I", made[at - 4 : at])
    last = zlib.decompress(made[at + 4 : at + 4 + length])[-1]
    assert bytes.fromhex("0a5562") == palette[3 * last : 3 * last + 3]


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a PNG"):
        smaller(b"GIF89a")
