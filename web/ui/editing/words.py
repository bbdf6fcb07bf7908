"""The words that the editor offers: fields, facts, operators, codes with their names.

In: a rulebook and its JSON Schemas. Out: JSON values, small enough to be fetched once.
Does not know: the editor, or where the cursor stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.facts import Fact, FactType
from engine.model import Confidence, Rulebook
from engine.operators import OPERATORS
from engine.schema.rules import rulebook_schema
from engine.schema.words import OPERATOR_WORDS
from engine.tables import Table

Json = dict[str, object]


def words_of(rulebook: Rulebook, language: str) -> Json:
    """Return everything that can be offered in a rule file or a table."""
    schema = rulebook_schema(rulebook)
    definitions: Mapping[str, Any] = schema["$defs"]
    return {
        "keys": {
            "file": _keys(schema.get("properties", {})),
            "rule": _keys(definitions["rule"].get("properties", {})),
            "version": _version_keys(definitions),
            "requirement": _keys(definitions["requirement"].get("properties", {})),
        },
        "facts": [_fact(each, language) for each in rulebook.catalogue.facts.values()],
        "operators": [
            {
                "label": operator.value,
                "detail": OPERATOR_WORDS[operator].in_language(language),
                "types": [each.value for each in meaning.subjects],
            }
            for operator, meaning in OPERATORS.items()
        ],
        "codes": {
            name: list(_codes(table, language))
            for name, table in rulebook.tables.items()
            if table.key.code_list is None
        },
        "errorCodes": [
            {"label": f'"{code}"', "detail": each.title.in_language(language)}
            for code, each in rulebook.error_codes.items()
        ],
        "parameters": [
            {"label": f"$parameters.{name}", "detail": each.title.in_language(language)}
            for name, each in rulebook.parameters.items()
        ],
        "operations": list(rulebook.catalogue.operations),
        "confidences": [each.value for each in Confidence],
    }


def _version_keys(definitions: Mapping[str, Any]) -> list[Json]:
    found: dict[str, Json] = {}
    for form in definitions["version"].get("oneOf", []):
        for each in _keys(form.get("properties", {})):
            found[str(each["label"])] = each
    return list(found.values())


def _keys(properties: Mapping[str, Any]) -> list[Json]:
    return [
        {"label": name, "detail": str(schema.get("description", ""))}
        for name, schema in properties.items()
        if isinstance(schema, Mapping)
    ]


def _fact(fact: Fact, language: str) -> Json:
    found: Json = {
        "label": fact.name,
        "detail": fact.label.in_language(language),
        "description": fact.description.in_language(language),
        "type": fact.type.value,
        "codes": fact.code_list,
        "optional": fact.optional,
    }
    if fact.type is FactType.RECORDS:
        found["fields"] = [_fact(each, language) for each in fact.fields.values()]
    return found


def _codes(table: Table, language: str) -> Iterator[Json]:
    for key, history in table.rows.items():
        names = [row.name for _, row in history if row.name is not None]
        written = str(key)
        yield {"label": written, "detail": names[-1].in_language(language) if names else ""}
