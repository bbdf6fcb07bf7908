"""Which case shows a rule best, and which facts and tables the rule reads.

In: a rule, grant or notice and the results of the cases. Out: an example on each side, the
facts of a case as rows of label and value in Danish, the names of tables.
Does not know: how a page is laid out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.cases.results import CaseResult
from engine.decision import Outcome
from engine.explain.wording import words
from engine.facts import Fact, FactType, Record, Text, Value
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Operand,
    Operator,
    ParameterReference,
    Presence,
    Quantified,
    Reference,
    Rule,
    Rulebook,
    Scope,
    Shifted,
)

LONGEST_TEXT = 40
"""A longer text is shown by its length alone."""


def accepted_example(rule: Rule, results: Sequence[CaseResult]) -> CaseResult | None:
    """Return a passed case that the rule concerned and that nothing was said against."""
    fitting = [
        result
        for result in results
        if result.passed
        and not result.codes
        and not result.advice
        and _outcome(rule, result) is Outcome.SATISFIED
    ]
    # an empty list shows little: prefer a case with something in every list that the rule reads
    telling = [result for result in fitting if all(_lists(rule, result))]
    return _best(rule, [*telling, *fitting])


def refused_example(rule: Rule, code: str, results: Sequence[CaseResult]) -> CaseResult | None:
    """Return a passed case in which the rule gave this code, if possible it alone."""
    fitting = [result for result in results if result.passed and _gave(rule, code, result)]
    alone = [result for result in fitting if len(result.codes + result.advice) == 1]
    return _best(rule, alone) or _best(rule, fitting)


def speaking_example(rule: Rule, results: Sequence[CaseResult]) -> CaseResult | None:
    """Return a passed case in which the grant or notice holds, if possible it alone."""
    fitting = [result for result in results if result.passed and rule.id in result.holding]
    alone = [result for result in fitting if len(result.holding) == 1]
    return _best(rule, alone) or _best(rule, fitting)


def silent_example(rule: Rule, results: Sequence[CaseResult]) -> CaseResult | None:
    """Return a passed case that concerned the grant or notice but in which it does not hold."""
    fitting = [
        result for result in results if result.passed and _outcome(rule, result) is Outcome.VIOLATED
    ]
    alone = [result for result in fitting if not result.holding]
    # an empty list shows little: prefer a case with something in every list that is read
    telling = [result for result in alone if all(_lists(rule, result))]
    return _best(rule, telling) or _best(rule, alone) or _best(rule, fitting)


def _best(rule: Rule, results: Sequence[CaseResult]) -> CaseResult | None:
    own = [result for result in results if result.case.title == rule.id]
    return next(iter((*own, *results)), None)


def _outcome(rule: Rule, result: CaseResult) -> Outcome | None:
    steps = result.decision.steps if result.decision is not None else ()
    return next((step.outcome for step in steps if step.rule == rule.id), None)


def _gave(rule: Rule, code: str, result: CaseResult) -> bool:
    if result.decision is None:
        return False
    found = (*result.decision.violations, *result.decision.advice)
    return any(each.rule == rule.id and each.code == code for each in found)


def _lists(rule: Rule, result: CaseResult) -> Iterator[bool]:
    """Yield for every list that the rule reads whether the case has something in it."""
    for name in _names_read(rule):
        value = result.case.facts.get(name)
        if isinstance(value, tuple):
            yield bool(value)


def facts_in_words(
    rule: Rule, result: CaseResult, rulebook: Rulebook
) -> tuple[tuple[str, str], ...]:
    """Return label and value in Danish of every fact that the rule reads, as far as given."""
    rows = facts_told(rule, result, rulebook)
    return tuple((label.da, "<br>".join(each.da for each in lines)) for label, lines in rows)


def facts_told(
    rule: Rule, result: CaseResult, rulebook: Rulebook
) -> tuple[tuple[Text, tuple[Text, ...]], ...]:
    """Return every fact that some wording of the rule reads, as far as given: label and lines.

    A list has a line for each record. The facts are those of a case: invented, and shown whole.
    """
    catalogue, given = rulebook.catalogue.facts, result.case.facts
    rows: list[tuple[Text, tuple[Text, ...]]] = []
    for name in _names_read(rule):
        if name in given and name in catalogue:
            fact = catalogue[name]
            rows.append((fact.label, _lines(fact, given[name], rulebook)))
    return tuple(dict.fromkeys(rows))


def tables_read(rule: Rule) -> tuple[str, ...]:
    """Return the tables in which some wording of the rule looks something up."""
    found: list[str] = []
    for reference, operator in _references(rule):
        if reference.fact.looked_up is not None:
            found.append(reference.fact.looked_up.table)
        if operator is Operator.IN_FORCE_ON and reference.fact.code_list is not None:
            found.append(reference.fact.code_list)
    return tuple(dict.fromkeys(found))


def parameters_read(rule: Rule) -> tuple[str, ...]:
    """Return the parameters that some wording of the rule compares with or shifts a day by."""
    found: dict[str, None] = {}
    for leaf in _leaves(rule):
        operand = leaf.operand if isinstance(leaf, Comparison) else None
        days = operand.days if isinstance(operand, Shifted) else operand
        if isinstance(days, ParameterReference):
            found[days.name] = None
    return tuple(found)


def _names_read(rule: Rule) -> tuple[str, ...]:
    """Return every fact that some wording of the rule reads, in the order in which it does."""
    names: dict[str, None] = {}
    for leaf in _leaves(rule):
        if isinstance(leaf, Quantified):
            names[leaf.records.name] = None
        else:
            names.update(dict.fromkeys(_names(leaf.subject)))
            if isinstance(leaf, Comparison):
                names.update(dict.fromkeys(_names(leaf.operand)))
    return tuple(names)


def _references(rule: Rule) -> Iterator[tuple[Reference, Operator | None]]:
    """Yield every subject with its operator, and every fact it is compared with."""
    for leaf in _leaves(rule):
        match leaf:
            case Presence(subject):
                yield subject, None
            case Comparison(subject, operator, operand):
                yield subject, operator
                if isinstance(operand, Reference):
                    yield operand, None


def _leaves(rule: Rule) -> Iterator[Comparison | Presence | Quantified]:
    """Yield the conditions of all wordings, a list before what is asked of its records."""
    for _, version in rule.versions:
        yield from _leaves_of(version.when)
        for each in version.requirements:
            yield from _leaves_of(each.when)
            yield from _leaves_of(each.require)
        if version.only_where is not None:
            yield from _leaves_of(version.only_where)


def _leaves_of(condition: Condition) -> Iterator[Comparison | Presence | Quantified]:
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _leaves_of(part)
        case Not(part):
            yield from _leaves_of(part)
        case Quantified(where=where):
            yield condition
            yield from _leaves_of(where)
        case Presence() | Comparison():
            yield condition


def _names(operand: Operand) -> Iterator[str]:
    match operand:
        case Reference(scope=Scope.FACT, fact=fact) if fact.looked_up is not None:
            yield from (fact.looked_up.key, fact.looked_up.on)
        case Reference(scope=Scope.FIELD, fact=fact) if fact.looked_up is not None:
            yield fact.looked_up.on
        case Reference(scope=Scope.FACT, fact=fact):
            yield fact.name
        case Shifted(base=base):
            yield from _names(base)


def _lines(
    fact: Fact, value: Value | tuple[Record, ...] | None, rulebook: Rulebook
) -> tuple[Text, ...]:
    if fact.type is not FactType.RECORDS:
        return (_scalar(fact, value, rulebook),)  # type: ignore[arg-type]  # not a list of records
    records = [each for each in value or () if isinstance(each, Mapping)]  # type: ignore[union-attr]  # a list of records
    if not records:
        return (Text("ingen", "none"),)
    told = [
        [_record(fact, each, rulebook, language) for each in records] for language in ("da", "en")
    ]
    return tuple(
        Text(f"{at}. {da}", f"{at}. {en}") for at, (da, en) in enumerate(zip(*told, strict=True), 1)
    )


def _record(fact: Fact, record: Record, rulebook: Rulebook, language: str) -> str:
    told = (
        (part.label, _scalar(part, record.get(name), rulebook))
        for name, part in fact.fields.items()
        if part.looked_up is None
    )
    return "; ".join(
        f"{label.in_language(language)}: {value.in_language(language)}" for label, value in told
    )


def _scalar(fact: Fact, value: Value | None, rulebook: Rulebook) -> Text:
    if isinstance(value, str) and fact.type is FactType.TEXT and len(value) > LONGEST_TEXT:
        return Text(f"en tekst på {len(value)} tegn", f"a text of {len(value)} characters")
    return words(value, fact.type, fact.code_list, rulebook.tables)
