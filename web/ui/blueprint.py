"""Every page of the workbench, and what happens before and after each.

In: a Flask application and `Parts`. Out: the same with all pages.
Does not know: what stands on a page.
"""

from __future__ import annotations

from flask import Blueprint, Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from registry.errors import NotAuthorised, NotFound, Unavailable
from web.ui import (
    assets,
    decisions,
    edit_pages,
    gaps,
    login,
    matrix_pages,
    preferences,
    replay_pages,
    rules,
    session,
    start,
    trial_pages,
)
from web.ui.pages import Page
from web.ui.parts import KEY, Parts, parts
from web.ui.rendering import page

PAGES: tuple[Page, ...] = (
    *start.PAGES,
    *login.PAGES,
    *rules.PAGES,
    *decisions.PAGES,
    *gaps.PAGES,
    *replay_pages.PAGES,
    *trial_pages.PAGES,
    *matrix_pages.PAGES,
    *edit_pages.PAGES,
    Page("/visning", "preferences", preferences.change),
)
"""Each module of pages adds its own; the navigation follows from the entries."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
STATIC = "workbench.static_file"


def add_workbench(app: Flask, made: Parts) -> None:
    """Add every page, and who may see it."""
    workbench = Blueprint("workbench", __name__)
    for each in PAGES:
        workbench.add_url_rule(
            each.path,
            endpoint=each.name,
            view_func=each.view,
            methods=list(each.methods),
            provide_automatic_options=False,
        )
    workbench.add_url_rule(
        "/static/<digest>/<path:name>", endpoint="static_file", view_func=assets.read
    )
    workbench.before_request(_admit)
    workbench.after_request(_finish)
    workbench.register_error_handler(HTTPException, _answer_http)
    workbench.register_error_handler(404, _answer_http)  # else the application's would be asked
    workbench.register_error_handler(NotFound, lambda _: _fault(404))
    workbench.register_error_handler(NotAuthorised, lambda _: _fault(403))
    workbench.register_error_handler(Unavailable, _unavailable)
    workbench.register_error_handler(Exception, _broken)
    app.extensions[KEY] = made
    app.register_blueprint(workbench)


_BY_ENDPOINT = {f"workbench.{each.name}": each for each in PAGES}


def _admit() -> Response | None:
    """Find out who is looking, and refuse whoever may not."""
    if request.endpoint == STATIC:
        return None
    _look()
    wanted = _BY_ENDPOINT[request.endpoint or ""]
    _let_in_files(wanted)
    if request.method not in {"GET", "HEAD"} and not session.is_ours():
        g.refused_because = "a form that is not ours, or of a session that is over"
        return _fault(400, "error.form")
    if wanted.right is not None:
        if g.viewer is None:
            return login.ask(request.full_path if request.method == "GET" else "/")
        if not g.viewer.may(wanted.right):
            g.refused_because = f"expected the right `{wanted.right}`"
            return _fault(403)
    return None


def _let_in_files(wanted: Page) -> None:
    """Raise the limit of a body for a page that takes files, for those who may use it."""
    usual = request.max_content_length
    if usual is None or wanted.right is None or g.viewer is None:
        return
    if wanted.largest > usual and g.viewer.may(wanted.right):
        request.max_content_length = request.max_form_memory_size = wanted.largest


def page_not_there() -> Response | None:
    """Return the page that says that nothing is there; None for whoever did not ask for a page.

    For paths that belong to nobody, of a browser: it likes HTML better than anything else.
    """
    liking = request.accept_mimetypes.quality
    if request.method != "GET" or liking("text/html") <= liking("application/problem+json"):
        return None
    if request.path.startswith("/v1/"):
        return None
    _look()
    return _finish(_fault(404))


def _look() -> None:
    """Find out who is looking, and where from here they may go."""
    g.viewer = session.read_viewer()
    if g.viewer is not None:
        g.organisation = (g.viewer.organisation_type, g.viewer.organisation)
        g.system = g.viewer.system
    g.navigation = tuple(
        sorted(
            (
                each
                for each in PAGES
                if each.entry is not None
                and (parts().desk is not None or not each.edits)
                and (each.right is None or (g.viewer is not None and g.viewer.may(each.right)))
            ),
            key=lambda each: each.entry.order if each.entry is not None else 0,
        )
    )


def _finish(response: Response) -> Response:
    session.finish(response)
    response.headers["Content-Security-Policy"] = POLICY
    # a form says where it comes from within this server, and nothing to others
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return response


def _answer_http(error: HTTPException) -> Response:
    return _fault(error.code or 500)


def _unavailable(_: Unavailable) -> Response:
    response = _fault(503)
    response.headers["Retry-After"] = "2"
    return response


def _broken(error: Exception) -> Response:
    parts().failed(error)
    return _fault(500)


def _fault(status: int, key: str | None = None) -> Response:
    known = status if status in {400, 403, 404, 405, 413, 503} else 500
    return page("fault.html", status, key=key or f"error.{known}", request_id=g.request_id)
