"""The pages in Danish of grants and notices, and their part of the index.

In: a grant or notice, the rulebook, the results of the analysts' cases. Out: lines of Markdown.
Does not know: the pages of rules (`rule_pages`), or the file system.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.cases.results import CaseResult
from engine.explain.sentences import condition_sentence
from engine.explain.wording import CONFIDENCES, capital, series, words
from engine.facts import FactType
from engine.model import Quantified, Rule, Rulebook, RuleFile, RuleKind, Version
from engine.pages.page_parts import (
    applies,
    cell,
    example,
    history,
    in_code,
    latest,
    reasons,
    sentence,
)
from engine.pages.rule_examples import silent_example, speaking_example
from engine.program import asks_only_where
from engine.tables import ORGANISATION_TYPES

NO_EXAMPLE = "Ingen eksempelfil viser det endnu."


@dataclass(frozen=True, slots=True)
class _Words:
    """What the pages of one kind call things."""

    name: str
    says: str
    effect: str
    speaking: str
    silent: str
    silence: str
    also: str


_WORDS: Mapping[RuleKind, _Words] = {
    RuleKind.GRANT: _Words(
        name="Adgang",
        says="Hvad adgangen siger",
        effect="Hvad den åbner",
        speaking="Et eksempel, der får adgang",
        silent="Et eksempel, der ikke får adgang",
        silence="Svar: ingen adgang.",
        also="Denne adgang åbner ikke, men det gør {others}.",
    ),
    RuleKind.NOTICE: _Words(
        name="Besked",
        says="Hvad beskeden siger",
        effect="Hvem der får besked",
        speaking="Et eksempel, hvor der sendes besked",
        silent="Et eksempel, hvor der ikke sendes besked",
        silence="Svar: ingen besked.",
        also="Denne besked sendes ikke, men det gør {others}.",
    ),
}


def speech_index(rulebook: Rulebook, file: RuleFile) -> Iterator[str]:
    """Yield the tables of a file's grants and notices."""
    if file.grants:
        yield from ("| adgang | gælder ved | hjemlens sikkerhed |", "|---|---|---|")
    for grant in file.grants:
        yield f"| {_link(grant)} | {in_code(grant.operations)} | {_sure(grant)} |"
    if file.notices:
        yield from ("| besked om | besked | til | hjemlens sikkerhed |", "|---|---|---|---|")
    for notice in file.notices:
        told = _last_wording(notice).told
        message = f"`{told.message}`" if told is not None else "–"
        kind = _organisation_type(rulebook, told.organisation_type) if told is not None else "–"
        yield f"| {_link(notice)} | {message} | {cell(kind)} | {_sure(notice)} |"


def speech_page(rulebook: Rulebook, rule: Rule, results: Sequence[CaseResult]) -> Iterator[str]:
    """Yield the page of a grant or notice."""
    version, called = latest(rule), _WORDS[rule.kind]
    told = sentence(rulebook, rule, version)
    yield from (f"# {rule.title.da}", "", f"## {called.says}", "", f"> {told.da}", "")
    yield f"- **{called.name}:** `{rule.id}` i `{rule.place.file}`"
    yield from applies(rulebook, rule)
    yield from ("", f"## {called.effect}", "")
    yield from _opens(rulebook, rule) if rule.kind is RuleKind.GRANT else _tells(rulebook, rule)
    yield from ("", "## Hvorfor", "", *reasons(version.basis))
    yield from ("", f"## {called.speaking}", "")
    yield from _speaking(rulebook, rule, results)
    yield from ("", f"## {called.silent}", "")
    yield from _silent(rulebook, rule, results)
    yield from ("", "## Historik", "")
    yield from history(rulebook, rule)
    yield from ("", "## In English", "", f"**{rule.title.en}.** {told.en}")


def _opens(rulebook: Rulebook, rule: Rule) -> Iterator[str]:
    version = _last_wording(rule)
    for operation in rule.operations:
        given = rulebook.catalogue.of_operations([operation])
        only = version.only_where
        if only is None or not asks_only_where(version, given):
            yield f"- `{operation}`: alt"
        else:
            said = condition_sentence(only, rulebook.tables, rulebook.parameters).da
            yield f"- `{operation}`: kun hvor {said}"


def _tells(rulebook: Rulebook, rule: Rule) -> Iterator[str]:
    version = _last_wording(rule)
    told = version.told
    if told is None:
        return
    lists = (
        each.require.records.label.da
        for each in version.requirements
        if isinstance(each.require, Quantified)
    )
    yield f"- **Besked:** `{told.message}`"
    yield f"- **Til:** {_organisation_type(rulebook, told.organisation_type)}"
    yield f"- **Findes blandt:** {series(tuple(lists), 'og')}"


def _speaking(rulebook: Rulebook, rule: Rule, results: Sequence[CaseResult]) -> Iterator[str]:
    result = speaking_example(rule, results)
    if result is None:
        yield NO_EXAMPLE
        return
    yield from example(rulebook, rule, result)
    others = _others(rule, result)
    also = f" (det gør {others} også)" if others else ""
    answer = "adgang" if rule.kind is RuleKind.GRANT else "besked sendes"
    yield f"Svar: {answer}{also}."


def _silent(rulebook: Rulebook, rule: Rule, results: Sequence[CaseResult]) -> Iterator[str]:
    result = silent_example(rule, results)
    if result is None:
        yield NO_EXAMPLE
        return
    called = _WORDS[rule.kind]
    yield from example(rulebook, rule, result)
    others = _others(rule, result)
    yield called.also.replace("{others}", others) if others else called.silence


def _others(rule: Rule, result: CaseResult) -> str:
    return in_code(tuple(name for name in result.holding if name != rule.id))


def _organisation_type(rulebook: Rulebook, kind: str) -> str:
    return capital(words(kind, FactType.CODE, ORGANISATION_TYPES, rulebook.tables).da)


def _last_wording(rule: Rule) -> Version:
    """Return the last wording that is not withdrawn, or the withdrawal when there is no other."""
    wordings = [version for _, version in rule.versions]
    return next((each for each in reversed(wordings) if not each.withdrawn), wordings[-1])


def _link(rule: Rule) -> str:
    return f"[{cell(rule.title.da)}]({rule.id}.md)"


def _sure(rule: Rule) -> str:
    return CONFIDENCES[latest(rule).basis.confidence].da
