"""A first condition for a rule that nobody has thought through yet.

In: a rulebook, operations and the facts of a good example. Out: a condition as YAML that the
example satisfies, and the facts that such a condition can be about.
Does not know: what the rule is for; an analyst replaces the condition.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.drafting.wish import Refusal, Wish
from engine.facts import Fact, Facts, FactType, Scalar
from engine.model import Rulebook
from engine.source.writing import quoted, written_scalar

LONGEST = 100
_FIRST = (FactType.CODE, FactType.BOOLEAN, FactType.INTEGER, FactType.TEXT, FactType.RECORDS)


def facts_to_choose(rulebook: Rulebook, operations: Sequence[str]) -> tuple[Fact, ...]:
    """Return what a draft can be about; first what is always given, and in few operations."""
    catalogue = rulebook.catalogue

    def order(fact: Fact) -> tuple[bool, bool, int, int]:
        shared = sum(fact.name in names for names in catalogue.operations.values())
        # who calls is there in every operation, and a rule is rarely about that alone
        caller = fact.name.startswith("caller.")
        return caller, fact.optional, _FIRST.index(fact.type), shared

    known = catalogue.of_operations(operations).values()
    fitting = [
        fact
        for fact in known
        if fact.looked_up is None
        and fact.type in _FIRST
        and (fact.type is not FactType.RECORDS or _field(fact) is not None)
    ]
    return tuple(sorted(fitting, key=order))


def drafted_condition(rulebook: Rulebook, wish: Wish, facts: Facts) -> tuple[str, str]:
    """Return `when` (empty: for everyone) and `require` as YAML on one line each."""
    fact = _chosen(rulebook, wish)
    if fact.type is FactType.RECORDS:
        field = _field(fact)
        assert field is not None  # noqa: S101  # others are not offered
        absent = ", or: absent" if field.optional else ""
        where = f"{{{field.name}: {{length_at_most: {LONGEST}{absent}}}}}"
        return "", f"{{every: {fact.name}, where: {where}}}"
    when = f"{{{fact.name}: {{given: true}}}}" if fact.optional else ""
    return when, f"{{{fact.name}: {_comparison(fact, wish, facts)}}}"


def _chosen(rulebook: Rulebook, wish: Wish) -> Fact:
    choices = facts_to_choose(rulebook, wish.operations)
    if wish.fact is None and choices:
        return choices[0]
    for fact in choices:
        if fact.name == wish.fact:
            return fact
    names = ", ".join(f"`{fact.name}`" for fact in choices)
    raise Refusal(
        f"et udkast kan ikke handle om `{wish.fact}` her; vælg en af {names}",
        f"a draft cannot be about `{wish.fact}` here; choose one of {names}",
    )


def _comparison(fact: Fact, wish: Wish, facts: Facts) -> str:
    now = facts.get(fact.name)
    values = wish.values or (() if now is None or isinstance(now, tuple) else (now,))
    match fact.type:
        case FactType.BOOLEAN:
            return "true" if not values or values[0] is True else "false"
        case FactType.INTEGER:
            return f"{{at_most: {values[0] if values else 10}}}"
        case FactType.TEXT:
            return f"{{length_at_most: {LONGEST}}}"
        case _:
            return f"{{in: [{', '.join(_written(each) for each in values or _codes(fact))}]}}"


def _codes(fact: Fact) -> tuple[Scalar, ...]:
    raise Refusal(
        f"ingen værdi at begynde med for `{fact.name}`; angiv en",
        f"there is no value to begin with for `{fact.name}`; give one",
    )


def _written(value: Scalar) -> str:
    text = written_scalar(value, in_brackets=True)
    return quoted(value) if isinstance(value, str) and text.isdigit() else text


def _field(fact: Fact) -> Fact | None:
    texts = (field for field in fact.fields.values() if field.type is FactType.TEXT)
    return next((field for field in texts if field.looked_up is None), None)
