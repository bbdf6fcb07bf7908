"""Trees of files that somebody works on are read once, and no other file's tree is given."""

from __future__ import annotations

from engine.reader.rulebook import read_rulebook
from engine.source.document import read_yaml
from tests.engine.rulebook_changes import good_files, mistakes, read_mistake
from web.ui.editing.documents import Documents

FILES = good_files()


def test_a_file_that_stays_the_same_is_read_once() -> None:
    documents = Documents()
    first = documents.read(b"a: 1\n", "rules/a.yaml")
    assert read_yaml(b"a: 1\n", "rules/a.yaml") == first
    assert first is documents.read(b"a: 1\n", "rules/a.yaml")


def test_another_text_and_another_name_are_read() -> None:
    documents = Documents()
    documents.read(b"a: 1\n", "rules/a.yaml")
    for raw, name in ((b"a: 2\n", "rules/a.yaml"), (b"a: 1\n", "rules/b.yaml"), (b"a: 1\n ", "")):
        assert read_yaml(raw, name) == documents.read(raw, name)


def test_a_rulebook_is_read_alike_again_and_again() -> None:
    documents = Documents()
    for _ in range(2):
        assert read_rulebook(FILES) == read_rulebook(FILES, documents.read)
    for name in mistakes()[::9]:
        broken = read_mistake(name).files
        assert read_rulebook(broken) == read_rulebook(broken, documents.read), name


def test_of_too_much_text_the_least_lately_used_is_read_anew() -> None:
    documents = Documents(most_bytes=10)
    one, two = documents.read(b"a: 1\n", "one"), documents.read(b"a: 2\n", "two")
    assert one is documents.read(b"a: 1\n", "one")
    documents.read(b"a: 3\n", "three")
    assert one is documents.read(b"a: 1\n", "one")
    assert two is not documents.read(b"a: 2\n", "two")


def test_what_is_larger_than_all_is_read_each_time() -> None:
    documents = Documents(most_bytes=3)
    assert documents.read(b"a: 1\n", "one") == documents.read(b"a: 1\n", "one")
