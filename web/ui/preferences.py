"""How a viewer wants the pages: language and colours.

In: cookies. Out: `language()`, `theme()`, and the link that changes them.
Does not know: what is shown. Danish unless somebody chose English here: the language of a browser
says more about who installed it than about who reads.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from web.ui.parts import parts

LANGUAGES = ("da", "en")
THEMES = ("auto", "light", "dark")
_LANGUAGE = "samtale-language"
_THEME = "samtale-theme"
_LIFE = timedelta(days=365)


def language() -> str:
    """Return `da` or `en`."""
    return _chosen(_LANGUAGE, LANGUAGES)


def theme() -> str:
    """Return `light`, `dark`, or `auto`: as the system has it."""
    return _chosen(_THEME, THEMES)


def _chosen(cookie: str, choices: tuple[str, ...]) -> str:
    stated = request.cookies.get(cookie, "")
    return stated if stated in choices else choices[0]


def change(**stated: str) -> Response:
    """Remember what the link says, and go back to the page it stood on."""
    del stated
    response = go(safe_path(request.args.get("back", "/")))
    for name, cookie, choices in (
        ("language", _LANGUAGE, LANGUAGES),
        ("theme", _THEME, THEMES),
    ):
        value = request.args.get(name, "")
        if value in choices:
            response.set_cookie(
                cookie,
                value,
                max_age=int(_LIFE.total_seconds()),
                path="/",
                secure=parts().secure,
                httponly=True,
                samesite="Lax",
            )
    return response


def safe_path(stated: str) -> str:
    """Return a path of this server, the start page for anything else."""
    local = stated.startswith("/") and not stated.startswith("//") and "\\" not in stated
    return stated if local and stated.isprintable() and len(stated) < 2_000 else "/"


def go(path: str) -> Response:
    """Send the browser to another page, by GET."""
    found: WerkzeugResponse = redirect(path, 303, Response)
    assert isinstance(found, Response)  # noqa: S101  # it was asked to be one
    return found
