"""Names that a JSON object has twice: the quick look finds whatever the long one finds."""

from __future__ import annotations

import json

import orjson
from hypothesis import given
from hypothesis import strategies as some

from web.api.request_body import _may_repeat_names, _named_twice

TEXTS = some.text(some.sampled_from('ab":, {}\\\n\té')) | some.sampled_from(['":', '\\":', '" :'])
BLANKS = some.text(some.sampled_from(" \t\r\n"), max_size=2)


@some.composite
def objects(draw: some.DrawFn, depth: int = 3) -> str:
    """Write an object, perhaps with a name twice, and blanks wherever they may stand."""
    members = draw(some.lists(some.tuples(TEXTS, BLANKS, BLANKS, BLANKS), max_size=4))
    written = [
        f"{draw(BLANKS)}{json.dumps(name)}{before}:{after}{draw(values(depth))}{end}"
        for name, before, after, end in members
    ]
    return "{" + ",".join(written) + draw(BLANKS) + "}"


@some.composite
def values(draw: some.DrawFn, depth: int) -> str:
    kind = draw(some.integers(0, 3 if depth else 1))
    if kind == 0:
        return json.dumps(draw(TEXTS), ensure_ascii=draw(some.booleans()))
    if kind == 1:
        return draw(some.sampled_from(["1", "-2.5", "true", "null"]))
    if kind == 2:
        return draw(objects(depth - 1))
    return "[" + ",".join(draw(some.lists(values(depth - 1), max_size=3))) + "]"


@given(objects())
def test_a_name_that_is_there_twice_is_never_overlooked(written: str) -> None:
    raw = written.encode()
    if next(_named_twice(raw), None) is not None:
        assert _may_repeat_names(raw, orjson.loads(raw))


@given(objects())
def test_a_second_look_is_for_names_twice_and_for_texts_that_look_like_names(written: str) -> None:
    raw = written.encode()
    body = orjson.loads(raw)
    if _may_repeat_names(raw, body) and next(_named_twice(raw), None) is None:
        assert _holds_colons(body)


def _holds_colons(value: object) -> bool:
    if isinstance(value, dict):
        return any(":" in name or _holds_colons(part) for name, part in value.items())
    if isinstance(value, list):
        return any(map(_holds_colons, value))
    return isinstance(value, str) and ":" in value
