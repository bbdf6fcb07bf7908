"""JSON lines, one per request, without anything personal.

In: a stream, and what is known of a request when it is over. Out: lines.
Does not know: bodies, paths or queries: the route template stands for the path. As a second net,
`redaction` takes out of every value what looks like a civil registration number.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, MutableMapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import orjson
import structlog

from web.api.redaction import without_citizen_numbers

Step = Callable[[Any, str, MutableMapping[str, Any]], Any]


def request_log(stream: TextIO) -> Any:  # structlog's loggers have no static type
    """Return a logger that writes one JSON object per line to `stream`."""
    return structlog.wrap_logger(
        structlog.WriteLogger(stream), processors=lines(), wrapper_class=structlog.BoundLogger
    )


def lines() -> Sequence[Step]:
    """Return the steps that make an event one line; the redaction comes last of those that add."""
    return (
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        without_message,
        without_citizen_numbers,
        structlog.processors.JSONRenderer(lambda event, **_: orjson.dumps(event).decode()),
    )


def without_message(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Put the kind and the place of an exception where the exception was."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event.setdefault("failure", type(error).__name__)
        event.setdefault("where", where_it_broke(error))
    return event


def where_it_broke(error: BaseException) -> list[str]:
    """Return file, line and function of each frame; never the message: it may hold values."""
    return [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
