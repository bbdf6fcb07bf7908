"""Text → its parts with every comment where it belongs.

In: the text of a file in which `engine.source` found nothing wrong. Out: a `Page`.
Does not know: how a page is written.

The parser tells where every scalar and bracket stands; what is left between them holds nothing but
white space, `- : , ?` and comments. So comments are found without a second reading of YAML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import yaml

from engine.layout.parts import Branch, Entry, Leaf, Page, Part, Remark
from engine.source.syntax import events

Spot = tuple[int, int]
"""Line and column, from 0."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; `alone` when nothing but dashes and spaces stands before it on its line."""

    text: str
    spot: Spot
    column: int
    """Where its line begins: behind a dash a comment stands where the dash does."""
    alone: bool

    @property
    def line(self) -> int:
        return self.spot[0]


def read_page(text: str) -> Page:
    """Read a file; raises `yaml.YAMLError` where the text is not YAML."""
    lines = text.replace("\r\n", "\n").split("\n")
    building = _Building(lines)
    for event in events("\n".join(lines)):
        building.take(event)
    page = Page(building.root or Leaf("", "", plain=True, block=False))
    found = tuple(comments_in(lines, building.taken))
    _Placing(page, lines, {each.line for each in found if each.alone}).place(found)
    return page


def comments_in(lines: list[str], taken: list[tuple[Spot, Spot]]) -> Iterator[Comment]:
    """Yield the comments that stand outside the given ranges, which are in order."""
    position: Spot = (0, 0)
    for begins, ends in [*taken, ((len(lines), 0), (len(lines), 0))]:
        yield from _between(lines, position, begins)
        position = max(position, ends)


def _between(lines: list[str], position: Spot, until: Spot) -> Iterator[Comment]:
    line, column = position
    while (line, column) < until and line < len(lines):
        last = until[1] if line == until[0] else len(lines[line])
        found = lines[line].find("#", column, last)
        if found >= 0:
            before = lines[line][:found]
            alone = not before.strip(" -?\t")
            shown = found if not before.strip() else len(before) - len(before.lstrip())
            yield Comment(lines[line][found:].rstrip(), (line, found), shown, alone)
        line, column = line + 1, 0


class _Building:
    """Turns events into parts, and notes which ranges of the text they took."""

    def __init__(self, lines: list[str]) -> None:
        self.root: Part | None = None
        self.taken: list[tuple[Spot, Spot]] = []
        self._lines = lines
        self._open: list[Branch] = []
        self._keys: list[tuple[Leaf, Spot] | None] = []

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end(event)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        begins, ends = _spot(event.start_mark), _spot(event.end_mark)
        block = event.style in ("|", ">")
        if block:
            # the header may carry a comment, and the mark at the end lies behind blank lines
            header = self._lines[begins[0]]
            indicator = len(header[begins[1] :].split(" ")[0].split("#")[0].rstrip())
            self.taken.append((begins, (begins[0], begins[1] + indicator)))
            self.taken.append(((begins[0] + 1, 0), ends))
        else:
            self.taken.append((begins, ends))
        one_line = begins[0] == ends[0] and not block
        raw = self._lines[begins[0]][begins[1] : ends[1]] if one_line else ""
        leaf = Leaf(event.value, raw, plain=not event.style, block=block)
        if self._open and self._open[-1].mapping and self._keys[-1] is None:
            self._keys[-1] = (leaf, begins)
        else:
            self._add(leaf, begins)

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        begins = _spot(event.start_mark)
        flow = bool(event.flow_style)
        if flow:
            self.taken.append((begins, (begins[0], begins[1] + 1)))
        mapping = isinstance(event, yaml.MappingStartEvent)
        self._open.append(Branch(flow, mapping, begins[1], begins))
        self._keys.append(None)

    def _end(self, event: yaml.CollectionEndEvent) -> None:
        branch = self._open.pop()
        self._keys.pop()
        branch.ends = _spot(event.end_mark)
        if branch.flow:
            self.taken.append((_spot(event.start_mark), branch.ends))
        self._add(branch, branch.begins)

    def _add(self, part: Part, begins: Spot) -> None:
        if not self._open:
            self.root = part
            return
        key = self._keys[-1]
        self._keys[-1] = None
        if key is None:
            self._open[-1].entries.append(Entry(None, part, begins))
        else:
            self._open[-1].entries.append(Entry(key[0], part, key[1]))


