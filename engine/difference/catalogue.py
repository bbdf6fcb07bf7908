"""The fact catalogue beside its former self: facts, fields of records, operations.

In: the old and the new catalogue. Out: the changes.
Does not know: which rules read a fact.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.difference.attributes import Attribute, Attributes, bilingual, differing, plain
from engine.difference.speech import Speech
from engine.difference.values import Change, Kind, Subject
from engine.explain.wording import NO, YES
from engine.facts import Catalogue, Fact, Text


def catalogue_changes(old: Catalogue, new: Catalogue, speech: Speech) -> Iterator[Change]:
    """Yield the changes of all facts, then those of the operations."""
    for name in dict.fromkeys((*new.facts, *old.facts)):
        yield from _fact(name, old, new, speech)
    for operation in dict.fromkeys((*new.operations, *old.operations)):
        if (operation in old.operations) is not (operation in new.operations):
            added = operation in new.operations
            said = Text("operationen er ny", "the operation is new")
            if not added:
                said = Text("operationen er fjernet", "the operation is removed")
            kind = Kind.ADDED if added else Kind.REMOVED
            named = Text(operation, operation)
            yield Change(Subject.OPERATION, kind, operation, named, "whole", said)


def _fact(name: str, old: Catalogue, new: Catalogue, speech: Speech) -> Iterator[Change]:
    before, after = old.facts.get(name), new.facts.get(name)
    fact = after or before
    assert fact is not None  # noqa: S101  # one of the two names it

    def change(kind: Kind, part: str, said: Text, was: Text | None, now: Text | None) -> Change:
        return Change(
            Subject.FACT,
            kind,
            name,
            fact.label,
            part,
            said,
            was=was,
            becomes=now,
            place=fact.place,
        )

    if before is None:
        yield change(Kind.ADDED, "whole", Text("faktummet er nyt", "the fact is new"), None, None)
        return
    if after is None:
        said = Text("faktummet er fjernet", "the fact is removed")
        yield change(Kind.REMOVED, "whole", said, None, None)
        return
    told = (_attributes(before, old, speech), _attributes(after, new, speech))
    for each in differing(*told):
        yield change(Kind.CHANGED, each.part, each.said, each.was, each.becomes)
    for field in dict.fromkeys((*after.fields, *before.fields)):
        sides = [
            {} if each is None else _one(each, speech)
            for each in (before.fields.get(field), after.fields.get(field))
        ]
        for each in differing(*sides):
            said = Text(f"feltet `{field}`: {each.said.da}", f"field `{field}`: {each.said.en}")
            yield change(Kind.CHANGED, f"{field}.{each.part}", said, each.was, each.becomes)


def _attributes(fact: Fact, catalogue: Catalogue, speech: Speech) -> Attributes:
    given_by = sorted(name for name, facts in catalogue.operations.items() if fact.name in facts)
    return {
        **_one(fact, speech),
        "operations": plain("operationerne", "the set of operations", ", ".join(given_by)),
    }


def _one(fact: Fact, speech: Speech) -> Attributes:
    looked_up = fact.looked_up
    kind = fact.type.value if fact.code_list is None else f"{fact.type.value}({fact.code_list})"
    otherwise = None if looked_up is None else speech.value(looked_up.otherwise, fact)
    return {
        "type": plain("typen", "the type", kind),
        "optional": Attribute(
            Text("at kunne mangle", "being optional"), YES if fact.optional else NO
        ),
        **bilingual("label", "betegnelsen", "the label", fact.label),
        **bilingual("description", "beskrivelsen", "the description", fact.description),
        **bilingual(
            "record_label", "betegnelsen for én", "the label of one record", fact.record_label
        ),
        "table": plain("opslagstabellen", "the table", looked_up and looked_up.table),
        "column": plain("opslagets kolonne", "the column", looked_up and looked_up.column),
        "lookup_key": plain("opslagets nøgle", "the key", looked_up and looked_up.key),
        "on": plain("opslagets dag", "the day of the lookup", looked_up and looked_up.on),
        "otherwise": Attribute(Text("værdien uden en række", "the value without a row"), otherwise),
    }
