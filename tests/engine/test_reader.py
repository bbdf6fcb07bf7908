"""Files → `Rulebook`: what a good rulebook becomes, and what its id depends on."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.facts import FactType, Text
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Confidence,
    Constant,
    Constants,
    DatedBy,
    Not,
    Operator,
    ParameterReference,
    Presence,
    Quantified,
    Quantifier,
    Reference,
    Rule,
    Rulebook,
    RuleFile,
    RuleKind,
    RuleSeverity,
    Scope,
    Shifted,
    Told,
    Version,
)
from engine.problems import Place, Severity
from engine.reader.rulebook import read_config_tables, read_rulebook
from tests.engine.rulebook_changes import good_files


@cache
def _unchanged() -> Rulebook:
    return _good(good_files())


def _good(files: dict[str, bytes] | None = None) -> Rulebook:
    if files is None:
        return _unchanged()
    rulebook, problems = read_rulebook(files)
    assert problems == ()
    assert rulebook is not None
    return rulebook


def _rule(rulebook: Rulebook, name: str) -> Rule:
    return next(rule for file in rulebook.files for rule in file.all if rule.id == name)


def _lending(rulebook: Rulebook) -> RuleFile:
    return next(file for file in rulebook.files if file.name == "lending")


def _all(condition: Condition) -> All:
    assert isinstance(condition, All)
    return condition


def _version(name: str, day: date = date(2015, 1, 1)) -> Version:
    version = _rule(_good(), name).versions.on(day)
    assert version is not None
    return version


def _changed(file: str, old: str, new: str) -> dict[str, bytes]:
    files = good_files()
    assert files[file].decode().count(old) == 1
    return files | {file: files[file].decode().replace(old, new).encode()}


def test_rules_keep_the_order_of_the_file() -> None:
    assert [
        "card-at-the-desk",
        "not-renewed-too-often",
        "due-in-time",
        "not-too-many-loans",
        "codes-in-force",
    ] == [rule.id for rule in _lending(_good()).rules]


def test_grants_and_notices_are_read_beside_the_rules() -> None:
    rulebook = _good()
    assert {
        "doors": [("own-branch", RuleKind.GRANT), ("open-day", RuleKind.GRANT)],
        "letters": [
            ("branch-of-the-borrower", RuleKind.NOTICE),
            ("archive-of-the-borrower", RuleKind.NOTICE),
        ],
    } == {
        file.name: [(rule.id, rule.kind) for rule in file.all]
        for file in rulebook.files
        if not file.rules
    }
    assert ["own-branch", "open-day"] == [rule.id for rule in rulebook.rules_of("enter")]
    assert {RuleKind.RULE} == {rule.kind for rule in rulebook.rules_of("renew")}


def test_a_grant_speaks_up_under_its_id_when_its_conditions_hold() -> None:
    version = _version("own-branch", date(2020, 1, 1))
    assert version.only_where is not None
    assert version.told is None
    (speech,) = version.requirements
    assert ("own-branch", "", All(())) == (speech.code, speech.field, speech.when)
    assert (0, 2, 1) == (
        len(version.when.parts),
        len(_all(speech.require).parts),
        len(version.only_where.parts),
    )


def test_a_notice_looks_for_any_record_and_knows_whom_it_tells() -> None:
    version = _version("branch-of-the-borrower")
    assert Told("LoanChanged", "branch") == version.told
    (speech,) = version.requirements
    assert isinstance(speech.require, Quantified)
    assert (Quantifier.ANY, "borrower.branches") == (
        speech.require.quantifier,
        speech.require.records.name,
    )


def test_a_rule_has_the_operations_of_its_file_unless_it_names_its_own() -> None:
    rulebook = _good()
    assert ("lend", "renew") == _rule(rulebook, "due-in-time").operations
    assert ("renew",) == _rule(rulebook, "not-renewed-too-often").operations
    assert ["card-at-the-desk"] == [rule.id for rule in rulebook.rules_of("remind")]


def test_a_rule_is_dated_by_the_day_of_registration_unless_it_says_otherwise() -> None:
    rulebook = _good()
    assert DatedBy("registration.recorded_on") == _rule(rulebook, "codes-in-force").dated_by
    assert DatedBy("loan.began_on") == _rule(rulebook, "not-renewed-too-often").dated_by
    with_otherwise = DatedBy("loan.due_on", "registration.recorded_on")
    assert with_otherwise == _rule(rulebook, "due-in-time").dated_by


def test_severity_and_gate_are_read() -> None:
    rulebook = _good()
    assert RuleSeverity.ADVICE is _rule(rulebook, "not-too-many-loans").severity
    assert RuleSeverity.REFUSE is _rule(rulebook, "card-at-the-desk").severity
    assert _rule(rulebook, "card-at-the-desk").gate
    assert not _rule(rulebook, "codes-in-force").gate


def test_the_version_in_force_is_found_by_its_first_day() -> None:
    versions = _rule(_good(), "not-renewed-too-often").versions
    assert (date(2010, 1, 1), date(2020, 1, 1), date(2024, 1, 1)) == versions.starts
    last = versions.on(date(2024, 1, 1))
    assert last is not None
    assert last.withdrawn
    assert () == last.requirements


def test_when_holds_all_entries_in_the_order_of_the_file() -> None:
    when = _version("not-renewed-too-often").when
    facts = _good().catalogue.facts
    kind = Reference(Scope.FACT, facts["loan.kind"])
    fragile = Reference(Scope.FACT, facts["loan.fragile"])
    assert (
        All(
            (
                Comparison(kind, Operator.IN, Constants((1, 2))),
                Not(Comparison(fragile, Operator.IS, Constant(True))),
            )
        )
        == when
    )


def test_guards_shifts_parameters_and_any_of_are_read() -> None:
    version = _version("due-in-time")
    facts = _good().catalogue.facts
    due = Reference(Scope.FACT, facts["loan.due_on"])
    note = Reference(Scope.FACT, facts["loan.note"])
    latest = Shifted(
        Reference(Scope.FACT, facts["loan.began_on"]),
        ParameterReference("most_days", FactType.INTEGER),
        1,
    )
    short = Comparison(note, Operator.LENGTH_AT_MOST, Constant(200), or_absent=True)
    capital = Comparison(note, Operator.MATCHES, Constant("[A-Z ]+"))
    assert All((Presence(due, True),)) == version.when
    assert (
        All(
            (
                Comparison(due, Operator.ON_OR_BEFORE, latest),
                Comparison(due, Operator.AFTER, Constant(date(2009, 12, 31))),
                AnyOf((short, All((Presence(note, True), capital)))),
            )
        )
        == version.requirements[0].require
    )


def test_quantifiers_counts_and_fields_are_read() -> None:
    require = _version("not-too-many-loans").requirements[0].require
    assert isinstance(require, All)
    (several,) = require.parts
    assert isinstance(several, All)
    count, every, none = several.parts
    assert isinstance(count, Quantified)
    assert (Quantifier.COUNT, 0, 20) == (count.quantifier, count.at_least, count.at_most)
    assert isinstance(every, Quantified)
    assert Quantifier.EVERY is every.quantifier
    assert isinstance(none, Quantified)
    fields = _good().catalogue.facts["borrower.loans"].fields
    until = Reference(Scope.FIELD, fields["until"])
    begins = Reference(Scope.FIELD, fields["from"])
    assert All((Presence(until, True), Comparison(until, Operator.BEFORE, begins))) == none.where


def test_each_demand_has_its_own_code_and_field_or_those_of_the_rule() -> None:
    kind, card = _version("codes-in-force").requirements
    assert ("L-2", "/kind") == (kind.code, kind.field)
    assert ("L-2", "/card") == (card.code, card.field)
    assert Text("Arten gælder ikke.", "The kind is not in force.") == kind.message


def test_basis_is_read_with_its_address() -> None:
    basis = _version("not-renewed-too-often").basis
    assert Confidence.OFFICIAL is basis.confidence
    assert "https://library.example/rules#2" == basis.url


def test_tables_answer_by_key_and_day() -> None:
    kinds = _good().tables["material_kinds"]
    before, after = kinds.find(2, date(2009, 12, 31)), kinds.find(2, date(2010, 1, 1))
    assert before is not None
    assert after is not None
    assert Text("Film på bånd", "Film on tape") == before.name
    assert Text("Film", "Film") == after.name
    assert kinds.find(4, date(2014, 12, 31)) is not None
    assert kinds.find(4, date(2015, 1, 1)) is None


def test_a_row_with_a_condition_follows_its_parameter() -> None:
    kinds = _good().tables["material_kinds"]
    assert kinds.find(9, date(2017, 12, 31)) is None
    assert kinds.find(9, date(2018, 1, 1)) is not None


def test_a_code_without_a_public_name_has_none() -> None:
    row = _good().tables["material_kinds"].find(3, date(2020, 1, 1))
    assert row is not None
    assert row.name is None


def test_parameters_and_error_codes_are_read() -> None:
    rulebook = _good()
    assert 30 == rulebook.parameters["most_days"].values.on(date(2019, 12, 31))
    assert 28 == rulebook.parameters["most_days"].values.on(date(2020, 1, 1))
    assert ("Reglementet § 4", "official") == rulebook.parameters["most_days"].bases.on(
        date(2020, 1, 1)
    )
    assert "9200" == rulebook.error_codes["200"].new_code


def test_places_point_into_the_file() -> None:
    lines = good_files()["rules/lending.yaml"].decode().splitlines()
    place = _rule(_good(), "due-in-time").place
    assert Place("rules/lending.yaml", lines.index("  due-in-time:") + 1, 3) == place


def test_a_problem_has_file_line_and_column() -> None:
    files = good_files() | {"rules/more.yaml": b"format: 1\nrulebook: more\ntitle: More\n"}
    problems = read_rulebook(files)[1]
    assert [
        "rules/more.yaml:1:1: the file needs the key `operations`",
        "rules/more.yaml:1:1: the file needs the key `rules`",
        "rules/more.yaml:3:8: expected a mapping for `title`, found the text `More`",
    ] == [f"{each.place}: {each.message}" for each in problems]


@pytest.mark.parametrize(
    "require",
    [
        "{all: [{loan.due_on: {given: true}}, {loan.due_on: {after: 2009-12-31}}]}",
        "{all: [{all: [{loan.due_on: {given: true}}]}, {loan.due_on: {after: 2009-12-31}}]}",
        "{any_of: [{loan.renewals: 1}, {loan.due_on: {given: true, after: 2009-12-31}}]}",
        "{not: {loan.due_on: {given: true, after: 2009-12-31}}}",
        "{not: {all: [{loan.due_on: {given: true}}, {loan.began_on: {after: $loan.due_on}}]}}",
        "{loan.due_on: {after: 2009-12-31, or: absent}}",
        "{all: [{borrower.card: {given: true}}, {any: borrower.loans, where: {kind: 1}}]}",
        "{all: [{loan.due_on: {given: true}}, {any: borrower.loans, where: {from: $loan.due_on}}]}",
        "{any: borrower.loans, where: {until: {given: true}, from: {before: $.until}}}",
    ],
)
def test_a_guarded_read_is_no_problem(require: str) -> None:
    _good(
        _changed(
            "rules/lending.yaml",
            "require: {loan.renewals: {less_than: 3}}",
            f"require: {require}",
        )
    )


def test_a_guard_in_the_version_holds_for_every_demand() -> None:
    _good(
        _changed(
            "rules/lending.yaml",
            "        requirements:",
            "        when: {borrower.card: {given: true}}\n        requirements:",
        )
    )


def test_reading_the_same_files_gives_the_same_rulebook() -> None:
    files = good_files()
    assert _good(files) == _good(dict(reversed(files.items())))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_layout_and_comments_do_not_change_the_id(data: st.DataObject) -> None:
    files = good_files()
    name = data.draw(st.sampled_from(sorted(files)))
    lines = files[name].decode().splitlines()
    added = data.draw(st.sampled_from(["", "# en bemærkning", "        # a: b"]))
    lines.insert(data.draw(st.integers(0, len(lines))), added)
    assert _good().id == _good(files | {name: "\n".join(lines).encode()}).id


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("rules/lending.yaml", "less_than: 3", "less_than: 4"),
        ("rules/lending.yaml", "valid_from: 2020-01-01", "valid_from: 2020-01-02"),
        ("rules/lending.yaml", "en: The card is missing.", "en: The card is lost."),
        ("rules/lending.yaml", "    gate: true\n", ""),
        ("rules/lending.yaml", "at_most: 3}", "at_most: 3, is: 3}"),
        ("rules/facts.yaml", "en: fragile", "en: brittle"),
        ("config/code_lists.yaml", "{id: 3, fragile: true", "{id: 3, fragile: false"),
        ("config/error_codes.yaml", '"9200"', '"9201"'),
        ("config/parameters.yaml", "value: 28", "value: 29"),
        ("config/lending_days.yaml", "also: [1, 2]", "also: [2, 1]"),
    ],
)
def test_any_value_changes_the_id_and_the_digest_of_its_file_alone(
    file: str, old: str, new: str
) -> None:
    before, after = _good(), _good(_changed(file, old, new))
    assert before.id != after.id
    changed = {name for name in before.content if before.content[name] != after.content[name]}
    assert {file} == changed


def test_the_order_of_rules_changes_the_id() -> None:
    files = good_files()
    head, rules = files["rules/lending.yaml"].decode().split("rules:\n")
    blocks = rules.strip("\n").split("\n\n")
    text = head + "rules:\n" + "\n\n".join(reversed(blocks)) + "\n"
    swapped = _good(files | {"rules/lending.yaml": text.encode()})
    assert _good().id != swapped.id
    assert "codes-in-force" == _lending(swapped).rules[0].id


def test_a_file_that_moves_changes_the_id() -> None:
    files = good_files()
    files["config/moved.yaml"] = files.pop("config/lending_days.yaml")
    assert _good().id != _good(files).id


def test_places_and_digests_do_not_make_rulebooks_differ() -> None:
    rulebook = _good()
    assert rulebook == replace(rulebook, content={})


def test_a_date_shifted_back_is_shifted_back() -> None:
    require = _version("not-too-many-loans").requirements[0].require
    began = Reference(Scope.FACT, _good().catalogue.facts["loan.began_on"])
    until = Reference(Scope.FIELD, _good().catalogue.facts["borrower.loans"].fields["until"])
    after = Comparison(until, Operator.AFTER, Shifted(began, Constant(1), -1), or_absent=True)
    assert isinstance(require, All)
    assert isinstance(require.parts[0], All)
    assert isinstance(count := require.parts[0].parts[0], Quantified)
    assert isinstance(count.where, All)
    assert after == count.where.parts[1]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_file_however_broken_makes_reading_raise(data: st.DataObject) -> None:
    files = good_files()
    name = data.draw(st.sampled_from(sorted(files)))
    words = re.split(r"([\s,:{}\[\]]+)", files[name].decode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(words) - 1).filter(lambda index: words[index] != ""))
        words[place] = data.draw(
            st.sampled_from(["", "[]", "{}", "7", "true", "2020-01-01", "any", "$x", '""', "where"])
        )
    rulebook, problems = read_rulebook(files | {name: "".join(words).encode()})
    errors = [each for each in problems if each.severity is Severity.ERROR]
    assert (rulebook is None) == bool(errors)


def test_tables_are_read_alone_whatever_the_rules_look_like() -> None:
    files = good_files()
    broken = {**files, next(name for name in files if name.startswith("rules/")): b"format: ["}
    assert read_rulebook(broken)[0] is None
    assert _unchanged().tables == read_config_tables(broken)
    assert _unchanged().tables == read_config_tables(files)


def test_a_table_with_an_error_is_not_read_alone() -> None:
    files = good_files()
    name = next(
        each for each, raw in files.items() if each.startswith("config/") and b"rows:" in raw
    )
    assert read_config_tables({**files, name: files[name].replace(b"rows:", b"rovs:", 1)}) is None
