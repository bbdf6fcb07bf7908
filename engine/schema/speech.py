"""The JSON Schema of grants and notices, and what they have in common with rules.

In: a rulebook. Out: the definitions `grant` and `notice`; the keys of every rule and version.
Does not know: the demands of rules (`schema_rules`), or conditions (`schema_conditions`).
"""

from __future__ import annotations

from engine.facts import FactType, Text
from engine.model import Rulebook
from engine.schema.parts import (
    DAY,
    NOTHING,
    TEXT,
    Schema,
    any_of,
    codes_of,
    described,
    mapping,
    one_of,
    ref,
    several,
    slug,
    titled_as,
)
from engine.tables import ORGANISATION_TYPES

VERSIONS = Text("de daterede ordlyde, den ældste først", "the dated wordings, the oldest first")


def titled() -> dict[str, Schema]:
    """Return the keys that rules, grants and notices have beside their versions."""
    return {
        "title": described(ref("words"), Text("hvad reglen siger", "what it says")),
        "operations": ref("operations"),
        "dated_by": described(
            any_of(
                [
                    ref("date_fact"),
                    mapping({"fact": ref("date_fact"), "otherwise": ref("date_fact")}, ["fact"]),
                ]
            ),
            Text("dagen, der vælger ordlyden", "the day that chooses the wording"),
        ),
    }


def dated() -> dict[str, Schema]:
    """Return the keys that every version has that is not withdrawn."""
    whom = Text("hvem og hvad den gælder for; alt skal passe", "whom and what it concerns")
    return {**_begins(), "withdrawn": {"const": False}, "when": described(ref("conditions"), whom)}


def withdrawn() -> Schema:
    """Return the schema of a version that ends its rule, grant or notice."""
    ends = described({"const": True}, Text("den ophører", "it ends"))
    keys = mapping({**_begins(), "withdrawn": ends}, ["valid_from", "basis", "withdrawn"])
    return titled_as(Text("ophør", "the end"), keys)


def speech_definitions(rulebook: Rulebook) -> dict[str, Schema]:
    """Return the definitions `grant` and `notice`, with their versions."""
    return {
        "grant": mapping(
            {**titled(), "versions": described(several(ref("grant_version")), VERSIONS)},
            ["title", "versions"],
        ),
        "grant_version": {"oneOf": [withdrawn(), _grant()]},
        "notice": mapping(
            {**titled(), "versions": described(several(ref("notice_version")), VERSIONS)},
            ["title", "versions"],
        ),
        "notice_version": {"oneOf": [withdrawn(), _notice()]},
        "receivers": _receivers(rulebook),
    }


def _begins() -> dict[str, Schema]:
    first = Text("ordlydens første dag", "the first day of this wording")
    return {"valid_from": described(DAY, first), "basis": ref("basis")}


def _grant() -> Schema:
    opens = Text("hvad der så giver adgang", "what then lets the caller in")
    only = Text("det, der kan ses; alt andet er skjult", "what can then be seen")
    keys = mapping(
        {
            **dated(),
            "grant": described(ref("conditions"), opens),
            "only_where": described(ref("conditions"), only),
        },
        ["valid_from", "basis", "grant"],
    )
    return titled_as(Text("adgangens ordlyd", "the wording of a grant"), keys)


def _notice() -> Schema:
    keys = mapping(
        {
            **dated(),
            "message": described(TEXT, Text("beskedens navn", "the name of the message")),
            "to": ref("receivers"),
        },
        ["valid_from", "basis", "message", "to"],
    )
    return titled_as(Text("beskedens ordlyd", "the wording of a notice"), keys)


def _receivers(rulebook: Rulebook) -> Schema:
    """Return the schema of `to`: one form for each list whose records tell an organisation."""
    types = rulebook.tables.get(ORGANISATION_TYPES)
    kind = described(
        TEXT if types is None else codes_of(types),
        Text("modtagernes type", "the receivers' type of organisation"),
    )
    forms = [
        mapping(
            {
                "each": one_of([(fact.name, fact.label)]),
                "organisation_type": kind,
                "where": ref(slug("where", fact.name)),
            },
            ["each", "organisation_type", "where"],
        )
        for fact in rulebook.catalogue.facts.values()
        if fact.type is FactType.RECORDS and "organisation" in fact.fields
    ]
    return {"oneOf": forms} if forms else dict(NOTHING)
