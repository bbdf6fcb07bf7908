"""A difference between two rulebooks: for people, for programs.

In: the difference, the cases that flip, a language. Out: text on standard output.
Does not know: how any of it was found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from rich.text import Text as Styled

from engine.cases.flips import Answer, Flip
from engine.dated import SINCE_EVER
from engine.difference import Change, Difference, Subject
from engine.difference.speech import when
from engine.explain.wording import capital
from engine.facts import Text
from engine.model import RuleKind
from web.cli.case_report import answer_in_words
from web.cli.output import as_json, console

SUBJECTS: Mapping[Subject, Text] = {
    Subject.RULE: Text("Regel", "Rule"),
    Subject.GRANT: Text("Adgang", "Grant"),
    Subject.NOTICE: Text("Besked", "Notice"),
    Subject.FILE: Text("Regelfil", "Rule file"),
    Subject.TABLE: Text("Tabel", "Table"),
    Subject.CODE_LIST: Text("Kodeliste", "Code list"),
    Subject.PARAMETER: Text("Parameter", "Parameter"),
    Subject.ERROR_CODE: Text("Fejlkode", "Error code"),
    Subject.FACT: Text("Faktum", "Fact"),
    Subject.OPERATION: Text("Operation", "Operation"),
}
_SAME = Text("Ingen forskel: de to regelsæt betyder det samme.", "No difference in meaning.")
_REORDERED = Text(
    "Reglerne står i en anden rækkefølge; svar med flere koder nævner dem i den nye rækkefølge.",
    "The rules stand in another order; answers with several codes name them in the new order.",
)
_USED_BY = Text("bruges af", "used by")
_NO_ANSWER = Text("kan ikke afgøres", "cannot be decided")
_MOST_USERS = 4


@dataclass(frozen=True, slots=True)
class DiffReport:
    """What is told of two rulebooks."""

    called: tuple[str, str]
    difference: Difference
    flips: tuple[Flip, ...]
    cases: int
    """How many cases were run by both."""
    unreadable: int
    """How many problems kept cases from being read."""
    language: str

    @property
    def differs(self) -> bool:
        return bool(self.difference) or bool(self.flips)

    def say(self, words: Text) -> str:
        return words.in_language(self.language)


def show_difference(report: DiffReport, shape: str) -> None:
    """Print the report in the given shape."""
    PRINTERS[shape](report)


def _human(report: DiffReport) -> None:
    out, say = console(), report.say
    out.print(Styled(f"{report.called[0]} → {report.called[1]}", "dim"))
    for subject, name, changes in report.difference.by_name():
        first = changes[0]
        users = ""
        if first.used_by:
            more = " …" if len(first.used_by) > _MOST_USERS else ""
            users = f" ({say(_USED_BY)} {', '.join(first.used_by[:_MOST_USERS])}{more})"
        out.print()
        out.print(
            Styled.assemble(
                (f"{say(SUBJECTS[subject])} ", ""),
                (name, "bold"),
                (f": {say(first.title)}", ""),
                (users, "dim"),
            )
        )
        for change in changes:
            out.print(
                Styled.assemble(
                    "  • ",
                    capital(say(change.sentence)),
                    (_days(change, report), "dim"),
                )
            )
    if not report.difference:
        out.print(say(_SAME))
    if report.difference.reordered:
        out.print(say(_REORDERED))
    _text_of_flips(report)


def _days(change: Change, report: DiffReport) -> str:
    """Return on which days the change counts, unless it does on all of them."""
    told = when(change)
    if told is None:
        return ""
    return f" – {report.say(told)}"


def _text_of_flips(report: DiffReport) -> None:
    out, say = console(), report.say
    if not report.cases:
        return
    out.print()
    count, of = len(report.flips), report.cases
    told = Text(
        f"{count} af {of} eksempler får et andet svar",
        f"{count} of {of} cases are answered otherwise",
    )
    out.print(say(told), style="bold yellow" if count else "bold green")
    for flip in report.flips:
        out.print(f"  {flip.case.place}  {say(flip.case.name)}")
        out.print(f"    {say(answer_of(flip, flip.was))} → {say(answer_of(flip, flip.becomes))}")
    if report.unreadable:
        problems = report.unreadable
        left_out = Text(
            f"{problems} problemer i eksempelfilerne; nogle eksempler er ikke prøvet",
            f"{problems} problems in the case files; some cases were not run",
        )
        out.print(say(left_out), style="yellow")


def answer_of(flip: Flip, answer: Answer) -> Text:
    """Return an answer on one line."""
    if answer.fault:
        return _NO_ANSWER
    kind = flip.case.kind
    names = answer.codes if kind is RuleKind.RULE else answer.holding
    return answer_in_words(kind, answer.accepted, names, answer.advice)


def _json(report: DiffReport) -> None:
    difference = report.difference
    as_json(
        {
            "old": {"source": report.called[0], "rulebook": difference.old},
            "new": {"source": report.called[1], "rulebook": difference.new},
            "same": not report.differs,
            "changes": [plain_change(each) for each in difference.changes],
            "reordered": difference.reordered,
            "flips": [plain_flip(each) for each in report.flips],
            "cases": {"run": report.cases, "problems": report.unreadable},
        }
    )


def plain_change(change: Change) -> Mapping[str, object]:
    """Return a change as JSON shows it; `from` and `until` are null where there is no such day."""
    return {
        "subject": change.subject.value,
        "kind": change.kind.value,
        "name": change.name,
        "title": _plain(change.title),
        "part": change.part,
        "key": change.key or None,
        "sentence": _plain(change.sentence),
        "was": _plain(change.was),
        "becomes": _plain(change.becomes),
        "days": [
            {
                "from": None if each.first == SINCE_EVER else each.first.isoformat(),
                "until": _plain_day(each.until),
            }
            for each in change.days
        ],
        "countedBy": _plain(change.counted_by),
        "usedBy": change.used_by,
        "place": str(change.place) if change.place.file else None,
    }


def plain_flip(flip: Flip) -> Mapping[str, object]:
    """Return a flip as JSON shows it."""
    return {
        "file": flip.case.place.file,
        "line": flip.case.place.line,
        "name": _plain(flip.case.name),
        "was": _plain_answer(flip.was),
        "becomes": _plain_answer(flip.becomes),
    }


def _plain_answer(answer: Answer) -> Mapping[str, object] | None:
    if answer.fault:
        return None
    return {
        "accepted": answer.accepted,
        "codes": answer.codes,
        "advice": answer.advice,
        "holding": answer.holding,
    }


def _plain(text: Text | None) -> Mapping[str, str] | None:
    return None if text is None else {"da": text.da, "en": text.en}


def _plain_day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


PRINTERS: Mapping[str, Callable[[DiffReport], None]] = {"human": _human, "json": _json}
