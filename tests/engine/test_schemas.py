"""The JSON Schemas: equal to what the rulebook gives, and never stricter than the reader."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from engine.facts import FactType
from engine.model import Operator, Rulebook
from engine.operators import OPERATORS
from engine.reader.load import load_rulebook, read_folders
from engine.reader.rulebook import read_rulebook
from engine.schema.schemas import generate, written
from engine.schema.words import OPERATOR_WORDS
from engine.source.document import plain, read_yaml
from tests.engine.rulebook_changes import good_files, mistakes, read_mistake

PROJECT = Path(__file__).parents[2]
SCHEMAS = PROJECT / "engine" / "schema"


@cache
def rulebook() -> Rulebook:
    return load_rulebook(PROJECT / "rules", PROJECT / "config")


@cache
def library() -> Rulebook:
    """Another rulebook, about other things, which knows every form of the language."""
    found, problems = read_rulebook(good_files())
    assert found is not None, problems
    return found


def of_file(name: str) -> str:
    """Return which schema is for a file."""
    if name == "rules/facts.yaml":
        return "facts.schema.json"
    kinds = {"rules": "rulebook", "config": "tables", "tests": "cases"}
    return f"{kinds[name.split('/')[0]]}.schema.json"


def as_json(value: object) -> object:
    """Return YAML values as an editor sees them: a day is text."""
    if isinstance(value, Mapping):
        return {key: as_json(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [as_json(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value


def read(raw: bytes) -> Any:
    root = read_yaml(raw, "test.yaml").root
    assert root is not None
    return as_json(plain(root))


@cache
def checker(book: str, schema: str) -> Any:
    made = generate(rulebook() if book == "samtale" else library())[schema]
    return jsonschema.Draft202012Validator(made)


def faults(book: str, schema: str, document: object) -> list[str]:
    return [
        f"{fault.json_path}: {fault.message[:200]}"
        for fault in checker(book, schema).iter_errors(document)
    ]


# --- the committed files ------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(generate(rulebook())))
def test_the_committed_schema_is_the_generated_one(name: str) -> None:
    # when this fails: `samtale schemas`, and read the difference
    assert written(generate(rulebook())[name]) == (SCHEMAS / name).read_text(encoding="utf-8")


def test_no_other_schema_of_an_analysts_file_is_committed() -> None:
    assert sorted(generate(rulebook())) == sorted(path.name for path in SCHEMAS.glob("*.json"))


@pytest.mark.parametrize("book", ["samtale", "library"])
def test_every_schema_is_a_schema_with_its_format_in_its_id(book: str) -> None:
    for name, schema in generate(rulebook() if book == "samtale" else library()).items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert f"urn:samtale:schema:{name.split('.')[0]}:1" == schema["$id"]


@pytest.mark.parametrize("book", ["samtale", "library"])
def test_every_reference_leads_somewhere_and_every_definition_is_used(book: str) -> None:
    for schema in generate(rulebook() if book == "samtale" else library()).values():
        used = {each["$ref"].removeprefix("#/$defs/") for each in parts(schema) if "$ref" in each}
        assert set(schema["$defs"]) == used


def parts(schema: object) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from parts(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from parts(part)


def test_the_same_rulebook_gives_the_same_text() -> None:
    again = load_rulebook(PROJECT / "rules", PROJECT / "config")
    assert json.dumps(generate(rulebook())) == json.dumps(generate(again))


# --- never stricter than the reader -------------------------------------------------------------

OUR_FILES = {
    **read_folders(PROJECT / "rules", PROJECT / "config"),
    **{
        f"tests/cases/{path.name}": path.read_bytes()
        for path in (PROJECT / "tests" / "cases").glob("*.yaml")
    },
}


@pytest.mark.parametrize("name", sorted(OUR_FILES))
def test_a_file_of_the_rulebook_is_valid(name: str) -> None:
    assert [] == faults("samtale", of_file(name), read(OUR_FILES[name]))


@pytest.mark.parametrize("name", sorted(good_files()))
def test_a_file_that_uses_every_form_of_the_language_is_valid(name: str) -> None:
    assert [] == faults("library", of_file(name), read(good_files()[name]))


ONLY_WARNED = [
    name
    for name in mistakes()
    if all(problem.severity == "warning" for problem in read_mistake(name).expected)
]


@pytest.mark.parametrize("name", ONLY_WARNED)
def test_a_rulebook_that_the_reader_only_warns_about_is_valid(name: str) -> None:
    files = read_mistake(name).files
    found, _ = read_rulebook(files)
    assert found is not None
    made = generate(found)
    for file, raw in files.items():
        assert jsonschema.Draft202012Validator(made[of_file(file)]).is_valid(read(raw)), file


# --- what an editor marks -----------------------------------------------------------------------

RULES = """
format: 1
rulebook: test
title: {da: a, en: b}
operations: [create_interview]
rules:
  a-rule:
    code: S-101
    title: {da: a, en: b}
    field: /heldAt
    versions:
      - valid_from: 2019-06-01
        basis: {text: a, confidence: assumed}
        require:
          CONDITION
        message: {da: a, en: b}
