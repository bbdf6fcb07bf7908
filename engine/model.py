"""What a rule is: frozen values without behaviour.

In: nothing; `reader` builds them from the analysts' files. Out: the types that every evaluator,
the explanations, the pages and the documentation work from.
Does not know: YAML, how conditions are evaluated, or what the facts mean.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.dated import Dated
from engine.facts import Catalogue, Fact, FactType, Scalar, Text
from engine.problems import NOWHERE, Place
from engine.tables import ErrorCode, Parameter, Table

# --- operands -----------------------------------------------------------------------------------


class Scope(StrEnum):
    """Where a reference looks: among the facts, or in the record at hand inside a `where`."""

    FACT = "fact"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Reference:
    """The value of a fact, or of a field of the record at hand."""

    scope: Scope
    fact: Fact
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ParameterReference:
    """The value of a named parameter, in force on the date that chose the rule's version."""

    name: str
    type: FactType
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that stands in the rule itself."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Constants:
    """A list of values that stands in the rule itself, in the author's order; never empty."""

    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Shifted:
    """A date moved by whole days: later when `sign` is +1, earlier when it is -1."""

    base: Reference
    days: Constant | ParameterReference
    sign: int


Operand = Constant | Constants | Reference | ParameterReference | Shifted

# --- conditions ---------------------------------------------------------------------------------


class Operator(StrEnum):
    """The closed list of comparisons; `operators.py` holds what each one takes and means."""

    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    NOT_IN = "not_in"
    BEFORE = "before"
    ON_OR_BEFORE = "on_or_before"
    AFTER = "after"
    ON_OR_AFTER = "on_or_after"
    LESS_THAN = "less_than"
    AT_MOST = "at_most"
    MORE_THAN = "more_than"
    AT_LEAST = "at_least"
    INCLUDES = "includes"
    EXCLUDES = "excludes"
    IN_FORCE_ON = "in_force_on"
    MATCHES = "matches"
    LENGTH_AT_LEAST = "length_at_least"
    LENGTH_AT_MOST = "length_at_most"


@dataclass(frozen=True, slots=True)
class All:
    """Holds when every part holds; without parts it always holds."""

    parts: tuple[Condition, ...]
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when at least one part holds; never empty."""

    parts: tuple[Condition, ...]
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when its part does not."""

    part: Condition
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Holds when `subject operator operand` does.

    When the subject or the operand is absent the answer is `or_absent`; `check` refuses a rulebook
    in which that could decide without the author having written `or: absent` or a guard.
    """

    subject: Reference
    operator: Operator
    operand: Operand
    or_absent: bool = False
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Presence:
    """Holds when the optional subject is given (or, with `given` false, when it is not)."""

    subject: Reference
    given: bool
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


class Quantifier(StrEnum):
    """How many records of a list must satisfy the `where`."""

    ANY = "any"
    NONE = "none"
    EVERY = "every"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Quantified:
    """Holds when as many records as the quantifier says satisfy `where`.

    EVERY holds for an empty list. COUNT holds when the number of records that satisfy `where` is
    at least `at_least` and at most `at_most`, of which one or both are given. `where` holds no
    further quantifier.
    """

    quantifier: Quantifier
    records: Fact
    where: Condition
    at_least: int | None = None
    at_most: int | None = None
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


Condition = All | AnyOf | Not | Comparison | Presence | Quantified

# --- rules --------------------------------------------------------------------------------------


class Confidence(StrEnum):
    """How sure we are of a value, strongest first; never raised without a source."""

    OFFICIAL = "official"
    PUBLISHED = "published"
    INFERRED = "inferred"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a rule comes from (hjemmel), and how sure that is."""

    text: str
    confidence: Confidence
    url: str | None = None


class RuleSeverity(StrEnum):
    """What a broken rule does."""

    REFUSE = "refuse"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing a rule demands; when `when` holds and `require` does not, it is unmet.

    Most rules demand one thing and take code and field from the rule; a rule such as *every code
    is in force* demands several, each with a code of its own.
    """

    code: str
    field: str
    """JSON pointer to the part of the request that the demand is about."""
    when: Condition
    require: Condition
    message: Text
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


class RuleKind(StrEnum):
    """What it means that a rule speaks up."""

    RULE = "rule"
    """It is violated: its `when` holds and its `require` does not."""
    GRANT = "grant"
    """It lets the caller in: its `when` and its `grant` hold."""
    NOTICE = "notice"
    """It tells somebody: its `when` holds, and so does its `where` for a record of its list."""


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a notice tells: the organisations in the records of a list, and with which message."""

    message: str
    organisation_type: str


@dataclass(frozen=True, slots=True)
class Version:
    """One dated wording of a rule; `withdrawn` says that the rule ends on `valid_from`.

    A grant or a notice has exactly one requirement, whose `require` is what must hold for it to
    speak up; its `code` is the id of the grant or notice, and it has neither field nor message.
    """

    valid_from: date
    basis: Basis
    when: All
    requirements: tuple[Requirement, ...]
    """Empty when withdrawn, else at least one."""
    withdrawn: bool = False
    place: Place = dataclasses.field(default=NOWHERE, compare=False)
    only_where: All | None = None
    """Of a grant: what it lets the caller see; asked in operations that give the facts it reads."""
    told: Told | None = None
    """Of a notice."""


@dataclass(frozen=True, slots=True)
class DatedBy:
    """The date fact that chooses the version; `otherwise` is asked when that fact is not given."""

    fact: str
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with all its dated versions."""

    id: str
    title: Text
    operations: tuple[str, ...]
    severity: RuleSeverity
    gate: bool
    dated_by: DatedBy
    versions: Dated[Version]
    place: Place = dataclasses.field(default=NOWHERE, compare=False)
    kind: RuleKind = RuleKind.RULE


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One file of rules in the author's order; `operations` holds for rules that name none."""

    name: str
    operations: tuple[str, ...]
    rules: tuple[Rule, ...]
    title: Text
    place: Place = dataclasses.field(default=NOWHERE, compare=False)
    grants: tuple[Rule, ...] = ()
    notices: tuple[Rule, ...] = ()

    @property
    def all(self) -> tuple[Rule, ...]:
        """The rules, grants and notices; a file holds one kind only."""
        return self.rules + self.grants + self.notices


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that decides: rule files, fact catalogue, tables, parameters and error codes.

    `id` is `sha256:` and the hexadecimal SHA-256 over the canonical content of all files, so that
    layout and comments do not count but every value and the order of rules do.
    """

    id: str
    files: tuple[RuleFile, ...]
    catalogue: Catalogue
    tables: Mapping[str, Table]
    parameters: Mapping[str, Parameter]
    error_codes: Mapping[str, ErrorCode]
    content: Mapping[str, str] = dataclasses.field(compare=False, repr=False)
    """File name (`rules/registration.yaml`) to its SHA-256: tells which file changed."""

    def rules_of(self, operation: str) -> tuple[Rule, ...]:
        """Return the rules, grants and notices that decide `operation`, in file order."""
        return tuple(self._deciding(operation))

    def kind_of(self, operation: str) -> RuleKind:
        """Return what decides `operation`; where nothing does, rules without a word."""
        first = next(self._deciding(operation), None)
        return RuleKind.RULE if first is None else first.kind

    def _deciding(self, operation: str) -> Iterator[Rule]:
        return (rule for file in self.files for rule in file.all if operation in rule.operations)
