"""The closed list of operators: what each one takes, what it means and how it reads.

In: nothing; `model.Operator` names them. Out: `OPERATORS`, one `OperatorMeaning` for each. The
reader asks it which types fit, the evaluators what holds, the explanations and the documentation
how to say it.
Does not know: facts, rules, and what to do when a value is absent (`Comparison.or_absent` says).

`IN_FORCE_ON` alone needs more than its two values: whoever evaluates it first asks the code list of
the subject, `tables[subject.fact.code_list].find(code, day)`, and hands the row found, or None, to
`holds` in the operand's place.
"""

from __future__ import annotations

import operator as python
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import re2

from engine.facts import FactType, Text
from engine.model import Operator


class OperandKind(Enum):
    """What stands on the right of an operator."""

    SAME_TYPE = "a value of the subject's type"
    LIST_OF_SAME_TYPE = "a list of values of the subject's type"
    INTEGER = "a whole number"
    CODE_OF_LIST = "a code of the subject's code list"
    DATE = "a date"
    PATTERN = "a pattern (RE2)"


@dataclass(frozen=True, slots=True)
class Wording:
    """How a comparison reads after its subject; `{operand}` stands for the operand in words.

    `states` and `denies` are finite (`er efter …`, `er ikke efter …`). `to_state` and `to_deny` are
    infinitives that follow `must` in English; in Danish they follow `skal`, or `må` when they begin
    with `ikke`.
    """

    states: Text
    denies: Text
    to_state: Text
    to_deny: Text


@dataclass(frozen=True, slots=True)
class OperatorMeaning:
    """Everything that is to know about one operator.

    `holds(subject, operand)` is total for present values of the types named here; text is brought
    to Unicode NFC and compared by code point, instants are compared in UTC. `opposite` is the
    operator that holds exactly when this one does not, None where the list has no such operator.
    """

    subjects: frozenset[FactType]
    operand: OperandKind
    holds: Callable[[Any, Any], bool]
    wording: Wording
    opposite: Operator | None = None


def nfc(text: str) -> str:
    """Return the text in Unicode NFC, the form in which all text is compared and measured."""
    return unicodedata.normalize("NFC", text)


def pattern_fault(pattern: str) -> str | None:
    """Return why RE2 refuses a pattern, or None when it is a good one."""
    try:
        _compiled(pattern)
    except (re2.error, UnicodeEncodeError) as fault:
        cause = fault.args[0] if isinstance(fault, re2.error) else "not Unicode text"
        return cause.decode("utf-8", "replace") if isinstance(cause, bytes) else str(cause)
    return None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> Any:
    settings = re2.Options()
    settings.log_errors = False
    return re2.compile(nfc(pattern), settings)


def _same(subject: object, operand: object) -> bool:
    if isinstance(subject, str) and isinstance(operand, str):
        return nfc(subject) == nfc(operand)
    return subject == operand


def _among(subject: object, operand: tuple[object, ...]) -> bool:
    return any(_same(subject, each) for each in operand)


def _matches(subject: str, pattern: str) -> bool:
    """Tell whether the whole text has the form of the pattern; broken Unicode never has."""
    try:
        # as bytes: of text re2 would count out where the match stands
        return _compiled(pattern).fullmatch(nfc(subject).encode()) is not None
    except UnicodeEncodeError:
        return False


def be(da: str, en: str) -> Wording:
    """Return the wording of *is so and so*."""
    return Wording(
        states=Text(f"er {da}", f"is {en}"),
        denies=Text(f"er ikke {da}", f"is not {en}"),
        to_state=Text(f"være {da}", f"be {en}"),
        to_deny=Text(f"ikke være {da}", f"not be {en}"),
    )


def reverse(wording: Wording) -> Wording:
    """Return the wording of the opposite."""
    return Wording(wording.denies, wording.states, wording.to_deny, wording.to_state)


_EQUAL = be("{operand}", "{operand}")
_NO_LATER = Wording(
    states=Text("er ikke senere end {operand}", "is no later than {operand}"),
    denies=Text("er senere end {operand}", "is later than {operand}"),
    to_state=Text("ikke være senere end {operand}", "be no later than {operand}"),
    to_deny=Text("være senere end {operand}", "be later than {operand}"),
)
_NO_EARLIER = Wording(
    states=Text("er ikke tidligere end {operand}", "is no earlier than {operand}"),
    denies=Text("er tidligere end {operand}", "is earlier than {operand}"),
    to_state=Text("ikke være tidligere end {operand}", "be no earlier than {operand}"),
    to_deny=Text("være tidligere end {operand}", "be earlier than {operand}"),
)
_INCLUDES = Wording(
    states=Text("omfatter {operand}", "include {operand}"),
    denies=Text("omfatter ikke {operand}", "do not include {operand}"),
    to_state=Text("omfatte {operand}", "include {operand}"),
    to_deny=Text("ikke omfatte {operand}", "not include {operand}"),
)
_PATTERN = Wording(
    states=Text("svarer til mønsteret {operand}", "matches the pattern {operand}"),
    denies=Text("svarer ikke til mønsteret {operand}", "does not match the pattern {operand}"),
    to_state=Text("svare til mønsteret {operand}", "match the pattern {operand}"),
    to_deny=Text("ikke svare til mønsteret {operand}", "not match the pattern {operand}"),
)