"""


def about(condition: str) -> list[str]:
    condition = condition.replace("DAYS", "fund_reading_days")
    document = read(RULES.replace("CONDITION", condition).encode())
    return faults("samtale", "rulebook.schema.json", document)


@pytest.mark.parametrize(
    "condition",
    [
        "interview.type: 18",
        "interview.type: {in: [4, 18]}",
        "interview.type: {in_force_on: $interview.held_on}",
        "interview.type: {is: $interview.type}",
        "interview.participation_status: {given: true, in: [5, 6]}",
        "interview.participation_status: {is: 5, or: absent}",
        "interview.held_on: {on_or_after: 2020-01-01}",
        "interview.held_on: {after: {fact: $registration.recorded_on, minus_days: 30}}",
        "interview.held_on: {before: {fact: $interview.held_on, plus_days: $parameters.DAYS}}",
        "interview.booking_id: {given: true, matches: '[a-z]+', length_at_most: 9}",
        "caller.organisation: ''",
        "not: {interview.type: 18}",
        "any_of: [{interview.type: 18}, {all: [{interview.contact_type: 6}]}]",
        "{none: citizen.interviews, where: {held_at: {after: $interview.held_at}}}",
        "{at_most: 2, at_least: 1, of: citizen.interviews, where: {type: $interview.type}}",
        "{any: citizen.contact_groups, where: {until: {after: $.from, or: absent}}}",
    ],
)
def test_a_good_condition_is_valid(condition: str) -> None:
    assert [] == about(condition)


@pytest.mark.parametrize(
    "condition",
    [
        "interview.kind: 18",
        "interview.type: 99",
        "interview.type: '18'",
        "interview.type: true",
        "interview.type: {in: [5, 99]}",
        "interview.type: {in: []}",
        "interview.type: {in: 18}",
        "interview.type: {after: 5}",
        "interview.type: {given: true}",
        "interview.type: $interview.contact_type",
        "interview.type: {}",
        "interview.held_at: '2024-01-01T10:00:00Z'",
        "interview.held_at: {after: $interview.held_on}",
        "interview.held_on: {after: yesterday}",
        "interview.held_on: {after: {fact: $interview.held_on, plus_days: 1, minus_days: 1}}",
        "interview.held_on: {after: {fact: $interview.held_at, plus_days: 1}}",
        "interview.participation_status: {given: true, or: absent}",
        "interview.participation_status: {is: 5, or: present}",
        "caller.organisation: $parameters.fund_reading_days",
        "caller.organisation: {length_at_most: -1}",
        "citizen.interviews: 1",
        "any_of: []",
        "all: {interview.type: 18}",
        "{any: citizen.interviews, where: {until: 2024-01-01}}",
        "{any: citizen.interviews}",
        "{any: interview.type, where: {type: 18}}",
        "{any: citizen.interviews, none: citizen.interviews, where: {type: 18}}",
        "{of: citizen.interviews, where: {type: 18}}",
        "{any: citizen.interviews, where: {type: 18}, interview.type: 18}",
        "{any: citizen.interviews, where: {any: citizen.bookings, where: {booking_id: a}}}",
    ],
)
def test_a_wrong_condition_is_invalid(condition: str) -> None:
    assert [] != about(condition)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("format: 1", "format: 2"),
        ("S-101", "S-999"),
        ("create_interview", "create_interviews"),
        ("/heldAt", "heldAt"),
        ("2019-06-01", "1"),
        ("assumed", "guessed"),
        ("message: {da: a, en: b}", "message: {da: a}"),
        ("message: {da: a, en: b}", "withdrawn: true"),
        ("message: {da: a, en: b}", "requirements: []"),
        ("a-rule", "A rule"),
        ("code:", "kode:"),
    ],
)
def test_a_wrong_rule_file_is_invalid(old: str, new: str) -> None:
    text = RULES.replace("CONDITION", "interview.type: 18")
    assert [] == faults("samtale", "rulebook.schema.json", read(text.encode()))
    assert old in text
    wrong = read(text.replace(old, new).encode())
    assert [] != faults("samtale", "rulebook.schema.json", wrong)


GRANTS = """
format: 1
rulebook: test
title: {da: a, en: b}
operations: [read_interview]
grants:
  a-grant:
    title: {da: a, en: b}
    dated_by: access.day
    versions:
      - valid_from: 2019-06-01
        basis: {text: a, confidence: assumed}
        when: {caller.organisation_type: agency}
        grant: {any: citizen.fund_memberships, where: {organisation: $caller.organisation}}
        only_where: {interview.type: 7}
      - {valid_from: 2027-01-01, withdrawn: true, basis: {text: a, confidence: assumed}}
