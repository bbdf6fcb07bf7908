"""Comparisons → relations: two numbers or truth values and one of six signs.

In: a `Comparison` of present values and the `Projection`. Out: the relations that hold together
exactly when the comparison does, or exactly when it does not.
Does not know: absence, `and`, `or` and quantifiers (see `alternatives`).
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.durable.projection import Field, Projection
from engine.durable.reading import number
from engine.facts import Fact, FactType
from engine.model import Comparison, Constant, Constants, Operator, Reference
from engine.problems import EvaluationError

_SIGNS = {
    Operator.BEFORE: "$lt",
    Operator.ON_OR_BEFORE: "$lte",
    Operator.AFTER: "$gt",
    Operator.ON_OR_AFTER: "$gte",
    Operator.LESS_THAN: "$lt",
    Operator.AT_MOST: "$lte",
    Operator.MORE_THAN: "$gt",
    Operator.AT_LEAST: "$gte",
    Operator.IS: "$eq",
    Operator.IS_NOT: "$neq",
    Operator.LENGTH_AT_LEAST: "$gte",
    Operator.LENGTH_AT_MOST: "$lte",
}
OPPOSITE = {
    "$lt": "$gte",
    "$gte": "$lt",
    "$gt": "$lte",
    "$lte": "$gt",
    "$eq": "$neq",
    "$neq": "$eq",
}
_MIRRORED = {
    "$lt": "$gt",
    "$gt": "$lt",
    "$lte": "$gte",
    "$gte": "$lte",
    "$eq": "$eq",
    "$neq": "$neq",
}


@dataclass(frozen=True, slots=True)
class Relation:
    """`left operator right`, where right is a number, a truth value or another field.

    A field of the request never stands on the left of a field of a record.
    """

    left: Field
    operator: str
    right: int | Field

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that the relation reads."""
        return (self.left, self.right) if isinstance(self.right, Field) else (self.left,)

    @property
    def is_join(self) -> bool:
        """Whether the relation compares a record with the request."""
        return isinstance(self.right, Field) and self.right.records != self.left.records


Conjunction = tuple[Relation, ...]
"""Relations that must hold together; without any, it always holds."""


def relations_of(
    projection: Projection, comparison: Comparison, wanted: bool, records: Fact | None
) -> Conjunction:
    """Return what must hold together for the comparison to come out as `wanted`.

    `records` is the list whose record is at hand, None outside a `where`.
    """
    subject, operator, operand = comparison.subject, comparison.operator, comparison.operand
    match operator:
        case Operator.IN | Operator.NOT_IN if isinstance(operand, Constants):
            names = {projection.name_of(value) for value in operand.values}
            among = (operator is Operator.IN) is wanted
            return _among(projection.name(subject, records), names, among)
        case Operator.INCLUDES | Operator.EXCLUDES:
            asked = projection.asked(subject, Operator.INCLUDES, operand, records)
            return (Relation(asked, "$eq", (operator is Operator.INCLUDES) is wanted),)
        case Operator.MATCHES | Operator.IN_FORCE_ON:
            asked = projection.asked(subject, operator, operand, records)
            return (Relation(asked, "$eq", wanted),)
        case _:
            sign = _SIGNS[operator] if wanted else OPPOSITE[_SIGNS[operator]]
            return (_in_order(*_sides(projection, comparison, records), sign),)


def _sides(
    projection: Projection, comparison: Comparison, records: Fact | None
) -> tuple[Field, int | Field]:
    subject, operand = comparison.subject, comparison.operand
    of_length = comparison.operator in (Operator.LENGTH_AT_LEAST, Operator.LENGTH_AT_MOST)
    if subject.fact.type not in (FactType.CODE, FactType.TEXT) or of_length:
        left = (projection.length if of_length else projection.value)(subject, records)
        if isinstance(operand, Constant):
            return left, number(operand.value)
        return left, projection.value(operand, records)
    left = projection.name(subject, records)
    match operand:
        case Constant(value):
            return left, projection.name_of(value)
        case Reference():
            return left, projection.name(operand, records)
        case _:
            raise EvaluationError("codes and texts are compared with codes and texts only")


def _among(field: Field, names: set[int], wanted: bool) -> Conjunction:
    """Relation whether a name is one of `names`, as one conjunction either way.

    Every number between the least and the greatest of `names` stands for a value of the rules,
    so the range without the other ones is exactly the list.
    """
    if not wanted:
        return tuple(Relation(field, "$neq", name) for name in sorted(names))
    low, high = min(names), max(names)
    if low == high:
        return (Relation(field, "$eq", low),)
    others = (name for name in range(low, high) if name not in names)
    return (
        Relation(field, "$gte", low),
        Relation(field, "$lte", high),
        *(Relation(field, "$neq", name) for name in others),
    )


def _in_order(left: Field, right: int | Field, operator: str) -> Relation:
    if isinstance(right, Field) and left.records is None and right.records is not None:
        return Relation(right, _MIRRORED[operator], left)
    return Relation(left, operator, right)
