"""The JSON Schema of files of rules, grants or notices: real fact names, fitting operators, codes.

In: a rulebook. Out: `rulebook.schema.json` as a dictionary.
Does not know: guards, dates and whatever else only the reader can see; it accepts a little more.
"""

from __future__ import annotations

from engine.facts import FactType, Text
from engine.model import Rulebook
from engine.schema.conditions import condition_definitions
from engine.schema.parts import (
    KEBAB,
    Schema,
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
    titled_as,
)
from engine.schema.speech import VERSIONS, dated, speech_definitions, titled, withdrawn

_REQUIRED = Text("hvad der så skal være opfyldt", "what must then hold")
_MESSAGE = Text(
    "hvad der er galt, og hvad der ville være i orden", "what is wrong, and what would pass"
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
            "grants": described(
                named(KEBAB, ref("grant")),
                Text("adgange efter id; én er nok", "grants by id; one is enough"),
            ),
            "notify": described(
                named(KEBAB, ref("notice")),
                Text("beskeder efter id", "notices by id: who is told of what"),
            ),
        },
        ["format", "rulebook", "title", "operations"],
    )
    root["oneOf"] = [{"required": [kind]} for kind in ("rules", "grants", "notify")]
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
        "rule": mapping(
            {**_rule_alone(), **titled(), "versions": described(several(ref("version")), VERSIONS)},
            ["title", "versions"],
        ),
        "version": {"oneOf": [withdrawn(), _single(), _with_requirements()]},
        **speech_definitions(rulebook),
        "requirement": mapping(
            {
                "code": ref("code"),
                "field": ref("field"),
                "when": described(
                    ref("conditions"), Text("hvornår kravet gælder", "when the demand applies")
                ),
                "require": described(ref("conditions"), _REQUIRED),
                "message": described(ref("words"), _MESSAGE),
            },
            ["require", "message"],
        ),
        **condition_definitions(rulebook),
    }
    title = Text("Regler i samtale", "Rules of samtale")
    return document("rulebook", title, root, definitions)


def _rule_alone() -> dict[str, Schema]:
    """Return the keys that a rule has and a grant or notice has not."""
    return {
        "code": ref("code"),
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
    }


def _single() -> Schema:
    return titled_as(
        Text("ordlyd med ét krav", "a wording with one demand"),
        mapping(
            {
                **dated(),
                "require": described(ref("conditions"), _REQUIRED),
                "message": described(ref("words"), _MESSAGE),
            },
            ["valid_from", "basis", "require", "message"],
        ),
    )


def _with_requirements() -> Schema:
    several_demands = Text("flere krav, hver med sin kode", "several demands, each with its code")
    return titled_as(
        Text("ordlyd med flere krav", "a wording with several demands"),
        mapping(
            {**dated(), "requirements": described(several(ref("requirement")), several_demands)},
            ["valid_from", "basis", "requirements"],
        ),
    )
