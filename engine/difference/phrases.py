"""Changed conditions in words: `tillader nu også, at deltagelsesstatussen er 4`.

In: what changed in a condition, and which part of a rule it is. Out: clauses whose subject is the
rule, without naming it.
Does not know: rules, or days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.difference.conditions import (
    Added,
    ConditionChange,
    Removed,
    Replaced,
    Values,
    Within,
)
from engine.difference.speech import Speech
from engine.facts import Text
from engine.model import Condition, Quantifier


class Role(StrEnum):
    """Which part of a rule a condition is."""

    WHEN = "when"
    REQUIRE = "require"
    GRANT = "grant"
    ONLY_WHERE = "only_where"
    SENT_WHEN = "sent_when"
    TO = "to"
    AMONG = "among"
    EACH = "each"


@dataclass(frozen=True, slots=True)
class _Wording:
    """How the changes of one part read; `{new}` and `{old}` stand for the clauses."""

    added: Text
    removed: Text
    replaced: Text
    gained: Text
    lost: Text


_WORDINGS: Mapping[Role, _Wording] = {
    Role.WHEN: _Wording(
        Text("gælder nu kun, når {new}", "now applies only when {new}"),
        Text("gælder ikke længere kun, når {old}", "no longer applies only when {old}"),
        Text(
            "gælder nu, når {new} (før: når {old})", "now applies when {new} (before: when {old})"
        ),
        Text("gælder nu også, når {new}", "now also applies when {new}"),
        Text("gælder ikke længere, når {old}", "no longer applies when {old}"),
    ),
    Role.REQUIRE: _Wording(
        Text("kræver nu også, at {new}", "now also demands that {new}"),
        Text("kræver ikke længere, at {old}", "no longer demands that {old}"),
        Text("kræver nu, at {new} (før: at {old})", "now demands that {new} (before: that {old})"),
        Text("tillader nu også, at {new}", "now also allows that {new}"),
        Text("tillader ikke længere, at {old}", "no longer allows that {old}"),
    ),
    Role.GRANT: _Wording(
        Text("giver nu kun adgang, når {new}", "now grants access only when {new}"),
        Text(
            "giver nu adgang, også når det ikke gælder, at {old}",
            "now grants access also when it does not hold that {old}",
        ),
        Text(
            "giver nu adgang, når {new} (før: når {old})",
            "now grants access when {new} (before: when {old})",
        ),
        Text("giver nu også adgang, når {new}", "now also grants access when {new}"),
        Text("giver ikke længere adgang, når {old}", "no longer grants access when {old}"),
    ),
    Role.ONLY_WHERE: _Wording(
        Text("viser nu kun det, hvor {new}", "now shows only that where {new}"),
        Text("viser ikke længere kun det, hvor {old}", "no longer shows only that where {old}"),
        Text(
            "viser nu det, hvor {new} (før: hvor {old})",
            "now shows that where {new} (before: where {old})",
        ),
        Text("viser nu også det, hvor {new}", "now also shows that where {new}"),
        Text("viser ikke længere det, hvor {old}", "no longer shows that where {old}"),
    ),
    Role.SENT_WHEN: _Wording(
        Text("sendes nu kun, når {new}", "is now sent only when {new}"),
        Text("sendes ikke længere kun, når {old}", "is no longer sent only when {old}"),
        Text(
            "sendes nu, når {new} (før: når {old})", "is now sent when {new} (before: when {old})"
        ),
        Text("sendes nu også, når {new}", "is now also sent when {new}"),
        Text("sendes ikke længere, når {old}", "is no longer sent when {old}"),
    ),
    Role.TO: _Wording(
        Text("sendes nu kun, hvis {new}", "is now sent only if {new}"),
        Text("sendes ikke længere kun, hvis {old}", "is no longer sent only if {old}"),
        Text("sendes nu, hvis {new} (før: hvis {old})", "is now sent if {new} (before: if {old})"),
        Text("sendes nu også, hvis {new}", "is now also sent if {new}"),
        Text("sendes ikke længere, hvis {old}", "is no longer sent if {old}"),
    ),
    Role.AMONG: _Wording(
        Text(
            "medregner nu blandt {records} kun dem, hvor {new}",
            "now counts among {records} only those where {new}",
        ),
        Text(
            "medregner blandt {records} ikke længere kun dem, hvor {old}",
            "no longer counts among {records} only those where {old}",
        ),
        Text(
            "medregner nu blandt {records} dem, hvor {new} (før: hvor {old})",
            "now counts among {records} those where {new} (before: where {old})",
        ),
        Text(
            "medregner nu blandt {records} også dem, hvor {new}",
            "now also counts among {records} those where {new}",
        ),
        Text(
            "medregner blandt {records} ikke længere dem, hvor {old}",
            "no longer counts among {records} those where {old}",
        ),
    ),
    Role.EACH: _Wording(
        Text(
            "beder nu også om, for hver af {records}, at {new}",
            "now also asks of each of {records} that {new}",
        ),
        Text(
            "beder ikke længere om, for hver af {records}, at {old}",
            "no longer asks of each of {records} that {old}",
        ),
        Text(
            "beder nu om, for hver af {records}, at {new} (før: at {old})",
            "now asks of each of {records} that {new} (before: that {old})",
        ),
        Text(
            "accepterer nu også, for hver af {records}, at {new}",
            "now also accepts of each of {records} that {new}",
        ),
        Text(
            "accepterer ikke længere, for hver af {records}, at {old}",
            "no longer accepts of each of {records} that {old}",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One changed condition: the words for it, and the old and new condition by themselves."""

    said: Text
    was: Text | None
    becomes: Text | None


def phrases(change: ConditionChange, role: Role, speech: Speech) -> Iterator[Phrase]:
    """Yield the words for one change; values that came and values that went are told apart."""
    wording = _WORDINGS[role]
    match change:
        case Added(new):
            yield _phrase(wording.added, None, new, speech)
        case Removed(old):
            yield _phrase(wording.removed, old, None, speech)
        case Replaced(old, new):
            yield _phrase(wording.replaced, old, new, speech)
        case Values(old, new, gained, lost):
            whole = speech.clause(old), speech.clause(new)
            for template, part in ((wording.gained, gained), (wording.lost, lost)):
                if part is not None:
                    said = _filled(template, speech.clause(part), speech.clause(part), speech)
                    yield Phrase(said, *whole)
        case Within(old, new, changes):
            inner = Role.EACH if new.quantifier is Quantifier.EVERY else Role.AMONG
            for part_of_where in changes:
                yield from phrases(part_of_where, inner, speech.among(new.records))


def _phrase(template: Text, old: Condition | None, new: Condition | None, speech: Speech) -> Phrase:
    was, becomes = (None if each is None else speech.clause(each) for each in (old, new))
    return Phrase(_filled(template, was, becomes, speech), was, becomes)


def _filled(template: Text, old: Text | None, new: Text | None, speech: Speech) -> Text:
    label = Text("", "") if speech.records is None else speech.records.label

    def fill(language: str) -> str:
        parts = {
            "old": "" if old is None else old.in_language(language),
            "new": "" if new is None else new.in_language(language),
            "records": label.in_language(language),
        }
        # filled in one go: what is put in may itself hold a brace
        return template.in_language(language).format(**parts)

    return Text(fill("da"), fill("en"))
