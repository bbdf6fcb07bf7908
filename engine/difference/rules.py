"""One rule, grant or notice beside its former self: version by version, part by part.

In: the old and the new rule. Out: its changes, each with the days on which it makes a difference.
Does not know: tables, parameters and facts, which have changes of their own, nor in which file or
at which place a rule stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.difference.attributes import Attribute, Attributes, bilingual, differing, plain
from engine.difference.phrases import Role
from engine.difference.requirements import Told, requirement_changes
from engine.difference.speech import Speech, days_in_words
from engine.difference.timeline import Days, Stretch, merged, stretches
from engine.difference.values import Change, Kind, Subject
from engine.explain.wording import CONFIDENCES, NO, YES
from engine.facts import Catalogue, Text
from engine.model import Basis, DatedBy, Rule, RuleKind, RuleSeverity, Version

SUBJECTS: Mapping[RuleKind, Subject] = {
    RuleKind.RULE: Subject.RULE,
    RuleKind.GRANT: Subject.GRANT,
    RuleKind.NOTICE: Subject.NOTICE,
}
NAMES: Mapping[RuleKind, Text] = {
    RuleKind.RULE: Text("reglen", "the rule"),
    RuleKind.GRANT: Text("adgangen", "the grant"),
    RuleKind.NOTICE: Text("beskeden", "the notice"),
}
_WHEN_ROLES = {
    RuleKind.RULE: Role.WHEN,
    RuleKind.GRANT: Role.GRANT,
    RuleKind.NOTICE: Role.SENT_WHEN,
}
_SEVERITIES = {
    RuleSeverity.REFUSE: Text("afvisning", "refusal"),
    RuleSeverity.ADVICE: Text("vejledning", "advice"),
}


@dataclass(frozen=True, slots=True)
class RuleChanges:
    """Tells the changes of one rule; `old` or `new` is None when there is no such rule."""

    old: Rule | None
    new: Rule | None
    catalogue: Catalogue
    speech: Speech

    @property
    def rule(self) -> Rule:
        rule = self.new or self.old
        assert rule is not None  # noqa: S101  # one of the two is always there
        return rule

    @property
    def counted_by(self) -> Text:
        """What the days of its versions are called."""
        return self._dated_by(self.rule.dated_by)

    def changes(self) -> Iterator[Change]:
        """Yield the changes, those of the rule as a whole first."""
        if self.old is None or self.new is None:
            yield self._whole()
            return
        for each in differing(self._head(self.old), self._head(self.new)):
            yield self._change(Kind.CHANGED, each.part, each.said, was=each.was, now=each.becomes)
        versions = [
            each
            for stretch in stretches(self.old.versions, self.new.versions)
            for each in self._of_stretch(stretch)
        ]
        if not versions and _written(self.old) != _written(self.new):
            said = Text(
                "ordlydene er delt eller samlet på andre dage, uden at noget er ændret",
                "the wordings are divided or joined on other days, with nothing changed",
            )
            yield self._change(Kind.CHANGED, "version", said)
        yield from versions

    # --- the rule as a whole --------------------------------------------------------------------

    def _whole(self) -> Change:
        rule, added = self.rule, self.old is None
        name = NAMES[rule.kind]
        in_force = [(start, each) for start, each in rule.versions if not each.withdrawn]
        said = Text(f"{name.da} er ny", f"{name.en} is new")
        if not added:
            said = Text(f"{name.da} er fjernet", f"{name.en} is removed")
        words = None
        if in_force:
            start, version = in_force[-1]
            words = self.speech.wording(rule, version)
            if len(in_force) > 1:
                since = days_in_words(Days(start))
                said = Text(f"{said.da}; {since.da}", f"{said.en}; {since.en}")
            said = Text(f"{said.da}: {words.da}", f"{said.en}: {words.en}")
        days = tuple(
            each.days
            for each in stretches(rule.versions, None)
            if each.old is not None and not each.old.withdrawn
        )
        return self._change(
            Kind.ADDED if added else Kind.REMOVED,
            "whole",
            said,
            days=merged(days),
            was=None if added else words,
            now=words if added else None,
        )

    def _head(self, rule: Rule) -> Attributes:
        operations = ", ".join(sorted(rule.operations))
        return {
            **bilingual("title", "titlen", "the title", rule.title),
            "kind": plain("arten", "the kind", rule.kind.value),
            "operations": plain("operationerne", "the set of operations", operations),
            "severity": Attribute(Text("virkningen", "the effect"), _SEVERITIES[rule.severity]),
            "gate": Attribute(
                Text("adgangsregel (svarer alene)", "a gate (answers alone)"),
                YES if rule.gate else NO,
            ),
            "dated_by": Attribute(
                Text("dagen, der vælger ordlyden,", "the day that chooses the wording"),
                self._dated_by(rule.dated_by),
            ),
        }

    def _dated_by(self, dated_by: DatedBy) -> Text:
        fact = self.catalogue.facts.get(dated_by.fact)
        label = Text(dated_by.fact, dated_by.fact) if fact is None else fact.label
        if dated_by.otherwise is None:
            return label
        other = self._dated_by(DatedBy(dated_by.otherwise))
        return Text(
            f"{label.da} (eller {other.da}, når den ikke er angivet)",
            f"{label.en} (or {other.en}, when it is not given)",
        )

    # --- versions -------------------------------------------------------------------------------

    def _of_stretch(self, stretch: Stretch[Version]) -> Iterator[Change]:
        old, new = _in_force(stretch.old), _in_force(stretch.new)
        parts = tuple(self._parts(stretch, old, new))
        if parts or _basis_of(stretch.old) != _basis_of(stretch.new):
            yield from self._edges(stretch)
        yield from parts
        if old is None and new is None and stretch.old is not None and stretch.new is not None:
            yield from self._of_attributes(
                stretch, _basis(stretch.old.basis), _basis(stretch.new.basis)
            )

    def _edges(self, stretch: Stretch[Version]) -> Iterator[Change]:
        """Yield that a wording begins here that did not before, or the other way round."""
        if stretch.began and not stretch.had_begun and _in_force(stretch.new) is not None:
            said = Text("ny ordlyd", "new wording")
            yield self._change(Kind.ADDED, "version", said, days=(stretch.days,))
        if stretch.had_begun and not stretch.began and _in_force(stretch.old) is not None:
            said = Text("ordlyden er væk", "the wording is gone")
            yield self._change(Kind.REMOVED, "version", said, days=(stretch.days,))

    def _parts(
        self, stretch: Stretch[Version], old: Version | None, new: Version | None
    ) -> Iterator[Change]:
        if old is None and new is None:
            return
        name, days = NAMES[self.rule.kind], (stretch.days,)
        if old is None and new is not None:
            words = self.speech.wording(self.rule, new)
            said = Text(
                f"{name.da} gælder nu: {words.da}",
                f"{name.en} is now in force: {words.en}",
            )
            yield self._change(Kind.ADDED, "in_force", said, days=days, now=words)
        elif new is None and old is not None:
            words = self.speech.wording(self.rule, old)
            said = Text(
                f"{name.da} gælder ikke længere (før: {words.da})",
                f"{name.en} is no longer in force (before: {words.en})",
            )
            yield self._change(Kind.REMOVED, "in_force", said, days=days, was=words)
        elif old is not None and new is not None:
            for told in requirement_changes(old, new, _WHEN_ROLES[self.rule.kind], self.speech):
                yield self._of_requirement(told, days)
            yield from self._of_attributes(stretch, self._said(old), self._said(new))

    def _said(self, version: Version) -> Attributes:
        told = version.told
        return {
            **_basis(version.basis),
            "told_message": plain("beskeden", "the message", told and told.message),
            "told_type": plain(
                "modtagerens type", "the receiver's type", told and told.organisation_type
            ),
        }

    def _of_attributes(
        self, stretch: Stretch[Version], old: Attributes, new: Attributes
    ) -> Iterator[Change]:
        for each in differing(old, new):
            yield self._change(
                Kind.CHANGED,
                each.part,
                each.said,
                days=(stretch.days,),
                was=each.was,
                now=each.becomes,
            )

    def _of_requirement(self, told: Told, days: tuple[Days, ...]) -> Change:
        head = self._subject(told)
        return self._change(
            told.kind,
            told.part,
            Text(f"{head.da} {told.said.da}", f"{head.en} {told.said.en}"),
            days=days,
            was=told.was,
            now=told.becomes,
            key=told.code,
        )

    def _subject(self, told: Told) -> Text:
        """Return what the clause is about: the code, or the rule when all its codes are meant."""
        if told.code and self.rule.kind is RuleKind.RULE:
            return Text(told.code, told.code)
        return NAMES[self.rule.kind]

    def _change(
        self,
        kind: Kind,
        part: str,
        said: Text,
        *,
        days: tuple[Days, ...] = (),
        was: Text | None = None,
        now: Text | None = None,
        key: str = "",
    ) -> Change:
        rule = self.rule
        return Change(
            SUBJECTS[rule.kind],
            kind,
            rule.id,
            rule.title,
            part,
            said,
            days,
            self.counted_by if days else None,
            key,
            was,
            now,
            place=rule.place,
        )


def _in_force(version: Version | None) -> Version | None:
    return None if version is None or version.withdrawn else version


def _basis_of(version: Version | None) -> Basis | None:
    return None if version is None else version.basis


def _basis(basis: Basis) -> Attributes:
    return {
        "basis": plain("hjemlen", "the basis", f"»{basis.text}«"),
        "basis_url": plain("hjemlens adresse", "the address of the basis", basis.url),
        "confidence": Attribute(
            Text("sikkerheden", "the confidence"), CONFIDENCES[basis.confidence]
        ),
    }


def _written(rule: Rule) -> list[tuple[object, bool]]:
    """Return when its wordings begin, and which of them end it."""
    return [(start, version.withdrawn) for start, version in rule.versions]
