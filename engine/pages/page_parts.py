"""The parts that the pages of rules, grants and notices have in common, in Danish Markdown.

In: a rule, grant or notice, the rulebook, the result of a case. Out: lines.
Does not know: what a page is made of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from engine.cases.results import CaseResult
from engine.dated import SINCE_EVER
from engine.explain.sentences import version_sentence
from engine.explain.wording import CONFIDENCES, day, series
from engine.facts import Text
from engine.model import Basis, Confidence, Rule, Rulebook, Version
from engine.pages.rule_examples import facts_in_words, tables_read
from engine.tables import Table


def sentence(rulebook: Rulebook, rule: Rule, version: Version) -> Text:
    """Return one wording in words."""
    return version_sentence(version, rulebook.tables, rulebook.parameters, rule.severity, rule.kind)


def latest(rule: Rule) -> Version:
    """Return the last wording."""
    return list(rule.versions)[-1][1]


def applies(rulebook: Rulebook, rule: Rule) -> Iterator[str]:
    """Yield when the rule is asked, what chooses its wording, and the tables it looks into."""
    dated_by = rulebook.catalogue.facts[rule.dated_by.fact].label.da
    if rule.dated_by.otherwise is not None:
        other = rulebook.catalogue.facts[rule.dated_by.otherwise].label.da
        dated_by = f"{dated_by}, eller {other}, når den ikke er angivet"
    yield f"- **Gælder ved:** {in_code(rule.operations)}"
    yield f"- **Ordlyden vælges efter:** {dated_by}"
    yield from (_table_in_words(rulebook.tables[name]) for name in tables_read(rule))


def in_code(names: tuple[str, ...]) -> str:
    """Return names as a series, each in code type."""
    return series(tuple(f"`{name}`" for name in names), "og")


def _table_in_words(table: Table) -> str:
    """Return the table with how many of its rows are how sure: that bears on the rule's answer."""
    sure = Counter(row.confidence for history in table.rows.values() for _, row in history)
    counts = [
        f"{sure[each.value]} {CONFIDENCES[each].da}" for each in Confidence if sure[each.value]
    ]
    return f"- **Slår op i:** `{table.name}` i `config/` (rækker: {', '.join(counts)})"


def reasons(basis: Basis) -> Iterator[str]:
    """Yield where the rule comes from, and how sure that is."""
    yield f"- **Hjemmel:** {basis.text}"
    if basis.url is not None:
        yield f"- **Kilde:** <{basis.url}>"
    yield f"- **Sikkerhed:** {CONFIDENCES[basis.confidence].da}"


def example(rulebook: Rulebook, rule: Rule, result: CaseResult) -> Iterator[str]:
    """Yield the facts of a case that the rule reads."""
    case = result.case
    yield f"*{case.name.da}* (`{case.operation}`, [{case.title}](../../{case.file}))"
    rows = facts_in_words(rule, result, rulebook)
    if rows:
        yield from ("", "| oplysning | værdi |", "|---|---|")
        yield from (f"| {cell(label)} | {cell(value)} |" for label, value in rows)
    yield ""


def history(rulebook: Rulebook, rule: Rule) -> Iterator[str]:
    """Yield a table of all wordings."""
    yield "| fra | ordlyd | hjemlens sikkerhed |"
    yield "|---|---|---|"
    for start, version in rule.versions:
        told = sentence(rulebook, rule, version)
        sure = CONFIDENCES[version.basis.confidence].da
        yield f"| {_since(start)} | {cell(told.da)} | {sure} |"


def _since(start: date) -> str:
    return "altid" if start == SINCE_EVER else day(start).da


def cell(text: str) -> str:
    """Return the text fit for a table of Markdown."""
    return text.replace("|", "\\|").replace("\n", " ")
