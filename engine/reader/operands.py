"""What stands on the right of an operator → `Operand`, its type checked against the subject.

In: nodes, the subject and its operator, and the vocabulary. Out: typed operands, or problems.
Does not know: the condition around it, nor on which day or in which operation it will be asked.
"""

from __future__ import annotations

from engine.facts import Fact, FactType
from engine.model import (
    Constant,
    Constants,
    Operand,
    Operator,
    ParameterReference,
    Reference,
    Scope,
    Shifted,
)
from engine.operators import OPERATORS, OperandKind, pattern_fault
from engine.problems import Place
from engine.reader.lookup_names import type_of
from engine.reader.reading import Problems, as_count, as_list, as_text, did_you_mean, kind_of
from engine.reader.section import Section
from engine.reader.typed import Literal, TypeName, as_literal
from engine.reader.vocabulary import Vocabulary
from engine.source.document import ListNode, MapNode, Node, Scalar
from engine.source.scalars import shown

_LENGTHS = frozenset({Operator.LENGTH_AT_LEAST, Operator.LENGTH_AT_MOST})
_PARAMETERS = "parameters."


class OperandReader:
    """Reads operands; `records` is the record list when the condition stands inside a `where`."""

    def __init__(self, vocabulary: Vocabulary, problems: Problems, records: Fact | None) -> None:
        self._vocabulary = vocabulary
        self._problems = problems
        self._records = records

    def read(self, node: Node, subject: Fact, operator: Operator) -> Operand | None:
        """Read the operand of `subject operator …`."""
        what = f"`{operator.value}`"
        match OPERATORS[operator].operand:
            case OperandKind.LIST_OF_SAME_TYPE:
                return self._constants(node, TypeName(subject.type, subject.code_list), what)
            case OperandKind.PATTERN:
                return self._pattern(node, what)
            case OperandKind.SAME_TYPE:
                wanted = TypeName(subject.type, subject.code_list)
            case OperandKind.CODE_OF_LIST:
                wanted = TypeName(FactType.CODE, subject.code_list)
            case OperandKind.DATE:
                wanted = TypeName(FactType.DATE)
            case OperandKind.INTEGER:
                wanted = TypeName(FactType.INTEGER)
        operand = self._value(node, wanted, what)
        if operator in _LENGTHS and isinstance(operand, Constant):
            return None if as_count(node, self._problems, what) is None else operand
        return operand

    def _value(self, node: Node, wanted: TypeName, what: str) -> Operand | None:
        if isinstance(node, MapNode):
            return self._shifted(node, wanted, what)
        name = _reference(node)
        if name is not None:
            return self._reference(name, node.place, wanted, what)
        if isinstance(node, ListNode):
            self._problems.error(
                "wrong-kind",
                node.place,
                f"expected one value for {what}, found a list",
                "write `in: [...]` to compare with several values",
            )
            return None
        if wanted.type is FactType.INSTANT:
            self._problems.error(
                "wrong-type",
                node.place,
                f"expected a fact of type instant for {what}, found {kind_of(node)}",
                "compare with another instant such as `$.held_at`, or compare the day instead",
            )
            return None
        value = self._literal(node, wanted, what)
        return None if value is None else Constant(value)

    def _literal(self, node: Node, wanted: TypeName, what: str) -> Literal | None:
        vocabulary = self._vocabulary
        value = as_literal(node, wanted, vocabulary.code_lists, self._problems, what)
        if value is not None and (wanted.code_list or "", value) in vocabulary.never_in_force:
            self._problems.warn(
                "never-in-force",
                node.place,
                f"code `{value}` of `{wanted.code_list}` is never in force",
                "remove it, or give the code a row that is in force",
            )
        return value

    def _constants(self, node: Node, wanted: TypeName, what: str) -> Constants | None:
        if not isinstance(node, ListNode):
            self._problems.error(
                "wrong-kind",
                node.place,
                f"expected a list of values for {what}, found {kind_of(node)}",
                "write a list: `[first, second]`",
            )
            return None
        found: dict[Literal, Place] = {}
        entries = as_list(node, self._problems, what).entries
        for entry in entries:
            if _reference(entry) is not None:
                self._problems.error(
                    "reference-in-list",
                    entry.place,
                    f"a list for {what} holds values only, found {kind_of(entry)}",
                    "write the values, or use `any_of` with one `is` for each fact",
                )
                continue
            value = self._literal(entry, wanted, f"an entry of {what}")
            if value is None:
                continue
            if value in found:
                message = f"`{value}` stands twice in {what}, first at {found[value]}"
                self._problems.error("duplicate-entry", entry.place, message, "remove one of them")
            found[value] = entry.place
        return Constants(tuple(found)) if found else None

    def _pattern(self, node: Node, what: str) -> Constant | None:
        pattern = as_text(node, self._problems, what)
        if pattern is None:
            return None
        fault = pattern_fault(pattern)
        if fault is None:
            return Constant(pattern)
        self._problems.error(
            "bad-pattern",
            node.place,
            f"`{shown(pattern)}` is not a pattern: {fault}",
            "write an RE2 pattern; look-around and back-references do not exist there",
        )
        return None

    def _reference(
        self, name: str, place: Place, wanted: TypeName, what: str
    ) -> Reference | ParameterReference | None:
        if name.startswith(_PARAMETERS):
            return self.parameter(name.removeprefix(_PARAMETERS), place, wanted, what)
        found = self.fact_or_field(name, place)
        if found is None:
            return None
        if TypeName(found.fact.type, found.fact.code_list) != wanted:
            self._problems.error(
                "wrong-type",
                place,
                f"expected {_article(wanted)} for {what}, but `${name}` is {type_of(found.fact)}",
                f"use a value, fact or parameter of type {wanted}",
            )
            return None
        return found

    def fact_or_field(self, name: str, place: Place) -> Reference | None:
        """Resolve the name after a `$`: a fact, or a field when it begins with a full stop."""
        if name.startswith("."):
            return self._field(name[1:], place)
        facts = self._vocabulary.facts
        if facts is None or name in self._vocabulary.unreadable:
            return None
        if name in facts:
            return Reference(Scope.FACT, facts[name], place)
        message = f"there is no fact `{shown(name)}`"
        if self._records is not None and name in self._records.fields:
            hint = f"write `$.{name}` for the field of the record"
        else:
            hint = did_you_mean(name, facts, prefix="$")
        self._problems.error("unknown-fact", place, message, hint)
        return None

    def _field(self, name: str, place: Place) -> Reference | None:
        if self._records is None:
            self._problems.error(
                "field-outside-where",
                place,
                f"`$.{shown(name)}` names a field of a record, but this stands outside `where`",
                "write `$` and the name of a fact",
            )
            return None
        fields = self._records.fields
        if name in fields:
            return Reference(Scope.FIELD, fields[name], place)
        self._problems.error(
            "unknown-field",
            place,
            f"the records of `{self._records.name}` have no field `{shown(name)}`",
            did_you_mean(name, fields, prefix="$."),
        )
        return None

    def parameter(
        self, name: str, place: Place, wanted: TypeName, what: str
    ) -> ParameterReference | None:
        """Resolve the name after `$parameters.`."""
        parameters = self._vocabulary.parameters
        if name not in parameters:
            self._problems.error(
                "unknown-parameter",
                place,
                f"there is no parameter `{shown(name)}`",
                did_you_mean(name, parameters, prefix="$parameters."),
            )
            return None
        parameter = parameters[name]
        if parameter is None:
            return None
        if TypeName(parameter.type) != wanted:
            self._problems.error(
                "wrong-type",
                place,
                f"expected {_article(wanted)} for {what}, but parameter `{name}` is "
                f"{parameter.type.value}",
                f"use a value, fact or parameter of type {wanted}",
            )
            return None
        return ParameterReference(name, parameter.type, place)

    def _shifted(self, node: MapNode, wanted: TypeName, what: str) -> Shifted | None:
        section = Section(node, self._problems, f"the value of {what}")
        base_node = section.need("fact")
        signs = [
            (key, sign) for key, sign in (("plus_days", 1), ("minus_days", -1)) if section.has(key)
        ]
        later, earlier = section.find("plus_days"), section.find("minus_days")
        section.close()
        if wanted.type is not FactType.DATE:
            self._problems.error(
                "shifted-non-date",
                node.place,
                f"expected {_article(wanted)} for {what}, found a shifted date",
                "only dates can be shifted by days",
            )
            return None
        if len(signs) != 1:
            self._problems.error(
                "bad-shift",
                node.place,
                "a shifted date has either `plus_days` or `minus_days`, "
                + ("found both" if signs else "found neither"),
                "keep one of them" if signs else "add `plus_days`, or write the fact alone",
            )
            return None
        base = None if base_node is None else self._shift_base(base_node)
        days_node = later or earlier
        days = None if days_node is None else self._days(days_node, f"`{signs[0][0]}`")
        return None if base is None or days is None else Shifted(base, days, signs[0][1])

    def _shift_base(self, node: Node) -> Reference | None:
        name = _reference(node)
        if name is None or name.startswith(_PARAMETERS):
            self._problems.error(
                "wrong-kind",
                node.place,
                f"expected a fact for `fact`, found {kind_of(node)}",
                "write `$` and the name of a date fact",
            )
            return None
        base = self.fact_or_field(name, node.place)
        if base is None or base.fact.type is FactType.DATE:
            return base
        self._problems.error(
            "shifted-non-date",
            node.place,
            f"expected a date to shift, but `${name}` is {type_of(base.fact)}",
            "only dates can be shifted by days",
        )
        return None

    def _days(self, node: Node, what: str) -> Constant | ParameterReference | None:
        name = _reference(node)
        if name is not None and name.startswith(_PARAMETERS):
            parameter = name.removeprefix(_PARAMETERS)
            return self.parameter(parameter, node.place, TypeName(FactType.INTEGER), what)
        days = as_count(node, self._problems, what)
        return None if days is None else Constant(days)


def _reference(node: Node) -> str | None:
    """Return the name after the `$` when the node is a reference."""
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.value.startswith("$"):
        return node.value[1:]
    return None


def _article(wanted: TypeName) -> str:
    return f"a value of type {wanted}"
