"""What the workbench says of a rule is what the documentation says."""

from __future__ import annotations

from engine.explain.sentences import version_sentence
from engine.explain.wording import capital
from engine.facts import Text
from engine.reader.load import load_rulebook
from tests.web.door import PROJECT
from web.ui.told_rules import TOLD


def test_every_wording_is_told_in_the_sentences_of_its_version() -> None:
    book = load_rulebook(PROJECT / "rules", PROJECT / "config")
    told = TOLD.of(book)
    wordings = 0
    for file in book.files:
        for rule in file.all:
            for (_, version), wording in zip(rule.versions, told[rule.id].wordings, strict=True):
                said = version_sentence(
                    version, book.tables, book.parameters, rule.severity, rule.kind
                )
                assert Text(capital(said.da), capital(said.en)) == wording.sentence, rule.id
                wordings += 1
    assert wordings >= len(told) > 0
