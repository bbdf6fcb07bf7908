"""A trial → the text of a case file, ready for `tests/cases/`.

In: a name, an operation, facts and the decision on them. Out: YAML that `samtale test` reads and
that expects what was decided; or why it may not be written.
Does not know: files. Numbers and names that could be a real person's are refused.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

from engine.decision import Decision
from engine.facts import Facts, Text
from engine.model import Rulebook, RuleKind
from registry.days import DENMARK
from web.ui.persons import personal
from web.ui.trial.derived import asked

_SCHEMA = "# yaml-language-server: $schema=../../engine/schema/cases.schema.json"
_LONGEST_NAME = 60
NOT_NAMED = Text(
    "Giv testcasen et navn, der siger, hvad den viser (højst 60 tegn).",
    "Give the case a name that says what it shows (at most 60 characters).",
)
PERSONAL = Text(
    "Testcasen indeholder noget, der ligner et rigtigt personnummer eller navn. Brug et "
    "testnummer (dag + 60) og et navn som `Vera Prøve`.",
    "The case holds what looks like a real civil registration number or name. Use a test number "
    "(day + 60) and a name such as `Vera Prøve`.",
)


class CaseRefused(ValueError):
    """The case may not be written; `why` says it to the analyst."""

    def __init__(self, why: Text) -> None:
        self.why = why
        super().__init__(why.en)


def file_name(name: str) -> str:
    """Return the file for a case of that name: `proev-jobsamtale-for-tidligt.yaml`."""
    letters = name.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_NAME]
    return f"proev-{slug or 'case'}.yaml"


def case_text(
    rulebook: Rulebook, name: str, operation: str, facts: Facts, decision: Decision
) -> str:
    """Return the file; raises `CaseRefused`.

    The whole situation stands in the file as its own baseline, so that it can be read alone.
    """
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise CaseRefused(NOT_NAMED)
    known = rulebook.catalogue.of_operations([operation])
    lines = [
        _SCHEMA,
        "# Gemt fra siden Prøv en samtale. Borgeren er opdigtet.",
        "# Saved from the page Try an interview. The citizen is invented.",
        "format: 1",
        f"cases: {file_name(name).removesuffix('.yaml')}",
        f"operation: {operation}",
        "baseline:",
    ]
    for fact in known.values():
        value = facts.get(fact.name)
        if fact.looked_up is None and value is not None:
            lines.extend(_fact(fact.name, value))
    lines += ["examples:", f"  - name: {_text(name)}", f"    expect: {_expected(decision)}"]
    text = "\n".join(lines) + "\n"
    stated = [each for key, each in facts.items() if key in known and asked(key, known)]
    if personal(name) or any(personal(part) for each in stated for part in _texts(each)):
        raise CaseRefused(PERSONAL)
    return text


def _expected(decision: Decision) -> str:
    kind = decision.steps[0].kind if decision.steps else RuleKind.RULE
    if kind is RuleKind.RULE:
        codes = _list(each.code for each in decision.violations)
        advice = _list(each.code for each in decision.advice)
        return f"{{codes: {codes}, advice: {advice}}}" if decision.advice else f"{{codes: {codes}}}"
    word = "grants" if kind is RuleKind.GRANT else "notices"
    return f"{{{word}: {_list(decision.holding)}}}"


def _list(values: object) -> str:
    assert hasattr(values, "__iter__")  # noqa: S101  # every caller hands in texts
    return "[" + ", ".join(_text(each) for each in values) + "]"


def _fact(name: str, value: object) -> list[str]:
    if not isinstance(value, tuple):
        return [f"  {name}: {_scalar(value)}"]
    if not value:
        return [f"  {name}: []"]
    return [f"  {name}:", *(f"    - {_record(each)}" for each in value)]


def _record(record: Mapping[str, object]) -> str:
    inside = ", ".join(
        f"{name}: {_scalar(value)}" for name, value in record.items() if value is not None
    )
    return f"{{{inside}}}"


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return _text(value.astimezone(DENMARK).isoformat())
    if isinstance(value, date):
        return value.isoformat()
    return _text(value) if isinstance(value, str) else str(value)


def _text(text: object) -> str:
    """Return a quoted text; JSON's quoting is understood by YAML."""
    return json.dumps(text, ensure_ascii=False)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for each in value for text in _texts(each)]
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    return []
