"""YAML text → a plain tree in which every node knows its place; strict and attack-proof.

In: the bytes of one file. Out: a `Document`: the tree, and everything wrong with the text at once.
Does not know: what a rule, a table or a fact is.

PyYAML's *events* are walked in a loop; its composer recurses in C and dies (SIGSEGV) on 100,000
nested brackets. Nothing is constructed: scalars are read by `scalars`. Refused are duplicate
keys, anchors, aliases, tags, merge keys, directives, several documents, invisible characters,
and files too large, too deep or with too many nodes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from engine.problems import Place, Problem, in_order
from engine.source import refusals
from engine.source.characters import (
    composed,
    directive_lines,
    first_unwanted,
    read_text,
    unwanted,
    unwanted_characters,
    without_directives,
    without_unwanted,
)
from engine.source.scalars import Trap, read_plain
from engine.source.syntax import events, syntax_problem
from engine.source.tree import ListNode, MapEntry, MapNode, Node, Scalar, canonical, plain

__all__ = [
    "Document",
    "ListNode",
    "MapEntry",
    "MapNode",
    "Node",
    "Scalar",
    "canonical",
    "plain",
    "read_yaml",
]

MOST_BYTES = 1_048_576
MOST_LEVELS = 40
MOST_NODES = 200_000
MOST_PROBLEMS = 100
"""A file with more is not read on: the rest would bury what the author has to mend first."""


@dataclass(frozen=True, slots=True)
class Document:
    """What `read_yaml` found.

    `root` is None when the file could not be read to its end. When it is there although there are
    problems, a refused scalar stands in it as the text its author wrote, so that later stages
    can go on; what they find at the place of a problem follows from that problem.
    """

    root: Node | None
    problems: tuple[Problem, ...]


def read_yaml(raw: bytes, shown_as: str) -> Document:
    """Read one YAML document; problems carry `shown_as` as their file. Never raises."""
    start = Place(shown_as, 1, 1)
    if len(raw) > MOST_BYTES:
        return Document(None, (refusals.file_too_large(start, len(raw), MOST_BYTES),))
    text = read_text(raw, shown_as)
    if isinstance(text, Problem):
        return Document(None, (text,))
    walk = _Walk(shown_as)
    root = walk.read(text)
    if root is None and not walk.problems:
        return Document(None, (refusals.empty_file(start),))
    return Document(root, in_order(walk.problems))


@dataclass(slots=True)
class _OpenMap:
    """A mapping whose end has not been seen; `key` is set while its value is awaited."""

    place: Place
    entries: dict[str, MapEntry] = field(default_factory=dict)
    key: Scalar | None = None
    is_key: bool = False
    """Whether this mapping itself stands where a key should."""
    in_brackets: bool = False
    """Whether it is written `{…}`."""
    skipping: bool = False
    """Whether the next value belongs to a key that was refused."""


@dataclass(slots=True)
class _OpenList:
    """A list whose end has not been seen."""

    place: Place
    entries: list[Node] = field(default_factory=list)
    is_key: bool = False


class _Walk:
    """One loop over the events of a file; the stack of open collections replaces recursion."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._open: list[_OpenMap | _OpenList] = []
        self._root: Node | None = None
        self._documents = 0
        self._nodes = 0
        self._stopped = False

    def read(self, text: str) -> Node | None:
        """Return the tree, or None when the walk could not reach the end."""
        clean = self._cleaned(text)
        if clean is None:
            return None
        try:
            for event in events(clean):
                self._take(event)
                if self._stopped:
                    return None
        except yaml.YAMLError as error:
            self.problems.append(syntax_problem(error, clean, self._file))
            return None
        return self._root

    def _cleaned(self, text: str) -> str | None:
        """Refuse and replace what the parser should not see; None when that is too much."""
        for problem in unwanted_characters(text, self._file):
            if not self._refuse(problem):
                return None
        if any(problem.code == "odd-line-break" for problem in self.problems):
            # the parser would count lines otherwise than the author's editor
            return None
        if self.problems:
            text = without_unwanted(text)
        for place in directive_lines(text, self._file):
            if not self._refuse(refusals.directive(place)):
                return None
        return without_directives(text)

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._document(event)

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse(refusals.several_documents(self._place(event)), stop=True)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        place = self._arrive(event)
        text, quoted = composed(event.value), bool(event.style)
        if text is None:
            self._refuse(refusals.stacked_marks(place))
            text, quoted = "", True
        if quoted:
            # an escape such as "\u202E" brings in what the text of the file may not hold
            hidden = first_unwanted(text)
            if hidden is not None:
                self._refuse(unwanted(hidden, place))
        frame = self._awaiting_key()
        if frame is not None:
            self._key(frame, Scalar(text, place, quoted))
        elif quoted or event.tag is not None:
            self._add(Scalar(text, place, quoted))
        else:
            self._add(self._plain(text, place))

    def _plain(self, text: str, place: Place) -> Scalar | None:
        """Read an unquoted value; None for a document that holds nothing at all."""
        value = read_plain(text)
        if not isinstance(value, Trap):
            return Scalar(value, place, False)
        frame = self._open[-1] if self._open else None
        if value.code != "empty-value":
            self._refuse(refusals.trap(place, value))
        elif frame is None:
            return None
        elif isinstance(frame, _OpenList):
            self._refuse(refusals.trap(place, value))
        elif frame.key is not None:
            # the gap after the colon may end lines further down: point at the key
            place = frame.key.place
            self._refuse(refusals.no_value(place, str(frame.key.value), value))
        return Scalar(text, place, False)

    def _alias(self, event: yaml.AliasEvent) -> None:
        place = self._arrive(event)
        self._refuse(refusals.alias(place, event.anchor or ""))
        frame = self._awaiting_key()
        if frame is not None:
            frame.skipping = True
        else:
            self._add(Scalar("", place, False))

    def _awaiting_key(self) -> _OpenMap | None:
        """Return the innermost open collection if it is a mapping whose next node is a key."""
        frame = self._open[-1] if self._open else None
        if isinstance(frame, _OpenMap) and frame.key is None and not frame.skipping:
            return frame
        return None

    def _key(self, frame: _OpenMap, key: Scalar) -> None:
        text = str(key.value)
        first = frame.entries.get(text)
        wrong = None if key.quoted else _wrong_key(key.place, text, frame.in_brackets)
        if wrong is None and first is not None:
            wrong = refusals.duplicate_key(key.place, text, first.key.place)
        if wrong is not None:
            self._refuse(wrong)
            frame.skipping = True
        else:
            frame.key = key

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        place = self._arrive(event)
        if len(self._open) == MOST_LEVELS:
            self._refuse(refusals.too_deep(place, MOST_LEVELS), stop=True)
        is_key = self._awaiting_key() is not None
        if is_key:
            self._refuse(refusals.complex_key(place))
        if isinstance(event, yaml.MappingStartEvent):
            in_brackets = bool(event.flow_style)
            self._open.append(_OpenMap(place, is_key=is_key, in_brackets=in_brackets))
        else:
            self._open.append(_OpenList(place, is_key=is_key))

    def _end(self) -> None:
        frame = self._open.pop()
        if frame.is_key:
            outer = self._awaiting_key()
            if outer is not None:
                outer.skipping = True
        elif isinstance(frame, _OpenMap):
            self._add(MapNode(frame.entries, frame.place))
        else:
            self._add(ListNode(tuple(frame.entries), frame.place))

    def _add(self, node: Node | None) -> None:
        frame = self._open[-1] if self._open else None
        if frame is None or node is None:
            self._root = node
        elif isinstance(frame, _OpenList):
            frame.entries.append(node)
        elif frame.key is None:
            frame.skipping = False
        else:
            frame.entries[str(frame.key.value)] = MapEntry(frame.key, node)
            frame.key = None

    def _arrive(self, event: yaml.NodeEvent) -> Place:
        """Count a node, refuse what may not be attached to it, and return its place."""
        place = self._place(event)
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._refuse(refusals.too_many_nodes(place, MOST_NODES), stop=True)
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            if event.anchor is not None:
                self._refuse(refusals.anchor(place, event.anchor))
            if event.tag is not None:
                self._refuse(refusals.tag(place, event.tag))
        return place

    def _refuse(self, problem: Problem, *, stop: bool = False) -> bool:
        """Keep the problem, and return whether the walk goes on."""
        self.problems.append(problem)
        if len(self.problems) == MOST_PROBLEMS:
            self.problems.append(refusals.too_many_problems(problem.place, MOST_PROBLEMS))
            stop = True
        self._stopped = self._stopped or stop
        return not self._stopped

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        if mark is None:  # only events made by hand have no mark
            return Place(self._file, 1, 1)
        return Place(self._file, mark.line + 1, mark.column + 1)


def _wrong_key(place: Place, key: str, in_brackets: bool) -> Problem | None:
    """Return what is wrong with an unquoted key; every key is text."""
    if key == "<<":
        return refusals.merge_key(place)
    if not key:
        return refusals.empty_key(place)
    value = read_plain(key)
    # keys are text to every one of our readers, so that `on: …` is no trap
    if isinstance(value, str) or (isinstance(value, Trap) and value.code == "boolean-word"):
        return None
    if isinstance(value, Trap) and value.code == "cpr-shaped-number":
        return refusals.trap(place, value)
    return refusals.key_not_text(place, key, in_brackets)
