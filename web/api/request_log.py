"""One JSON line per request, without anything personal.

In: a stream, and what is known of a request when it is over. Out: lines.
Does not know: bodies, paths or queries: the route template stands for the path. As a second net,
whatever looks like a civil registration number is taken out of every value.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, TextIO

import orjson
import structlog

_CITIZEN_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}[- ]?[0-9]{4}(?![0-9A-Za-z])")
TAKEN_OUT = "[civil registration number]"


def request_log(stream: TextIO) -> Any:  # structlog's loggers have no static type
    """Return a logger that writes one JSON object per line to `stream`."""
    return structlog.wrap_logger(
        structlog.WriteLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            without_citizen_numbers,
            structlog.processors.JSONRenderer(
                lambda event, **_: orjson.dumps(event, default=str).decode()
            ),
        ],
        wrapper_class=structlog.BoundLogger,
    )


def without_citizen_numbers(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Take civil registration numbers out of every text in the event."""
    return {name: _clean(value) for name, value in event.items()}


def _clean(value: object) -> object:
    if isinstance(value, str):
        return _CITIZEN_NUMBER.sub(TAKEN_OUT, value)
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(part) for name, part in value.items()}
    return value


def where_it_broke(error: BaseException) -> list[str]:
    """Return file, line and function of each frame; never the message: it may hold values."""
    return [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
