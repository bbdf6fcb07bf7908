"""Two rulebooks → everything that means something else in the second one.

In: an old and a new `Rulebook`. Out: a `Difference`.
Does not know: files. Moved lines, comments, layout, and the order of rows, values and conditions
are no difference; neither is a rule that stands in another file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from engine.difference.attributes import bilingual, differing
from engine.difference.catalogue import catalogue_changes
from engine.difference.parameters import ParameterChanges, error_code_changes
from engine.difference.rules import RuleChanges
from engine.difference.speech import Speech
from engine.difference.tables import TableChanges
from engine.difference.timeline import Days, merged
from engine.difference.usage import Usage
from engine.difference.values import Change, Difference, Kind, Subject
from engine.facts import Text
from engine.model import Rule, Rulebook, RuleFile


def difference(old: Rulebook, new: Rulebook) -> Difference:
    """Return what differs; it is false when both rulebooks answer everything alike."""
    order = list(Subject)
    changes = sorted(_told_once(_changes(old, new)), key=lambda each: order.index(each.subject))
    return Difference(old.id, new.id, tuple(changes), _reordered(old, new))


def _told_once(changes: Iterable[Change]) -> Iterator[Change]:
    """Yield changes that read alike as one, with the days of all of them."""
    days: dict[Change, list[Days]] = {}
    for change in changes:
        days.setdefault(replace(change, days=()), []).extend(change.days)
    for change, listed in days.items():
        yield replace(change, days=merged(listed))


def _changes(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    speech, usage = Speech.of(old, new), Usage.of(old, new)
    before, after = _rules(old), _rules(new)
    for name in dict.fromkeys((*after, *before)):
        catalogue = new.catalogue if name in after else old.catalogue
        yield from RuleChanges(before.get(name), after.get(name), catalogue, speech).changes()
    yield from _of_files(old, new)
    for name in dict.fromkeys((*new.tables, *old.tables)):
        yield from TableChanges(
            old.tables.get(name),
            new.tables.get(name),
            speech,
            usage.day_of_table(name),
            usage.of_table(name),
        ).changes()
    for name in dict.fromkeys((*new.parameters, *old.parameters)):
        yield from ParameterChanges(
            old.parameters.get(name), new.parameters.get(name), usage.of_parameter(name)
        ).changes()
    for name in dict.fromkeys((*new.error_codes, *old.error_codes)):
        yield from error_code_changes(old.error_codes.get(name), new.error_codes.get(name))
    yield from catalogue_changes(old.catalogue, new.catalogue, speech)


def _rules(rulebook: Rulebook) -> Mapping[str, Rule]:
    return {rule.id: rule for file in rulebook.files for rule in file.all}


def _of_files(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    before, after = ({file.name: file for file in book.files} for book in (old, new))
    for name in dict.fromkeys((*after, *before)):
        yield from _file(before.get(name), after.get(name))


def _file(old: RuleFile | None, new: RuleFile | None) -> Iterator[Change]:
    file = new or old
    assert file is not None  # noqa: S101  # one of the two names it
    if old is None or new is None:
        kind = Kind.ADDED if old is None else Kind.REMOVED
        said = Text("regelfilen er ny", "the rule file is new")
        if new is None:
            said = Text("regelfilen er fjernet", "the rule file is removed")
        yield Change(Subject.FILE, kind, file.name, file.title, "whole", said, place=file.place)
        return
    heads = (bilingual("title", "titlen", "the title", each.title) for each in (old, new))
    for each in differing(*heads):
        yield Change(
            Subject.FILE,
            Kind.CHANGED,
            file.name,
            file.title,
            each.part,
            each.said,
            was=each.was,
            becomes=each.becomes,
            place=file.place,
        )


def _reordered(old: Rulebook, new: Rulebook) -> tuple[str, ...]:
    """Return the operations in which the rules that stayed stand in another order."""
    found = []
    for operation in new.catalogue.operations:
        before, after = ([rule.id for rule in book.rules_of(operation)] for book in (old, new))
        shared = set(before) & set(after)
        if [each for each in before if each in shared] != [
            each for each in after if each in shared
        ]:
            found.append(operation)
    return tuple(found)