"""
NOTICES = """
format: 1
rulebook: test
title: {da: a, en: b}
operations: [tell_change]
notify:
  a-notice:
    title: {da: a, en: b}
    versions:
      - valid_from: 2019-06-01
        basis: {text: a, confidence: assumed}
        message: GetPersonInterview
        to:
          each: citizen.fund_memberships
          organisation_type: unemployment_fund
          where: {from: {on_or_before: $change.recorded_on}}
      - {valid_from: 2027-01-01, withdrawn: true, basis: {text: a, confidence: assumed}}
"""


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (GRANTS, "read_interview", "read_interviews"),
        (GRANTS, "grant: {", "require: {"),
        (GRANTS, "$caller.organisation", "$caller.organization"),
        (GRANTS, "interview.type: 7", "interview.type: 99"),
        (GRANTS, "when: {caller", "code: S-101\n        when: {caller"),
        (GRANTS, "only_where: {interview.type: 7}", "message: {da: a, en: b}"),
        (GRANTS, "dated_by: access.day", "gate: true"),
        (GRANTS, "dated_by: access.day", "severity: refuse"),
        (GRANTS, "withdrawn: true", "withdrawn: true, grant: {interview.type: 7}"),
        (GRANTS, "grants:", "grant:"),
        (GRANTS, "grants:", "notify:"),
        (GRANTS, "grants:", "rules:"),
        (NOTICES, "message: GetPersonInterview", "message: {da: a, en: b}"),
        (NOTICES, "        message: GetPersonInterview\n", ""),
        (NOTICES, "each: citizen.fund_memberships", "each: citizen.bookings"),
        (NOTICES, "each: citizen.fund_memberships", "any: citizen.fund_memberships"),
        (NOTICES, "organisation_type: unemployment_fund", "organisation_type: fund"),
        (NOTICES, "          organisation_type: unemployment_fund\n", ""),
        (NOTICES, "$change.recorded_on", "$change.kind"),
        (NOTICES, "where: {from", "where: {since"),
        (NOTICES, "notify:", "notices:"),
        (NOTICES, "notify:", "grants:"),
    ],
)
def test_a_wrong_file_of_grants_or_notices_is_invalid(text: str, old: str, new: str) -> None:
    assert [] == faults("samtale", "rulebook.schema.json", read(text.encode()))
    assert old in text
    wrong = read(text.replace(old, new).encode())
    assert [] != faults("samtale", "rulebook.schema.json", wrong)


def test_a_file_holds_one_kind_of_rules_alone() -> None:
    both = read(GRANTS.encode()) | {"notify": read(NOTICES.encode())["notify"]}
    assert [] != faults("samtale", "rulebook.schema.json", both)
    none = {key: value for key, value in both.items() if key not in ("grants", "notify")}
    assert [] != faults("samtale", "rulebook.schema.json", none)


@pytest.mark.parametrize(
    ("expected", "good"),
    [
        ("{}", True),
        ("{codes: ['9125'], advice: [S-108]}", True),
        ("{grants: []}", True),
        ("{grants: [fund-own-member, fund-near-member]}", True),
        ("{notices: [job-centre-of-the-citizen]}", True),
        ("{grants: [job-centre-of-the-citizen]}", False),
        ("{notices: [fund-own-member]}", False),
        ("{grants: fund-own-member}", False),
        ("{grants: [], codes: []}", False),
        ("{grants: [], notices: []}", False),
        ("{grant: []}", False),
    ],
)
def test_a_case_expects_codes_or_grants_or_notices(expected: str, good: bool) -> None:
    text = f"""
