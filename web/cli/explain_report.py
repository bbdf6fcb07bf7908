"""One decision in words: as a tree for people, as JSON for programs.

In: the account of a decision, what would pass, a language. Out: text on standard output.
Does not know: how anything was decided or found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.text import Text as Styled
from rich.tree import Tree

from engine.decision import Advice, Decision, Outcome, Violation
from engine.explain.account import Account
from engine.explain.seen_values import HIDDEN
from engine.explain.wording import CONFIDENCES, capital, day, hidden, words
from engine.facts import Text, Value
from engine.model import Rulebook
from engine.what_passes import Alternative, Nearest, changes_in_words
from web.cli.output import as_json, wrapping_console

_BECAUSE = Text("fordi", "because")
_BASIS = Text("hjemmel", "basis")
_SINCE = Text("ordlyd fra", "wording from")
_ADVICE = Text("vejledning, afviser ikke", "advice, does not refuse")
_SATISFIED = Text("opfyldt", "satisfied")
_NOT = Text("for det er ikke sådan, at", "since it is not so that")
_ONLY_WHEN = Text("kun når", "only when")
_QUIET = Text("Slog ikke til", "Did not fire")
_WOULD_PASS = Text("Det ville gå igennem, hvis", "It would pass if")
_OR_IF = Text("eller hvis", "or if")
_ONLY_GATES = Text(
    "den, der ikke må registrere på borgeren, får intet at vide om andre regler",
    "whoever may not register on the citizen is told of no other rule",
)
_RULEBOOK = Text("regelsæt", "rulebook")
_MOST_ALTERNATIVES = 4


@dataclass(frozen=True, slots=True)
class Explained:
    """What is told of one decision."""

    called: str
    decision: Decision
    account: Account
    nearest: Nearest | None
    """None when nothing has to be changed."""
    rulebook: Rulebook
    language: str

    def say(self, text: Text) -> str:
        return text.in_language(self.language)

    def change(self, alternative: Alternative) -> Text:
        return changes_in_words(alternative.changes, self.rulebook.catalogue, self.rulebook.tables)


def show_explained(explained: Explained, shape: str) -> None:
    """Print the explanation in the given shape."""
    PRINTERS[shape](explained)


def none_found(nearest: Nearest) -> Text:
    """Say that nothing was found, and how far was looked."""
    if not nearest.tried:
        return Text(
            "Ingen ændring af anmodningens egne oplysninger kan gøre det: det, der afviser, "
            "afhænger ikke af dem.",
            "No change of what the request itself states can do it: what refuses does not depend "
            "on that.",
        )
    if nearest.complete:
        return Text(
            "Ingen ændring af anmodningens egne oplysninger ville gå igennem.",
            "No change of what the request itself states would pass.",
        )
    return Text(
        f"Blandt de {nearest.tried} nærmeste ændringer af anmodningens egne oplysninger var der "
        "ingen, som ville gå igennem.",
        f"Among the {nearest.tried} nearest changes of what the request itself states there was "
        "none that would pass.",
    )


def _human(explained: Explained) -> None:
    say, told = explained.say, explained.account
    colour = "bold green" if told.accepted else "bold red"
    tree = Tree(Styled.assemble((capital(say(told.answer)), colour), f"  {explained.called}"))
    for violation in told.violations:
        _finding(tree, violation, explained)
    for advice in told.advice:
        _finding(tree, advice, explained)
    for each in told.holding:
        tree.add(Styled.assemble((say(each.title), "bold"), f"  {each.rule}"))
    _quiet(tree, explained)
    if explained.nearest is not None:
        _nearest(tree, explained.nearest, explained)
    out = wrapping_console()
    out.print(tree)
    out.print(Styled(f"{say(_RULEBOOK)} {explained.decision.rulebook}", "dim"))


def _finding(tree: Tree, finding: Violation | Advice, explained: Explained) -> None:
    say = explained.say
    title = say(explained.account.titles.get(finding.rule, Text(finding.rule, finding.rule)))
    advice = isinstance(finding, Advice)
    colour = "bold yellow" if advice else "bold red"
    branch = tree.add(
        Styled.assemble(
            (f"{finding.code} ", colour),
            (title, "bold"),
            (f"  ({say(_ADVICE)})" if advice else "", "yellow"),
        )
    )
    branch.add(Styled(say(finding.message)))
    for line in finding.because:
        branch.add(Styled.assemble((f"{say(_BECAUSE)} ", "dim"), say(line)))
    sure = say(CONFIDENCES[finding.basis.confidence])
    since = f"{say(_SINCE)} {say(day(finding.valid_from))}"
    branch.add(Styled(f"{say(_BASIS)}: {finding.basis.text} ({sure}; {since})", "dim"))


def _quiet(tree: Tree, explained: Explained) -> None:
    say, quiet = explained.say, explained.account.quiet
    if not quiet:
        return
    branch = tree.add(Styled(say(_QUIET), "bold"))
    of_rules = all(each.codes for each in quiet)
    satisfied = [each for each in quiet if of_rules and each.outcome is Outcome.SATISFIED]
    if satisfied:
        codes = ", ".join(code for each in satisfied for code in each.codes)
        branch.add(Styled.assemble(("✓ ", "green"), f"{say(_SATISFIED)}: {codes}"))
    for each in quiet:
        if each in satisfied:
            continue
        lead = _ONLY_WHEN if each.outcome is Outcome.NOT_APPLICABLE else _NOT
        why = "" if each.why is None else f", {say(lead)} {say(each.why)}"
        branch.add(
            Styled.assemble(
                ("– ", "dim"),
                f"{', '.join(each.codes)} " if each.codes else "",
                say(each.title),
                (f": {say(each.said)}{why}", "dim"),
            )
        )
    if explained.account.violations and all(
        rule.gate
        for rule in explained.rulebook.rules_of(explained.decision.operation)
        if rule.id in explained.account.titles
    ):
        branch.add(Styled(say(_ONLY_GATES), "dim"))


def _nearest(tree: Tree, nearest: Nearest, explained: Explained) -> None:
    say = explained.say
    if not nearest.alternatives:
        tree.add(Styled(say(none_found(nearest)), "yellow"))
        return
    branch = tree.add(Styled(f"{say(_WOULD_PASS)} …", "bold green"))
    for number, alternative in enumerate(nearest.alternatives[:_MOST_ALTERNATIVES]):
        lead = f"… {say(_OR_IF)} " if number else "… "
        branch.add(Styled(f"{lead}{say(explained.change(alternative))}"))


# --- JSON -----------------------------------------------------------------------------------------


def _json(explained: Explained) -> None:
    told = explained.account
    as_json(
        {
            "explained": explained.called,
            "operation": explained.decision.operation,
            "accepted": told.accepted,
            "answer": _plain(told.answer),
            "violations": [_plain_finding(each, told) for each in told.violations],
            "advice": [_plain_finding(each, told) for each in told.advice],
            "holding": [{"rule": each.rule, "title": _plain(each.title)} for each in told.holding],
            "quiet": [
                {
                    "rule": each.rule,
                    "codes": each.codes,
                    "title": _plain(each.title),
                    "outcome": each.outcome.value,
                    "why": None if each.why is None else _plain(each.why),
                }
                for each in told.quiet
            ],
            "wouldPass": None
            if explained.nearest is None
            else _plain_nearest(explained.nearest, explained),
            "rulebook": explained.decision.rulebook,
        }
    )


def _plain_finding(finding: Violation | Advice, told: Account) -> Mapping[str, object]:
    title = told.titles.get(finding.rule)
    return {
        "rule": finding.rule,
        "code": finding.code,
        "title": None if title is None else _plain(title),
        "field": finding.field,
        "message": _plain(finding.message),
        "because": [_plain(each) for each in finding.because],
        "validFrom": finding.valid_from.isoformat(),
        "basis": {
            "text": finding.basis.text,
            "url": finding.basis.url,
            "confidence": finding.basis.confidence.value,
        },
    }


def _plain_nearest(nearest: Nearest, explained: Explained) -> Mapping[str, object]:
    return {
        "alternatives": [
            {
                "sentence": _plain(explained.change(alternative)),
                "changes": [
                    {
                        "fact": change.name,
                        "was": _plain_value(change.name, change.was, explained),
                        "becomes": _plain_value(change.name, change.becomes, explained),
                    }
                    for change in alternative.changes
                ],
            }
            for alternative in nearest.alternatives
        ],
        "tried": nearest.tried,
        "complete": nearest.complete,
    }


def _plain_value(name: str, value: Value | None, explained: Explained) -> Mapping[str, str] | None:
    """Return a value in words; of a text only that there is one."""
    if value is None:
        return None
    fact = explained.rulebook.catalogue.facts[name]
    if hidden(value, fact.type):
        return _plain(HIDDEN)
    return _plain(words(value, fact.type, fact.code_list, explained.rulebook.tables))


def _plain(text: Text) -> Mapping[str, str]:
    return {"da": text.da, "en": text.en}


PRINTERS: Mapping[str, Callable[[Explained], None]] = {"human": _human, "json": _json}
