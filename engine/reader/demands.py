"""The demands of a rule: what stands in a version beside dates and basis.

In: the mappings of one rule and of one of its versions, and the error codes. Out: its requirements,
or problems.
Does not know: dates, other rules, or grants and notices (see `wordings`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.model import All, Requirement
from engine.reader.conditions import ConditionReader
from engine.reader.names import Names
from engine.reader.reading import as_text, did_you_mean
from engine.reader.section import Section, as_section
from engine.reader.wordings import Worded, read_when
from engine.source.document import Scalar
from engine.source.scalars import shown
from engine.tables import ErrorCode

_POINTER = re.compile(r"(/([^~/]|~[01])*)*")


class KnownCodes:
    """The error codes that rules may give, with an index of their names for hints."""

    def __init__(self, codes: Mapping[str, ErrorCode]) -> None:
        self.codes = codes
        self.names = Names.in_order(codes)


class Demands:
    """Reads the demands of one rule; its own code and field stand in where a demand has none.

    `codes` is None when the file that holds them could not be read.
    """

    def __init__(
        self,
        rule_id: str,
        rule: Section,
        conditions: ConditionReader,
        codes: KnownCodes | None,
    ) -> None:
        self._rule_id = rule_id
        self._rule = rule
        self._conditions = conditions
        self._codes = codes
        self._code = self._read_code(rule) if rule.has("code") else None
        self._field = _read_pointer(rule) if rule.has("field") else None

    def finish(self) -> None:
        """Let the rule's own keys count as read even when no demand fell back on them."""
        self._rule.find("code")
        self._rule.find("field")

    def of_version(self, section: Section) -> Worded:
        """Read one version's demands: its own `require`, or the entries of `requirements`."""
        if not section.has("requirements"):
            return Worded((self._demand(section, All((), section.place), single=True),))
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
                when = read_when(part, self._conditions)
                demands.append(self._demand(part, when, single=False))
                part.close()
        return Worded(tuple(demands))

    def _demand(self, section: Section, when: All, *, single: bool) -> Requirement:
        """Read one demand; a single one has no code, field or `when` of its own."""
        code, field = self._code, self._field
        if not single and section.has("code"):
            code = self._read_code(section)
        if not single and section.has("field"):
            field = _read_pointer(section)
        missing = self._rule if single else section
        if code is None:
            missing.need("code")
        if field is None:
            missing.need("field")
        require = self._require(section)
        message = section.words("message")
        place = section.value_place("require") if single else section.place
        return Requirement(code or "", field or "", when, require, message, place)

    def _require(self, section: Section) -> All:
        node = section.need("require")
        if node is None:
            return All((), section.place)
        return self._conditions.read(node, "`require`")

    def _read_code(self, section: Section) -> str:
        """Read an error code, which must be listed and belong to this rule or to none."""
        code = section.text("code")
        if code is None or self._codes is None:
            return code or ""
        listed = self._codes.codes.get(code)
        place = section.value_place("code")
        if listed is None:
            section.problems.error(
                "unknown-error-code",
                place,
                f"there is no error code `{shown(code)}` in config",
                did_you_mean(code, self._codes.names),
            )
        elif listed.rule is not None and listed.rule != self._rule_id:
            section.problems.error(
                "code-of-other-rule",
                place,
                f"error code `{code}` belongs to rule `{listed.rule}`, not to `{self._rule_id}`",
                f"use another code, or change its `rule` at {listed.place}",
            )
        return code


def _read_pointer(section: Section) -> str:
    """Read a JSON pointer; empty text is the whole request."""
    node = section.need("field")
    if node is None or (isinstance(node, Scalar) and node.value == ""):
        return ""
    text = as_text(node, section.problems, "`field`")
    if text is None or _POINTER.fullmatch(text):
        return text or ""
    section.problems.error(
        "bad-pointer",
        node.place,
        f"expected a JSON pointer for `field`, found `{shown(text)}`",
        'begin with a slash as in `/heldAt`, or write "" for the whole request',
    )
    return ""
