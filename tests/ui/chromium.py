"""The system's Chromium on a workbench, watched for everything that it complains of."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.web.ui.bench import Bench, bench

# a machine that does much else answers late, which is no fault
expect.set_options(timeout=30_000)

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_WATCH = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});
window.alert = (text) => window.__violations.push(`alert: ${text}`);
"""


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: what is wrong shows in the page."""


@dataclass(slots=True)
class Visit:
    """One browser window, logged in as the invented analyst."""

    page: Page
    place: Bench
    base: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def faults(self) -> list[str]:
        """Everything that went wrong so far: errors of scripts, and what the policy stopped."""
        violations: list[str] = self.page.evaluate("window.__violations")
        return [*self.complaints, *violations]

    def note_foreign(self, address: str) -> None:
        """Complain of a request to anybody but the workbench itself."""
        if not address.startswith((f"{self.base}/", "data:", "blob:", "about:")):
            self.complaints.append(f"asks another site: {address}")

    def serious(self) -> list[str]:
        """What axe finds serious or critical on the page as it is."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{each['id']}: {node['target']} {node.get('failureSummary', '')}"
            for each in found
            if each["impact"] in {"serious", "critical"}
            for node in each["nodes"]
        ]

    def tab_to(self, selector: str, most: int = 250) -> None:
        """Press Tab until the element has the focus; fails when it never gets it."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"`{selector}` cannot be reached with Tab")


def required() -> None:
    """Skip where there is no Chromium; fail where `make test` could have brought it."""
    if CHROMIUM.exists():
        return
    missing = f"there is no browser at {CHROMIUM}: `make browser` brings it, as root"
    if os.environ.get("CI") == "true" and os.geteuid() == 0:
        pytest.fail(missing)
    pytest.skip(missing)


def launched(playwright: Playwright, *, danish: bool = False) -> Browser:
    """Start Chromium; `danish` lets it write days and its own words as an analyst's does.

    That needs the texts of its languages (`make screenshots` brings them), else it is English.
    """
    language = {"LANGUAGE": "da"} if danish else {}
    return playwright.chromium.launch(
        executable_path=CHROMIUM, args=ARGUMENTS, env={**os.environ, **language}
    )


@contextmanager
def visiting(
    browser: Browser,
    folder: Path,
    *,
    edit: bool = True,
    width: int = 1280,
    dark: bool = False,
    scripts: bool = True,
    copied: bool = False,
) -> Iterator[Visit]:
    """Visit a workbench in `folder`; `copied` says that its rulebook is there already."""
    with bench(folder, edit=edit, copied=copied) as place:
        server = make_server("127.0.0.1", 0, place.app, threaded=True, request_handler=_Silent)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        window: BrowserContext = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale="da-DK",
        )
        try:
            window.set_default_timeout(15_000)
            window.add_init_script(_WATCH)
            page = window.new_page()
            visit = Visit(page, place, f"http://127.0.0.1:{server.server_port}")
            page.on(
                "console",
                lambda said: visit.complaints.append(said.text) if said.type == "error" else None,
            )
            page.on("request", lambda asked: visit.note_foreign(asked.url))
            page.on("pageerror", lambda error: visit.complaints.append(str(error)))
            token = place.token(user="analytiker")
            window.add_cookies([{"name": "samtale-session", "value": token, "url": visit.base}])
            yield visit
        finally:
            window.close()
            server.shutdown()
            thread.join()
            server.server_close()
