from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.ui.chromium import launched, required


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; every test has windows of its own."""
    required()
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()
