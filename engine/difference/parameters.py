"""A parameter, and an error code, beside its former self.

In: the old and the new one. Out: the changes, of a parameter with the days of each value.
Does not know: which rules use it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.difference.attributes import Attribute, Attributes, bilingual, differing, plain
from engine.difference.timeline import Days, Stretch, stretches
from engine.difference.values import Change, Kind, Subject
from engine.explain.wording import CONFIDENCES, NOT_GIVEN, words
from engine.facts import FactType, Scalar, Text
from engine.model import Confidence
from engine.tables import ErrorCode, Parameter


@dataclass(frozen=True, slots=True)
class ParameterChanges:
    """Tells the changes of one parameter; None when there is no such parameter."""

    old: Parameter | None
    new: Parameter | None
    used_by: tuple[str, ...] = ()

    @property
    def parameter(self) -> Parameter:
        parameter = self.new or self.old
        assert parameter is not None  # noqa: S101  # one of the two is always there
        return parameter

    def changes(self) -> Iterator[Change]:
        """Yield the changes, those of the parameter as a whole first."""
        if self.old is None or self.new is None:
            added = self.old is None
            said = Text("parameteren er ny", "the parameter is new")
            if not added:
                said = Text("parameteren er fjernet", "the parameter is removed")
            yield self._change(Kind.ADDED if added else Kind.REMOVED, "whole", said)
            return
        for each in differing(_head(self.old), _head(self.new)):
            yield self._change(Kind.CHANGED, each.part, each.said, was=each.was, now=each.becomes)
        found = [
            change
            for stretch in stretches(self.old.values, self.new.values)
            for change in self._value(stretch)
        ]
        bases = stretches(self.old.bases, self.new.bases)
        found.extend(change for stretch in bases for change in self._basis(stretch))
        if not found and self.old.values.starts != self.new.values.starts:
            said = Text(
                "værdierne er delt eller samlet på andre dage, uden at noget er ændret",
                "the values are divided or joined on other days, with nothing changed",
            )
            found = [self._change(Kind.CHANGED, "value", said)]
        yield from found

    def _value(self, stretch: Stretch[Scalar]) -> Iterator[Change]:
        old, new = stretch.old, stretch.new
        if type(old) is type(new) and old == new:
            return
        was, now = self._words(self.old, old), self._words(self.new, new)
        said = Text(
            f"værdien er nu {now.da} (før {was.da})",
            f"the value is now {now.en} (before {was.en})",
        )
        yield self._change(Kind.CHANGED, "value", said, (stretch.days,), was=was, now=now)

    def _basis(self, stretch: Stretch[tuple[str, str]]) -> Iterator[Change]:
        for each in differing(_basis(stretch.old), _basis(stretch.new)):
            yield self._change(
                Kind.CHANGED, each.part, each.said, (stretch.days,), was=each.was, now=each.becomes
            )

    def _words(self, parameter: Parameter | None, value: Scalar | None) -> Text:
        if parameter is None or value is None:
            return NOT_GIVEN
        said = words(value, parameter.type, None, {})
        if parameter.unit is None or parameter.type is not FactType.INTEGER:
            return said
        return Text(f"{said.da} {parameter.unit.da}", f"{said.en} {parameter.unit.en}")

    def _change(
        self,
        kind: Kind,
        part: str,
        said: Text,
        days: tuple[Days, ...] = (),
        *,
        was: Text | None = None,
        now: Text | None = None,
    ) -> Change:
        parameter = self.parameter
        return Change(
            Subject.PARAMETER,
            kind,
            parameter.name,
            parameter.title,
            part,
            said,
            days,
            was=was,
            becomes=now,
            used_by=self.used_by,
            place=parameter.place,
        )


def error_code_changes(old: ErrorCode | None, new: ErrorCode | None) -> Iterator[Change]:
    """Yield the changes of one error code."""
    code = new or old
    assert code is not None  # noqa: S101  # one of the two is always there

    def change(kind: Kind, part: str, said: Text, was: Text | None, now: Text | None) -> Change:
        return Change(
            Subject.ERROR_CODE,
            kind,
            code.code,
            code.title,
            part,
            said,
            was=was,
            becomes=now,
            place=code.place,
        )

    if old is None:
        yield change(
            Kind.ADDED, "whole", Text("fejlkoden er ny", "the error code is new"), None, code.title
        )
    elif new is None:
        said = Text("fejlkoden er fjernet", "the error code is removed")
        yield change(Kind.REMOVED, "whole", said, code.title, None)
    else:
        for each in differing(_code_head(old), _code_head(new)):
            yield change(Kind.CHANGED, each.part, each.said, each.was, each.becomes)


def _head(parameter: Parameter) -> Attributes:
    return {
        **bilingual("title", "titlen", "the title", parameter.title),
        **bilingual("unit", "enheden", "the unit", parameter.unit),
        "type": plain("typen", "the type", parameter.type.value),
    }


def _basis(basis: tuple[str, str] | None) -> Attributes:
    if basis is None:
        return {}
    text, confidence = basis
    return {
        "basis": plain("hjemlen", "the basis", text),
        "confidence": Attribute(
            Text("sikkerheden", "the confidence"), CONFIDENCES[Confidence(confidence)]
        ),
    }


def _code_head(code: ErrorCode) -> Attributes:
    return {
        **bilingual("title", "titlen", "the title", code.title),
        "origin": plain("oprindelsen", "the origin", code.origin),
        "new_code": plain("den nye kode", "the new code", code.new_code),
        "rule": plain("reglen, den hører til,", "the rule it belongs to", code.rule),
    }
