"""A page in Danish for every rule, and an index: `docs/rules/`.

In: a `Rulebook` and the results of the analysts' cases. Out: file names and Markdown.
Does not know: the file system. The pages are committed, and a test holds them equal to these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from engine.cases import CaseResult
from engine.dated import SINCE_EVER
from engine.facts import Text
from engine.model import Basis, Confidence, Requirement, Rule, Rulebook, RuleSeverity, Version
from engine.rule_examples import (
    accepted_example,
    facts_in_words,
    refused_example,
    tables_read,
)
from engine.sentences import version_sentence
from engine.tables import Table
from engine.wording import day, series

INDEX = "README.md"
GENERATED = "<!-- Skrevet af `samtale docs`; ret reglen, ikke siden. -->"

CONFIDENCES: Mapping[Confidence, Text] = {
    Confidence.OFFICIAL: Text("officiel", "official"),
    Confidence.PUBLISHED: Text("offentliggjort", "published"),
    Confidence.INFERRED: Text("udledt", "inferred"),
    Confidence.ASSUMED: Text("antaget", "assumed"),
}
"""How sure we are, in words; `docs/glossary.md` says what each means."""

_ORIGINS = {
    "official": "står i specifikationen",
    "adopted": "overtaget fra samme kontrol i en beslægtet service",
    "assigned": "vores egen, indtil myndighedens nummer kendes",
}


def rule_pages(rulebook: Rulebook, results: Sequence[CaseResult]) -> dict[str, str]:
    """Return the Markdown of every page by file name; `results` must be traced."""
    pages = {INDEX: _index(rulebook)}
    for file in rulebook.files:
        for rule in file.rules:
            lines = _page(rulebook, rule, results)
            pages[f"{rule.id}.md"] = "\n".join(lines).rstrip() + "\n"
    return pages


def _index(rulebook: Rulebook) -> str:
    lines = [GENERATED, "", "# Reglerne", ""]
    lines.append(
        "En side for hver regel: hvad den siger, hvorfor, et eksempel på hver side af den, og "
        "hvordan den har lydt før. Reglerne står her i den rækkefølge, hvori de meldes tilbage."
    )
    for file in rulebook.files:
        lines += ["", f"## {file.title.da}", "", "| kode | regel | virkning | hjemlens sikkerhed |"]
        lines.append("|---|---|---|---|")
        for rule in file.rules:
            codes = ", ".join(_codes(rule))
            sure = _latest(rule).basis.confidence
            lines.append(
                f"| {codes} | [{_cell(rule.title.da)}]({rule.id}.md) | {_effect(rule)} "
                f"| {CONFIDENCES[sure].da} |"
            )
    return "\n".join(lines) + "\n"


def _page(rulebook: Rulebook, rule: Rule, results: Sequence[CaseResult]) -> Iterator[str]:
    version = _latest(rule)
    told = version_sentence(version, rulebook.tables, rulebook.parameters, rule.severity)
    yield from (GENERATED, "", f"# {rule.title.da}", "")
    yield from ("## Hvad reglen siger", "", f"> {told.da}", "")
    yield from _facts_of_rule(rulebook, rule)
    yield from ("", "## Svar, når reglen ikke er opfyldt", "")
    yield "| kode | ny kode | felt | besked | kodens oprindelse |"
    yield "|---|---|---|---|---|"
    for requirement in version.requirements or _last_demands(rule):
        yield _answer(rulebook, requirement)
    yield from ("", "## Hvorfor", "", *_basis(version.basis))
    yield from ("", "## Et eksempel, der accepteres", "")
    yield from _accepted(rulebook, rule, results)
    heading = "der får vejledning" if rule.severity is RuleSeverity.ADVICE else "der afvises"
    yield from ("", f"## Et eksempel, {heading}", "")
    for code in _codes(rule):
        yield from _refused(rulebook, rule, code, results)
    yield from ("## Historik", "")
    yield from _history(rulebook, rule)
    yield from ("", "## In English", "", f"**{rule.title.en}.** {told.en}")


def _facts_of_rule(rulebook: Rulebook, rule: Rule) -> Iterator[str]:
    dated_by = rulebook.catalogue.facts[rule.dated_by.fact].label.da
    if rule.dated_by.otherwise is not None:
        other = rulebook.catalogue.facts[rule.dated_by.otherwise].label.da
        dated_by = f"{dated_by}, eller {other}, når den ikke er angivet"
    operations = series(tuple(f"`{name}`" for name in rule.operations), "og")
    yield f"- **Regel:** `{rule.id}` i `{rule.place.file}`"
    yield f"- **Virkning:** {_effect(rule)}"
    if rule.gate:
        yield (
            "- **Port:** svarer alene, så den, der ikke må handle på borgeren, intet får at vide "
            "om borgeren"
        )
    yield f"- **Gælder ved:** {operations}"
    yield f"- **Ordlyden vælges efter:** {dated_by}"
    yield from (_table_in_words(rulebook.tables[name]) for name in tables_read(rule))


def _table_in_words(table: Table) -> str:
    """Return the table with how many of its rows are how sure: that bears on the rule's answer."""
    sure = Counter(row.confidence for history in table.rows.values() for _, row in history)
    counts = [
        f"{sure[each.value]} {CONFIDENCES[each].da}" for each in Confidence if sure[each.value]
    ]
    return f"- **Slår op i:** `{table.name}` i `config/` (rækker: {', '.join(counts)})"


