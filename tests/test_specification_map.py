"""`docs/specification_map.md` tells the truth about the specification, the rules and the cases.

In: the map, the specification, rule files and case files as they stand in the repository.
Does not know: what the rules decide; the case files themselves are run elsewhere.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from engine.source.document import plain, read_yaml

ROOT = Path(__file__).parent.parent
MAP = (ROOT / "docs" / "specification_map.md").read_text(encoding="utf-8")
SPECIFICATION = (ROOT / "docs" / "specification.da.txt").read_text(encoding="utf-8")
"""The text as it was handed over; its hard spaces count as spaces."""
BINDING, OTHER = MAP.split("## Lines that do not bind registration")

QUOTE = re.compile(r"^> (.+)$", re.MULTILINE)
RULE = re.compile(r"^- Rule: `(.+)`$", re.MULTILINE)
CASE = re.compile(r"^- Case: `(.+?)`: (.+)$", re.MULTILINE)
SECTIONS = re.split(r"^### ", BINDING, flags=re.MULTILINE)[1:]


def _read(path: Path) -> Any:
    document = read_yaml(path.read_bytes(), path.name)
    assert document.root is not None, f"{path.name} cannot be read"
    return plain(document.root)


def _lines(text: str) -> set[str]:
    return {_even(line).removeprefix("• ") for line in text.splitlines()} - {""}


def _even(text: str) -> str:
    return " ".join(text.split())


def _rules() -> dict[str, Any]:
    files = [_read(ROOT / "rules" / name) for name in ("registration.yaml", "participants.yaml")]
    return {rule: content for file in files for rule, content in file["rules"].items()}


def _examples(case_file: str) -> dict[str, Any]:
    content = _read(ROOT / "tests" / "cases" / f"{case_file}.yaml")
    return {example["name"]: example for example in content["examples"]}


def test_every_line_of_the_specification_is_quoted_word_for_word() -> None:
    assert _lines(SPECIFICATION) == set(QUOTE.findall(MAP))


def test_no_line_is_quoted_twice() -> None:
    quotes = QUOTE.findall(MAP)
    assert len(set(quotes)) == len(quotes)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.splitlines()[0])
def test_a_binding_line_names_a_rule_that_exists(section: str) -> None:
    named = RULE.findall(section)
    assert len(named) == 1
    assert named[0] in _rules()


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.splitlines()[0])
def test_a_binding_line_names_an_accepted_and_a_refused_case(section: str) -> None:
    expectations = [
        _examples(case_file)[name].get("expect", {}) for case_file, name in CASE.findall(section)
    ]
    clean = [not (each.get("codes") or each.get("advice")) for each in expectations]
    assert {True, False} == set(clean)


def test_every_rule_whose_basis_is_official_is_named_by_a_binding_line() -> None:
    official = {
        rule
        for rule, content in _rules().items()
        if any(version["basis"]["confidence"] == "official" for version in content["versions"])
    }
    assert set() == official - set(RULE.findall(BINDING))


def test_the_text_of_an_official_basis_is_quoted_from_the_specification() -> None:
    quotes = [
        version["basis"]["text"].split(": ", 1)[1]
        for content in _rules().values()
        for version in content["versions"]
        if version["basis"]["confidence"] == "official"
    ]
    strangers = [quote for quote in quotes if quote.rstrip(".") not in _even(SPECIFICATION)]
    assert [] == strangers


def test_create_and_update_obey_the_same_rules() -> None:
    both = {"create_interview", "update_interview"}
    file = _read(ROOT / "rules" / "registration.yaml")
    others = [
        rule
        for rule, content in file["rules"].items()
        if not both <= set(content.get("operations", file["operations"]))
    ]
    assert [] == others


def test_every_record_of_a_decision_stands_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    records = {path.name for path in folder.glob("[0-9]*.md")}
    assert records == set(re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", index))
