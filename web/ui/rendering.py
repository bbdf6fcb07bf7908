"""Templates → pages, with what every page has.

In: the name of a template and its values. Out: a response.
Does not know: any page. Everything in a template is escaped; an unknown name is an error.
"""

from __future__ import annotations

import functools
import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Response, g, request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from engine.difference.speech import when
from engine.explain.wording import day, moment
from engine.facts import Text
from engine.problem_words import hint_of, message_of
from web.ui import assets
from web.ui.preferences import language, theme
from web.ui.session import FORM_FIELD, form_proof
from web.ui.wording import Say

SMALLEST_PACKED = 1_024
_LINK = re.compile(r"https?://[^\s\x00-\x1f]+\Z", re.ASCII | re.IGNORECASE)


def page(template: str, status: int = 200, **values: object) -> Response:
    """Return a whole page, or a part of one for htmx, in the viewer's language."""
    spoken = language()
    body = _environment().get_template(template).render(**_shared(spoken), **values).encode()
    response = Response(status=status, mimetype="text/html")
    if len(body) > SMALLEST_PACKED and request.accept_encodings.quality("gzip") > 0:
        body = gzip.compress(body, 5)
        response.headers["Content-Encoding"] = "gzip"
    response.set_data(body)
    response.headers["Content-Language"] = spoken
    # the address alone does not say what stands on a page: htmx asks for parts of it
    response.vary.update(("Accept-Encoding", "Cookie", "HX-Request"))
    return response


def for_htmx() -> bool:
    """Tell whether a script asked for a part of the page, not a browser for the whole."""
    return request.headers.get("HX-Request") == "true"


def page_number(stated: str) -> int:
    """Return the number of a page of a list, 1 for anything that is none."""
    fits = stated.isascii() and stated.isdigit() and len(stated) < 7
    return max(1, int(stated)) if fits else 1


def _shared(spoken: str) -> dict[str, object]:
    """Return what every template may name."""
    return {
        "t": Say(spoken),
        "words": lambda text: text.in_language(spoken) if isinstance(text, Text) else text,
        "say_message": lambda problem: message_of(problem).in_language(spoken),
        "say_hint": lambda problem: hint_of(problem).in_language(spoken),
        "say_day": lambda value: day(value).in_language(spoken),
        "say_moment": lambda value: moment(value).in_language(spoken),
        "say_number": lambda value: grouped(value, spoken),
        "language": spoken,
        "theme": theme(),
        "viewer": g.get("viewer"),
        "navigation": g.get("navigation", ()),
        "here": request.path,
        "back": quote(request.full_path.rstrip("?")),
        "form_field": FORM_FIELD,
        "form_proof": form_proof,
    }


@functools.cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = assets.address
    filters: dict[str, Callable[..., Any]] = {
        "safe_link": safe_link,
        "domain": domain,
        "coded": coded,
        "days": when,
    }
    made.filters.update(filters)
    return made


def safe_link(address: str | None) -> str | None:
    """Return an address that may stand in a link: http or https and nothing else, else None."""
    return address if address is not None and _LINK.match(address) else None


def coded(text: str) -> Markup:
    """Return a text whose `words in backticks` stand as code; all of it is escaped."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:  # one that is never closed
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if at % 2 else escape(piece)
        for at, piece in enumerate(pieces)
    )


def domain(address: str) -> str:
    """Return the host of an address, to be shown instead of the whole."""
    return urlsplit(address).hostname or address


def grouped(number: int, language: str) -> str:
    """Return a whole number with its thousands apart: `12.345` and `12,345`."""
    return f"{number:,}" if language == "en" else f"{number:,}".replace(",", ".")