def _answer(rulebook: Rulebook, requirement: Requirement) -> str:
    code = rulebook.error_codes.get(requirement.code)
    new_code = code.new_code if code is not None and code.new_code is not None else "–"
    origin = _ORIGINS.get(code.origin, code.origin) if code is not None else "–"
    field = f"`{requirement.field}`" if requirement.field else "hele anmodningen"
    message = _cell(requirement.message.da)
    return f"| **{requirement.code}** | {new_code} | {field} | {message} | {origin} |"


def _basis(basis: Basis) -> Iterator[str]:
    yield f"- **Hjemmel:** {basis.text}"
    if basis.url is not None:
        yield f"- **Kilde:** <{basis.url}>"
    yield f"- **Sikkerhed:** {CONFIDENCES[basis.confidence].da}"


def _accepted(rulebook: Rulebook, rule: Rule, results: Sequence[CaseResult]) -> Iterator[str]:
    result = accepted_example(rule, results)
    if result is None:
        yield "Ingen eksempelfil viser det endnu."
        return
    yield from _example(rulebook, rule, result)
    yield "Svar: accepteret."


def _refused(
    rulebook: Rulebook, rule: Rule, code: str, results: Sequence[CaseResult]
) -> Iterator[str]:
    result = refused_example(rule, code, results)
    if result is None or result.decision is None:
        yield from (f"Ingen eksempelfil viser kode {code} endnu.", "")
        return
    yield from _example(rulebook, rule, result)
    others = [each for each in (*result.codes, *result.advice) if each != code]
    also = f" (sammen med {series(tuple(others), 'og')})" if others else ""
    answer = "vejledning" if rule.severity is RuleSeverity.ADVICE else "afvist med kode"
    yield from (f"Svar: {answer} {code}{also}, fordi", "")
    for found in (*result.decision.violations, *result.decision.advice):
        if found.rule == rule.id and found.code == code:
            yield from (f"- {reason.da}" for reason in found.because)
    yield ""


def _example(rulebook: Rulebook, rule: Rule, result: CaseResult) -> Iterator[str]:
    case = result.case
    yield f"*{case.name.da}* (`{case.operation}`, [{case.title}](../../{case.file}))"
    rows = facts_in_words(rule, result, rulebook)
    if rows:
        yield from ("", "| oplysning | værdi |", "|---|---|")
        yield from (f"| {_cell(label)} | {_cell(value)} |" for label, value in rows)
    yield ""


def _history(rulebook: Rulebook, rule: Rule) -> Iterator[str]:
    yield "| fra | ordlyd | hjemlens sikkerhed |"
    yield "|---|---|---|"
    for start, version in rule.versions:
        told = version_sentence(version, rulebook.tables, rulebook.parameters, rule.severity)
        sure = CONFIDENCES[version.basis.confidence].da
        yield f"| {_since(start)} | {_cell(told.da)} | {sure} |"


def _since(start: date) -> str:
    return "altid" if start == SINCE_EVER else day(start).da


def _effect(rule: Rule) -> str:
    return "vejleder, afviser aldrig" if rule.severity is RuleSeverity.ADVICE else "afviser"


def _latest(rule: Rule) -> Version:
    return list(rule.versions)[-1][1]


def _last_demands(rule: Rule) -> tuple[Requirement, ...]:
    """Return the demands of the last wording before the rule was withdrawn."""
    return next(
        (
            version.requirements
            for _, version in reversed(list(rule.versions))
            if version.requirements
        ),
        (),
    )


def _codes(rule: Rule) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(each.code for _, version in rule.versions for each in version.requirements)
    )


def _cell(text: str) -> str:
    """Return the text fit for a table of Markdown."""
    return text.replace("|", "\\|").replace("\n", " ")
