"""Every mistake an author can make is reported once, at its place, in words that help."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from engine.problems import Problem
from engine.reader import rulebook as reader
from engine.reader.rulebook import read_rulebook
from tests.engine.rulebook_changes import mistakes, read_mistake


@pytest.mark.parametrize("name", mistakes())
def test_a_mistake_is_reported_where_it_stands_and_nothing_else_is(name: str) -> None:
    mistake = read_mistake(name)
    rulebook, problems = read_rulebook(mistake.files)
    found = [(each.code, str(each.place), each.severity.value) for each in problems]
    expected = [(each.code, each.place, each.severity) for each in mistake.expected]
    assert sorted(expected) == sorted(found), [_shown(each) for each in problems]
    for each in mistake.expected:
        texts = [_words(problem) for problem in problems if str(problem.place) == each.place]
        assert any(each.words in text for text in texts), texts
    only_warnings = all(each.severity == "warning" for each in mistake.expected)
    assert only_warnings == (rulebook is not None)


def _words(problem: Problem) -> str:
    return f"{problem.message}; {problem.hint}"


def _shown(problem: Problem) -> str:
    return f"{problem.place}: {problem.code}: {_words(problem)}"


def test_every_problem_that_reading_knows_has_a_mistake_that_shows_it() -> None:
    engine = Path(reader.__file__).parent
    known = {
        call.args[0].value
        for path in engine.glob("*.py")
        if path.name != "case_files.py"
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("error", "warn")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    shown = {each.code for name in mistakes() for each in read_mistake(name).expected}
    assert set() == known - shown
    assert "unguarded" in known


def test_all_mistakes_of_all_files_are_reported_together() -> None:
    files = dict(read_mistake("unguarded-subject").files)
    files["config/code_lists.yaml"] = read_mistake("row-without-confidence").files[
        "config/code_lists.yaml"
    ]
    files["rules/facts.yaml"] = read_mistake("lookup-column-unknown").files["rules/facts.yaml"]
    rulebook, problems = read_rulebook(files)
    assert rulebook is None
    assert ["missing-key", "unknown-column", "unguarded"] == [each.code for each in problems]
    assert sorted(each.place for each in problems) == [each.place for each in problems]


def test_messages_read_as_the_house_writes_them() -> None:
    for name in mistakes():
        for problem in read_rulebook(read_mistake(name).files)[1]:
            for words in (problem.message, problem.hint):
                assert words == words.strip()
                assert "\n" not in words
                assert not words.endswith(".")
                assert words[0] == words[0].lower()
            assert problem.hint
