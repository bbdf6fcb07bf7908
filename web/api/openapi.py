"""The OpenAPI 3.1 document, generated from the table of operations and the JSON Schemas.

In: `contract.OPERATIONS`, `schema/*.json`. Out: the document.
Does not know: what an operation does.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus

import orjson
from flask import Response

from web.api.admission import NEVER_LIMITED
from web.api.citizen_number import HEADER
from web.api.contract import OPERATIONS
from web.api.contract_types import CitizenHeader, Operation, Parameter
from web.api.once import HEADER as KEY
from web.api.once import REPLAYED
from web.api.schemas import placed, schemas

Json = dict[str, object]

COMPONENTS = "#/components/schemas/"
EXAMPLE_KEY = "1b671a64-40d5-491e-99b0-da01ff1f3341"
PROBLEM = "application/problem+json"
_NAMED_IN_PATH = re.compile(r"\{([A-Za-z]+)\}")

HEADERS: Mapping[str, str] = {
    "ETag": "version of what was answered",
    "Location": "path of what was made",
    "Link": 'the next page, `rel="next"`, when there is one',
    REPLAYED: "`true` when the call was made before, and this is the answer of then",
    "Retry-After": "whole seconds after which it may go well",
    "RateLimit-Policy": "where requests are counted: how many (`q`) in how many seconds (`w`)",
    "RateLimit": "where requests are counted: how many are left (`r`), and the seconds until there "
    "are more (`t`)",
}
RATE = ("RateLimit-Policy", "RateLimit")
"""Stand on every answer to a request that was counted, but for those of monitoring."""
OF_PROBLEMS: Mapping[int, tuple[str, ...]] = {
    HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After", *RATE),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Retry-After",),
}
"""Headers of problems by their status."""


@functools.cache
def document() -> bytes:
    """Return the document as JSON."""
    paths: dict[str, dict[str, object]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return orjson.dumps(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "samtale",
                "version": "1",
                "description": "Registers held interviews; rules decide. Every answer carries "
                "`X-Request-Id`; every error is `application/problem+json` (RFC 9457).",
            },
            "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
            "servers": [{"url": "/"}],
            "paths": paths,
            "components": {
                "schemas": placed(dict(schemas()), COMPONENTS),
                "securitySchemes": {
                    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                    "certificate": {
                        "type": "mutualTLS",
                        "description": "a client certificate that the operator has listed; it "
                        "stands beside a token or in its place",
                    },
                },
            },
        }
    )


def read() -> Response:
    return Response(document(), mimetype="application/json")


def statuses_of_problems(operation: Operation) -> tuple[int, ...]:
    """Return every status that an operation may answer with a problem."""
    found = {400, *operation.problems}
    if operation.scope is not None:
        found |= {401, 403, 500, 503}
    if operation.once:
        found |= {409, 422}
    if operation.id not in NEVER_LIMITED:
        found.add(429)
    if operation.body is not None:
        found |= {408, 413, 415}
    return tuple(sorted(found))


def schemas_of_problem(operation: Operation, status: int) -> tuple[str, ...]:
    """Return the schemas of which a problem with this status obeys one."""
    if status != HTTPStatus.UNPROCESSABLE_ENTITY:
        return ("Problem",)
    by_rules = ("Refusal",) if status in operation.problems else ()
    return (*by_rules, *(("Problem",) if operation.once else ()))


def _operation(operation: Operation) -> Json:
    described: Json = {
        "operationId": operation.id,
        "summary": operation.summary.en,
        "description": f"Dansk: {operation.summary.da}.{_of_keys(operation)}",
        "parameters": _parameters(operation),
        "responses": {
            **{str(status): _answer(operation, status) for status in operation.answers},
            **{
                str(status): _problem(operation, status)
                for status in statuses_of_problems(operation)
            },
        },
        "security": _security(operation),
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": not operation.body_optional,
            "content": {"application/json": {"schema": {"$ref": COMPONENTS + operation.body}}},
        }
    return described


def _of_keys(operation: Operation) -> str:
    """Say what becomes of an `Idempotency-Key` where one could be expected."""
    if operation.once:
        return f" Made again with the same `{KEY}` it is done once, and answered as the first time."
    if operation.method in {"POST", "PUT", "DELETE"}:
        return f" Nothing is stored, so `{KEY}` is not looked at."
    return ""


def _security(operation: Operation) -> list[Json]:
    """Any one of what is listed is enough."""
    if operation.scope is None:
        return []
    return [{"token": [operation.scope.value]}, {"certificate": []}]


def _parameters(operation: Operation) -> list[Json]:
    in_path: list[Json] = [
        _parameter("path", name, {"type": "string"}, required=True)
        for name in _NAMED_IN_PATH.findall(operation.path)
    ]
    headers: list[Json] = []
    if operation.citizen is not CitizenHeader.NONE:
        number = {"type": "string", "pattern": "^[0-9]{6}-?[0-9]{4}$"}
        required = operation.citizen is CitizenHeader.REQUIRED
        headers.append(_parameter("header", HEADER, number, required=required))
    if operation.if_match:
        required = not operation.if_match_optional
        headers.append(_parameter("header", "If-Match", {"type": "string"}, required=required))
    if operation.if_none_match:
        headers.append(_parameter("header", "If-None-Match", {"type": "string"}))
    if operation.once:
        key = {"type": "string", "pattern": "^[ -~]{1,255}$", "examples": [EXAMPLE_KEY]}
        headers.append(_parameter("header", KEY, key))
    if operation.scope is not None:
        languages = {"type": "string", "examples": ["da", "en"]}
        headers.append(_parameter("header", "Accept-Language", languages))
        headers.append(_parameter("header", "X-Request-Id", {"type": "string"}))
    return [*in_path, *(_in_query(each) for each in operation.query), *headers]


def _parameter(place: str, name: str, schema: object, *, required: bool = False) -> Json:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _in_query(parameter: Parameter) -> Json:
    schema: object = parameter.schema
    if parameter.repeatable:
        schema = {"type": "array", "items": schema}
    return {
        **_parameter("query", parameter.name, schema),
        "description": parameter.description,
    }


def _answer(operation: Operation, status: int) -> Json:
    answer = operation.answers[status]
    described: Json = {"description": answer.description}
    counted = () if operation.id in NEVER_LIMITED else RATE
    again = (REPLAYED,) if operation.once else ()
    if answer.headers or counted:
        described["headers"] = _headers((*answer.headers, *again, *counted))
    if answer.schema is not None:
        described["content"] = {answer.media_type: {"schema": {"$ref": COMPONENTS + answer.schema}}}
    elif status == HTTPStatus.OK:
        described["content"] = {answer.media_type: {}}
    return described


def _problem(operation: Operation, status: int) -> Json:
    references = [{"$ref": COMPONENTS + name} for name in schemas_of_problem(operation, status)]
    described: Json = {
        "description": HTTPStatus(status).phrase,
        "content": {
            PROBLEM: {"schema": references[0] if len(references) == 1 else {"anyOf": references}}
        },
    }
    headers = OF_PROBLEMS.get(status, ())
    if operation.once and status == HTTPStatus.CONFLICT:
        headers = ("Retry-After",)
    if operation.once and status == HTTPStatus.UNPROCESSABLE_ENTITY:
        headers = (REPLAYED,)
    if headers:
        described["headers"] = _headers(headers)
    return described


def _headers(names: Iterable[str]) -> Json:
    return {name: {"description": HEADERS[name], "schema": {"type": "string"}} for name in names}
