"""Rules, grants, notices, tables and the rulebook as they stand on the wire.

In: values of `engine.model` and `engine.tables`. Out: JSON values.
Does not know: HTTP, or how a rule is evaluated. Every day is a calendar day in Denmark.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from engine.explain.sentences import (
    condition_sentence,
    flat,
    requirement_sentence,
    version_sentence,
)
from engine.model import All, Condition, Rule, Rulebook, RuleFile, RuleKind, Version
from engine.tables import Column, Row, Table
from web.api.wire_decisions import Json, show_basis, show_text, show_value
from web.api.wire_times import show_first_day, show_instant

FORMAT = 1
"""The format that the analysts' files state."""


def rules_in_force(rulebook: Rulebook, day: date, operation: str | None) -> Iterator[Json]:
    """Yield what has a wording in force on `day`, in the order of the files."""
    for file in rulebook.files:
        for rule in file.all:
            decides = operation is None or operation in rule.operations
            if decides and _in_force(rule, day) is not None:
                yield show_rule(rulebook, file, rule, day)


def find_rule(rulebook: Rulebook, rule_id: str) -> tuple[RuleFile, Rule] | None:
    """Return the rule, grant or notice of that id and its file, or None."""
    for file in rulebook.files:
        for rule in file.all:
            if rule.id == rule_id:
                return file, rule
    return None


def show_rule(rulebook: Rulebook, file: RuleFile, rule: Rule, day: date) -> Json:
    """Write `ListedRule`: every wording, and the one in force on `day`."""
    current = _in_force(rule, day)
    known = {
        "id": rule.id,
        "kind": rule.kind.value,
        "file": file.name,
        "title": show_text(rule.title),
    }
    answers = _answers(rulebook, rule) if rule.kind is RuleKind.RULE else {}
    return {
        **known,
        **answers,
        "operations": list(rule.operations),
        "datedBy": rule.dated_by.fact,
        "inForce": None if current is None else _version(rulebook, rule, current),
        "versions": [_version(rulebook, rule, version) for _, version in rule.versions],
    }


def _answers(rulebook: Rulebook, rule: Rule) -> Json:
    """Return what a rule answers with, which a grant or notice does not."""
    requirements = [each for _, version in rule.versions for each in version.requirements]
    codes = list(dict.fromkeys(each.code for each in requirements))
    known = [rulebook.error_codes[code] for code in codes if code in rulebook.error_codes]
    return {
        "codes": codes,
        "newCodes": [each.new_code for each in known if each.new_code is not None],
        "severity": rule.severity.value,
        "gate": rule.gate,
        "fields": list(dict.fromkeys(each.field for each in requirements)),
    }


def _in_force(rule: Rule, day: date) -> Version | None:
    version = rule.versions.on(day)
    return None if version is None or version.withdrawn else version


def _version(rulebook: Rulebook, rule: Rule, version: Version) -> Json:
    tables, parameters = rulebook.tables, rulebook.parameters
    sentence = version_sentence(version, tables, parameters, rule.severity, rule.kind)
    known: Json = {
        "validFrom": show_first_day(version.valid_from),
        "withdrawn": version.withdrawn,
        "basis": show_basis(version.basis),
        "sentence": show_text(sentence),
    }
    match rule.kind:
        case RuleKind.RULE:
            return {**known, "requirements": _requirements(rulebook, rule, version)}
        case RuleKind.GRANT:
            return {**known, "conditions": _of_speech(rulebook, version, "grant")}
        case RuleKind.NOTICE:
            told = version.told
            return {
                **known,
                "conditions": _of_speech(rulebook, version, "to"),
                "message": None if told is None else told.message,
                "organisationType": None if told is None else told.organisation_type,
            }


def _requirements(rulebook: Rulebook, rule: Rule, version: Version) -> list[Json]:
    tables, parameters = rulebook.tables, rulebook.parameters
    return [
        {
            "code": each.code,
            "newCode": _new_code(rulebook, each.code),
            "field": each.field,
            "sentence": show_text(
                requirement_sentence(version, each, tables, parameters, rule.severity)
            ),
            "conditions": [
                *_conditions(rulebook, "when", version.when, each.when),
                *_conditions(rulebook, "require", each.require),
            ],
            "message": show_text(each.message),
        }
        for each in version.requirements
    ]


def _of_speech(rulebook: Rulebook, version: Version, part: str) -> list[Json]:
    """Write the conditions of a grant or notice; `part` is the key of its demand in the file."""
    only = (version.only_where,) if version.only_where is not None else ()
    return [
        *_conditions(rulebook, "when", version.when),
        *_conditions(rulebook, part, *(each.require for each in version.requirements)),
        *_conditions(rulebook, "only_where", *only),
    ]


def _conditions(rulebook: Rulebook, part: str, *conditions: Condition) -> Iterator[Json]:
    """Yield every condition that stands by itself in a part of the file, with its sentence."""
    whole = flat(All(conditions))
    for each in whole.parts if isinstance(whole, All) else (whole,):
        sentence = condition_sentence(each, rulebook.tables, rulebook.parameters)
        yield {"part": part, "sentence": show_text(sentence), "where": str(each.place)}


def _new_code(rulebook: Rulebook, code: str) -> str | None:
    known = rulebook.error_codes.get(code)
    return None if known is None else known.new_code


def show_tables(rulebook: Rulebook) -> Json:
    """Write `TableList`."""
    return {
        "tables": [
            {"name": table.name, "title": show_text(table.title)}
            for table in rulebook.tables.values()
        ]
    }


def show_table(table: Table, day: date) -> Json:
    """Write `Table`: the rows in force on `day`."""
    return {
        "name": table.name,
        "title": show_text(table.title),
        "on": day.isoformat(),
        "key": _column(table.key),
        "columns": [_column(each) for each in table.columns.values()],
        "rows": [_row(each) for each in table.on(day)],
    }


def _column(column: Column) -> Json:
    return {
        "name": column.name,
        "type": column.type.value,
        "label": show_text(column.label),
        "codeList": column.code_list,
    }


def _row(row: Row) -> Json:
    return {
        "key": row.key,
        "name": None if row.name is None else show_text(row.name),
        "validFrom": show_first_day(row.valid_from),
        "confidence": row.confidence,
        "onlyWith": row.only_with_name,
        "values": {name: show_value(value) for name, value in row.values.items()},
    }


def show_rulebook(rulebook: Rulebook, since: datetime) -> Json:
    """Write `Rulebook`."""
    return {
        "id": rulebook.id,
        "files": dict(rulebook.content),
        "since": show_instant(since),
        "format": FORMAT,
    }
