"""The conditions of a rule → typed `Condition`s.

In: the mappings under `when`, `require` and `where`, and the vocabulary. Out: conditions whose
names, operators and literals fit the catalogue, or problems. A part with a problem is left out.
Does not know: guards, versions, operations (`check` does), nor what a condition evaluates to.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.facts import Fact, FactType
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Operator,
    Presence,
    Quantified,
    Reference,
    Scope,
)
from engine.operators import OPERATORS
from engine.problems import Place
from engine.reader.lookup_names import type_of
from engine.reader.operands import OperandReader
from engine.reader.quantifiers import QUANTIFIER_KEYS, QuantifierReader
from engine.reader.reading import (
    Problems,
    as_flag,
    as_list,
    as_text,
    did_you_mean,
    kind_of,
    nearest,
)
from engine.reader.section import Section
from engine.reader.vocabulary import Vocabulary
from engine.source.document import ListNode, MapNode, Node, Scalar
from engine.source.scalars import shown

_OPERATORS = {each.value: each for each in Operator}


class ConditionReader:
    """Reads conditions; `records` is the record list when they stand inside a `where`."""

    def __init__(
        self, vocabulary: Vocabulary, problems: Problems, records: Fact | None = None
    ) -> None:
        self._vocabulary = vocabulary
        self._problems = problems
        self._records = records
        self._operands = OperandReader(vocabulary, problems, records)
        self._quantifiers = QuantifierReader(vocabulary, problems, self._where)

    def read(self, node: Node, what: str) -> All:
        """Read a mapping of conditions that must all hold."""
        if not isinstance(node, MapNode):
            self._problems.error(
                "wrong-kind",
                node.place,
                f"expected conditions for {what}, found {kind_of(node)}",
                "write `fact: value` lines; a list of conditions goes under `all:`",
            )
            return All((), node.place)
        if not node.entries:
            self._problems.error(
                "empty-conditions",
                node.place,
                f"expected at least one condition for {what}, found none",
                "write a condition, or leave the key out",
            )
        if QUANTIFIER_KEYS & node.entries.keys():
            quantified = self._quantified(node)
            return All(() if quantified is None else (quantified,), node.place)
        parts: list[Condition] = []
        for key, entry in node.entries.items():
            if key in ("all", "any_of"):
                parts.extend(self._several(key, entry.value))
            elif key == "not":
                inner = self.read(entry.value, "`not`")
                if inner.parts:
                    parts.append(Not(_alone(inner), entry.key.place))
            else:
                parts.extend(self._tests(key, entry.key.place, entry.value))
        return All(tuple(parts), node.place)

    def each(self, section: Section) -> Quantified | None:
        """Read `each` and `where`: the records of a list that satisfy a test."""
        return self._quantifiers.each(section)

    def _several(self, key: str, node: Node) -> tuple[Condition, ...]:
        entries = as_list(node, self._problems, f"`{key}`").entries
        read = [self.read(entry, f"an entry of `{key}`") for entry in entries]
        parts = tuple(_alone(each) for each in read if each.parts)
        if not parts:
            return ()
        return (AnyOf(parts, node.place) if key == "any_of" else All(parts, node.place),)

    def _tests(self, name: str, place: Place, node: Node) -> tuple[Condition, ...]:
        """Read what is asked of one fact or field: a value, or a mapping of operators."""
        subject = self._subject(name, place, node)
        if subject is None:
            return ()
        if isinstance(subject, Presence):
            return (subject,)
        if isinstance(node, Scalar):
            return self._comparison(subject, Operator.IS, place, node, or_absent=False)
        if isinstance(node, ListNode):
            self._problems.error(
                "wrong-kind",
                node.place,
                f"expected a value or operators for `{name}`, found a list",
                "write `{in: [...]}` to compare with several values",
            )
            return ()
        return self._operators(subject, node)

    def _operators(self, subject: Reference, node: MapNode) -> tuple[Condition, ...]:
        section = Section(node, self._problems, f"`{subject.fact.name}`")
        given = self._given(section, subject)
        or_absent = self._or_absent(section, subject)
        parts: list[Condition] = [] if given is None else [given]
        for key, entry in node.entries.items():
            if key in ("given", "or"):
                continue
            operator = _OPERATORS.get(key)
            if operator is None:
                self._problems.error(
                    "unknown-operator",
                    entry.key.place,
                    f"`{shown(key)}` is not an operator",
                    did_you_mean(key, [*_fitting(subject.fact), "given", "or"]),
                )
                continue
            parts.extend(
                self._comparison(
                    subject, operator, entry.key.place, entry.value, or_absent=or_absent
                )
            )
        compared = node.entries.keys() - {"given", "or"}
        if not node.entries or (not compared and section.has("or")):
            self._problems.error(
                "empty-conditions",
                node.place,
                f"expected a comparison for `{subject.fact.name}`, found none",
                "write an operator and a value, or `given: true`",
            )
        if section.has("given") and section.has("or"):
            self._problems.error(
                "given-and-absent",
                section.key_place("or"),
                f"`{subject.fact.name}` has both `given` and `or: absent`",
                "keep `given: true` if it must be there, `or: absent` if it need not",
            )
        elif given is not None and not given.given and compared:
            self._problems.error(
                "never-holds",
                section.key_place("given"),
                f"`{subject.fact.name}` cannot be absent and compared with a value",
                "write `given: true`, or use `or: absent` instead",
            )
            return (given,)
        return tuple(parts)

    def _given(self, section: Section, subject: Reference) -> Presence | None:
        node = section.find("given")
        if node is None:
            return None
        given = as_flag(node, self._problems, "`given`")
        self._refuse_if_always_there(subject, section.key_place("given"), "given")
        # an unreadable `given` still counts as a guard: it has a problem of its own
        return Presence(subject, given is not False, section.key_place("given"))

    def _or_absent(self, section: Section, subject: Reference) -> bool:
        node = section.find("or")
        if node is None:
            return False
        word = as_text(node, self._problems, "`or`")
        if word is not None and word != "absent":
            self._problems.error(
                "unknown-word",
                node.place,
                f"`or` cannot be `{shown(word)}`",
                "write `or: absent`; several values go into `in: [...]`",
            )
        self._refuse_if_always_there(subject, section.key_place("or"), "or")
        return True

    def _refuse_if_always_there(self, subject: Reference, place: Place, key: str) -> None:
        if not subject.fact.optional:
            self._problems.error(
                "never-absent",
                place,
                f"`{subject.fact.name}` is never absent, so `{key}` says nothing",
                f"remove `{key}`",
            )

    def _comparison(
        self, subject: Reference, operator: Operator, place: Place, node: Node, *, or_absent: bool
    ) -> tuple[Comparison, ...]:
        if subject.fact.type not in OPERATORS[operator].subjects:
            fitting = ", ".join(f"`{each}`" for each in _fitting(subject.fact))
            self._problems.error(
                "wrong-operator",
                place,
                f"`{operator.value}` does not fit `{subject.fact.name}`, which is "
                f"{type_of(subject.fact)}",
                f"use one of {fitting}",
            )
            return ()
        operand = self._operands.read(node, subject.fact, operator)
        if operand is None:
            return ()
        return (Comparison(subject, operator, operand, or_absent, place),)

    def _subject(self, name: str, place: Place, node: Node) -> Reference | Presence | None:
        """Resolve the name on the left; a misspelled guard comes back as the guard it was meant."""
        facts = self._vocabulary.facts if self._records is None else self._records.fields
        if facts is None or (self._records is None and name in self._vocabulary.unreadable):
            return None
        scope = Scope.FACT if self._records is None else Scope.FIELD
        if name in facts:
            fact = facts[name]
            if fact.type is not FactType.RECORDS:
                return Reference(scope, fact, place)
            self._problems.error(
                "records-compared",
                place,
                f"`{name}` is a list of records and cannot be compared",
                f"write `any: {name}` (or `none`, `every`) with `where`",
            )
            return None
        self._problems.error(*self._unknown_subject(name, place, facts))
        meant = nearest(name, facts)
        if meant is not None and isinstance(node, MapNode) and "given" in node.entries:
            return Presence(Reference(scope, facts[meant], place), True, place)
        return None

    def _unknown_subject(
        self, name: str, place: Place, facts: Mapping[str, Fact]
    ) -> tuple[str, Place, str, str]:
        if self._records is None:
            if name in _OPERATORS:
                hint = "write the fact first: `fact: {" + name + ": …}`"
            else:
                hint = did_you_mean(name, facts)
            return "unknown-fact", place, f"there is no fact `{shown(name)}`", hint
        hint = did_you_mean(name, facts)
        if name in (self._vocabulary.facts or {}):
            hint = f"`where` tests fields: write the test of `{name}` outside, with `all`"
        message = f"the records of `{self._records.name}` have no field `{shown(name)}`"
        return "unknown-field", place, message, hint

    def _quantified(self, node: MapNode) -> Quantified | None:
        if self._records is None:
            return self._quantifiers.read(node)
        self._problems.error(
            "nested-quantifier",
            node.place,
            f"a quantifier stands inside the `where` of `{self._records.name}`",
            "write it outside, with `all`; a record cannot be compared with other lists",
        )
        return None

    def _where(self, node: Node, records: Fact) -> Condition | None:
        where = ConditionReader(self._vocabulary, self._problems, records).read(node, "`where`")
        return _alone(where) if where.parts else None


def _alone(conditions: All) -> Condition:
    """Return the only part of a mapping with one entry, else all of them together."""
    return conditions.parts[0] if len(conditions.parts) == 1 else conditions


def _fitting(fact: Fact) -> list[str]:
    return [each.value for each, meaning in OPERATORS.items() if fact.type in meaning.subjects]
