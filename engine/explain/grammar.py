"""How Danish and English put a clause together.

In: subjects, predicates and labels, already in words. Out: the clause in one of four forms.
Does not know: conditions, facts or values.

A rule says things in four ways, for which Danish has four orders of words:

========  ==============================  ===========================================
form      where                           example
========  ==============================  ===========================================
states    by itself                       *status er ikke angivet*
clause    after *når*, *at*, *hvor*       *status ikke er angivet*
demands   what must hold                  *status må ikke være angivet*
inverted  the same, after a when-clause   *må status ikke være angivet*
========  ==============================  ===========================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from engine.model import Quantifier

_PLURAL = {"is": "which are", "has": "which have"}


class Form(Enum):
    """The form of a clause; English has two, and takes `clause` as `states`."""

    STATES = "states"
    CLAUSE = "clause"
    DEMANDS = "demands"
    INVERTED = "inverted"

    @property
    def demands(self) -> bool:
        """Whether the clause says what must hold, rather than what holds."""
        return self in (Form.DEMANDS, Form.INVERTED)


@dataclass(frozen=True, slots=True)
class Predicate:
    """What is said of a subject: finite (`er ikke valgt`), and after *skal* (`ikke være valgt`)."""

    states: str
    infinitive: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of records in words: `borgerens samtaler`, and `et` or `en` for one of them."""

    label: str
    neuter: bool


@dataclass(frozen=True, slots=True)
class Amount:
    """How many records: at least, at most, both, or `one` for one of them that was found."""

    at_least: int | None
    at_most: int | None
    one: bool = False

    @classmethod
    def of(cls, quantifier: Quantifier, at_least: int | None, at_most: int | None) -> Amount:
        """Return the amount that a quantifier other than EVERY asks for."""
        if quantifier is Quantifier.ANY:
            return cls(1, None)
        if quantifier is Quantifier.NONE:
            return cls(0, 0)
        return cls(at_least, at_most)

    @property
    def none(self) -> bool:
        return self.at_most == 0


@dataclass(frozen=True, slots=True)
class Receivers:
    """Whom a notice tells, in words: the type of organisation, the list, and which of its records.

    `relative` is empty when every record of the list counts.
    """

    organisation_type: str
    records: Listed
    relative: str


class Grammar(Protocol):
    """One language; `advice` turns *must* into *should*."""

    @property
    def language(self) -> str:
        """`da` or `en`."""
        ...

    @property
    def which(self) -> str:
        """The pronoun before a predicate that has no subject of its own."""
        ...

    @property
    def where(self) -> str:
        """The pronoun before a whole clause."""
        ...

    def clause(self, subject: str, predicate: Predicate, form: Form) -> str:
        """Return subject and predicate; without a subject the bare predicate."""
        ...

    def among(self, records: Listed, amount: Amount, relative: str, form: Form) -> str:
        """Return *among the records there is* the amount *which …*."""
        ...

    def each(self, records: Listed, that: str, form: Form) -> str:
        """Return *for each of the records it holds that …*."""
        ...

    def holds(self, that: str, form: Form, *, negated: bool) -> str:
        """Return *it holds that …*, or that it does not."""
        ...

    def when(self, conditions: str, demand: str) -> str: ...

    def granted(self, conditions: str, only: str) -> str:
        """Return *there is access when … ; only where …*; either may be empty."""
        ...

    def sent(self, message: str, receivers: Receivers, form: Form) -> str:
        """Return *the message is sent to the organisation in each of the records*."""
        ...

    def pronoun(self, records: Listed) -> str: ...


