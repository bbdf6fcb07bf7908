"""What reading cannot see: does everything that was read fit together?

In: the rules with catalogue, parameters and error codes. Out: problems.
Does not know: YAML, or how a condition is evaluated.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.facts import Catalogue, Fact, FactType
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Operand,
    ParameterReference,
    Presence,
    Quantified,
    Reference,
    Rule,
    RuleFile,
    Scope,
    Shifted,
    Version,
)
from engine.problems import Place
from engine.reader.contradictions import check_contradictions
from engine.reader.guards import check_guards
from engine.reader.lookup_names import type_of
from engine.reader.names import Names
from engine.reader.reading import Problems, did_you_mean
from engine.shape import facts_read
from engine.tables import ErrorCode, Parameter


@dataclass(frozen=True, slots=True)
class Grounds:
    """What rules are checked against.

    `unreadable` facts and parameters that are None have problems of their own; `unsound` are ids
    of rules with problems of their own. Of those only what is certain is said.
    """

    catalogue: Catalogue
    unreadable: Collection[str]
    parameters: Mapping[str, Parameter | None]
    unsound: Collection[str]


def check_rule(rule: Rule, grounds: Grounds, problems: Problems) -> None:
    """Report what is wrong with one rule that was read."""
    _check_dating(rule, grounds, problems)
    before: Version | None = None
    for _, version in rule.versions:
        check_guards(version, problems)
        check_contradictions(version, problems)
        _check_uses(rule, version, grounds, problems)
        if rule.id not in grounds.unsound:
            _warn_of_version(rule, version, before, problems)
        before = version


def check_error_codes(
    error_codes: Iterable[ErrorCode], rules: Collection[str], problems: Problems
) -> None:
    """Report error codes that belong to rules that do not exist."""
    names = Names.in_order(rules)
    for code in error_codes:
        if code.rule is not None and code.rule not in rules:
            problems.error(
                "unknown-rule",
                code.place,
                f"error code `{code.code}` belongs to rule `{code.rule}`, which does not exist",
                did_you_mean(code.rule, names),
            )


def _check_dating(rule: Rule, grounds: Grounds, problems: Problems) -> None:
    """Report when a rule may not find its day: in every operation, whatever facts are given."""
    dated_by = rule.dated_by
    fact = _dating_fact(rule, dated_by.fact, grounds, problems)
    if fact is not None and fact.optional and dated_by.otherwise is None:
        problems.error(
            "optional-date",
            rule.place,
            f"`{fact.name}` dates rule `{rule.id}` but is optional",
            f"write `dated_by: {{fact: {fact.name}, otherwise: …}}` with a date never absent",
        )
    if dated_by.otherwise is None:
        return
    otherwise = _dating_fact(rule, dated_by.otherwise, grounds, problems)
    if otherwise is not None and otherwise.optional:
        problems.error(
            "optional-date",
            rule.place,
            f"`{otherwise.name}` is the `otherwise` of rule `{rule.id}` but is optional itself",
            "name a date that is always given",
        )


def _dating_fact(rule: Rule, name: str, grounds: Grounds, problems: Problems) -> Fact | None:
    if not name or name in grounds.unreadable:
        return None
    facts = grounds.catalogue.facts
    fact = facts.get(name)
    if fact is None:
        dates = [each.name for each in facts.values() if each.type is FactType.DATE]
        problems.error(
            "unknown-fact",
            rule.place,
            f"rule `{rule.id}` is dated by `{name}`, which is no fact",
            did_you_mean(name, dates),
        )
        return None
    if fact.type is not FactType.DATE or fact.looked_up is not None:
        found = type_of(fact) if fact.looked_up is None else "looked up"
        problems.error(
            "wrong-type",
            rule.place,
            f"rule `{rule.id}` is dated by `{name}`, which is {found}",
            "date a rule by a fact of type date that is given",
        )
        return None
    _check_operations(rule, name, rule.place, grounds, problems)
    return fact


def _check_operations(
    rule: Rule, name: str, place: Place, grounds: Grounds, problems: Problems
) -> None:
    given_by = grounds.catalogue.operations
    missing = [
        operation
        for operation in rule.operations
        if operation in given_by and name not in given_by[operation]
    ]
    if missing:
        listed = ", ".join(f"`{operation}`" for operation in missing)
        problems.error(
            "not-in-operation",
            place,
            f"`{name}` is not there in {listed}, which rule `{rule.id}` decides too",
            f"give rule `{rule.id}` its own `operations`, or use another fact",
        )


def _check_uses(rule: Rule, version: Version, grounds: Grounds, problems: Problems) -> None:
    for use, place in _uses(_conditions_of(version)):
        if isinstance(use, ParameterReference):
            parameter = grounds.parameters.get(use.name)
            if parameter is not None and parameter.values.on(version.valid_from) is None:
                problems.error(
                    "parameter-too-late",
                    place,
                    f"parameter `{use.name}` has no value on {version.valid_from}, when this "
                    f"version begins",
                    f"give it a value from {version.valid_from} or earlier at {parameter.place}",
                )
        else:
            _check_operations(rule, use.name, place, grounds, problems)
    if version.only_where is not None:
        _check_only_where(rule, version.only_where, grounds, problems)


def _check_only_where(rule: Rule, only: All, grounds: Grounds, problems: Problems) -> None:
    """Report an `only_where` that no operation of the grant could ask, so that it would be idle."""
    read = facts_read(only) - set(grounds.unreadable)
    given_by = grounds.catalogue.operations
    operations = [name for name in rule.operations if name in given_by]
    if operations and not any(read <= given_by[name] for name in operations):
        listed = ", ".join(f"`{name}`" for name in sorted(read))
        problems.error(
            "idle-only-where",
            only.place,
            f"no operation of grant `{rule.id}` gives all of {listed}",
            "use other facts, or add the operation that gives them",
        )


def check_kinds(files: Iterable[RuleFile], problems: Problems) -> None:
    """Report operations that rules, grants or notices decide together."""
    first: dict[str, Rule] = {}
    for rule in (rule for file in files for rule in file.all):
        for operation in rule.operations:
            other = first.setdefault(operation, rule)
            if other.kind is not rule.kind:
                problems.error(
                    "mixed-operation",
                    rule.place,
                    f"{rule.kind.value} `{rule.id}` and {other.kind.value} `{other.id}` both "
                    f"decide `{operation}`",
                    "let one kind decide an operation: give one of them other `operations`",
                )


def _warn_of_version(
    rule: Rule, version: Version, before: Version | None, problems: Problems
) -> None:
    if version.withdrawn and before is None:
        problems.warn(
            "withdrawn-first",
            version.place,
            f"the first version of rule `{rule.id}` withdraws it, so it was never in force",
            "remove the version, or add an earlier one",
        )
    if before is not None and _content(before) == _content(version):
        problems.warn(
            "same-as-before",
            version.place,
            f"this version of rule `{rule.id}` says the same as the one from {before.valid_from}",
            "remove it, or write what changes",
        )


def _content(version: Version) -> object:
    return (
        version.withdrawn,
        version.basis,
        version.when,
        version.requirements,
        version.only_where,
        version.told,
    )


def _conditions_of(version: Version) -> Iterator[Condition]:
    yield version.when
    for requirement in version.requirements:
        yield requirement.when
        yield requirement.require


def _uses(conditions: Iterable[Condition]) -> Iterator[tuple[Fact | ParameterReference, Place]]:
    """Yield every fact (fields apart) and parameter that the conditions read, with its place."""
    for condition in conditions:
        match condition:
            case All(parts) | AnyOf(parts):
                yield from _uses(parts)
            case Not(part):
                yield from _uses((part,))
            case Quantified(records=records, where=where):
                yield records, condition.place
                yield from _uses((where,))
            case Presence(subject):
                yield from _referred(subject)
            case Comparison(subject=subject, operand=operand):
                yield from _referred(subject)
                yield from _referred(operand)


def _referred(operand: Operand) -> Iterator[tuple[Fact | ParameterReference, Place]]:
    match operand:
        case Reference(Scope.FACT, fact):
            yield fact, operand.place
        case ParameterReference():
            yield operand, operand.place
        case Shifted(base, days):
            yield from _referred(base)
            yield from _referred(days)
        case _:
            pass
