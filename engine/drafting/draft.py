"""A wish → the files that make it a rule: drafted, checked and tested before anybody writes them.

In: all files of the rulebook and all case files by name, and a wish. Out: the new content of the
files that change; or `Refusal`, or `RulebookError` when the files themselves have faults.
Does not know: the file system.

INVARIANT: what comes back can be read without an error, its two cases pass and try both sides, and
every other case answers as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath

from engine.cases.expectations import Expected
from engine.cases.files import Case, read_case_files
from engine.cases.results import run_case
from engine.cases.writing import Example, example_of, written_fact
from engine.coverage.aims import Aim, AimKind
from engine.coverage.coverage import Coverage
from engine.coverage.moves import Moves
from engine.coverage.search import Search
from engine.decide import Decider
from engine.drafting.condition import drafted_condition
from engine.drafting.texts import case_file, with_code, with_rule
from engine.drafting.wish import Refusal, Wish
from engine.facts import Catalogue, Facts, FactsError, Text, read_facts
from engine.model import Rulebook, RuleFile, RuleKind
from engine.problems import Problem, RulebookError, Severity
from engine.reader.reading import KEBAB, did_you_mean
from engine.reader.rulebook import read_rulebook
from engine.reader.rules import DATED_BY
from engine.source.document import MapNode, plain, read_yaml

NAMES = (Text("Kravet er opfyldt", "satisfied"), Text("Kravet er brudt", "violated"))
_SCHEMA = "# yaml-language-server:"


@dataclass(frozen=True, slots=True)
class Draft:
    """The files to write: of rules and tables by the engine's names, and the new case file."""

    rules: str
    """The rule file."""
    files: Mapping[str, bytes]
    case_file: str
    cases: bytes


def free_code(rulebook: Rulebook, operations: tuple[str, ...]) -> str:
    """Return a code of our own that nothing has, next to those of the same rule file."""
    file = _target(rulebook, operations)
    own = {each.code for rule in file.rules for _, v in rule.versions for each in v.requirements}
    numbers = [int(code[2:]) for code in own if code.startswith("S-") and code[2:].isdigit()]
    number = max(numbers, default=900) + 1
    while f"S-{number}" in rulebook.error_codes:
        number += 1
    return f"S-{number}"


def draft(files: Mapping[str, bytes], cases: Mapping[str, bytes], wish: Wish) -> Draft:
    """Draft the rule; raises `Refusal` with a reason for the analyst."""
    book = _readable(files)
    found = _readable_cases(cases, book)
    _refuse_names(book, cases, wish)
    target = _target(book, wish.operations)
    start = _start(book, found, wish)
    condition = drafted_condition(book, wish, start.facts)
    stated = set(wish.operations) != set(target.operations)
    listed = next(iter(book.error_codes.values())).place.file
    changed = dict(files)
    rule_file = target.place.file
    changed[rule_file] = with_rule(changed[rule_file].decode(), wish, condition, stated).encode()
    changed[listed] = with_code(changed[listed].decode(), wish).encode()
    drafted = _readable(changed)
    name = str(PurePosixPath(start.file).parent / f"{wish.rule}.yaml")
    examples = _examples(drafted, found, replace(start, file=name), wish)
    text = case_file(wish, start.operation, _baseline(cases, start, book), examples, _schema(cases))
    made = text.encode()
    _hold(drafted, {**cases, name: made}, found, wish)
    return Draft(rule_file, {each: changed[each] for each in (rule_file, listed)}, name, made)


# --- what may be drafted --------------------------------------------------------------------------


def _readable(files: Mapping[str, bytes]) -> Rulebook:
    book, problems = read_rulebook(files)
    if book is None:
        raise RulebookError(problems)
    return book


def _readable_cases(cases: Mapping[str, bytes], book: Rulebook) -> tuple[Case, ...]:
    found, problems = read_case_files(cases, book)
    if any(each.severity is Severity.ERROR for each in problems):
        raise RulebookError(problems)
    return found


def _refuse_names(book: Rulebook, cases: Mapping[str, bytes], wish: Wish) -> None:
    for operation in wish.operations:
        known = book.catalogue.operations
        if operation not in known:
            hint = did_you_mean(operation, known)
            raise Refusal(
                f"der er ingen operation `{operation}`; vælg en af {_listed(known)}",
                f"there is no operation `{operation}`; {hint}",
            )
        kinds = {rule.kind for rule in book.rules_of(operation)}
        if kinds - {RuleKind.RULE}:
            raise Refusal(
                f"`{operation}` afgøres af adgange eller beskeder, som ikke har fejlkoder",
                f"`{operation}` is decided by grants or notices, which have no error codes",
            )
    if not KEBAB.fullmatch(wish.rule):
        raise Refusal(
            f"`{wish.rule}` kan ikke være en regels id; brug små bogstaver, tal og bindestreger",
            f"`{wish.rule}` cannot be the id of a rule; use small letters, digits and hyphens",
        )
    taken = {rule.id: rule.place for file in book.files for rule in file.all}
    if wish.rule in taken:
        raise Refusal(
            f"der er allerede en regel `{wish.rule}`, i {taken[wish.rule]}; vælg et andet id",
            f"there is a rule `{wish.rule}` already, at {taken[wish.rule]}; choose another id",
        )
    for name in cases:
        if PurePosixPath(name).name == f"{wish.rule}.yaml":
            raise Refusal(
                f"der er allerede en eksempelfil `{name}`; vælg et andet id",
                f"there is a case file `{name}` already; choose another id",
            )
    if wish.code in book.error_codes:
        free = free_code(book, wish.operations)
        listed = book.error_codes[wish.code]
        raise Refusal(
            f"fejlkoden `{wish.code}` er optaget, i {listed.place}; `{free}` er ledig",
            f"the error code `{wish.code}` is taken, at {listed.place}; `{free}` is free",
        )


