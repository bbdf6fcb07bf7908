"""A page in Danish for every rule, grant and notice, and an index: `docs/rules/`.

In: a `Rulebook` and the results of the analysts' cases. Out: file names and Markdown.
Does not know: the file system. The pages are committed, and a test holds them equal to these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.cases.results import CaseResult
from engine.explain.wording import CONFIDENCES, series
from engine.model import Requirement, Rule, Rulebook, RuleKind, RuleSeverity
from engine.pages.page_parts import (
    applies,
    cell,
    example,
    history,
    latest,
    reasons,
    sentence,
)
from engine.pages.rule_examples import accepted_example, refused_example
from engine.pages.speech_pages import speech_index, speech_page

INDEX = "README.md"
GENERATED = "<!-- Skrevet af `samtale docs`; ret reglen, ikke siden. -->"

_ORIGINS = {
    "official": "står i specifikationen",
    "adopted": "overtaget fra samme kontrol i en beslægtet service",
    "assigned": "vores egen, indtil myndighedens nummer kendes",
}


def rule_pages(rulebook: Rulebook, results: Sequence[CaseResult]) -> dict[str, str]:
    """Return the Markdown of every page by file name; `results` must be traced."""
    pages = {INDEX: _index(rulebook)}
    for rule in (rule for file in rulebook.files for rule in file.all):
        page = _page if rule.kind is RuleKind.RULE else speech_page
        lines = (GENERATED, "", *page(rulebook, rule, results))
        pages[f"{rule.id}.md"] = "\n".join(lines).rstrip() + "\n"
    return pages


def _index(rulebook: Rulebook) -> str:
    lines = [GENERATED, "", "# Reglerne", ""]
    lines.append(
        "En side for hver regel: hvad den siger, hvorfor, et eksempel på hver side af den, og "
        "hvordan den har lydt før. Reglerne står her i den rækkefølge, hvori de meldes tilbage."
    )
    for file in rulebook.files:
        lines += ["", f"## {file.title.da}", ""]
        if file.rules:
            lines += ["| kode | regel | virkning | hjemlens sikkerhed |", "|---|---|---|---|"]
        for rule in file.rules:
            codes = ", ".join(_codes(rule))
            sure = latest(rule).basis.confidence
            lines.append(
                f"| {codes} | [{cell(rule.title.da)}]({rule.id}.md) | {_effect(rule)} "
                f"| {CONFIDENCES[sure].da} |"
            )
        lines += speech_index(rulebook, file)
    return "\n".join(lines) + "\n"


def _page(rulebook: Rulebook, rule: Rule, results: Sequence[CaseResult]) -> Iterator[str]:
    version = latest(rule)
    told = sentence(rulebook, rule, version)
    yield from (f"# {rule.title.da}", "")
    yield from ("## Hvad reglen siger", "", f"> {told.da}", "")
    yield from _facts_of_rule(rulebook, rule)
    yield from ("", "## Svar, når reglen ikke er opfyldt", "")
    yield "| kode | ny kode | felt | besked | kodens oprindelse |"
    yield "|---|---|---|---|---|"
    for requirement in version.requirements or _last_demands(rule):
        yield _answer(rulebook, requirement)
    yield from ("", "## Hvorfor", "", *reasons(version.basis))
    yield from ("", "## Et eksempel, der accepteres", "")
    yield from _accepted(rulebook, rule, results)
    heading = "der får vejledning" if rule.severity is RuleSeverity.ADVICE else "der afvises"
    yield from ("", f"## Et eksempel, {heading}", "")
    for code in _codes(rule):
        yield from _refused(rulebook, rule, code, results)
    yield from ("## Historik", "")
    yield from history(rulebook, rule)
    yield from ("", "## In English", "", f"**{rule.title.en}.** {told.en}")


def _facts_of_rule(rulebook: Rulebook, rule: Rule) -> Iterator[str]:
    yield f"- **Regel:** `{rule.id}` i `{rule.place.file}`"
    yield f"- **Virkning:** {_effect(rule)}"
    if rule.gate:
        yield (
            "- **Port:** svarer alene, så den, der ikke må handle på borgeren, intet får at vide "
            "om borgeren"
        )
    yield from applies(rulebook, rule)


def _answer(rulebook: Rulebook, requirement: Requirement) -> str:
    code = rulebook.error_codes.get(requirement.code)
    new_code = code.new_code if code is not None and code.new_code is not None else "–"
    origin = _ORIGINS.get(code.origin, code.origin) if code is not None else "–"
    field = f"`{requirement.field}`" if requirement.field else "hele anmodningen"
    message = cell(requirement.message.da)
    return f"| **{requirement.code}** | {new_code} | {field} | {message} | {origin} |"


def _accepted(rulebook: Rulebook, rule: Rule, results: Sequence[CaseResult]) -> Iterator[str]:
    result = accepted_example(rule, results)
    if result is None:
        yield "Ingen eksempelfil viser det endnu."
        return
    yield from example(rulebook, rule, result)
    yield "Svar: accepteret."


def _refused(
    rulebook: Rulebook, rule: Rule, code: str, results: Sequence[CaseResult]
) -> Iterator[str]:
    result = refused_example(rule, code, results)
    if result is None or result.decision is None:
        yield from (f"Ingen eksempelfil viser kode {code} endnu.", "")
        return
    yield from example(rulebook, rule, result)
    others = [each for each in (*result.codes, *result.advice) if each != code]
    also = f" (sammen med {series(tuple(others), 'og')})" if others else ""
    answer = "vejledning" if rule.severity is RuleSeverity.ADVICE else "afvist med kode"
    yield from (f"Svar: {answer} {code}{also}, fordi", "")
    for found in (*result.decision.violations, *result.decision.advice):
        if found.rule == rule.id and found.code == code:
            yield from (f"- {reason.da}" for reason in found.because)
    yield ""


def _effect(rule: Rule) -> str:
    return "vejleder, afviser aldrig" if rule.severity is RuleSeverity.ADVICE else "afviser"


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
