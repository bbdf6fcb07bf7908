"""The citizen's report of the audit log: in words for the citizen, or for programs.

In: a `CitizenReport`, and settings for the names of organisation types and interview types.
Out: text on standard output, times as clocks in Denmark showed them.
Does not know: whose report it is: the civil registration number is not printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import click

from engine.facts import Text
from engine.model import Rulebook
from registry.audit_report import CitizenReport, ConcernedInterview, ReportLine
from registry.days import DENMARK, day_of
from web.cli.audit_words import OPERATIONS, OUTCOMES, in_words
from web.cli.output import as_json
from web.cli.rulebook import read
from web.settings import Settings

_MONTHS = {
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "en": "January February March April May June July August September October November December",
}
_TITLE = Text(
    "Hvem har set eller ændret, hvad der er registreret om borgerens samtaler",
    "Who has looked at or changed what is registered of the citizen's interviews",
)


def show_report(report: CitizenReport, shape: str, language: str, settings: Settings) -> None:
    """Print the report in the given shape."""
    if shape == "json":
        as_json(_plain(report))
        return
    rulebook, _ = read(settings)
    if rulebook is None:
        click.echo("the rulebook cannot be read: codes stand without their names", err=True)
    for line in _Words(language, rulebook).report(report):
        click.echo(line)


@dataclass(frozen=True, slots=True)
class _Words:
    language: str
    rulebook: Rulebook | None

    def say(self, da: str, en: str) -> str:
        return Text(da, en).in_language(self.language)

    def report(self, report: CitizenReport) -> Iterator[str]:
        count = len(report.lines)
        yield _TITLE.in_language(self.language)
        yield self.say("Dannet ", "Made ") + self.moment(report.made_at)
        yield self.say(
            f"{count} {'hændelse' if count == 1 else 'hændelser'}",
            f"{count} {'event' if count == 1 else 'events'}",
        )
        for line in report.lines:
            yield ""
            yield self.moment(line.at)
            yield from self.line(line)

    def line(self, line: ReportLine) -> Iterator[str]:
        parts = [
            (self.say("hvem", "who"), self.who(line)),
            (self.say("hvad", "what"), self.named(in_words(OPERATIONS, line.operation))),
            (
                self.say("samtale", "interview"),
                "" if line.interview is None else self.interview(line.interview),
            ),
            (self.say("udfald", "outcome"), self.named(in_words(OUTCOMES, line.outcome))),
            (self.say("regler", "rules"), line.rulebook or ""),
        ]
        for name, text in parts:
            if text:
                yield f"  {name:<9}  {text}"

    def who(self, line: ReportLine) -> str:
        caller = line.caller
        kind = self.name_in("organisation_types", caller.organisation_type, line.at)
        who = f"{kind} {caller.organisation}, {self.say('bruger', 'user')} {caller.user}"
        return f"{who}, system {caller.system}" if caller.system else who

    def interview(self, interview: ConcernedInterview) -> str:
        if interview.type is None or interview.held_at is None:
            return interview.interview_id
        kind = self.name_in("interview_types", interview.type, interview.held_at)
        held = self.say("afholdt ", "held ") + self.moment(interview.held_at)
        return f"{kind}, {held} ({interview.interview_id})"

    def name_in(self, table: str, key: int | str, at: datetime) -> str:
        """Return the name of a code on the day; the code itself when it has none."""
        found = None if self.rulebook is None else self.rulebook.tables.get(table)
        row = None if found is None else found.find(key, day_of(at))
        return str(key) if row is None or row.name is None else self.named(row.name)

    def named(self, text: Text) -> str:
        return text.in_language(self.language)

    def moment(self, at: datetime) -> str:
        local = at.astimezone(DENMARK)
        month = _MONTHS[self.language].split()[local.month - 1]
        return self.say(
            f"{local.day}. {month} {local.year} kl. {local:%H.%M.%S}",
            f"{local.day} {month} {local.year} at {local:%H:%M:%S}",
        )


def _plain(report: CitizenReport) -> dict[str, object]:
    return {
        "madeAt": report.made_at.isoformat(),
        "lines": [
            {
                "sequence": line.sequence,
                "at": line.at.isoformat(),
                "organisationType": line.caller.organisation_type,
                "organisation": line.caller.organisation,
                "user": line.caller.user,
                "system": line.caller.system,
                "requestIdentifier": line.caller.request_id,
                "operation": line.operation,
                "interview": None if line.interview is None else _plain_interview(line.interview),
                "outcome": line.outcome,
                "rulebook": line.rulebook,
            }
            for line in report.lines
        ],
    }


def _plain_interview(interview: ConcernedInterview) -> dict[str, object]:
    held_at = interview.held_at
    return {
        "interviewIdentifier": interview.interview_id,
        "interviewTypeIdentifier": interview.type,
        "heldAt": None if held_at is None else held_at.isoformat(),
    }
