"""Rulebooks of any size: the project's own facts and tables, and as many invented rules as wanted.

In: how many rules. Out: the bytes of every file by its name, as the reader takes them.
Does not know: what is measured on them. The rules are shaped like the project's own: two languages,
a basis, a `when` in most, quantifiers in two of eight, a look-up, and every fifth in two wordings.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.reader.load import read_folders

ROOT = Path(__file__).resolve().parent.parent
IN_A_FILE = 100
"""Rules in one file; a thousand of them would be more than a file may hold."""

# `{t}` is an interview type, `{n}` the number of the rule
_WORDINGS = (
    """
        when: {{interview.type: {t}}}
        require: {{interview.contact_type: {{in: [1, 2, 3]}}}}""",
    """
        when:
          interview.type: {{in: [{t}, 18]}}
          interview.participation_status: {{given: true}}
        require:
          interview.participation_status: {{in: [5, 6]}}""",
    """
        when: {{interview.type: {t}}}
        require:
          none: citizen.interviews
          where:
            type: $interview.type
            held_at: $interview.held_at""",
    """
        when: {{interview.type: {t}, interview.resetting: true}}
        require:
          any: citizen.contact_groups
          where:
            from: {{on_or_before: $interview.held_on}}
            until: {{after: $interview.held_on, or: absent}}
            allowed_interview_types: {{includes: $interview.type}}""",
    """
        when: {{caller.organisation_type: job_centre, interview.type: {t}}}
        require:
          interview.held_on:
            on_or_before:
              fact: $registration.recorded_on
              plus_days: {days}""",
    """
        when:
          interview.type: {t}
          any_of:
            - {{interview.contact_type: 6}}
            - interview.booking_id: {{given: true}}
        require: {{interview.with_more_authorities: false}}""",
    """
        when:
          interview.type: {t}
          interview.booking_id: {{given: true}}
        require:
          interview.booking_id: {{length_at_least: 4, length_at_most: {length}}}""",
    """
        when:
          interview.type: {t}
          citizen.contact_course_began: {{given: true}}
        require:
          citizen.contact_course_began:
            on_or_before:
              fact: $interview.held_on
              minus_days: $parameters.fund_reading_days""",
)
_TYPES = (4, 7, 8, 9, 10, 11, 12, 13, 15, 17)


def large_rulebook(rules: int) -> dict[str, bytes]:
    """Return the project's rulebook with `rules` invented rules beside its own."""
    return {**_own(), **invented_rules(rules)}


def written(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into `rules` and `config` of a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def invented_rules(rules: int) -> dict[str, bytes]:
    """Return files with that many rules, and the files of the error codes that they give."""
    files: dict[str, bytes] = {}
    for first in range(0, rules, IN_A_FILE):
        numbers = range(first, min(first + IN_A_FILE, rules))
        name = f"invented-{first // IN_A_FILE:04}"
        files[f"rules/{name}.yaml"] = _file(name, numbers).encode()
        files[f"config/{name}.yaml"] = _codes(numbers).encode()
    return files


def _own() -> dict[str, bytes]:
    return read_folders(ROOT / "rules", ROOT / "config")


def _file(name: str, numbers: range) -> str:
    head = f"""format: 1
rulebook: {name}
title: {{da: Opfundne regler {name}, en: Invented rules {name}}}
operations: [create_interview, update_interview]

rules:
"""
    return head + "\n".join(_rule(number) for number in numbers)


def _rule(number: int) -> str:
    starts = ("2019-06-01", "2024-07-01") if number % 5 == 0 else ("2019-06-01",)
    wordings = "".join(_version(number, start, later) for later, start in enumerate(starts))
    advice = "    severity: advice\n" if number % 7 == 0 else ""
    return f"""  invented-rule-{number:05}:
    code: I-{number:05}
    title:
      da: Den opfundne regel nummer {number} om samtaler af en bestemt type
      en: The invented rule number {number} on interviews of one type
    field: /interviewTypeIdentifier
{advice}    versions:
{wordings}"""


def _version(number: int, start: str, later: int) -> str:
    wording = _WORDINGS[(number + later) % len(_WORDINGS)].format(
        t=_TYPES[number % len(_TYPES)], n=number, days=number % 400, length=8 + number % 40
    )
    return f"""      - valid_from: {start}
        basis:
          text: "Opfundet bestemmelse {number}, stk. {later + 1}: gælder samtaler af denne type."
          confidence: assumed{wording}
        # Opfundet, så at der er nok at læse. / Invented, so that there is enough to read.
        message:
          da: Samtalen opfylder ikke den opfundne regel nummer {number}. Ret samtalen, og prøv igen.
          en: The interview does not meet invented rule number {number}. Correct it and try again.
"""


def _codes(numbers: range) -> str:
    return "format: 1\ncodes:\n" + "".join(_code(number) for number in numbers)


def _code(number: int) -> str:
    return f"""  - code: I-{number:05}
    title: {{da: Opfundet regel {number} er ikke opfyldt, en: Invented rule {number} is not met}}
    origin: assigned
    rule: invented-rule-{number:05}
"""


def line_count(files: Mapping[str, bytes]) -> int:
    """Return how many lines the files have together."""
    return sum(content.count(b"\n") for content in files.values())
