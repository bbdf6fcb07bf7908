"""A file of rules, grants or notices → `RuleFile`: each with its dated versions.

In: the tree of one file, the vocabulary, the operations and the error codes. Out: the rules, and
the ids of those with problems, about which `check` says only what is certain.
Does not know: other files, but for the ids that are already taken, nor what a version says beside
its dates and basis (`demands` for rules, `wordings` for grants and notices).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.dated import Dated
from engine.model import (
    All,
    DatedBy,
    Rule,
    RuleFile,
    RuleKind,
    RuleSeverity,
    Version,
)
from engine.problems import Place, Severity
from engine.reader.basis import read_basis
from engine.reader.catalogue import known_operations
from engine.reader.conditions import ConditionReader
from engine.reader.demands import Demands, KnownCodes
from engine.reader.reading import KEBAB, Problems, as_text
from engine.reader.section import Section, as_section
from engine.reader.vocabulary import Vocabulary
from engine.reader.wordings import GrantWording, NoticeWording, Worded, Wording, read_when
from engine.source.document import MapNode, Node
from engine.source.scalars import shown
from engine.tables import ORGANISATION_TYPES, ErrorCode

DATED_BY = DatedBy("registration.recorded_on")
"""What chooses the version of a rule that does not say otherwise."""

_SEVERITIES = {each.value: each for each in RuleSeverity}
_WORDING = ("when", "require", "message", "requirements", "grant", "only_where", "to")
KINDS = {"rules": RuleKind.RULE, "grants": RuleKind.GRANT, "notify": RuleKind.NOTICE}
"""The key that says what a file holds."""


class RuleReader:
    """Reads files of rules one after another; ids are unique over all of them.

    `with_codes` are the ids of rules, to which error codes may belong, also of those with problems.
    `operations` and `error_codes` are None when the file that holds them could not be read.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        operations: tuple[str, ...] | None,
        error_codes: Mapping[str, ErrorCode] | None,
        problems: Problems,
    ) -> None:
        self.unsound: set[str] = set()
        self.with_codes: set[str] = set()
        self._taken: dict[str, Place] = {}
        self._names: dict[str, Place] = {}
        self._operations = operations
        self._codes = None if error_codes is None else KnownCodes(error_codes)
        self._problems = problems
        self._conditions = ConditionReader(vocabulary, problems)
        types = vocabulary.tables.get(ORGANISATION_TYPES)
        self._organisation_types = None if types is None else {str(key) for key in types.rows}

    def read_file(self, root: Section) -> RuleFile:
        """Read one file of rules."""
        name = root.text("rulebook") or ""
        place = root.value_place("rulebook")
        self._take(name, place, self._names, "rulebook")
        title = root.words("title")
        operations = self._read_operations(root)
        key = self._kind_of_file(root)
        kind = KINDS[key]
        rules = tuple(
            rule
            for rule_id, rule_place, node in root.members(key)
            if (rule := self._rule(kind, rule_id, rule_place, node, operations)) is not None
        )
        root.close()
        return RuleFile(
            name,
            operations,
            rules if kind is RuleKind.RULE else (),
            title,
            place,
            rules if kind is RuleKind.GRANT else (),
            rules if kind is RuleKind.NOTICE else (),
        )

    def _kind_of_file(self, root: Section) -> str:
        found = [key for key in KINDS if root.has(key)]
        for key in found[1:]:
            root.find(key)
            self._problems.error(
                "mixed-kinds",
                root.key_place(key),
                f"`{key}` stands beside `{found[0]}`",
                f"move `{key}` into a file of its own",
            )
        return found[0] if found else "rules"

    def _take(self, name: str, place: Place, taken: dict[str, Place], kind: str) -> None:
        """Note a rule id or the name of a file, which must be well formed and not yet taken."""
        if not name:
            return
        if not KEBAB.fullmatch(name):
            self._problems.error(
                "bad-name",
                place,
                f"`{shown(name)}` cannot name a {kind}",
                "use small letters, digits and hyphens as in `booking-known`",
            )
        first = taken.setdefault(name, place)
        if first is not place:
            self._problems.error(
                f"duplicate-{kind}",
                place,
                f"there are two {kind}s `{name}`, the first at {first}",
                "give one of them another name",
            )

    def _read_operations(self, section: Section) -> tuple[str, ...]:
        named = section.names("operations")
        if self._operations is None:
            return tuple(name for name, _ in named)
        known_operations(named, self._operations, self._problems)
        return tuple(name for name, _ in named if name in self._operations)

    def _rule(
        self, kind: RuleKind, rule_id: str, place: Place, node: Node, operations: tuple[str, ...]
    ) -> Rule | None:
        before = len(self._problems.found)
        self._take(rule_id, place, self._taken, "rule")
        if kind is RuleKind.RULE:
            self.with_codes.add(rule_id)
        section = as_section(node, self._problems, f"rule `{rule_id}`")
        if section is None:
            return None
        title = section.words("title")
        if section.has("operations"):
            operations = self._read_operations(section)
        severity: RuleSeverity | None = RuleSeverity.REFUSE
        gate = False
        if kind is RuleKind.RULE:
            severity = section.choice("severity", _SEVERITIES, RuleSeverity.REFUSE)
            gate = section.flag("gate")
        if gate and severity is RuleSeverity.ADVICE:
            self._problems.error(
                "gate-advice",
                section.key_place("gate"),
                f"rule `{rule_id}` is a gate and only advises",
                "remove `gate: true` or `severity: advice`",
            )
        dated_by = self._dated_by(section)
        demands: Wording
        if kind is RuleKind.RULE:
            demands = Demands(rule_id, section, self._conditions, self._codes)
        elif kind is RuleKind.GRANT:
            demands = GrantWording(rule_id, self._conditions)
        else:
            demands = NoticeWording(rule_id, self._conditions, self._organisation_types)
        versions = self._versions(rule_id, section, demands)
        demands.finish()
        section.close()
        if any(each.severity is Severity.ERROR for each in self._problems.found[before:]):
            self.unsound.add(rule_id)
        return Rule(
            rule_id,
            title,
            operations,
            severity or RuleSeverity.REFUSE,
            gate,
            dated_by,
            Dated(versions.items()),
            place,
            kind,
        )

    def _dated_by(self, section: Section) -> DatedBy:
        node = section.find("dated_by")
        if node is None:
            return DATED_BY
        if not isinstance(node, MapNode):
            return DatedBy(as_text(node, self._problems, "`dated_by`") or "")
        inner = Section(node, self._problems, "`dated_by`")
        dated_by = DatedBy(inner.text("fact") or "", inner.optional_text("otherwise"))
        inner.close()
        return dated_by

    def _versions(self, rule_id: str, section: Section, demands: Wording) -> dict[date, Version]:
        versions: dict[date, Version] = {}
        for node in section.entries("versions"):
            part = as_section(node, self._problems, f"a version of rule `{rule_id}`")
            if part is None:
                continue
            version = self._version(part, demands)
            if version is None:
                continue
            first = versions.setdefault(version.valid_from, version)
            if first is not version:
                self._problems.error(
                    "duplicate-valid-from",
                    part.value_place("valid_from"),
                    f"two versions of rule `{rule_id}` begin on {version.valid_from}, the first at "
                    f"{first.place}",
                    "give one of them another `valid_from`, or remove it",
                )
        return versions

    def _version(self, section: Section, demands: Wording) -> Version | None:
        starts = section.day("valid_from")
        basis = read_basis(section)
        withdrawn = section.flag("withdrawn")
        when = All((), section.place)
        worded = Worded()
        if withdrawn:
            for key in _WORDING:
                if section.find(key) is not None:
                    self._problems.error(
                        "withdrawn-with-content",
                        section.key_place(key),
                        f"a withdrawn version has no `{key}`",
                        f"remove `{key}`, or remove `withdrawn`",
                    )
        else:
            when = read_when(section, self._conditions)
            worded = demands.of_version(section)
        section.close()
        if starts is None or basis is None:
            return None
        return Version(
            starts,
            basis,
            when,
            worded.requirements,
            withdrawn,
            section.place,
            worded.only_where,
            worded.told,
        )
