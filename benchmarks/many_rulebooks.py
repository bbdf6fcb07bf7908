"""Rulebooks of any number of rules, and facts for them.

In: how the rules are told apart, and how many there are. Out: the files of a rulebook, as analysts
would write them; a rulebook read from them; facts as a registry would build them.
Does not know: what is measured. Twenty rules concern the same value; everything is invented.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from random import Random
from typing import Any

from engine.model import Rulebook
from engine.problems import RulebookError
from engine.reader.rulebook import read_rulebook

OPERATION = "decide"
RULES_OF_A_VALUE = 20
_RULES_OF_A_FILE = 250
_GROUPS, _STATUSES = 40, 6
DAY = date(2024, 6, 3)

When = Callable[[int], str]
"""The `when` of rule number so and so, as YAML."""


def _value(number: int) -> int:
    return number // RULES_OF_A_VALUE


KINDS: Mapping[str, When] = {
    "one interview type": lambda number: f"{{case.type: {_value(number)}}}",
    "a list of types": lambda number: (
        f"{{case.type: {{in: [{_value(number)}, {_value(number) + 1}, {_value(number) + 2}]}}}}"
    ),
    "a range of ages": lambda number: (
        f"{{case.age: {{at_least: {10 * _value(number)}, less_than: {10 * _value(number) + 10}}}}}"
    ),
    "a contact group of the citizen": lambda number: (
        f"{{any: citizen.groups, where: {{group: {_value(number)}, "
        "from: {on_or_before: $registration.recorded_on}}}"
    ),
    "type and contact group": lambda number: (
        f"{{case.type: {_value(number) // _GROUPS}, case.group: {_value(number) % _GROUPS}}}"
    ),
    "ages below a limit": lambda number: f"{{case.type: 1, case.age: {{less_than: {number + 1}}}}}",
}


def rulebook(kind: str, rules: int) -> Rulebook:
    """Read a rulebook of so many rules from its files."""
    book, problems = read_rulebook(files(kind, rules))
    if book is None:
        raise RulebookError(problems)
    return book


def files(kind: str, rules: int) -> dict[str, bytes]:
    """Return the content of the files by their names."""
    codes = "\n".join(
        f"  - {{code: B-{number}, title: {{da: Nr. {number}, en: No. {number}}}, origin: assigned}}"
        for number in range(rules)
    )
    written = {
        "rules/facts.yaml": _FACTS,
        "config/code_lists.yaml": _code_lists(rules),
        "config/error_codes.yaml": f"format: 1\ncodes:\n{codes}\n",
    }
    for first in range(0, rules, _RULES_OF_A_FILE):
        numbers = range(first, min(first + _RULES_OF_A_FILE, rules))
        text = "\n".join(_rule(kind, number) for number in numbers)
        written[f"rules/file-{first:05}.yaml"] = (
            f"format: 1\nrulebook: file-{first:05}\ntitle: {{da: Regler, en: Rules}}\n"
            f"operations: [{OPERATION}]\nrules:\n{text}\n"
        )
    return {name: text.encode() for name, text in written.items()}


def facts(kind: str, rules: int, count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return so many sets of facts, each of which concerns the rules of a value or two."""
    chance = Random(seed)  # noqa: S311  # a workload, not a secret
    return [_facts(kind, rules, chance) for _ in range(count)]


def _facts(kind: str, rules: int, chance: Random) -> dict[str, Any]:
    values = -(-rules // RULES_OF_A_VALUE)
    value = chance.randrange(values)
    limits = kind == "ages below a limit"
    pair = kind == "type and contact group"
    return {
        "registration.recorded_on": DAY,
        "case.type": 1 if limits else value // _GROUPS if pair else value,
        "case.group": value % _GROUPS,
        "case.age": chance.randrange(rules) if limits else 10 * value + chance.randrange(10),
        "case.amount": chance.randrange(100 * rules) if limits else chance.randrange(250),
        "case.status": chance.choice((None, *range(1, _STATUSES))),
        "citizen.groups": (
            {"group": value, "from": date(2023, 1, 1)},
            {"group": chance.randrange(values), "from": date(2025, 1, 1)},
        ),
    }


def _rule(kind: str, number: int) -> str:
    return f"""\
  rule-{number}:
    code: B-{number}
    title: {{da: Regel {number}, en: Rule {number}}}
    field: /amount
    versions:
      - valid_from: 2020-01-01
        basis: {{text: Opdigtet, confidence: assumed}}
        when: {KINDS[kind](number)}
        require: {_require(kind, number)}
        message: {{da: Regel {number} er brudt., en: Rule {number} is broken.}}"""


def _require(kind: str, number: int) -> str:
    if kind == "ages below a limit":
        return f"{{case.amount: {{at_most: {100 * (number + 1)}}}}}"
    place = number % RULES_OF_A_VALUE
    match place % 4:
        case 0:
            return f"{{case.status: {{in: [{1 + place // 4}, 6], or: absent}}}}"
        case 1:
            return (
                f"{{none: citizen.groups, where: {{group: {number % 7}, "
                "from: {on_or_before: $registration.recorded_on}}}"
            )
        case _:
            return f"{{case.amount: {{at_most: {100 + 10 * place}}}}}"


def _code_lists(rules: int) -> str:
    def rows(count: int) -> Iterator[str]:
        for number in range(count):
            words = f"da: Nr. {number}, en: No. {number}"
            yield f"      - {{id: {number}, {words}, confidence: assumed}}"

    values = max(-(-rules // RULES_OF_A_VALUE) + 2, _GROUPS, 8)
    return "\n".join(
        [
            "format: 1",
            "tables:",
            *_list("types", rows(values)),
            *_list("groups", rows(values)),
            *_list("statuses", rows(_STATUSES + 1)),
            "",
        ]
    )


def _list(name: str, rows: Iterator[str]) -> Iterator[str]:
    yield f"  {name}:"
    yield f"    title: {{da: {name}, en: {name}}}"
    yield "    key: {name: id, type: integer, label: {da: koden, en: the code}}"
    yield "    rows:"
    yield from rows


_FACTS = """\
format: 1
operations: [decide]
facts:
  registration.recorded_on:
    type: date
    label: {da: dagen, en: the day}
    description: {da: Dagen., en: The day.}
  case.type:
    type: code(types)
    label: {da: sagens type, en: the case's type}
    description: {da: Typen., en: The type.}
  case.group:
    type: code(groups)
    label: {da: sagens gruppe, en: the case's group}
    description: {da: Gruppen., en: The group.}
  case.age:
    type: integer
    label: {da: alderen, en: the age}
    description: {da: I måneder., en: In months.}
  case.amount:
    type: integer
    label: {da: beløbet, en: the amount}
    description: {da: I kroner., en: In kroner.}
  case.status:
    type: code(statuses)
    optional: true
    label: {da: status, en: the status}
    description: {da: Status., en: The status.}
  citizen.groups:
    type: records
    label: {da: borgerens grupper, en: the citizen's groups}
    record_label: {da: en af borgerens grupper, en: one of the citizen's groups}
    description: {da: Alle., en: All of them.}
    fields:
      group:
        type: code(groups)
        label: {da: gruppen, en: the group}
        description: {da: Gruppen., en: The group.}
      from:
        type: date
        label: {da: første dag, en: the first day}
        description: {da: Dagen., en: The day.}
"""
