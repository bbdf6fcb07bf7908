"""One layout: it is reached in one step, loses no comment and never changes what a file means."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.layout.layout import laid_out
from engine.layout.parts import Page, remarks_of
from engine.layout.reading import read_page
from engine.layout.writing import write_page
from engine.reader.load import read_folders
from engine.reader.rulebook import read_rulebook
from engine.source.document import canonical, read_yaml
from engine.source.scalars import read_plain
from engine.source.writing import written_scalar
from tests.engine.invented import Draws
from tests.engine.rulebook_changes import good_files
from tests.engine.sprawling import Sprawl

PROJECT = Path(__file__).resolve().parents[2]
FILES = sorted(
    path
    for folder in ("rules", "config", "tests/cases")
    for path in (PROJECT / folder).glob("**/*.yaml")
)


def laid(text: str) -> str:
    layout = laid_out(text.encode(), "f.yaml")
    assert layout.text is not None, layout.problems
    return layout.text.decode()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_files_of_the_project_are_laid_out(path: Path) -> None:
    assert path.read_text("utf-8") == laid(path.read_text("utf-8"))


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 10**9))
def test_a_random_file_keeps_its_content_and_every_comment_and_settles_at_once(seed: int) -> None:
    sprawl = Sprawl(Draws(Random(seed).randrange))
    text = sprawl.text()
    document = read_yaml(text.encode(), "f.yaml")
    assert document.root is not None, text
    assert () == document.problems, text
    written = laid(text)
    assert sorted(sprawl.comments) == sorted(remarks_of(read_page(written)))
    # counted in the text too, since what is in quotes is no comment
    assert all(written.count(f"{comment}\n") == 1 for comment in sprawl.comments), written
    root = read_yaml(written.encode(), "f.yaml").root
    assert root is not None
    assert canonical(document.root) == canonical(root)
    assert written == laid(written)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_the_id_of_a_rulebook_stays_whatever_its_comments_and_layout(seed: int) -> None:
    draws = Draws(Random(seed).randrange)
    files = {name: roughened(raw.decode(), draws) for name, raw in good_files().items()}
    book, problems = read_rulebook(files)
    assert book is not None, problems
    after = {name: laid(raw.decode()).encode() for name, raw in files.items()}
    again, _ = read_rulebook(after)
    assert again is not None
    assert book.id == again.id


def roughened(text: str, draws: Draws) -> bytes:
    """Return the text with comments, blank lines and spaces where they change nothing."""
    lines: list[str] = []
    for line in text.splitlines():
        if draws.chance(9):
            lines.append(" " * draws.below(8) + "# an added remark")
        if draws.chance(9):
            lines.append("")
        bare = (
            not line.strip() or line.lstrip().startswith("#") or line.rstrip().endswith(("|", ">"))
        )
        lines.append(line if bare or not draws.chance(6) else f"{line}   # behind")
    return "\n".join(lines).encode()


def test_the_rulebook_of_the_project_keeps_its_id() -> None:
    files = read_folders(PROJECT / "rules", PROJECT / "config")
    book, _ = read_rulebook(files)
    again, _ = read_rulebook({name: laid(raw.decode()).encode() for name, raw in files.items()})
    assert book is not None
    assert again is not None
    assert book.id == again.id


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:    1\n", "a: 1\n"),
        ("a:\n- 1\n- 2\n", "a:\n  - 1\n  - 2\n"),
        ("a: {b: 1,c: [ 1,2 ]}\n", "a: {b: 1, c: [1, 2]}\n"),
        ("a:\n  {b: 1,\n   c: 2}\n", "a: {b: 1, c: 2}\n"),
        ("a: {b: 1, # why\n  c: 2}\n", "a:\n  b: 1  # why\n  c: 2\n"),
        ("a: 1 # x\n\n\n\nb: 2", "a: 1  # x\n\nb: 2\n"),
        ("\n\n# head\na: 1\n", "# head\na: 1\n"),
        ("a:\n    b: 1\n    # at the end\nc: 2\n", "a:\n  b: 1\n  # at the end\nc: 2\n"),
        ("a:\n    b: 1\n# of c\nc: 2\n", "a:\n  b: 1\n# of c\nc: 2\n"),
        ("a: one\n  two\n", "a: one two\n"),
        ("a: >-\n  one\n  two\n", "a: one two\n"),
        ("a: >-\n  12\n", 'a: "12"\n'),
        ("a: |\n   one\n   # two\n", "a: |\n  one\n  # two\n"),
        ("a: |-\n  one\n\n\n  two\n", "a: |-\n  one\n\n\n  two\n"),
        ("a: 'it''s'\n", "a: 'it''s'\n"),
        ("- # why\n  a: 1\n", "# why\n- a: 1\n"),
        ("---\na: 1\n...\n", "a: 1\n"),
        ("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
        ("rules:\n  a: {b: 1}\n  c: {b: 1}\n", "rules:\n  a: {b: 1}\n\n  c: {b: 1}\n"),
        (
            "rules:\n  a: {b: 1}\n  # of c\n  c: {b: 1}\n",
            "rules:\n  a: {b: 1}\n\n  # of c\n  c: {b: 1}\n",
        ),
    ],
)
def test_the_layout(before: str, after: str) -> None:
    assert after == laid(before)
    assert after == laid(after)


def test_brackets_wider_than_a_screen_become_lines() -> None:
    wide = ", ".join(f"{letter}: {'x' * 60}" for letter in "abcde")
    assert laid(f"k: {{{wide}}}\n").startswith("k:\n  a: xxx")
    # where one value alone is wide, brackets are not to blame
    assert 1 == laid(f"k: {{a: {'x' * 400}}}\n").count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2\n",
        "a: NO\n",
        "a: &x 1\n",
        "a: [1\n",
        "",
        "# only a remark\n",
        "a: 1\n--- \nb: 1\n",
    ],
)
def test_a_file_with_faults_is_left_as_it_is_and_its_faults_are_named(text: str) -> None:
    layout = laid_out(text.encode(), "f.yaml")
    assert layout.text is None
    assert layout.problems


@pytest.mark.parametrize(
    ("careless", "what"),
    [
        (lambda page: write_page(page).replace("# why", ""), "a comment"),
        (lambda page: write_page(page).replace("2", "3"), "its content"),
        (lambda page: write_page(page).replace("a: 1\nb: 2", "b: 2\na: 1"), "its content"),
        (lambda page: write_page(page) + "  - [", "its content"),
    ],
)
def test_what_a_careless_writer_would_lose_is_refused(
    careless: Callable[[Page], str], what: str
) -> None:
    layout = laid_out(b"# why\na: 1\nb: 2\n", "f.yaml", careless)
    assert layout.text is None
    assert ["layout-not-safe"] == [each.code for each in layout.problems]
    assert what in layout.problems[0].message


@given(st.text(max_size=12), st.booleans())
def test_text_that_is_written_is_read_as_the_same_text(text: str, in_brackets: bool) -> None:
    written = written_scalar(text, in_brackets=in_brackets)
    line = f"k: [{written}]\n" if in_brackets else f"k: {written}\n"
    document = read_yaml(line.encode("utf-8", "surrogatepass"), "f.yaml")
    if document.problems:
        # what may not stand in a file at all may not stand there as an escape either
        assert any(not letter.isprintable() or ord(letter) > 0x7F for letter in text)
        return
    root = document.root
    assert root is not None
    expected = unicodedata.normalize("NFC", text)
    assert canonical(root) == canonical_of(expected, in_brackets=in_brackets)
    assert "\n" not in written
    assert written.startswith('"') or read_plain(text) == text


def canonical_of(text: str, *, in_brackets: bool) -> bytes:
    return json.dumps(
        {"k": [text] if in_brackets else text}, ensure_ascii=False, separators=(",", ":")
    ).encode()
