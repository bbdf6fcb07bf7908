"""The JSON Schemas of requests and answers, and the check of a message against one.

In: `schema/*.json` beside this file; a parsed body. Out: faults, sorted by pointer.
Does not know: what the fields mean. The same files become the OpenAPI document.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs

from engine.facts import Text
from web.api import faults
from web.api.faults import Fault, fault
from web.api.wire_times import read_day, read_instant, read_uuid
from web.delivery.locations import read_path

Schema = dict[str, Any]

FOLDER = Path(__file__).parent / "schema"
FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date-time": lambda text: read_instant(text) is not None,
    "date": lambda text: read_day(text) is not None,
    "uuid": lambda text: read_uuid(text) is not None,
    "webhook-path": lambda text: isinstance(read_path(text), str),
}
"""What the formats of the schemas mean here; the same functions later read the values."""


@functools.cache
def schemas() -> Mapping[str, Schema]:
    """Return every schema by name, as its file has it."""
    return {path.stem: json.loads(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))}


def placed(schema: object, where: str) -> Any:  # JSON in, JSON out
    """Return a copy in which references to files point to `where` in one document instead."""
    if isinstance(schema, dict):
        return {
            key: where + value.removesuffix(".json") if key == "$ref" else placed(value, where)
            for key, value in schema.items()
            if key != "$schema"
        }
    if isinstance(schema, list):
        return [placed(each, where) for each in schema]
    return schema


@functools.cache
def whole_schema(name: str) -> Schema:
    """Return one schema with all those it refers to inside it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/$defs/{name}",
        "$defs": placed(dict(schemas()), "#/$defs/"),
    }


@functools.cache
def _checker(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        whole_schema(name), validate_formats=True, formats=dict(FORMATS)
    )


def check(name: str, body: object) -> tuple[Fault, ...]:
    """Return every fault of `body` against the schema `name`.

    The body must be of bounded depth: deeper than some thousand levels the checker crashes.
    """
    checker = _checker(name)
    if checker.is_valid(body):
        return ()
    found = (each for error in checker.iter_errors(body) for each in _faults(error))
    return tuple(sorted(set(found)))


def _faults(error: jsonschema_rs.ValidationError) -> Iterator[Fault]:
    kind: Any = error.kind
    path = error.instance_path
    match kind.name:
        case "required":
            yield fault([*path, kind.property], faults.MISSING)
        case "additionalProperties":
            for field in kind.unexpected:
                yield fault([*path, field], faults.UNKNOWN_FIELD)
        case _:
            yield fault(path, _words(kind))


def _words(kind: Any) -> Text:  # jsonschema-rs has one class per keyword
    match kind.name:
        case "type":
            return faults.expected_type(kind.types)
        case "format":
            return faults.expected_format(kind.format)
        case "enum":
            return faults.expected_one_of(kind.options)
        case "minimum" | "maximum" | "minLength" | "maxLength" | "minItems" | "maxItems" as keyword:
            return faults.expected_limit(keyword, kind.limit)
        case _:
            return faults.OTHER
