"""What operators ask: is it running, can it serve, how is it doing.

In: requests. Out: responses. Does not know: anything about citizens.
"""

from __future__ import annotations

from flask import Response

from web.api.answers import answer
from web.api.services import services


def is_alive() -> Response:
    return answer({"status": "ok"})


def is_ready() -> Response:
    services().ready()
    return answer({"status": "ok"})


def metrics() -> Response:
    return Response(services().metrics.exposition(), mimetype="text/plain")