format: 1
cases: test
operation: read_citizen
baseline_from: baseline.yaml
examples:
  - {{name: a, expect: {expected}}}
"""
    assert good is ([] == faults("samtale", "cases.schema.json", read(text.encode())))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("rules/facts.yaml", "code(interview_types)", "code(interview_type)"),
        ("rules/facts.yaml", "type: instant", "type: time"),
        ("rules/facts.yaml", "looked_up: {table: interview_types", "looked_up: {table: types"),
        ("rules/facts.yaml", "optional: true", "optional: 1"),
        ("config/code_lists.yaml", "confidence: inferred", "confidence: sure"),
        ("config/code_lists.yaml", "resetting: true, funds", "funds"),
        ("config/code_lists.yaml", "resetting: true, funds", "resetting: 1, funds"),
        ("config/code_lists.yaml", "only_with: fund_trial_935_4", "only_with: fund_reading_days"),
        (
            "config/allowed_interview_types.yaml",
            "interview_types: [7, 8, 9",
            "interview_types: [99",
        ),
        ("config/parameters.yaml", "value: 120", 'value: "120"'),
        ("config/error_codes.yaml", "origin: official", "origin: invented"),
        ("tests/cases/baseline.yaml", "interview.type: 7", "interview.kind: 7"),
        ("tests/cases/baseline.yaml", "T12:00:00+01:00", "T12:00:00"),
        ("tests/cases/baseline.yaml", "participants: []", "interview.resetting: true"),
        ("tests/cases/type-allowed-for-contact-group.yaml", "codes: [S-103]", "codes: [S-999]"),
        ("tests/cases/type-allowed-for-contact-group.yaml", "from: 2024", "since: 2024"),
    ],
)
def test_a_mistake_in_another_file_is_invalid(name: str, old: str, new: str) -> None:
    text = OUR_FILES[name].decode()
    assert old in text
    wrong = read(text.replace(old, new).encode())
    assert [] != faults("samtale", of_file(name), wrong)


# --- what an editor completes -------------------------------------------------------------------


def test_a_code_is_completed_with_its_latest_danish_name() -> None:
    codes = generate(rulebook())["rulebook.schema.json"]["$defs"]["codes-interview_types"]["oneOf"]
    assert {"const": 17, "title": "Fælles Jobsamtale med dagpengemodtager"}.items() <= next(
        each for each in codes if each["const"] == 17
    ).items()


def test_a_fact_is_completed_with_exactly_the_operators_that_fit_its_type() -> None:
    definitions = generate(rulebook())["rulebook.schema.json"]["$defs"]
    for name, fact in rulebook().catalogue.facts.items():
        if fact.type is FactType.RECORDS:
            continue
        test = definitions[f"test-{name}"]
        offered = (test if "properties" in test else test["anyOf"][-1])["properties"]
        fitting = {
            each.value for each, meaning in OPERATORS.items() if fact.type in meaning.subjects
        }
        assert fitting == set(offered) - {"given", "or"}
        assert fact.optional == ("given" in offered) == ("or" in offered)


def test_every_operator_has_words_for_the_tooltip() -> None:
    assert set(Operator) == set(OPERATOR_WORDS)