_SCALARS = frozenset(
    {
        FactType.CODE,
        FactType.TEXT,
        FactType.INTEGER,
        FactType.BOOLEAN,
        FactType.DATE,
        FactType.INSTANT,
    }
)
# an instant cannot be written as a literal, and a list of booleans says nothing
_LISTED = frozenset({FactType.CODE, FactType.TEXT, FactType.INTEGER, FactType.DATE})
_TIMES = frozenset({FactType.DATE, FactType.INSTANT})
_INTEGER = frozenset({FactType.INTEGER})
_CODES = frozenset({FactType.CODES})
_CODE = frozenset({FactType.CODE})
_TEXT = frozenset({FactType.TEXT})

OPERATORS: Mapping[Operator, OperatorMeaning] = MappingProxyType(
    {
        Operator.IS: OperatorMeaning(
            _SCALARS, OperandKind.SAME_TYPE, _same, _EQUAL, Operator.IS_NOT
        ),
        Operator.IS_NOT: OperatorMeaning(
            _SCALARS,
            OperandKind.SAME_TYPE,
            lambda subject, operand: not _same(subject, operand),
            reverse(_EQUAL),
            Operator.IS,
        ),
        Operator.IN: OperatorMeaning(
            _LISTED, OperandKind.LIST_OF_SAME_TYPE, _among, _EQUAL, Operator.NOT_IN
        ),
        Operator.NOT_IN: OperatorMeaning(
            _LISTED,
            OperandKind.LIST_OF_SAME_TYPE,
            lambda subject, operand: not _among(subject, operand),
            reverse(_EQUAL),
            Operator.IN,
        ),
        Operator.BEFORE: OperatorMeaning(
            _TIMES,
            OperandKind.SAME_TYPE,
            python.lt,
            be("før {operand}", "before {operand}"),
            Operator.ON_OR_AFTER,
        ),
        Operator.ON_OR_BEFORE: OperatorMeaning(
            _TIMES, OperandKind.SAME_TYPE, python.le, _NO_LATER, Operator.AFTER
        ),
        Operator.AFTER: OperatorMeaning(
            _TIMES,
            OperandKind.SAME_TYPE,
            python.gt,
            be("efter {operand}", "after {operand}"),
            Operator.ON_OR_BEFORE,
        ),
        Operator.ON_OR_AFTER: OperatorMeaning(
            _TIMES, OperandKind.SAME_TYPE, python.ge, _NO_EARLIER, Operator.BEFORE
        ),
        Operator.LESS_THAN: OperatorMeaning(
            _INTEGER,
            OperandKind.INTEGER,
            python.lt,
            be("mindre end {operand}", "less than {operand}"),
            Operator.AT_LEAST,
        ),
        Operator.AT_MOST: OperatorMeaning(
            _INTEGER,
            OperandKind.INTEGER,
            python.le,
            be("højst {operand}", "at most {operand}"),
            Operator.MORE_THAN,
        ),
        Operator.MORE_THAN: OperatorMeaning(
            _INTEGER,
            OperandKind.INTEGER,
            python.gt,
            be("mere end {operand}", "more than {operand}"),
            Operator.AT_MOST,
        ),
        Operator.AT_LEAST: OperatorMeaning(
            _INTEGER,
            OperandKind.INTEGER,
            python.ge,
            be("mindst {operand}", "at least {operand}"),
            Operator.LESS_THAN,
        ),
        Operator.INCLUDES: OperatorMeaning(
            _CODES,
            OperandKind.CODE_OF_LIST,
            lambda subject, operand: _among(operand, subject),
            _INCLUDES,
            Operator.EXCLUDES,
        ),
        Operator.EXCLUDES: OperatorMeaning(
            _CODES,
            OperandKind.CODE_OF_LIST,
            lambda subject, operand: not _among(operand, subject),
            reverse(_INCLUDES),
            Operator.INCLUDES,
        ),
        Operator.IN_FORCE_ON: OperatorMeaning(
            _CODE,
            OperandKind.DATE,
            lambda _code, row: row is not None,
            be("en gældende kode på {operand}", "a code in force on {operand}"),
        ),
        Operator.MATCHES: OperatorMeaning(_TEXT, OperandKind.PATTERN, _matches, _PATTERN),
        Operator.LENGTH_AT_LEAST: OperatorMeaning(
            _TEXT,
            OperandKind.INTEGER,
            lambda subject, operand: len(nfc(subject)) >= operand,
            be("på mindst {operand} tegn", "at least {operand} characters long"),
        ),
        Operator.LENGTH_AT_MOST: OperatorMeaning(
            _TEXT,
            OperandKind.INTEGER,
            lambda subject, operand: len(nfc(subject)) <= operand,
            be("på højst {operand} tegn", "at most {operand} characters long"),
        ),
    }
)
"""One entry for every `Operator`."""