class _Placing:
    """Puts every comment to an entry, or to the end of a collection."""

    def __init__(self, page: Page, lines: list[str], remarked: set[int]) -> None:
        self._page = page
        self._lines = lines
        self._remarked = remarked
        self._entries: list[tuple[Entry, tuple[Branch, ...]]] = []
        """Every entry in order with the collections around it, the outermost first."""
        if isinstance(page.root, Branch):
            self._collect(page.root, ())

    def place(self, comments: tuple[Comment, ...]) -> None:
        for entry, _ in self._entries:
            entry.blank = self._blank_before(entry.begins[0])
        for comment in comments:
            if not self._entries:
                self._page.remarks.append(self._remark(comment))
            elif comment.alone:
                self._alone(comment)
            else:
                self._behind(comment)
        for entry, _ in self._entries:
            if entry.before:
                # the blank line stands before the comments; one behind them is kept as well
                entry.blank = entry.blank and self._blank_before(entry.begins[0])

    def _collect(self, branch: Branch, around: tuple[Branch, ...]) -> None:
        for entry in branch.entries:
            self._entries.append((entry, (*around, branch)))
            if isinstance(entry.value, Branch):
                self._collect(entry.value, (*around, branch))

    def _behind(self, comment: Comment) -> None:
        """Place a comment that stands behind something on its line."""
        flow = self._flow_around(comment.spot)
        before = [
            (entry, around)
            for entry, around in self._entries
            if entry.begins < comment.spot
            and (flow in around if flow is not None else not _closed_flow(around, comment.spot))
        ]
        if not before:
            before = [
                pair
                for pair in self._entries
                if pair[0].begins < comment.spot
                and not _closed_flow(pair[1], comment.spot)
                and flow not in pair[1]
            ]
        if not before:
            self._entries[0][0].before.append(self._remark(comment))
            return
        entry = before[-1][0]
        if entry.after is not None:
            # one line has room for one comment: the earlier ones go above it
            entry.before.append(Remark(entry.after))
        entry.after = comment.text

    def _alone(self, comment: Comment) -> None:
        """Place a comment that has its line to itself."""
        remark = self._remark(comment)
        flow = self._flow_around(comment.spot)
        if flow is not None:
            inside = [entry for entry in flow.entries if entry.begins > comment.spot]
            if inside:
                inside[0].before.append(remark)
            elif flow.entries:
                flow.footer.append(remark)
            else:
                self._owner(flow).before.append(remark)
            return
        following = next((pair for pair in self._entries if pair[0].begins > comment.spot), None)
        column = -1 if following is None else following[1][-1].column
        closed = self._closed(comment.spot, () if following is None else following[1])
        if comment.column > column and closed:
            fitting = [each for each in closed if each.column <= comment.column]
            (fitting[-1] if fitting else closed[0]).footer.append(remark)
        elif following is not None:
            following[0].before.append(remark)
        else:
            assert isinstance(self._page.root, Branch)  # noqa: S101  # it has entries
            self._page.root.footer.append(remark)

    def _closed(self, spot: Spot, still_open: tuple[Branch, ...]) -> list[Branch]:
        """Return the collections that ended between the last entry before `spot` and the next."""
        before = [
            (entry, around)
            for entry, around in self._entries
            if entry.begins < spot and not _closed_flow(around, spot)
        ]
        if not before:
            return []
        return [each for each in before[-1][1] if each not in still_open and not each.flow]

    def _flow_around(self, spot: Spot) -> Branch | None:
        """Return the innermost bracket that is open at `spot`."""
        found = None
        for branch in self._branches():
            if branch.flow and branch.begins < spot < branch.ends:
                found = branch
        return found

    def _branches(self) -> Iterator[Branch]:
        if isinstance(self._page.root, Branch):
            yield self._page.root
        for entry, _ in self._entries:
            if isinstance(entry.value, Branch):
                yield entry.value

    def _owner(self, branch: Branch) -> Entry:
        return next(
            (entry for entry, _ in self._entries if entry.value is branch), self._entries[0][0]
        )

    def _remark(self, comment: Comment) -> Remark:
        return Remark(comment.text, self._blank_before(comment.line))

    def _blank_before(self, line: int) -> bool:
        return line > 0 and not self._lines[line - 1].strip()


def _closed_flow(around: tuple[Branch, ...], spot: Spot) -> bool:
    """Tell whether an entry stands in a bracket that was closed before `spot`."""
    return any(each.flow and each.ends <= spot for each in around)


def _spot(mark: _Mark | None) -> Spot:
    assert mark is not None  # noqa: S101  # events that were parsed have marks
    return mark.line, mark.column


class _Mark(Protocol):
    """Where the parser stood; its two implementations have two types for it."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...
