"""What in a rulebook is still assumed or inferred: the list of what analysts have to find out.

In: a rulebook. Out: `Uncertain` entries with where each stands and which rules use it.
Does not know: pages or decisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.dated import SINCE_EVER
from engine.explain.wording import code, words
from engine.facts import FactType, Text
from engine.model import Confidence, Rulebook
from engine.pages.rule_examples import parameters_read, tables_read
from engine.problems import Place
from engine.tables import Table
from web.ui.kept import KeptByRulebook

UNSURE = (Confidence.ASSUMED.value, Confidence.INFERRED.value)
ASSIGNED = "assigned"
"""The origin of an error code whose number is ours until somebody gives it one."""

Key = tuple[str, ...]
"""What decisions are counted by: kind, name, and the first day of the entry."""


class Kind(StrEnum):
    """What an entry is."""

    RULE = "rule"
    TABLE = "table"
    CODE = "code"
    PARAMETER = "parameter"
    ERROR_CODE = "error_code"


@dataclass(frozen=True, slots=True)
class Uncertain:
    """One thing to find out; `within` is the table or code list in which it stands."""

    kind: Kind
    key: Key
    name: Text
    within: Text | None
    confidence: str
    basis: str
    """What is known of where it comes from; empty for rows, whose file says it."""
    since: date | None
    place: Place
    rules: tuple[str, ...]
    """The rules, grants and notices that use it."""
    ends: bool = False
    """Whether the entry says that something ends."""


def _uncertain(rulebook: Rulebook) -> tuple[Uncertain, ...]:
    users = _users(rulebook)
    return (
        *_rules(rulebook),
        *_rows(rulebook, users),
        *_parameters(rulebook, users),
        *_error_codes(rulebook),
    )


UNCERTAIN = KeptByRulebook(_uncertain)
"""Every entry of a rulebook, in the order of the files."""


def key_of(kind: str, *name: str, start: date) -> Key:
    return (kind, *name, start.isoformat())


def _rules(rulebook: Rulebook) -> Iterator[Uncertain]:
    for file in rulebook.files:
        for rule in file.all:
            for start, version in rule.versions:
                if version.basis.confidence in UNSURE:
                    yield Uncertain(
                        Kind.RULE,
                        key_of(Kind.RULE, rule.id, start=start),
                        rule.title,
                        None,
                        version.basis.confidence.value,
                        version.basis.text,
                        _since(start),
                        version.place,
                        (rule.id,),
                        ends=version.withdrawn,
                    )


def _rows(rulebook: Rulebook, users: Mapping[str, tuple[str, ...]]) -> Iterator[Uncertain]:
    for table in rulebook.tables.values():
        for key, history in table.rows.items():
            for start, row in history:
                if row.confidence in UNSURE:
                    yield Uncertain(
                        Kind.CODE if row.name is not None else Kind.TABLE,
                        key_of("row", table.name, str(key), start=start),
                        _named(rulebook, table, key),
                        table.title,
                        row.confidence,
                        "",
                        _since(start),
                        row.place,
                        users.get(table.name, ()),
                        ends=row.withdrawn,
                    )


def _named(rulebook: Rulebook, table: Table, key: int | str) -> Text:
    """Return the key of a row with its name, from its own code list or the one it refers to."""
    here = table.name if table.name in rulebook.tables and table.key.code_list is None else None
    return code(key, table.key.code_list or here, rulebook.tables)


def _parameters(rulebook: Rulebook, users: Mapping[str, tuple[str, ...]]) -> Iterator[Uncertain]:
    for parameter in rulebook.parameters.values():
        for start, value in parameter.values:
            basis, confidence = parameter.bases.on(start) or ("", "")
            if confidence in UNSURE:
                said = words(value, parameter.type, None, rulebook.tables)
                unit = parameter.unit if parameter.type is not FactType.BOOLEAN else None
                da = f"{said.da} {unit.da}" if unit is not None else said.da
                en = f"{said.en} {unit.en}" if unit is not None else said.en
                yield Uncertain(
                    Kind.PARAMETER,
                    key_of(Kind.PARAMETER, parameter.name, start=start),
                    Text(f"{parameter.title.da}: {da}", f"{parameter.title.en}: {en}"),
                    None,
                    confidence,
                    basis,
                    _since(start),
                    parameter.place,
                    users.get(f"${parameter.name}", ()),
                )


def _error_codes(rulebook: Rulebook) -> Iterator[Uncertain]:
    gives: dict[str, list[str]] = {}
    for file in rulebook.files:
        for rule in file.rules:
            for _, version in rule.versions:
                for each in version.requirements:
                    gives.setdefault(each.code, []).append(rule.id)
    for known in rulebook.error_codes.values():
        if known.origin == ASSIGNED:
            title = Text(f"{known.code}: {known.title.da}", f"{known.code}: {known.title.en}")
            yield Uncertain(
                Kind.ERROR_CODE,
                key_of(Kind.ERROR_CODE, known.code, start=SINCE_EVER),
                title,
                None,
                Confidence.ASSUMED.value,
                "",
                None,
                known.place,
                tuple(dict.fromkeys(gives.get(known.code, ()))),
            )


def _users(rulebook: Rulebook) -> Mapping[str, tuple[str, ...]]:
    """Return which rules use which table (by name) and parameter (by name after a `$`)."""
    users: dict[str, list[str]] = {}
    for file in rulebook.files:
        for rule in file.all:
            read = (*tables_read(rule), *(f"${name}" for name in parameters_read(rule)))
            for name in dict.fromkeys(read):
                users.setdefault(name, []).append(rule.id)
    for table in rulebook.tables.values():
        for history in table.rows.values():
            for _, row in history:
                if row.only_with_name is not None:
                    users.setdefault(f"${row.only_with_name}", []).extend(users.get(table.name, ()))
    return {name: tuple(dict.fromkeys(rules)) for name, rules in users.items()}


def _since(start: date) -> date | None:
    return None if start == SINCE_EVER else start
