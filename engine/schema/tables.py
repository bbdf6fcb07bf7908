"""The JSON Schema of `config/*.yaml`: tables, parameters and error codes.

In: a rulebook. Out: `tables.schema.json` as a dictionary.
Does not know: what a table is asked for. A table that is new since the schema was written is
accepted in its general form.
"""

from __future__ import annotations

from engine.facts import FactType, Text
from engine.model import Rulebook
from engine.schema.parts import (
    DAY,
    KEBAB,
    SNAKE,
    TEXT,
    Schema,
    any_of,
    code_lists,
    common_definitions,
    described,
    document,
    format_key,
    literal,
    mapping,
    named,
    one_of,
    ref,
    several,
    slug,
    titled_as,
)
from engine.tables import Column, Table

WRITABLE = (FactType.TEXT, FactType.INTEGER, FactType.BOOLEAN, FactType.DATE)
"""The types of value that can be written in a file, codes apart."""

_ORIGINS = {
    "official": Text("står i specifikationen", "stated in the specification"),
    "adopted": Text("en DFDG-kode fra en beslægtet service", "a code of a neighbouring service"),
    "assigned": Text("vores egen", "our own"),
}


def tables_schema(rulebook: Rulebook) -> Schema:
    """Return the schema of `config/*.yaml`; a file holds one or several of the three."""
    tables = rulebook.tables
    root = mapping(
        {
            "format": format_key(),
            "tables": {
                **named(SNAKE, ref("table")),
                "properties": {name: ref(slug("table", name)) for name in tables},
            },
            "parameters": named(SNAKE, ref("parameter")),
            "codes": several(ref("code")),
        },
        ["format"],
    )
    root["anyOf"] = [{"required": [key]} for key in ("tables", "parameters", "codes")]
    written = [kind.value for kind in WRITABLE]
    lists = [table.name for table in code_lists(rulebook)]
    coded = [f"code({name})" for name in lists]
    switches = [
        (name, parameter.title)
        for name, parameter in rulebook.parameters.items()
        if parameter.type is FactType.BOOLEAN
    ]
    definitions: dict[str, Schema] = {
        **common_definitions(),
        "valid_from": described(
            DAY, Text("første dag; uden: altid", "the first day; without: since ever")
        ),
        "key": mapping(
            {
                "name": {"type": "string", "pattern": SNAKE},
                "type": {"enum": ["integer", "text", *coded]},
                "label": ref("words"),
            },
            ["name", "type", "label"],
        ),
        "columns": {
            "type": "object",
            "propertyNames": {"pattern": SNAKE},
            "additionalProperties": mapping(
                {
                    "type": {"enum": [*written, *coded, *(f"codes({name})" for name in lists)]},
                    "label": ref("words"),
                },
                ["type", "label"],
            ),
        },
        "only_with": described(
            one_of(switches),
            Text(
                "rækken gælder kun, når parameteren er true",
                "the row holds only while this parameter is true",
            ),
        ),
        "table": _table({"type": "object", "required": ["confidence"]}),
        **{slug("table", name): _table(_rows(rulebook, table)) for name, table in tables.items()},
        "parameter": {"oneOf": [_parameter(kind) for kind in WRITABLE]},
        "code": _error_code(rulebook),
    }
    title = Text("Tabeller, parametre og fejlkoder", "Tables, parameters and error codes")
    return document("tables", title, root, definitions)


def _table(row: Schema) -> Schema:
    return mapping(
        {
            "title": ref("words"),
            "key": ref("key"),
            "columns": ref("columns"),
            "rows": several(row, at_least=0),
        },
        ["title", "key", "rows"],
    )


def _rows(rulebook: Rulebook, table: Table) -> Schema:
    """Return the schema of a row; columns that were added since are for the reader to check."""
    always = {
        table.key.name: described(_key(rulebook, table), table.key.label),
        "valid_from": ref("valid_from"),
        "confidence": ref("confidence"),
    }
    needed = [table.key.name, "confidence"]
    columns = {name: _column(rulebook, column) for name, column in table.columns.items()}
    names = {} if table.key.type is FactType.CODE else {"da": TEXT, "en": TEXT}
    content: Schema = {
        "type": "object",
        "propertyNames": {"pattern": SNAKE},
        "properties": {
            **always,
            **names,
            **columns,
            "only_with": ref("only_with"),
            "withdrawn": {"const": False},
        },
        "required": [*needed, *columns],
    }
    if names:
        content["dependentRequired"] = {"da": ["en"], "en": ["da"]}
    ends = described({"const": True}, Text("gælder ikke længere", "no longer holds"))
    withdrawn = mapping({**always, "withdrawn": ends}, [*needed, "withdrawn"])
    return {
        "oneOf": [
            titled_as(Text("række", "row"), content),
            titled_as(Text("rækken ophører", "the row ends"), withdrawn),
        ]
    }


def _key(rulebook: Rulebook, table: Table) -> Schema:
    if table.key.type is FactType.CODE:
        return literal(rulebook, FactType.CODE, table.key.code_list)
    return {"type": "integer"} if table.key.type is FactType.INTEGER else {"type": "string"}


def _column(rulebook: Rulebook, column: Column) -> Schema:
    return described(literal(rulebook, column.type, column.code_list), column.label)


def _parameter(kind: FactType) -> Schema:
    value = {
        FactType.TEXT: {"type": "string"},
        FactType.INTEGER: {"type": "integer"},
        FactType.BOOLEAN: {"type": "boolean"},
        FactType.DATE: DAY,
    }[kind]
    version = mapping(
        {"valid_from": ref("valid_from"), "value": value, "basis": ref("basis")},
        ["value", "basis"],
    )
    return mapping(
        {
            "title": ref("words"),
            "unit": ref("words"),
            "type": {"const": kind.value},
            "versions": several(version),
        },
        ["title", "type", "versions"],
    )


def _error_code(rulebook: Rulebook) -> Schema:
    rules = one_of((rule.id, rule.title) for file in rulebook.files for rule in file.rules)
    return mapping(
        {
            "code": described(TEXT, Text("nummeret, i anførselstegn", "the number, in quotes")),
            "title": ref("words"),
            "origin": one_of(_ORIGINS.items()),
            "new_code": described(TEXT, Text("nummeret efter REST", "the number after REST")),
            "rule": any_of([rules, {"type": "string", "pattern": KEBAB}]),
        },
        ["code", "title", "origin"],
    )
