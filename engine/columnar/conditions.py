"""One condition → a SQL expression that is TRUE or FALSE in every row that can be decided.

In: conditions without references to parameters. Out: their text; along the way inner columns for
what is worked out once, and the facts that are read.
Does not know: rules, days of rules, or which database it is (see `dialect`).

What decides is what `engine/compiled` decides. A comparison with a value that is absent answers
`or_absent`; a comparison of a looked-up value with a constant is decided for every row of the table
now, so that a row of facts only finds its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from engine.columnar.branches import by_key
from engine.columnar.dialect import Dialect, whole
from engine.columnar.steps import Stage, Steps
from engine.columnar.values import Values
from engine.facts import Fact, Value
from engine.lookups import in_force
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    Constants,
    Not,
    Operand,
    Operator,
    Presence,
    Quantified,
    Quantifier,
    Reference,
    Scope,
)
from engine.operators import OPERATORS, nfc
from engine.searches import Asked, common_comparisons, comparison_asked
from engine.shape import conjuncts, cost, references_of, split
from engine.tables import Table

_COMPARISONS = {
    Operator.IS: "=",
    Operator.IS_NOT: "<>",
    Operator.BEFORE: "<",
    Operator.ON_OR_BEFORE: "<=",
    Operator.AFTER: ">",
    Operator.ON_OR_AFTER: ">=",
    Operator.LESS_THAN: "<",
    Operator.AT_MOST: "<=",
    Operator.MORE_THAN: ">",
    Operator.AT_LEAST: ">=",
}


class Conditions:
    """Writes the conditions of one plan; `every` are all that it will be asked for."""

    def __init__(
        self,
        facts: Mapping[str, Fact],
        tables: Mapping[str, Table],
        steps: Steps,
        every: Iterable[Condition],
    ) -> None:
        self._values = Values(facts, tables, steps)
        self._tables = tables
        self._steps = steps
        self._dialect: Dialect = steps.dialect
        self._common = common_comparisons(every)
        self._narrowed: dict[Asked, str] = {}
        self.doubts: dict[str, None] = {}
        """Where the database may not know a character as the row lane does; such rows are left."""

    def holds(self, condition: Condition) -> str:
        """Return the expression that is TRUE whenever the condition holds, else FALSE."""
        match condition:
            case All():
                return self._all(conjuncts(condition))
            case AnyOf(parts):
                return self._any(parts)
            case Not(part):
                return f"(NOT {self.holds(part)})"
            case Presence(subject, given):
                return self._presence(subject, given)
            case Comparison():
                return self._comparison(condition)
            case Quantified():
                return self._quantified(condition)
            case _:
                assert_never(condition)

    # --- several conditions ---------------------------------------------------------------------

    def _all(self, parts: Sequence[Condition]) -> str:
        """Return the conjunction; what is dear is worked out only where the cheap parts hold."""
        cheap, dear = split(parts)
        tests = [self.holds(part) for part in cheap]
        if not dear:
            return _joined(" AND ", tests, "TRUE")
        costly = _joined(" AND ", [self.holds(part) for part in sorted(dear, key=cost)], "TRUE")
        if not tests:
            return costly
        return f"(CASE WHEN {' AND '.join(tests)} THEN {costly} ELSE FALSE END)"

    def _any(self, parts: Sequence[Condition]) -> str:
        cheap, dear = split(parts)
        tests = [self.holds(part) for part in cheap]
        if not dear:
            return _joined(" OR ", tests, "FALSE")
        costly = _joined(" OR ", [self.holds(part) for part in sorted(dear, key=cost)], "FALSE")
        if not tests:
            return costly
        return f"(CASE WHEN {' OR '.join(tests)} THEN TRUE ELSE {costly} END)"

    def _quantified(self, condition: Quantified) -> str:
        records, where = self._searched(condition), condition.where
        match condition.quantifier:
            case Quantifier.ANY:
                return self._dialect.some(records, self._of_record(condition, records, where))
            case Quantifier.NONE:
                found = self._dialect.some(records, self._of_record(condition, records, where))
                return f"(NOT {found})"
            case Quantifier.EVERY:
                failing = self._of_record(condition, records, Not(where))
                return f"(NOT {self._dialect.some(records, failing)})"
            case Quantifier.COUNT:
                many = self._dialect.many(records, self._of_record(condition, records, where))
                bounds = [
                    f"{many} {sign} {whole(bound)}"
                    for sign, bound in ((">=", condition.at_least), ("<=", condition.at_most))
                    if bound is not None
                ]
                return f"({' AND '.join(bounds)})"
            case _:
                assert_never(condition.quantifier)

    def _searched(self, condition: Quantified) -> str:
        """Return the list to search: narrowed, where several searches ask the same of it."""
        every = self._dialect.identifier(condition.records.name)
        asked = comparison_asked(condition, self._common)
        if asked is None:
            return every
        if asked not in self._narrowed:
            records, comparison = self._common[asked]
            with self._values.in_record_of(records, every):
                test = self.holds(comparison)
            narrowed = self._dialect.narrowed(every, test)
            self._narrowed[asked] = self._steps.column(Stage.NARROWED, narrowed)
        return self._narrowed[asked]

    def _of_record(self, condition: Quantified, records: str, where: Condition) -> str:
        with self._values.in_record_of(condition.records, records):
            return self.holds(where)

    # --- one comparison -------------------------------------------------------------------------

    def _presence(self, subject: Reference, given: bool) -> str:
        if subject.fact.looked_up is not None:  # never absent
            return self._dialect.literal(given)
        return f"({self._values.value(subject)} IS {'NOT ' if given else ''}NULL)"

    def _comparison(self, comparison: Comparison) -> str:
        test = self._test(comparison)
        absent = [
            self._values.value(reference)
            for reference in references_of(comparison)
            if reference.fact.optional
        ]
        if not absent:
            return test
        if comparison.or_absent:
            return f"({' OR '.join(f'{each} IS NULL' for each in absent)} OR {test})"
        return f"({' AND '.join(f'{each} IS NOT NULL' for each in absent)} AND {test})"

    def _test(self, comparison: Comparison) -> str:
        subject, operator, operand = comparison.subject, comparison.operator, comparison.operand
        if operator is Operator.IN_FORCE_ON:
            return self._in_force(subject, operand)
        if subject.fact.looked_up is not None:
            match operand:
                case Constant() | Constants():
                    return self._decided_now(subject, operator, operand)
                case _ if operator in (Operator.INCLUDES, Operator.EXCLUDES):
                    return self._among_looked_up(subject, operator, operand)
        match operator, operand:
            case Operator.IS, Constant(True):
                return self._values.value(subject)
            case Operator.IS, Constant(False):
                return f"(NOT {self._values.value(subject)})"
            case Operator.MATCHES, Constant(str() as pattern):
                return self._matches(subject, nfc(pattern))
            case ((Operator.IN | Operator.NOT_IN), Constants(values)):
                word = "IN" if operator is Operator.IN else "NOT IN"
                return f"({self._values.value(subject)} {word} ({self._values.listed(values)}))"
            case ((Operator.INCLUDES | Operator.EXCLUDES), _):
                found = self._dialect.contains(
                    self._values.value(subject), self._values.operand(operand)
                )
                return found if operator is Operator.INCLUDES else f"(NOT {found})"
            case ((Operator.LENGTH_AT_LEAST | Operator.LENGTH_AT_MOST), _):
                sign = ">=" if operator is Operator.LENGTH_AT_LEAST else "<="
                length = self._dialect.length(self._values.value(subject))
                return f"({length} {sign} {self._values.operand(operand)})"
            case _:
                sign = _COMPARISONS[operator]
                return f"({self._values.value(subject)} {sign} {self._values.operand(operand)})"

    def _matches(self, subject: Reference, pattern: str) -> str:
        self._note_doubt(subject, pattern)
        if self._dialect.patterns_in_lists:
            return self._dialect.matches(self._values.value(subject), pattern)
        if subject.scope is Scope.FACT:
            return self._steps.column(
                Stage.FLAGS, self._dialect.matches(self._values.value(subject), pattern)
            )
        flags = self._dialect.matches_each(self._values.records, subject.fact.name, pattern)
        return self._dialect.flag(self._steps.column(Stage.FLAGS, flags))

    def _note_doubt(self, subject: Reference, pattern: str) -> None:
        doubt = self._dialect.doubt(self._values.value(subject), pattern)
        if doubt is not None:
            inside = subject.scope is Scope.FIELD
            self.doubts[self._dialect.some(self._values.records, doubt) if inside else doubt] = None

    # --- look-ups -------------------------------------------------------------------------------

    def _decided_now(
        self, subject: Reference, operator: Operator, operand: Constant | Constants
    ) -> str:
        """Return the test of a looked-up value against what never changes."""
        holds = OPERATORS[operator].holds
        against = operand.value if isinstance(operand, Constant) else operand.values
        return self._values.looked_up(
            subject, lambda value: self._dialect.literal(bool(holds(value, against)))
        )

    def _among_looked_up(self, subject: Reference, operator: Operator, operand: Operand) -> str:
        """Return whether looked-up codes hold a value: for every row of the table, a short list."""
        value = self._values.operand(operand)

        def written(codes: Value) -> str:
            assert isinstance(codes, tuple)  # noqa: S101  # so the reader reads codes
            found = f"({value} IN ({self._values.listed(codes)}))" if codes else "FALSE"
            return found if operator is Operator.INCLUDES else f"(NOT {found})"

        return self._values.looked_up(subject, written)

    def _in_force(self, subject: Reference, operand: Operand) -> str:
        list_name = subject.fact.code_list
        assert list_name is not None  # noqa: S101  # the reader refuses others
        sql = by_key(
            self._dialect,
            in_force(self._tables[list_name]),
            self._dialect.literal,
            self._values.value(subject),
            self._values.operand(operand),
            # a day that is not given does not get here: the comparison asks for that first
            day_is_given=True,
        )
        return self._values.hoisted(sql)


def _joined(word: str, tests: Sequence[str], without: str) -> str:
    if len(tests) < 2:
        return tests[0] if tests else without
    return f"({word.join(tests)})"
