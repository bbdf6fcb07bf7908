"""The documentation cannot lie: what it says is compared with what there is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from engine.explain.wording import CONFIDENCES
from engine.model import Confidence, Operator
from engine.operators import OPERATORS
from engine.reader.load import load_rulebook
from web.cli import main
from web.cli.docs import current_pages, differing
from web.cli.rulebook import Folders
from web.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "rules"
MARKDOWN = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("rules/*.md"))
    if path.is_file()
)
READ_BY_PEOPLE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
)
LANGUAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")


def operator_row(operator: Operator) -> str:
    meaning = OPERATORS[operator]
    types = ", ".join(sorted(kind.value for kind in meaning.subjects))
    states = meaning.wording.states
    da, en = (phrase.replace("{operand}", "…") for phrase in (states.da, states.en))
    return f"| `{operator.value}` | {types} | {meaning.operand.value} | {da} | {en} |"


@pytest.mark.parametrize("operator", Operator)
def test_the_language_page_says_of_an_operator_what_the_engine_does(operator: Operator) -> None:
    assert operator_row(operator) in LANGUAGE.splitlines()


def test_the_language_page_has_no_operator_that_the_engine_lacks() -> None:
    table = LANGUAGE.split("## Operators")[1].split("\n## ")[0]
    assert [operator.value for operator in Operator] == re.findall(
        r"^\| `(\w+)`", table, re.MULTILINE
    )


def test_the_pages_of_the_rules_are_the_ones_that_the_rules_give() -> None:
    folders = Folders(ROOT / "rules", ROOT / "config")
    assert [] == differing(current_pages(folders, ROOT / "tests" / "cases"), PAGES)


def test_every_rule_has_an_example_on_both_sides() -> None:
    without = [
        path.name
        for path in sorted(PAGES.glob("*.md"))
        if "Ingen eksempelfil" in path.read_text(encoding="utf-8")
    ]
    assert [] == without


def test_a_page_that_is_changed_missing_or_left_over_is_found(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    shutil.copytree(PAGES, pages)
    (pages / "held-in-the-past.md").write_text("something else", encoding="utf-8")
    (pages / "unique-type-and-time.md").unlink()
    (pages / "no-such-rule.md").write_text("left over", encoding="utf-8")
    folders = Folders(ROOT / "rules", ROOT / "config")
    assert ["held-in-the-past.md", "no-such-rule.md", "unique-type-and-time.md"] == differing(
        current_pages(folders, ROOT / "tests" / "cases"), pages
    )


def test_the_command_checks_without_writing_and_writes_what_differs(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    run = CliRunner(catch_exceptions=False).invoke
    folders = [
        f"--rules={ROOT / 'rules'}",
        f"--config={ROOT / 'config'}",
        f"--cases={ROOT / 'tests' / 'cases'}",
        f"--pages={pages}",
    ]
    assert 1 == run(main, ["docs", "--check", *folders]).exit_code
    assert not pages.exists()
    assert 0 == run(main, ["docs", *folders]).exit_code
    assert 0 == run(main, ["docs", "--check", *folders]).exit_code
    (pages / "left-over.md").write_text("", encoding="utf-8")
    assert 0 == run(main, ["docs", *folders]).exit_code
    assert not (pages / "left-over.md").exists()


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_mentioned(command: str) -> None:
    assert re.search(rf"`[^`\n]*\bsamtale {command}\b", READ_BY_PEOPLE) is not None


@pytest.mark.parametrize("variable", [setting.variable for setting in Settings.variables()])
def test_every_setting_is_mentioned(variable: str) -> None:
    assert f"`{variable}`" in READ_BY_PEOPLE


def test_every_option_of_every_command_has_a_variable_that_is_mentioned() -> None:
    variables = {
        option.envvar
        for command in main.commands.values()
        for option in command.params
        if isinstance(option.envvar, str)
    }
    assert set() == {each for each in variables if f"`{each}`" not in READ_BY_PEOPLE}


def test_every_decision_record_is_linked() -> None:
    records = {path.name for path in (ROOT / "docs" / "decisions").glob("0*.md")}
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    assert records == set(re.findall(r"\]\((0[^)]+\.md)\)", index))


def test_the_glossary_explains_every_confidence() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert set(Confidence) == set(CONFIDENCES)
    for confidence, words in CONFIDENCES.items():
        assert f"| `{confidence.value}` | {words.da} |" in glossary


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    local = [unquote(each.split("#")[0]) for each in targets if "://" not in each]
    assert [] == [each for each in local if each and not (page.parent / each).exists()]


def test_every_module_of_the_engine_that_the_architecture_names_exists() -> None:
    architecture = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    stages = architecture.split("## The stages of the engine")[1].split("\n## ")[0]
    named = {
        name
        for row in re.findall(r"^\| \w+ \| (.+?) \|", stages, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    engine = ROOT / "engine"
    modules = {path.stem for path in (*engine.glob("*.py"), *engine.glob("reader/*.py"))}
    packages = {path.parent.name for path in engine.glob("*/__init__.py")}
    assert set() == named - modules - packages
    assert set() == packages - named


def test_the_labels_of_fields_differ_from_those_of_facts() -> None:
    catalogue = load_rulebook(ROOT / "rules", ROOT / "config").catalogue
    facts = {fact.label for fact in catalogue.facts.values()}
    fields = {part.label for fact in catalogue.facts.values() for part in fact.fields.values()}
    assert set() == facts & fields


def test_the_settings_are_told_with_their_defaults() -> None:
    command = (ROOT / "docs" / "command.md").read_text(encoding="utf-8")
    for setting in Settings.variables():
        default = "–" if setting.default is None else f"`{setting.default}`"
        assert f"| `{setting.variable}` | {default} |" in command
