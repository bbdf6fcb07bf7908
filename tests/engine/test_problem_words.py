"""Everything that is said of an analyst's file is said in Danish too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.pages.problem_pages import problem_page
from engine.problem_words import COMMON, WORDS, catalogue, hint_of, message_of
from engine.problems import NOWHERE, Place, Problem
from engine.reader.rulebook import read_rulebook
from engine.source.document import read_yaml
from tests.engine.rulebook_changes import mistakes, read_mistake

ENGINE = Path(__file__).resolve().parents[2] / "engine"
YAML = Path(__file__).parent / "yaml"
SAYS = frozenset({"error", "warn", "Problem", "Trap", "_refuse", "_Explanation"})
"""What makes a problem; its code and its texts are among the arguments."""
CODE = re.compile(
    r"[a-z0-9]+(-[a-z0-9]+)+|syntax|tag|alias|anchor|directive|unguarded|exponent|timestamp"
)


def _found() -> Iterator[Problem]:
    for name in mistakes():
        yield from read_rulebook(read_mistake(name).files)[1]
    for path in sorted(YAML.rglob("*")):
        if path.is_file():
            yield from read_yaml(path.read_bytes(), path.name).problems


FOUND = tuple(_found())


def without_names(text: str) -> str:
    return re.sub(r"`[^`]*`|\"[^\"]*\"|\([^)]*\)", "", text)


def test_every_problem_of_every_mistake_has_danish_words() -> None:
    untold = {
        (each.code, said.en)
        for each in FOUND
        for said in (message_of(each), hint_of(each))
        if said.en and said.da == said.en and re.search("[a-z]{3}", without_names(said.en))
    }
    assert set() == untold


ENGLISH = re.compile(r"\b(a|the|expected|found|write|which|with|stands|is|and|of|or|an|not)\b")


def test_no_english_is_left_inside_a_danish_text() -> None:
    left = {
        (each.code, said.da)
        for each in FOUND
        for said in (message_of(each), hint_of(each))
        if ENGLISH.search(without_names(said.da.split("mønster:")[0]))
    }
    assert set() == left


def test_every_code_that_the_engine_names_is_in_the_catalogue() -> None:
    assert set() == codes_in_the_program() - catalogue().keys()


def test_the_catalogue_names_no_code_that_the_engine_lacks() -> None:
    assert set() == catalogue().keys() - codes_in_the_program() - {WORDS, COMMON} - DUPLICATES


DUPLICATES = {f"duplicate-{kind}" for kind in ("rule", "grant", "notice", "rulebook")} | {
    "not-a-list"
}
"""Codes that do not stand beside their texts, such as those of what is there twice."""


def codes_in_the_program() -> set[str]:
    return {
        text.value
        for path in ENGINE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and _name(call) in SAYS
        for text in call.args[:4]
        if isinstance(text, ast.Constant)
        and isinstance(text.value, str)
        and CODE.fullmatch(text.value)
    } - {"mapping-values"}


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_every_literal_text_of_the_program_has_danish_words() -> None:
    untold = set()
    for path in ENGINE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and _name(call) in SAYS:
                texts = [each.value for each in call.args if isinstance(each, ast.Constant)]
                said = [each for each in texts if isinstance(each, str)]
                codes = [each for each in said if CODE.fullmatch(each)]
                # of an explanation the first text is the parser's, by which it is recognised
                skipped = 1 if _name(call) == "_Explanation" else 0
                for text in said[skipped:]:
                    if " " in text and codes and not _is_told(text, codes[-1]):
                        untold.add((codes[-1], text))
    assert set() == untold


def _is_told(text: str, code: str) -> bool:
    problem = Problem(code, NOWHERE, text, text)
    return any(text != each.da for each in (message_of(problem), hint_of(problem)))


@pytest.mark.parametrize("code", sorted(set(catalogue()) - {WORDS, COMMON}))
def test_both_languages_of_a_text_have_the_same_parts(code: str) -> None:
    texts = catalogue()[code]
    for text in (*texts.messages, *texts.hints):
        parts = [sorted(re.findall(r"\{[a-z_]+\}", each)) for each in (text.da, text.en)]
        assert parts[0] == parts[1]


def test_a_text_that_is_not_known_stays_as_it_is() -> None:
    assert "something new" == message_of(Problem("new", NOWHERE, "something new")).da


def test_parts_inside_parts_are_danish_too() -> None:
    said = "expected a code of `kinds` (a whole number) for an entry of `in`, found the text `2`"
    problem = Problem("wrong-type", Place("rules/a.yaml", 1, 1), said)
    assert (
        "ventede en kode fra `kinds` (et helt tal) til en post i `in`, fandt teksten `2`"
        == message_of(problem).da
    )


def test_the_page_of_problem_texts_is_the_one_that_the_catalogue_gives() -> None:
    page = ENGINE.parent / "docs" / "fejltekster.md"
    assert problem_page() == page.read_text("utf-8")


def test_every_cause_says_what_to_do_with_hints_that_exist() -> None:
    texts = catalogue()
    common = {each.en for each in texts[COMMON].hints}
    causes = {code: each for code, each in texts.items() if code not in {WORDS, COMMON}}
    assert [] == [code for code, each in causes.items() if not (each.hints or each.also)]
    assert set() == {hint for each in causes.values() for hint in each.also} - common
