"""The JSON Schema of the fact catalogue, `rules/facts.yaml`.

In: a rulebook, for the tables and code lists that facts may name. Out: `facts.schema.json`.
Does not know: which facts there are: the file defines them.
"""

from __future__ import annotations

from engine.facts import FactType, Text
from engine.model import Rulebook
from engine.schema.parts import (
    DOTTED,
    SNAKE,
    TEXT,
    Schema,
    code_lists,
    common_definitions,
    described,
    document,
    format_key,
    mapping,
    named,
    one_of,
    ref,
    several,
    titled_as,
)

_PLAIN = {
    FactType.TEXT: Text("tekst", "text"),
    FactType.INTEGER: Text("et helt tal", "a whole number"),
    FactType.BOOLEAN: Text("true eller false", "true or false"),
    FactType.DATE: Text("en dag i Danmark", "a day in Denmark"),
    FactType.INSTANT: Text("et tidspunkt", "an instant"),
}


def facts_schema(rulebook: Rulebook) -> Schema:
    """Return the schema of the catalogue."""
    root = mapping(
        {
            "format": format_key(),
            "operations": described(
                several({"type": "string", "pattern": r"\S"}, distinct=True),
                Text("alt, hvad der kan afgøres", "everything that can be decided"),
            ),
            "facts": described(
                named(DOTTED, {"oneOf": [_fact(), _records()]}),
                Text("alt, hvad en regel må tale om", "everything a rule may speak of"),
            ),
        },
        ["format", "operations", "facts"],
    )
    definitions = {
        "words": common_definitions()["words"],
        "type": _types(rulebook),
        "operations": described(
            several(TEXT, distinct=True),
            Text("hvornår oplysningen findes; uden: altid", "when it is there; without: always"),
        ),
        "looked_up": _looked_up(rulebook),
    }
    title = Text("Faktakataloget i samtale", "The fact catalogue of samtale")
    return document("facts", title, root, definitions)


def _types(rulebook: Rulebook) -> Schema:
    coded = [
        (f"{word}({table.name})", Text(f"{da}: {table.title.da}", f"{en}: {table.title.en}"))
        for table in code_lists(rulebook)
        for word, da, en in (("code", "en kode", "a code"), ("codes", "flere koder", "codes"))
    ]
    return one_of([*((kind.value, words) for kind, words in _PLAIN.items()), *coded])


def _looked_up(rulebook: Rulebook) -> Schema:
    tables = rulebook.tables.values()
    columns = {name: column for table in tables for name, column in table.columns.items()}
    return described(
        mapping(
            {
                "table": one_of((table.name, table.title) for table in tables),
                "column": one_of((name, column.label) for name, column in columns.items()),
                "key": described(TEXT, Text("fakta eller felt", "a fact or field")),
                "on": described(TEXT, Text("dagen, der slås op på", "the day of the look-up")),
                "otherwise": described(
                    {"type": ["string", "integer", "boolean", "array"]},
                    Text("når tabellen intet siger", "when the table says nothing"),
                ),
            },
            ["table", "column", "key", "on", "otherwise"],
        ),
        Text("slås op i en tabel i config/", "looked up in a table of config/"),
    )


def _words() -> dict[str, Schema]:
    return {
        "label": {**ref("words"), "description": "navnet i en sætning / as it reads in a sentence"},
        "description": ref("words"),
    }


def _field() -> dict[str, Schema]:
    return {
        "type": ref("type"),
        **_words(),
        "optional": described(
            {"type": "boolean"}, Text("oplysningen kan mangle", "it may be absent")
        ),
        "looked_up": ref("looked_up"),
    }


def _fact() -> Schema:
    keys = {**_field(), "operations": ref("operations")}
    fact = mapping(keys, ["type", "label", "description"])
    return titled_as(Text("en oplysning", "a fact"), fact)


def _records() -> Schema:
    records = mapping(
        {
            "type": described(
                {"const": "records"}, Text("en liste af poster", "a list of records")
            ),
            **_words(),
            "record_label": ref("words"),
            "optional": {"const": False},
            "operations": ref("operations"),
            "fields": named(SNAKE, mapping(_field(), ["type", "label", "description"])),
        },
        ["type", "label", "description", "record_label", "fields"],
    )
    return titled_as(Text("en liste af poster", "a list of records"), records)
