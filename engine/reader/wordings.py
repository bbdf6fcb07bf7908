"""The wording of grants and notices: what stands in a version beside dates and basis.

In: the mapping of one version. Out: what must hold for it to speak up, as one requirement.
Does not know: dates, or the demands of rules (see `demands`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from engine.model import All, Condition, Requirement, Told
from engine.reader.conditions import ConditionReader
from engine.reader.reading import did_you_mean
from engine.reader.section import NO_WORDS, Section
from engine.source.scalars import shown


@dataclass(frozen=True, slots=True)
class Worded:
    """What one version says."""

    requirements: tuple[Requirement, ...] = ()
    only_where: All | None = None
    told: Told | None = None


class Wording(Protocol):
    """Reads what the versions of one rule, grant or notice say."""

    def of_version(self, section: Section) -> Worded:
        """Read one version that is not withdrawn."""

    def finish(self) -> None:
        """Note that all versions have been read."""


class GrantWording:
    """Reads `grant` and `only_where`."""

    def __init__(self, grant_id: str, conditions: ConditionReader) -> None:
        self._id = grant_id
        self._conditions = conditions

    def of_version(self, section: Section) -> Worded:
        """Read the conditions that let the caller in, and what they let the caller see."""
        node = section.need("grant")
        grant = All(()) if node is None else self._conditions.read(node, "`grant`")
        only = section.find("only_where")
        return Worded(
            (_speech(self._id, grant, section),),
            None if only is None else self._conditions.read(only, "`only_where`"),
        )

    def finish(self) -> None:
        """Do nothing: a grant has no keys of its own beside its versions."""


class NoticeWording:
    """Reads `message` and `to`."""

    def __init__(
        self,
        notice_id: str,
        conditions: ConditionReader,
        organisation_types: Collection[str] | None,
    ) -> None:
        self._id = notice_id
        self._conditions = conditions
        self._organisation_types = organisation_types

    def of_version(self, section: Section) -> Worded:
        """Read which message is sent, and to the organisations in which records."""
        message = section.text("message") or ""
        receivers = section.section("to")
        if receivers is None:
            return Worded()
        kind = receivers.text("organisation_type") or ""
        known = self._organisation_types
        if kind and known is not None and kind not in known:
            section.problems.error(
                "unknown-code",
                receivers.value_place("organisation_type"),
                f"there is no organisation type `{shown(kind)}`",
                did_you_mean(kind, known),
            )
        found = self._conditions.each(receivers)
        receivers.close()
        if found is None:
            return Worded()
        if "organisation" not in found.records.fields:
            section.problems.error(
                "no-organisation",
                receivers.value_place("each"),
                f"the records of `{found.records.name}` have no field `organisation`",
                "name a list whose records tell an organisation",
            )
        return Worded(
            (_speech(self._id, found, section),),
            told=Told(message, kind),
        )

    def finish(self) -> None:
        """Do nothing: a notice has no keys of its own beside its versions."""


def read_when(section: Section, conditions: ConditionReader) -> All:
    """Read the optional conditions that say whom a version or demand concerns."""
    node = section.find("when")
    if node is None:
        return All((), section.place)
    return conditions.read(node, "`when`")


def _speech(speaker: str, holds: Condition, section: Section) -> Requirement:
    """Return the requirement under which a grant or notice speaks up; its code is its id."""
    return Requirement(speaker, "", All(()), holds, NO_WORDS, section.place)