@dataclass(frozen=True, slots=True)
class Danish:
    """Danish: the verb comes second, *ikke* moves before it in a subordinate clause."""

    advice: bool = False
    language: str = "da"
    which: str = "som"
    where: str = "hvor"

    def modal(self, infinitive: str) -> str:
        """Return *skal*, *må* (before *ikke*) or *bør*."""
        if self.advice:
            return "bør"
        return "må" if infinitive.startswith("ikke ") else "skal"

    def clause(self, subject: str, predicate: Predicate, form: Form) -> str:
        modal = self.modal(predicate.infinitive)
        parts: tuple[str, ...]
        match form:
            case Form.STATES:
                parts = (subject, predicate.states)
            case Form.CLAUSE:
                parts = (subject, re.sub(r"^(\w+) ikke ", r"ikke \1 ", predicate.states))
            case Form.DEMANDS:
                parts = (subject, modal, predicate.infinitive)
            case Form.INVERTED:
                parts = (modal, subject, predicate.infinitive)
        return " ".join(part for part in parts if part)

    def among(self, records: Listed, amount: Amount, relative: str, form: Form) -> str:
        among, many = f"blandt {records.label}", self._many(amount, records)
        comma = f", {relative}" if relative else ""
        be = "ikke være nogen" if amount.none else f"være {many}"
        match form:
            case Form.STATES:
                return f"{among} er der {many}{comma}"
            case Form.CLAUSE:
                return f"der {among} er {many}{comma}"
            case Form.DEMANDS:
                return f"{among} {self.modal(be)} der {be}{comma}"
            case Form.INVERTED:
                return f"{self.modal(be)} der {among} {be}{comma}"

    def each(self, records: Listed, that: str, form: Form) -> str:
        each = f"for {'hvert' if records.neuter else 'hver'} af {records.label}"
        match form:
            case Form.STATES:
                return f"{each} gælder, at {that}"
            case Form.CLAUSE:
                return f"det {each} gælder, at {that}"
            case Form.DEMANDS:
                return f"{each} {self.modal('')} det gælde, at {that}"
            case Form.INVERTED:
                return f"{self.modal('')} det {each} gælde, at {that}"

    def holds(self, that: str, form: Form, *, negated: bool) -> str:
        negation = "ikke " if negated else ""
        match form:
            case Form.STATES:
                said = f"det gælder {negation}".rstrip()
            case Form.CLAUSE:
                said = f"det {negation}gælder"
            case Form.DEMANDS:
                said = f"det {self.modal(negation)} {negation}gælde"
            case Form.INVERTED:
                said = f"{self.modal(negation)} det {negation}gælde"
        return f"{said}, at {that}"

    def when(self, conditions: str, demand: str) -> str:
        return f"når {conditions}, {demand}"

    def granted(self, conditions: str, only: str) -> str:
        said = f"der er adgang, når {conditions}" if conditions else "der er altid adgang"
        return f"{said}; kun hvor {only}" if only else said

    def sent(self, message: str, receivers: Receivers, form: Form) -> str:
        records, which = receivers.records, receivers.relative
        each = f"{'hvert' if records.neuter else 'hver'} af {records.label}"
        to = f"til organisationen ({receivers.organisation_type}) i {each}"
        name = f"beskeden {message}"
        said = f"sendes {name} {to}" if form is Form.INVERTED else f"{name} sendes {to}"
        return f"{said}, {which}" if which else said

    def pronoun(self, records: Listed) -> str:
        return "det" if records.neuter else "den"

    def _many(self, amount: Amount, records: Listed) -> str:
        if amount.one:
            return "et" if records.neuter else "en"
        if amount.none:
            return "ingen"
        one = "ét" if records.neuter else "én"
        low, high = (one if count == 1 else count for count in (amount.at_least, amount.at_most))
        if low == high:
            return f"netop {low}"
        bounds = ((f"mindst {low}", low), (f"højst {high}", high))
        return " og ".join(said for said, bound in bounds if bound is not None)


@dataclass(frozen=True, slots=True)
class English:
    """English: the subject comes first, whatever the form."""

    advice: bool = False
    language: str = "en"
    which: str = "which"
    where: str = "where"

    @property
    def modal(self) -> str:
        """Return *must* or *should*."""
        return "should" if self.advice else "must"

    def clause(self, subject: str, predicate: Predicate, form: Form) -> str:
        said = f"{self.modal} {predicate.infinitive}" if form.demands else predicate.states
        return f"{subject} {said}" if subject else said

    def among(self, records: Listed, amount: Amount, relative: str, form: Form) -> str:
        be = f"{self.modal} be" if form.demands else self._be(amount)
        said = f"among {records.label} there {be} {self._many(amount)}"
        if self._be(amount) == "are":
            relative = re.sub(r"^which (is|has)\b", lambda verb: _PLURAL[verb[1]], relative)
        return f"{said} {relative}" if relative else said

    def each(self, records: Listed, that: str, form: Form) -> str:
        hold = f"{self.modal} hold" if form.demands else "holds"
        return f"for each of {records.label} it {hold} that {that}"

    def holds(self, that: str, form: Form, *, negated: bool) -> str:
        if negated:
            said = f"{self.modal} not hold" if form.demands else "does not hold"
        else:
            said = f"{self.modal} hold" if form.demands else "holds"
        return f"it {said} that {that}"

    def when(self, conditions: str, demand: str) -> str:
        return f"when {conditions}, {demand}"

    def granted(self, conditions: str, only: str) -> str:
        said = f"there is access when {conditions}" if conditions else "there is always access"
        return f"{said}; only where {only}" if only else said

    def sent(self, message: str, receivers: Receivers, form: Form) -> str:  # noqa: ARG002  # one form
        each = f"each of {receivers.records.label} {receivers.relative}".rstrip()
        return (
            f"the message {message} is sent to the organisation "
            f"({receivers.organisation_type}) in {each}"
        )

    def pronoun(self, records: Listed) -> str:  # noqa: ARG002  # a record has no gender in English
        return "it"

    def _be(self, amount: Amount) -> str:
        first = amount.at_least if amount.at_least is not None else amount.at_most
        return "is" if amount.one or amount.none or first == 1 else "are"

    def _many(self, amount: Amount) -> str:
        if amount.one:
            return "one"
        if amount.none:
            return "none"
        low, high = ("one" if count == 1 else count for count in (amount.at_least, amount.at_most))
        if low == high:
            return f"exactly {low}"
        bounds = ((f"at least {low}", low), (f"at most {high}", high))
        return " and ".join(said for said, bound in bounds if bound is not None)
