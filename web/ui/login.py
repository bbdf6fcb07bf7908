"""Logging in with a token, and out.

In: a token that was pasted, or in development a click. Out: the session cookie.
Does not know: who issues tokens, nor how they are checked.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, abort, g, request

from web.ui import session
from web.ui.pages import Page
from web.ui.parts import parts
from web.ui.preferences import go, safe_path
from web.ui.rendering import for_htmx, page
from web.ui.viewer import NotProven

PATH = "/log-ind"


def ask(wanted: str) -> Response:
    """Send somebody who is not logged in to the form, and afterwards where they wanted to go."""
    address = f"{PATH}?back={quote(safe_path(wanted.rstrip('?')), safe='')}"
    if for_htmx():
        # a script would put the form where it asked for a part of a page
        response = Response(status=401)
        response.headers["HX-Redirect"] = address
        return response
    return go(address)


def show() -> Response:
    return _form(request.args.get("back", "/"))


def begin() -> Response:
    """Log in with the pasted token, or as the invented analyst where there is one."""
    back = safe_path(request.form.get("back", "/"))
    token = "".join(request.form.get("token", "").split())
    if "invented" in request.form:
        if parts().invented is None:
            abort(404)
        token = parts().invented(parts().clock())  # type: ignore[misc]  # asked just above
    if len(token) > session.LONGEST_SESSION_TOKEN:
        return _form(back, "login.too_long", 400)
    try:
        viewer = parts().prove(token.removeprefix("Bearer"), parts().clock())
    except NotProven as reason:
        g.refused_because = str(reason)
        return _form(back, "login.refused", 400)
    response = go(back)
    session.begin(response, token.removeprefix("Bearer"), viewer)
    return response


def end() -> Response:
    response = go("/")
    session.end(response)
    return response


def _form(back: str, fault: str | None = None, status: int = 200) -> Response:
    return page(
        "login.html",
        status,
        wanted=safe_path(back),
        fault=fault,
        invented=parts().invented is not None,
    )


PAGES = (
    Page(PATH, "login", show),
    Page(PATH, "begin", begin, methods=("POST",)),
    Page("/log-ud", "logout", end, methods=("POST",)),
)
