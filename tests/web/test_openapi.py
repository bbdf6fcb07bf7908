"""The OpenAPI document and its page describe what is served, all of it and nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.web.door import PROJECT, Door
from web.api import problem_kinds
from web.api.contract import BY_ID, OPERATIONS
from web.api.contract_messages import MESSAGE_OPERATIONS
from web.api.openapi import document
from web.api.problem_kinds import Kind
from web.api.routes import VIEWS
from web.api.schemas import check, schemas

DOCUMENT: dict[str, Any] = json.loads(document())


def test_every_route_is_documented_and_every_documented_operation_has_a_route(door: Door) -> None:
    served = {
        (re.sub(r"<([A-Za-z]+)>", r"{\1}", rule.rule), method)
        for rule in door.app.url_map.iter_rules()
        # pages for people are no interface for programs
        if not rule.endpoint.startswith("workbench.")
        for method in rule.methods - {"HEAD"}
    }
    documented = {
        (path, method.upper()) for path, methods in DOCUMENT["paths"].items() for method in methods
    }
    assert served == documented
    assert BY_ID.keys() == VIEWS.keys()
    assert len(OPERATIONS) == len(BY_ID)


def references(part: object):
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for each in part.values():
            yield from references(each)
    elif isinstance(part, list):
        for each in part:
            yield from references(each)


def test_every_reference_leads_somewhere() -> None:
    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert set(references(DOCUMENT)) <= known
    used = set(references(DOCUMENT["paths"]))
    assert "#/components/schemas/Refusal" in used


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_components_are_json_schemas(name: str) -> None:
    Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_the_examples_of_a_component_are_what_it_describes(name: str) -> None:
    for example in DOCUMENT["components"]["schemas"][name].get("examples", ()):
        assert () == check(name, example)


def test_everything_said_about_messages_has_an_example() -> None:
    said = {
        schema
        for operation in MESSAGE_OPERATIONS
        for schema in (operation.body, *(each.schema for each in operation.answers.values()))
        if schema is not None
    }
    assert set() == {name for name in said if "examples" not in schemas()[name]}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_every_operation_says_what_openapi_asks_for(operation) -> None:
    described = DOCUMENT["paths"][operation.path][operation.method.lower()]
    named = [each["name"] for each in described["parameters"] if each["in"] == "path"]
    assert re.findall(r"\{([A-Za-z]+)\}", operation.path) == named
    assert all(each["required"] for each in described["parameters"] if each["in"] == "path")
    assert {str(status) for status in operation.answers} <= described["responses"].keys()
    assert all(each["description"] for each in described["responses"].values())
    assert (operation.body is not None) == ("requestBody" in described)
    assert (operation.scope is not None) == bool(described["security"])


def test_the_document_is_served_as_it_is_generated(door: Door) -> None:
    answer = door.call("GET", "/openapi.json")
    assert document() == answer.data
    assert "3.1.0" == answer.json["openapi"]


def test_the_page_names_every_operation_schema_and_kind_of_problem(door: Door) -> None:
    answer = door.call("GET", "/docs")
    for operation in OPERATIONS:
        assert f'id="{operation.id}"' in answer.text
    for name in DOCUMENT["components"]["schemas"]:
        assert f'id="schema-{name}"' in answer.text
    for kind in problem_kinds.ALL:
        assert kind.type in answer.text


def test_the_page_needs_nothing_from_elsewhere_and_no_script(door: Door) -> None:
    answer = door.call("GET", "/docs")
    assert "<script" not in answer.text
    assert not re.search(r"(src|href)=\"(https?:)?//", answer.text)
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


def test_codes_of_problems_are_those_of_the_error_code_file() -> None:
    from engine.reader.load import load_rulebook

    known = load_rulebook(PROJECT / "rules", PROJECT / "config").error_codes
    assert {each.code for each in problem_kinds.ALL if each.code is not None} <= known.keys()


def test_kinds_of_problem_are_listed_once() -> None:
    constants = [each for each in vars(problem_kinds).values() if isinstance(each, Kind)]
    assert constants == list(problem_kinds.ALL)
    assert len(constants) == len({each.type for each in constants})
