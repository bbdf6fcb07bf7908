"""The body of a request: bytes → values that obey a schema, or every fault at once.

In: the current request, the name of a schema. Out: the parsed JSON object.
Does not know: what the fields mean. Nothing is coerced, and nothing is looked at before its size
and depth are known to be bounded.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson
from flask import request

from engine.facts import Text
from web.api import faults
from web.api import problem_kinds as kinds
from web.api.faults import Fault, fault
from web.api.problems import ProblemRaised
from web.api.schemas import check

DEEPEST = 16
"""No message of ours is more than six levels deep."""
MOST_VALUES = 20_000

Path = tuple[str | int, ...]
_END_OF_NAME = re.compile(rb'"[ \t\n\r]*:')


def nothing_more(_body: object) -> tuple[Fault, ...]:
    """Find no fault beyond those of the schema."""
    return ()


def read_body(
    schema: str, more: Callable[[dict[str, Any]], Iterable[Fault]] = nothing_more
) -> dict[str, Any]:
    """Return the body; raises 415, 413, or 400 with code 1014 and every fault.

    `more` finds what a schema cannot see, in a body that need not obey the schema.
    """
    if request.mimetype != "application/json" or request.headers.get("Content-Encoding"):
        raise ProblemRaised(kinds.MEDIA_TYPE, headers={"Accept": "application/json"})
    body = read_json(request.get_data())
    refuse(tuple(sorted({*check(schema, body), *more(body)})))
    return body


def read_body_if_given(schema: str) -> dict[str, Any]:
    """Return the body, or an empty object when the request has none; raises as `read_body`."""
    # the length may be unknown (chunked), so that only reading tells
    return read_body(schema) if request.get_data(cache=True) else {}


def refuse(found: tuple[Fault, ...]) -> None:
    """Raise 400 with code 1014 when there are faults."""
    if found:
        raise ProblemRaised(kinds.MESSAGE_INVALID, found)


def read_json(raw: bytes) -> dict[str, Any]:
    """Parse a JSON object in which no name is there twice and no text holds NUL.

    orjson refuses NaN, infinity, broken UTF-8, lone surrogates, a byte order mark and more than
    1,024 levels; the depth is bounded further before anything recursive sees the value.
    """
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        body = None
        refuse((fault((), _why_not_json(raw, error)),))
    if not isinstance(body, dict):
        refuse((fault((), faults.NOT_AN_OBJECT),))
    if _may_be_unfit(raw):
        refuse(tuple(sorted(set(_unfit(body)))))
    if _may_repeat_names(raw, body):
        refuse(tuple(sorted(set(_named_twice(raw)))))
    return dict(body)


def _why_not_json(raw: bytes, error: orjson.JSONDecodeError) -> Text:
    if not raw.strip():
        return faults.EMPTY
    if raw.startswith(codecs.BOM_UTF8):
        return faults.BYTE_ORDER_MARK
    try:
        raw.decode()
    except UnicodeDecodeError:
        return faults.NOT_UTF_8
    return faults.not_json(error.lineno, error.colno)


def _may_be_unfit(raw: bytes) -> bool:
    """Tell whether a closer look is needed: nothing can be there that no byte of it shows.

    Every value but the first stands behind a bracket or a comma, NUL only where it is escaped.
    """
    opened = raw.count(b"{") + raw.count(b"[")
    return b"\\u0000" in raw or opened > DEEPEST or opened + raw.count(b",") >= MOST_VALUES


def _unfit(body: object) -> Iterator[Fault]:
    """Yield what no schema can see: too deep, too many values, NUL in a text or name."""
    waiting: list[tuple[Path, object]] = [((), body)]
    seen = 0
    while waiting:
        path, value = waiting.pop()
        seen += 1
        if seen > MOST_VALUES:
            yield fault((), faults.TOO_MANY)
            return
        if isinstance(value, str):
            if "\0" in value:
                yield fault(path, faults.NUL)
            continue
        if isinstance(value, dict):
            if any("\0" in name for name in value):
                yield fault(path, faults.NUL)
            inside: list[tuple[Path, object]] = [((*path, k), v) for k, v in value.items()]
        elif isinstance(value, list):
            inside = [((*path, position), each) for position, each in enumerate(value)]
        else:
            continue
        if len(path) >= DEEPEST:
            yield fault((), faults.TOO_DEEP)
            return
        waiting.extend(inside)


def _may_repeat_names(raw: bytes, body: dict[str, Any]) -> bool:
    """Tell whether a second look is needed.

    What looks like the end of a name stands behind every name, and may stand inside texts; so when
    it is not there more often than `body` has names, none was lost.
    """
    return len(_END_OF_NAME.findall(raw)) != _count_names(body)


def _count_names(value: object) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_count_names, value.values()))
    return sum(map(_count_names, value)) if isinstance(value, list) else 0


def _named_twice(raw: bytes) -> Iterator[Fault]:
    """Yield the names that an object has twice; orjson keeps the last one silently."""
    # INVARIANT: the depth is bounded by now; this parser recurses.
    repeated: list[_Pairs] = []

    def keep(pairs: list[tuple[str, Any]]) -> _Pairs:
        made = _Pairs(pairs)
        if made.repeated:
            repeated.append(made)
        return made

    tree = json.loads(raw, object_pairs_hook=keep)
    if not repeated:
        return
    waiting: list[tuple[Path, object]] = [((), tree)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, _Pairs):
            for name in value.repeated:
                yield fault((*path, name), faults.NAMED_TWICE)
            waiting.extend(((*path, name), part) for name, part in value.pairs)
        elif isinstance(value, list):
            waiting.extend(((*path, position), each) for position, each in enumerate(value))


class _Pairs:
    """A JSON object with the names it has twice."""

    __slots__ = ("pairs", "repeated")

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in pairs]
        self.pairs = pairs
        self.repeated: tuple[str, ...] = ()
        if len(set(names)) != len(names):
            self.repeated = tuple({name for name in names if names.count(name) > 1})
