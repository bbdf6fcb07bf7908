"""The JSON Schema of case files: facts by name, and the codes, grants or notices expected.

In: a rulebook. Out: `cases.schema.json` as a dictionary.
Does not know: which facts an operation needs; the reader of cases says so.
"""

from __future__ import annotations

from engine.facts import Fact, FactType, Text
from engine.model import Rulebook, RuleKind
from engine.schema.parts import (
    INSTANT,
    TEXT,
    Schema,
    any_of,
    codes_of,
    common_definitions,
    described,
    document,
    error_codes,
    format_key,
    literal,
    mapping,
    one_of,
    operations,
    ref,
    several,
    titled_as,
)


def cases_schema(rulebook: Rulebook) -> Schema:
    """Return the schema of `tests/cases/*.yaml`: files with examples, and shared baselines."""
    with_examples = mapping(
        {
            "format": format_key(),
            "cases": described(TEXT, Text("hvad filen handler om", "what the file is about")),
            "operation": described(ref("operation"), Text("det, der afgøres", "what is decided")),
            "baseline": described(
                ref("facts"), Text("det, eksemplerne går ud fra", "what the examples start from")
            ),
            "baseline_from": described(
                TEXT, Text("en fil i samme mappe", "a file in the same folder")
            ),
            "examples": described(
                several(ref("example")), Text("eksemplerne, ét efter ét", "the examples")
            ),
        },
        ["format", "cases", "operation", "examples"],
    )
    with_examples["oneOf"] = [{"required": ["baseline"]}, {"required": ["baseline_from"]}]
    baseline = mapping({"format": format_key(), "baseline": ref("facts")}, ["format", "baseline"])
    definitions = {
        "words": common_definitions()["words"],
        "operation": operations(rulebook),
        "code": error_codes(rulebook),
        "grant": _ids(rulebook, RuleKind.GRANT),
        "notice": _ids(rulebook, RuleKind.NOTICE),
        "facts": _facts(rulebook),
        "fact": one_of(
            (name, fact.label)
            for name, fact in rulebook.catalogue.facts.items()
            if fact.looked_up is None
        ),
        "example": _example(),
    }
    title = Text("Eksempler i samtale", "Cases of samtale")
    with_examples = titled_as(Text("en fil med eksempler", "a file with examples"), with_examples)
    baseline = titled_as(Text("et fælles udgangspunkt", "a shared baseline"), baseline)
    return document("cases", title, {"oneOf": [with_examples, baseline]}, definitions)


def _ids(rulebook: Rulebook, kind: RuleKind) -> Schema:
    rules = (rule for file in rulebook.files for rule in file.all if rule.kind is kind)
    return one_of((rule.id, rule.title) for rule in rules)


def _example() -> Schema:
    # rules, grants or notices decide an operation, never two of them
    of_rules = mapping(
        {
            "codes": described(
                several(ref("code"), at_least=0),
                Text("fejlkoderne i rækkefølge; ingen: accepteret", "in order; none: accepted"),
            ),
            "advice": described(
                several(ref("code"), at_least=0),
                Text("vejledende koder i rækkefølge", "codes of advice, in order"),
            ),
        }
    )
    of_grants = described(
        several(ref("grant"), at_least=0),
        Text("adgangene i rækkefølge; ingen: ingen adgang", "in order; none: no access"),
    )
    of_notices = described(
        several(ref("notice"), at_least=0),
        Text("beskederne i rækkefølge; ingen: ingen besked", "in order; none: nobody is told"),
    )
    expected = any_of(
        [
            titled_as(Text("reglernes svar", "the rules' answer"), of_rules),
            titled_as(
                Text("adgangenes svar", "the grants' answer"),
                mapping({"grants": of_grants}, ["grants"]),
            ),
            titled_as(
                Text("beskedernes svar", "the notices' answer"),
                mapping({"notices": of_notices}, ["notices"]),
            ),
        ]
    )
    return mapping(
        {
            "name": described(
                any_of([TEXT, ref("words")]),
                Text("hvad eksemplet viser", "what the example shows"),
            ),
            "operation": described(
                ref("operation"), Text("når det er en anden end filens", "when not the file's")
            ),
            "change": described(
                ref("facts"), Text("det, der er anderledes", "what differs from the baseline")
            ),
            "absent": described(
                several(ref("fact"), distinct=True),
                Text("oplysninger, der mangler", "facts that are not given"),
            ),
            "expect": described(
                expected, Text("det svar, der skal komme", "the answer that must come")
            ),
        },
        ["name", "expect"],
    )


def _facts(rulebook: Rulebook) -> Schema:
    return mapping(
        {
            name: described(_value(rulebook, fact), fact.description)
            for name, fact in rulebook.catalogue.facts.items()
            if fact.looked_up is None
        }
    )


def _value(rulebook: Rulebook, fact: Fact) -> Schema:
    match fact.type:
        case FactType.INSTANT:
            return INSTANT
        case FactType.CODE:
            return _code(rulebook, fact.code_list)
        case FactType.CODES:
            return several(_code(rulebook, fact.code_list), at_least=0)
        case FactType.RECORDS:
            given = {name: field for name, field in fact.fields.items() if field.looked_up is None}
            record = mapping(
                {
                    name: described(_value(rulebook, field), field.description)
                    for name, field in given.items()
                },
                [name for name, field in given.items() if not field.optional],
            )
            return several(record, at_least=0)
        case _:
            return literal(rulebook, fact.type, None)


def _code(rulebook: Rulebook, code_list: str | None) -> Schema:
    """Return a schema that completes known codes and accepts others: a case may be about those."""
    return any_of([codes_of(rulebook.tables[code_list or ""]), {"type": ["integer", "string"]}])
