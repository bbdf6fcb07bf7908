"""A file of rules → `RuleFile`: rules with their dated versions and demands.

In: the tree of one file, the vocabulary, the operations and the error codes. Out: the rules, and
the ids of those with problems, about which `check` says only what is certain.
Does not know: other files, but for the rule ids that are already taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from engine.basis import read_basis
from engine.catalogue import known_operations
from engine.conditions import ConditionReader
from engine.dated import Dated
from engine.model import All, DatedBy, Requirement, Rule, RuleFile, RuleSeverity, Version
from engine.problems import Place, Severity
from engine.reading import KEBAB, Problems, as_text, did_you_mean
from engine.scalars import shown
from engine.section import Section, as_section
from engine.source import MapNode, Node
from engine.tables import ErrorCode
from engine.vocabulary import Vocabulary

DATED_BY = DatedBy("registration.recorded_on")
"""What chooses the version of a rule that does not say otherwise."""

_POINTER = re.compile(r"(/([^~/]|~[01])*)*")
_SEVERITIES = {each.value: each for each in RuleSeverity}
_WORDING = ("when", "require", "message", "requirements")


class RuleReader:
    """Reads files of rules one after another; ids are unique over all of them.

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
        self.taken: dict[str, Place] = {}
        self._names: dict[str, Place] = {}
        self._operations = operations
        self._error_codes = error_codes
        self._problems = problems
        self._conditions = ConditionReader(vocabulary, problems)

    def read_file(self, root: Section) -> RuleFile:
        """Read one file of rules."""
        name = root.text("rulebook") or ""
        place = root.value_place("rulebook")
        self._take(name, place, self._names, "rulebook")
        title = root.words("title")
        operations = self._read_operations(root)
        rules = tuple(
            rule
            for rule_id, rule_place, node in root.members("rules")
            if (rule := self._rule(rule_id, rule_place, node, operations)) is not None
        )
        root.close()
        return RuleFile(name, operations, rules, title, place)

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
        self, rule_id: str, place: Place, node: Node, operations: tuple[str, ...]
    ) -> Rule | None:
        before = len(self._problems.found)
        self._take(rule_id, place, self.taken, "rule")
        section = as_section(node, self._problems, f"rule `{rule_id}`")
        if section is None:
            return None
        title = section.words("title")
        if section.has("operations"):
            operations = self._read_operations(section)
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
        demands = _Demands(self, rule_id, section)
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

    def _versions(self, rule_id: str, section: Section, demands: _Demands) -> dict[date, Version]:
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

    def _version(self, section: Section, demands: _Demands) -> Version | None:
        starts = section.day("valid_from")
        basis = read_basis(section)
        withdrawn = section.flag("withdrawn")
        when = All((), section.place)
        requirements: tuple[Requirement, ...] = ()
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
            when = self.when(section)
            requirements = demands.of_version(section)
        section.close()
        if starts is None or basis is None:
            return None
        return Version(starts, basis, when, requirements, withdrawn, section.place)

    def when(self, section: Section) -> All:
        """Read the optional conditions that say whom a version or demand concerns."""
        node = section.find("when")
        if node is None:
            return All((), section.place)
        return self._conditions.read(node, "`when`")

    def require(self, section: Section) -> All:
        """Read the required conditions that must then hold."""
        node = section.need("require")
        if node is None:
            return All((), section.place)
        return self._conditions.read(node, "`require`")

    def code(self, section: Section, rule_id: str) -> str:
        """Read an error code, which must be listed and belong to this rule or to none."""
        code = section.text("code")
        if code is None or self._error_codes is None:
            return code or ""
        listed = self._error_codes.get(code)
        place = section.value_place("code")
        if listed is None:
            self._problems.error(
                "unknown-error-code",
                place,
                f"there is no error code `{shown(code)}` in config",
                did_you_mean(code, self._error_codes),
            )
        elif listed.rule is not None and listed.rule != rule_id:
            self._problems.error(
                "code-of-other-rule",
                place,
                f"error code `{code}` belongs to rule `{listed.rule}`, not to `{rule_id}`",
                f"use another code, or change its `rule` at {listed.place}",
            )
        return code

    def pointer(self, section: Section) -> str:
        """Read a JSON pointer; empty text is the whole request."""
        node = section.need("field")
        if node is None:
            return ""
        plain = getattr(node, "value", None)
        if plain == "":
            return ""
        text = as_text(node, self._problems, "`field`")
        if text is None or _POINTER.fullmatch(text):
            return text or ""
        self._problems.error(
            "bad-pointer",
            node.place,
            f"expected a JSON pointer for `field`, found `{shown(text)}`",
            'begin with a slash as in `/heldAt`, or write "" for the whole request',
        )
        return ""


class _Demands:
    """The demands of one rule; code and field of the rule stand in where a demand has none."""

    def __init__(self, reader: RuleReader, rule_id: str, rule: Section) -> None:
        self._reader = reader
        self._rule_id = rule_id
        self._rule = rule
        self._code = reader.code(rule, rule_id) if rule.has("code") else None
        self._field = reader.pointer(rule) if rule.has("field") else None

    def finish(self) -> None:
        """Let the rule's own keys count as read even when no demand fell back on them."""
        self._rule.find("code")
        self._rule.find("field")

    def of_version(self, section: Section) -> tuple[Requirement, ...]:
        """Read one version's demands: its own `require`, or the entries of `requirements`."""
        if not section.has("requirements"):
            return (self._demand(section, All((), section.place), single=True),)
        for key in ("require", "message"):
            if section.find(key) is not None:
                section.problems.error(
                    "mixed-requirements",
                    section.key_place(key),
                    f"`{key}` stands beside `requirements`",
                    "move it into an entry of `requirements`",
                )
        demands = []
        for node in section.entries("requirements"):
            part = as_section(node, section.problems, "an entry of `requirements`")
            if part is not None:
                demands.append(self._demand(part, self._reader.when(part), single=False))
                part.close()
        return tuple(demands)

    def _demand(self, section: Section, when: All, *, single: bool) -> Requirement:
        """Read one demand; a single one has no code, field or `when` of its own."""
        reader = self._reader
        code, field = self._code, self._field
        if not single and section.has("code"):
            code = reader.code(section, self._rule_id)
        if not single and section.has("field"):
            field = reader.pointer(section)
        missing = self._rule if single else section
        if code is None:
            missing.need("code")
        if field is None:
            missing.need("field")
        require = reader.require(section)
        message = section.words("message")
        place = section.value_place("require") if single else section.place
        return Requirement(code or "", field or "", when, require, message, place)
