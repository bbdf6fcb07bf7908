"""The page at `/docs`: the interface for people, without scripts or foreign assets.

In: the table of operations, the schemas, the kinds of problem. Out: HTML.
Does not know: what an operation does.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from pathlib import Path

from flask import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from web.api import problem_kinds
from web.api.citizen_number import HEADER
from web.api.contract import OPERATIONS
from web.api.openapi import statuses_of_problems
from web.api.schemas import schemas

BESIDE = Path(__file__).parent
STYLE = (BESIDE / "docs_page.css").read_text(encoding="utf-8")

_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


@functools.cache
def page() -> str:
    """Return the page."""
    pages = Environment(loader=FileSystemLoader(BESIDE), autoescape=True, undefined=StrictUndefined)
    return pages.get_template("docs_page.html").render(
        style=STYLE,
        operations=OPERATIONS,
        citizen_header=HEADER,
        problems=statuses_of_problems,
        kinds=problem_kinds.ALL,
        schemas={
            name: json.dumps(
                {key: value for key, value in schema.items() if key != "$schema"},
                ensure_ascii=False,
                indent=2,
            )
            for name, schema in schemas().items()
        },
    )


def read() -> Response:
    response = Response(page(), mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    return response
