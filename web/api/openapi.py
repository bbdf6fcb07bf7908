"""The OpenAPI 3.1 document, generated from the table of operations and the JSON Schemas.

In: `contract.OPERATIONS`, `schema/*.json`. Out: the document.
Does not know: what an operation does.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from http import HTTPStatus

import orjson
from flask import Response

from web.api.citizen_number import HEADER
from web.api.contract import OPERATIONS
from web.api.contract_types import CitizenHeader, Operation, Parameter
from web.api.schemas import placed, schemas

Json = dict[str, object]

COMPONENTS = "#/components/schemas/"
PROBLEM = "application/problem+json"
_NAMED_IN_PATH = re.compile(r"\{([A-Za-z]+)\}")

HEADERS: Mapping[str, str] = {
    "ETag": "version of what was answered",
    "Location": "path of what was made",
    "Link": 'the next page, `rel="next"`, when there is one',
}


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
                    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
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
    if operation.body is not None:
        found |= {413, 415}
    return tuple(sorted(found))


def _operation(operation: Operation) -> Json:
    described: Json = {
        "operationId": operation.id,
        "summary": operation.summary.en,
        "description": f"Dansk: {operation.summary.da}.",
        "parameters": _parameters(operation),
        "responses": {
            **{str(status): _answer(operation, status) for status in operation.answers},
            **{str(status): _problem(status) for status in statuses_of_problems(operation)},
        },
        "security": [{"token": [operation.scope.value]}] if operation.scope is not None else [],
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": not operation.body_optional,
            "content": {"application/json": {"schema": {"$ref": COMPONENTS + operation.body}}},
        }
    return described


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
        headers.append(_parameter("header", "If-Match", {"type": "string"}, required=True))
    if operation.if_none_match:
        headers.append(_parameter("header", "If-None-Match", {"type": "string"}))
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
    if answer.headers:
        described["headers"] = {
            name: {"description": HEADERS[name], "schema": {"type": "string"}}
            for name in answer.headers
        }
    if answer.schema is not None:
        described["content"] = {answer.media_type: {"schema": {"$ref": COMPONENTS + answer.schema}}}
    elif status == HTTPStatus.OK:
        described["content"] = {answer.media_type: {}}
    return described


def _problem(status: int) -> Json:
    name = "Refusal" if status == HTTPStatus.UNPROCESSABLE_ENTITY else "Problem"
    return {
        "description": HTTPStatus(status).phrase,
        "content": {PROBLEM: {"schema": {"$ref": COMPONENTS + name}}},
    }