def _target(book: Rulebook, operations: tuple[str, ...]) -> RuleFile:
    """Return the file of rules that is about these operations and as few others as may be."""
    fitting = [
        file for file in book.files if file.rules and set(operations) <= set(file.operations)
    ]
    if not fitting:
        fitting = [file for file in book.files if file.rules]
    if not fitting:
        raise Refusal("der er ingen fil med regler", "there is no file of rules")
    return min(fitting, key=lambda file: len(file.operations))


# --- its cases ------------------------------------------------------------------------------------


def _start(book: Rulebook, cases: tuple[Case, ...], wish: Wish) -> Case:
    """Return the plainest accepted case, moved to the first day of the draft."""
    decider, moves = Decider(book), Moves(book, cases)
    operation = wish.operations[0]
    good = [
        case
        for case in cases
        if case.operation == operation
        and case.start is not None
        and case.accepted
        and not case.advice
        and isinstance(case.facts.get(DATED_BY.fact), date)
    ]
    for case in sorted(good, key=lambda each: _differences(each, book.catalogue)):
        day = case.facts[DATED_BY.fact]
        assert isinstance(day, date)  # noqa: S101  # asked above
        facts = moves.together(case.facts, (wish.valid_from - day).days)
        moved = replace(case, title=wish.rule, facts=facts, operation=operation)
        if run_case(decider, moved).passed:
            return moved
    raise Refusal(
        f"intet accepteret eksempel for `{operation}` at begynde med; skriv et først",
        f"no accepted case of `{operation}` to begin with; write one first",
    )


def _differences(case: Case, catalogue: Catalogue) -> int:
    """Return in how much a case differs from what its file starts from."""
    if case.start is None:
        return 0
    example = example_of("", case.operation, case.facts, case.start, Expected(), catalogue)
    return len(example.change) + len(example.absent) + (example.operation is not None)


def _examples(
    book: Rulebook, cases: tuple[Case, ...], start: Case, wish: Wish
) -> tuple[Example, ...]:
    path = ("requirements", 0)
    aims = [Aim(AimKind.DEMAND, wish.rule, wish.valid_from, path, name.en) for name in NAMES]
    covered = Coverage(book, (start, *cases), dict.fromkeys(aims, ()))
    search = Search(covered, Decider(book))
    examples = []
    for aim, name in zip(aims, NAMES, strict=True):
        found = search.one(aim)
        if found.example is None:
            raise Refusal(
                "fandt intet eksempel på begge sider af betingelsen; vælg et andet faktum",
                "found no case on both sides of the condition; choose another fact",
            )
        examples.append(replace(found.example, name=name.da))
    return tuple(examples)


def _baseline(
    cases: Mapping[str, bytes], start: Case, book: Rulebook
) -> str | Mapping[str, str | tuple[str, ...]]:
    """Return the name of the file that holds what the case starts from, or those facts."""
    assert start.start is not None  # noqa: S101  # the others were left out
    for name, raw in cases.items():
        root = read_yaml(raw, name).root
        shared = root.get("baseline") if isinstance(root, MapNode) else None
        if shared is not None and isinstance(root, MapNode) and root.get("cases") is None:
            if plain(shared) == start.start.facts:
                return PurePosixPath(name).name
    facts = _typed(start.start.facts, start, book)
    known = book.catalogue.facts
    return {
        name: written_fact(known[name], value) for name, value in facts.items() if value is not None
    }


def _typed(given: Mapping[str, object], start: Case, book: Rulebook) -> Facts:
    try:
        return read_facts(book.catalogue, start.operation, given)
    except FactsError as error:
        raise Refusal(
            f"eksemplet i {start.place} kan ikke bruges som begyndelse",
            f"the case at {start.place} cannot be used to begin with",
        ) from error


def _schema(cases: Mapping[str, bytes]) -> str | None:
    """Return the line by which the case files name their schema to editors."""
    for raw in cases.values():
        first = raw.decode("utf-8").splitlines()[:1]
        if first and first[0].startswith(_SCHEMA):
            return first[0]
    return None


# --- what must hold -------------------------------------------------------------------------------


def _hold(book: Rulebook, cases: Mapping[str, bytes], before: tuple[Case, ...], wish: Wish) -> None:
    decider = Decider(book)
    found = _readable_cases(cases, book)
    failed = [case for case in found if not run_case(decider, case).passed]
    if failed:
        first: Problem | Case = failed[0]
        raise Refusal(
            f"{len(failed)} eksempler ville få et andet svar, det første i {first.place}; "
            "vælg en senere dag eller et andet faktum",
            f"{len(failed)} cases would be answered otherwise, the first at {first.place}; "
            "choose a later day or another fact",
        )
    assert len(found) == len(before) + len(NAMES)  # noqa: S101  # no case is lost
    assert wish.rule in {case.title for case in found}  # noqa: S101  # the new ones are among them


def _listed(names: object) -> str:
    return ", ".join(f"`{name}`" for name in names)  # type: ignore[attr-defined]  # of a mapping
