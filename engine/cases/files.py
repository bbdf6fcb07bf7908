"""Case files → cases: what analysts expect of the rules, read as strictly as the rules themselves.

In: the bytes of all case files by name, and the rulebook they speak about. Out: cases with typed
facts, and every problem at its place.
Does not know: the file system, or what the rules answer.

A case that cannot be read is never left out: whoever runs cases refuses to when there are problems.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from engine.cases.expectations import read_expected
from engine.facts import Facts, FactsError, Text, read_facts
from engine.model import Rulebook, RuleKind
from engine.problems import NOWHERE, Place, Problem, in_order
from engine.reader.reading import Problems, as_list, as_text, did_you_mean, kind_of
from engine.reader.section import Section, as_section, as_words
from engine.source.document import ListNode, MapNode, Node, Scalar, plain, read_yaml

FORMAT = 1

Given = Mapping[str, Node]
"""Facts as they stand in a file, by name."""


@dataclass(frozen=True, slots=True)
class Starting:
    """What the examples of a file differ from: its operation, and the baseline as it stands there.

    The facts are plain values by name, as the file writes them.
    """

    operation: str | None
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Case:
    """One example: facts for one operation, and the exact answer that is expected."""

    file: str
    """Name of the case file, e.g. `tests/cases/rehabilitation-team.yaml`."""
    title: str
    """What the file is about: its key `cases`."""
    name: Text
    operation: str
    facts: Facts
    codes: tuple[str, ...]
    """Codes of the refusal in the order in which they are expected; empty: accepted."""
    advice: tuple[str, ...]
    holding: tuple[str, ...] = ()
    """Ids of the grants or notices that are expected to hold, in file order."""
    kind: RuleKind = RuleKind.RULE
    """What decides the operation."""
    place: Place = field(default=NOWHERE, compare=False)
    start: Starting | None = field(default=None, compare=False, repr=False)
    """What it differs from; None for a case that stood in no file."""

    @property
    def accepted(self) -> bool:
        """Tell whether the decision must say so: no codes, some grant, and notices always."""
        return bool(self.holding) if self.kind is RuleKind.GRANT else not self.codes


def read_case_files(
    files: Mapping[str, bytes], rulebook: Rulebook
) -> tuple[tuple[Case, ...], tuple[Problem, ...]]:
    """Read every case of `files` (name to content), in the order of the file names.

    The cases are usable only when no problem is an error; no files at all is an error too.
    """
    problems = Problems()
    roots = {name: _root(name, files[name], problems) for name in sorted(files)}
    cases: list[Case] = []
    used: set[str] = set()
    for name, root in roots.items():
        if root is not None and not _is_baseline(root):
            cases.extend(_CaseFile(name, root, roots, used, rulebook, problems).cases())
    for name, root in roots.items():
        if root is not None and _is_baseline(root):
            _read_baseline_file(root, name in used)
    if not files:
        problems.error("no-cases", NOWHERE, "found no case file", "name the folder of the cases")
    return tuple(cases), in_order(problems.found)


def _root(name: str, raw: bytes, problems: Problems) -> Section | None:
    if not name.endswith(".yaml"):
        problems.error(
            "not-a-case-file",
            Place(name, 1, 1),
            "expected a name that ends with `.yaml`",
            "rename the file, or move it out of the folder",
        )
        return None
    document = read_yaml(raw, name)
    problems.found.extend(document.problems)
    if document.root is None:
        if not document.problems:
            problems.error("empty-file", Place(name, 1, 1), "found an empty file", "remove it")
        return None
    root = as_section(document.root, problems, "a case file")
    if root is not None:
        stated = root.need("format")
        if stated is not None and not (isinstance(stated, Scalar) and plain(stated) is FORMAT):
            problems.error(
                "unknown-format",
                stated.place,
                f"expected format `{FORMAT}`, found {kind_of(stated)}",
                f"write `format: {FORMAT}`",
            )
    return root


def _is_baseline(root: Section) -> bool:
    """Tell whether the file holds facts for other files and no cases of its own."""
    return root.node.entries.keys() <= {"format", "baseline"}


def _read_baseline_file(root: Section, used: bool) -> None:
    root.section("baseline")
    root.close()
    if not used:
        root.problems.error(
            "unused-baseline",
            root.place,
            "no case file uses this baseline",
            "add examples, or write `baseline_from:` in a case file",
        )


class _CaseFile:
    """Reads one file that has examples."""

    def __init__(
        self,
        name: str,
        root: Section,
        roots: Mapping[str, Section | None],
        used: set[str],
        rulebook: Rulebook,
        problems: Problems,
    ) -> None:
        self._name = name
        self._root = root
        self._roots = roots
        self._used = used
        self._rulebook = rulebook
        self._problems = problems
        self._seen: dict[str, Place] = {}

    def cases(self) -> Iterator[Case]:
        """Yield every case that could be read."""
        root = self._root
        title = root.text("cases") or ""
        operation = self._operation(root, None)
        baseline = self._baseline()
        examples = [
            section
            for node in root.entries("examples")
            if (section := as_section(node, self._problems, "an example")) is not None
        ]
        root.close()
        for example in examples:
            case = self._case(example, title, operation, baseline)
            if case is not None:
                yield case

    def _baseline(self) -> Given | None:
        """Return the facts that the examples differ from, or None when they cannot be read."""
        root = self._root
        if root.has("baseline") == root.has("baseline_from"):
            root.problems.error(
                "one-baseline",
                root.key_place("baseline_from"),
                "expected exactly one of `baseline` and `baseline_from`",
                "write the facts under `baseline:`, or name their file",
            )
        here = root.optional_section("baseline")
        if (node := root.find("baseline_from")) is None:
            return None if here is None else _given(here)
        sibling = as_text(node, self._problems, "`baseline_from`") or ""
        path = str(PurePosixPath(self._name).parent / sibling)
        found = self._roots.get(path)
        if found is None or not _is_baseline(found):
            root.problems.error(
                "unknown-baseline",
                node.place,
                f"there is no readable baseline `{sibling}` beside this file",
                "name a file in the same folder that holds only `format` and `baseline`",
            )
            return None
        self._used.add(path)
        shared = found.node.get("baseline")
        return _given(Section(shared, self._problems, "")) if isinstance(shared, MapNode) else None

    def _case(
        self, example: Section, title: str, default: str | None, baseline: Given | None
    ) -> Case | None:
        before = len(self._problems.found)
        name = self._example_name(example)
        operation = self._operation(example, default) if example.has("operation") else default
        changed = example.optional_section("change")
        change = {} if changed is None else _given(changed)
        absent = self._absent(example, baseline, change)
        expected = read_expected(example, operation, self._rulebook)
        example.close()
        if operation is None or baseline is None or len(self._problems.found) > before:
            return None
        given = {fact: node for fact, node in {**baseline, **change}.items() if fact not in absent}
        facts = self._facts(operation, given, example.place)
        if facts is None:
            return None
        return Case(
            self._name,
            title,
            name,
            operation,
            facts,
            expected.codes,
            expected.advice,
            expected.holding,
            expected.kind,
            example.place,
            Starting(default, {fact: plain(node) for fact, node in baseline.items()}),
        )

    def _example_name(self, example: Section) -> Text:
        node = example.need("name")
        if node is None:
            return Text("", "")
        if isinstance(node, MapNode):
            name = as_words(node, self._problems, "the name of an example")
        else:
            text = as_text(node, self._problems, "the name of an example") or ""
            name = Text(text, text)
        if name.da and name.da in self._seen:
            self._problems.error(
                "duplicate-name",
                node.place,
                f"another example has the same name, at {self._seen[name.da]}",
                "say how the two differ",
            )
        self._seen.setdefault(name.da, node.place)
        return name

    def _operation(self, section: Section, default: str | None) -> str | None:
        known = {name: name for name in self._rulebook.catalogue.operations}
        return section.choice("operation", known, default)

    def _absent(self, example: Section, baseline: Given | None, change: Given) -> frozenset[str]:
        node = example.find("absent")
        if node is None:
            return frozenset()
        names: set[str] = set()
        for entry in as_list(node, self._problems, "`absent`").entries:
            fact = as_text(entry, self._problems, "an entry of `absent`")
            if fact is None:
                continue
            if fact in names or fact in change:
                other = "`absent`" if fact in names else "`change`"
                self._problems.error(
                    "stated-twice", entry.place, f"`{fact}` stands in {other} already", "remove one"
                )
            elif baseline is not None and fact not in baseline:
                self._problems.error(
                    "nothing-to-remove",
                    entry.place,
                    f"the baseline has no fact `{fact}`",
                    did_you_mean(fact, baseline),
                )
            names.add(fact)
        return frozenset(names)

    def _facts(self, operation: str, given: Given, example: Place) -> Facts | None:
        values = {fact: plain(node) for fact, node in given.items()}
        try:
            return read_facts(self._rulebook.catalogue, operation, values)
        except FactsError as error:
            known = self._rulebook.catalogue.of_operations([operation])
            for fault in error.faults:
                fact = fault.where.split("[")[0]
                self._problems.error(
                    "wrong-fact",
                    _place(fault.where, given) or example,
                    f"`{fault.where}`: {fault.message}",
                    "" if fact in known else did_you_mean(fact, known),
                )
            return None


def _given(section: Section) -> Given:
    return {name: entry.value for name, entry in section.node.entries.items()}


def _place(where: str, given: Given) -> Place | None:
    """Return where `citizen.interviews[2].type` stands, or the nearest thing around it."""
    fact, *rest = re.split(r"[\[\]]+\.?", where)
    node = given.get(fact)
    for step in rest:
        if isinstance(node, ListNode) and step.isdigit() and int(step) < len(node.entries):
            node = node.entries[int(step)]
        elif isinstance(node, MapNode) and (entry := node.get(step)) is not None:
            node = entry
    return None if node is None else node.place
