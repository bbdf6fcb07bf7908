"""Rules in words, ready to be shown and searched.

In: a rulebook. Out: `ToldRule`s with a sentence for every wording.
Does not know: pages, decisions or cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.dated import SINCE_EVER
from engine.explain.sentences import requirement_sentence, version_sentence
from engine.explain.wording import capital
from engine.facts import Text
from engine.model import (
    Basis,
    Confidence,
    Requirement,
    Rule,
    Rulebook,
    RuleFile,
    RuleKind,
    RuleSeverity,
    Version,
)
from engine.pages.rule_examples import tables_read
from web.ui.kept import KeptByRulebook


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand of a wording, with the code that a broken one answers with."""

    code: str
    new_code: str | None
    field: str
    sentence: Text
    message: Text


@dataclass(frozen=True, slots=True)
class Wording:
    """One dated wording in words; `start` is None when it has always held."""

    start: date | None
    sentence: Text
    basis: Basis
    withdrawn: bool
    demands: tuple[Demand, ...]


@dataclass(frozen=True, slots=True)
class ToldRule:
    """One rule, grant or notice in words."""

    rule: Rule
    file: RuleFile
    wordings: tuple[Wording, ...]
    """The oldest first; never empty."""
    codes: tuple[str, ...]
    dated_by: Text
    tables: tuple[tuple[str, Text], ...]
    searched: str
    """Everything that a search looks into, in lower case."""

    @property
    def id(self) -> str:
        return self.rule.id

    @property
    def title(self) -> Text:
        return self.rule.title

    @property
    def advises(self) -> bool:
        return self.rule.severity is RuleSeverity.ADVICE

    @property
    def kind(self) -> RuleKind:
        return self.rule.kind

    def on(self, day: date) -> Wording | None:
        """Return the wording in force on a day; None before the first."""
        held = [each for each in self.wordings if each.start is None or each.start <= day]
        return held[-1] if held else None

    def shown(self, day: date) -> Wording:
        """Return the wording in force on a day, or else the first to come."""
        return self.on(day) or self.wordings[0]

    def coming(self, day: date) -> Wording | None:
        """Return the next wording after a day, if one is known."""
        return next(
            (each for each in self.wordings if each.start is not None and each.start > day), None
        )

    def confidence(self, day: date) -> Confidence:
        return self.shown(day).basis.confidence


def _told(rulebook: Rulebook) -> Mapping[str, ToldRule]:
    return {rule.id: _rule(rulebook, file, rule) for file in rulebook.files for rule in file.all}


TOLD = KeptByRulebook(_told)
"""Every rule, grant and notice of a rulebook by its id, in the order of the files."""


def _rule(rulebook: Rulebook, file: RuleFile, rule: Rule) -> ToldRule:
    wordings = tuple(_wording(rulebook, rule, start, each) for start, each in rule.versions)
    codes = tuple(dict.fromkeys(each.code for wording in wordings for each in wording.demands))
    new_codes = {each.new_code or "" for wording in wordings for each in wording.demands}
    said = (
        text
        for wording in wordings
        for text in (wording.sentence.da, wording.sentence.en, wording.basis.text)
    )
    return ToldRule(
        rule=rule,
        file=file,
        wordings=wordings,
        codes=codes,
        dated_by=rulebook.catalogue.facts[rule.dated_by.fact].label,
        tables=tuple((name, rulebook.tables[name].title) for name in tables_read(rule)),
        searched=" ".join(
            (rule.id, rule.title.da, rule.title.en, *codes, *new_codes, *said)
        ).lower(),
    )


def _wording(rulebook: Rulebook, rule: Rule, start: date, version: Version) -> Wording:
    asked = version.requirements if rule.kind is RuleKind.RULE else ()
    demands = tuple(_demand(rulebook, rule, version, each) for each in asked)
    sentence = _sentence(rulebook, rule, version, demands)
    return Wording(
        start=None if start == SINCE_EVER else start,
        sentence=Text(capital(sentence.da), capital(sentence.en)),
        basis=version.basis,
        withdrawn=version.withdrawn,
        demands=demands,
    )


def _sentence(rulebook: Rulebook, rule: Rule, version: Version, demands: Sequence[Demand]) -> Text:
    """Return a wording in words; that of a rule is its demands, which are not told twice."""
    if demands:
        told = [each.sentence for each in demands]
        return Text(" ".join(each.da for each in told), " ".join(each.en for each in told))
    return version_sentence(version, rulebook.tables, rulebook.parameters, rule.severity, rule.kind)


def _demand(rulebook: Rulebook, rule: Rule, version: Version, each: Requirement) -> Demand:
    known = rulebook.error_codes.get(each.code)
    return Demand(
        each.code,
        None if known is None else known.new_code,
        each.field,
        requirement_sentence(version, each, rulebook.tables, rulebook.parameters, rule.severity),
        each.message,
    )
