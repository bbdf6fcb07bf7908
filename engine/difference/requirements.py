"""The demands of two wordings side by side: code, field, message, for whom and what must hold.

In: an old and a new wording, both in force. Out: what differs, in words.
Does not know: the rule, or the days.

INVARIANT: a condition that all demands share is told once. It makes no difference whether it
stands in the `when` of the wording or of each demand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.difference.attributes import Attributes, bilingual, differing, plain
from engine.difference.conditions import condition_changes
from engine.difference.phrases import Role, phrases
from engine.difference.speech import Speech
from engine.difference.values import Kind
from engine.facts import Text
from engine.model import All, Condition, Requirement, Version


@dataclass(frozen=True, slots=True)
class Told:
    """One change of a demand; without a `code` it is one of all demands of the wording."""

    kind: Kind
    part: str
    said: Text
    code: str
    was: Text | None = None
    becomes: Text | None = None


def requirement_changes(old: Version, new: Version, when: Role, speech: Speech) -> tuple[Told, ...]:
    """Return what differs; `when` tells which kind of rule it is."""
    pairs, added, removed = _paired(old.requirements, new.requirements)
    of_pairs = [
        (after, tuple(_of_pair(old, before, new, after, when, speech))) for before, after in pairs
    ]
    shared = _shared([told for _, told in of_pairs]) if len(of_pairs) > 1 else ()
    found = list(shared)
    for after, told in of_pairs:
        found.extend(replace(each, code=after.code) for each in told if each not in shared)
    for requirement in added:
        said = Text("er et nyt krav", "is a new demand")
        found.append(_whole(Kind.ADDED, said, new, requirement, speech))
    for requirement in removed:
        said = Text("kræves ikke længere", "is demanded no longer")
        found.append(_whole(Kind.REMOVED, said, old, requirement, speech))
    found.extend(_only_where(old, new, speech))
    return tuple(found)


def _shared(told: list[tuple[Told, ...]]) -> tuple[Told, ...]:
    first, *others = told
    return tuple(
        each for each in first if each.part == "when" and all(each in other for other in others)
    )


def _paired(
    old: tuple[Requirement, ...], new: tuple[Requirement, ...]
) -> tuple[list[tuple[Requirement, Requirement]], list[Requirement], list[Requirement]]:
    """Pair demands of the same code and field, then of the same code, then one with one."""
    left, right = list(old), list(new)
    pairs: list[tuple[Requirement, Requirement]] = []
    for alike in (
        lambda a, b: (a.code, a.field) == (b.code, b.field),
        lambda a, b: a.code == b.code,
        lambda _a, _b: len(left) == len(right) == 1,
    ):
        for after in list(right):
            before = next((each for each in left if alike(each, after)), None)
            if before is not None:
                left.remove(before)
                right.remove(after)
                pairs.append((before, after))
    return pairs, right, left


def _of_pair(
    old: Version,
    before: Requirement,
    new: Version,
    after: Requirement,
    when: Role,
    speech: Speech,
) -> Iterator[Told]:
    concerned = All((old.when, before.when)), All((new.when, after.when))
    if when is Role.GRANT:
        # a grant holds when both hold: it makes no difference in which of the two a condition is
        both = All((concerned[0], before.require)), All((concerned[1], after.require))
        yield from _of_conditions(*both, Role.GRANT, "grant", speech)
    else:
        yield from _of_conditions(*concerned, when, "when", speech)
        role, part = (Role.TO, "to") if when is Role.SENT_WHEN else (Role.REQUIRE, "require")
        yield from _of_conditions(before.require, after.require, role, part, speech)
    for each in differing(_head(before), _head(after)):
        yield Told(Kind.CHANGED, each.part, _after_colon(each.said), "", each.was, each.becomes)


def _of_conditions(
    old: Condition, new: Condition, role: Role, part: str, speech: Speech
) -> Iterator[Told]:
    for change in condition_changes(old, new):
        for phrase in phrases(change, role, speech):
            yield Told(Kind.CHANGED, part, phrase.said, "", phrase.was, phrase.becomes)


def _only_where(old: Version, new: Version, speech: Speech) -> Iterator[Told]:
    before, after = (each.only_where or All(()) for each in (old, new))
    yield from _of_conditions(before, after, Role.ONLY_WHERE, "only_where", speech)


def _head(requirement: Requirement) -> Attributes:
    return {
        "code": plain("fejlkoden", "the error code", requirement.code),
        "field": plain("feltet", "the field", requirement.field or '""'),
        **bilingual("message", "meddelelsen", "the message", requirement.message),
    }


def _after_colon(said: Text) -> Text:
    return Text(f"– {said.da}", f"– {said.en}")


def _whole(
    kind: Kind, said: Text, version: Version, requirement: Requirement, speech: Speech
) -> Told:
    words = speech.clause(requirement.require)
    concerned = All((version.when, requirement.when))
    when = speech.clause(concerned)
    everyone = not version.when.parts and requirement.when == All(())
    told = Text(
        f"{said.da}: {words.da}" if everyone else f"{said.da}: når {when.da}, {words.da}",
        f"{said.en}: {words.en}" if everyone else f"{said.en}: when {when.en}, {words.en}",
    )
    return Told(
        kind,
        "demand",
        told,
        requirement.code,
        words if kind is Kind.REMOVED else None,
        words if kind is Kind.ADDED else None,
    )
