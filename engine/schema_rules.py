"""The JSON Schema of rule files: real fact names, fitting operators, real codes.

In: a rulebook. Out: `rulebook.schema.json` as a dictionary.
Does not know: guards, dates and whatever else only the reader can see; it accepts a little more.
"""

from __future__ import annotations

from engine.facts import FactType, Text
from engine.model import Rulebook
from engine.schema_conditions import condition_definitions
from engine.schema_parts import (
    DAY,
    KEBAB,
    Schema,
    any_of,
    common_definitions,
    described,
    document,
    error_codes,
    format_key,
    mapping,
    named,
    one_of,
    operations,
    ref,
    several,
)


def rulebook_schema(rulebook: Rulebook) -> Schema:
    """Return the schema of `rules/*.yaml`, but for the fact catalogue."""
    facts = rulebook.catalogue.facts
    root = mapping(
        {
            "format": format_key(),
            "rulebook": described(
                {"type": "string", "pattern": KEBAB},
                Text("filens navn på reglerne", "the name of these rules"),
            ),
            "title": ref("words"),
            "operations": ref("operations"),
            "rules": described(
                named(KEBAB, ref("rule")),
                Text("regler efter id, i den rækkefølge de meldes", "rules by id, in order"),
            ),
        },
        ["format", "rulebook", "title", "operations", "rules"],
    )
    days = [name for name, fact in facts.items() if fact.type is FactType.DATE]
    definitions = {
        **common_definitions(),
        "operations": described(
            several(operations(rulebook), distinct=True),
            Text("hvornår reglerne gælder", "which operations the rules decide"),
        ),
        "code": described(error_codes(rulebook), Text("fejlkoden", "the error code")),
        "field": described(
            {"type": "string", "pattern": "^(/([^~/]|~[01])*)*$"},
            Text(
                'feltet, fejlen peger på, som JSON-pointer; "" er hele anmodningen',
                'JSON pointer to the field; "" is the whole request',
            ),
        ),
        "date_fact": one_of((name, facts[name].label) for name in days),
        "rule": _rule(),
        "version": {"oneOf": [_withdrawn(), _single(), _with_requirements()]},
        "requirement": mapping(
            {
                "code": ref("code"),
                "field": ref("field"),
                "when": ref("conditions"),
                "require": ref("conditions"),
                "message": ref("words"),
            },
            ["require", "message"],
        ),
        **condition_definitions(rulebook),
    }
    title = Text("Regler i samtale", "Rules of samtale")
    return document("rulebook", title, root, definitions)


def _rule() -> Schema:
    return mapping(
        {
            "code": ref("code"),
            "title": ref("words"),
            "field": ref("field"),
            "severity": described(
                one_of(
                    [
                        ("refuse", Text("afviser", "refuses")),
                        ("advice", Text("vejleder og afviser aldrig", "advises, never refuses")),
                    ]
                ),
                Text("hvad et brud fører til", "what a breach leads to"),
            ),
            "gate": described(
                {"type": "boolean"},
                Text("reglen svarer alene, når den brydes", "the rule answers alone when broken"),
            ),
            "operations": ref("operations"),
            "dated_by": described(
                any_of(
                    [
                        ref("date_fact"),
                        mapping(
                            {"fact": ref("date_fact"), "otherwise": ref("date_fact")}, ["fact"]
                        ),
                    ]
                ),
                Text("dagen, der vælger ordlyden", "the day that chooses the wording"),
            ),
            "versions": several(ref("version")),
        },
        ["title", "versions"],
    )


def _dated() -> dict[str, Schema]:
    first = Text("ordlydens første dag", "the first day of this wording")
    return {"valid_from": described(DAY, first), "basis": ref("basis")}


def _withdrawn() -> Schema:
    ends = described({"const": True}, Text("reglen ophører", "the rule ends"))
    return mapping({**_dated(), "withdrawn": ends}, ["valid_from", "basis", "withdrawn"])


def _when() -> Schema:
    return {
        **ref("conditions"),
        "description": "hvem reglen gælder for; alt skal passe / whom the rule concerns",
    }


def _single() -> Schema:
    return mapping(
        {
            **_dated(),
            "withdrawn": {"const": False},
            "when": _when(),
            "require": {
                **ref("conditions"),
                "description": "hvad der så skal være opfyldt / what must then hold",
            },
            "message": ref("words"),
        },
        ["valid_from", "basis", "require", "message"],
    )


def _with_requirements() -> Schema:
    return mapping(
        {
            **_dated(),
            "withdrawn": {"const": False},
            "when": _when(),
            "requirements": several(ref("requirement")),
        },
        ["valid_from", "basis", "requirements"],
    )
