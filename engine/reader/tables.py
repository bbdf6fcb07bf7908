"""The `tables` of `config/*.yaml` → `Table`s, and the code lists that they make.

In: the trees of the files, and the parameters that rows may depend on. Out: tables by name (None
for one that could not be read) and code lists.
Does not know: which fact or rule asks a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from engine.dated import SINCE_EVER, Dated
from engine.facts import FactType, Text, Value
from engine.model import Confidence
from engine.problems import Place
from engine.reader.basis import CONFIDENCES
from engine.reader.code_lists import KEY_TYPES, TableSource, find_code_lists
from engine.reader.reading import SNAKE, Problems, as_list, did_you_mean
from engine.reader.section import Section, as_section
from engine.reader.typed import WRITABLE, CodeLists, TypeName, as_literal, as_value, read_type
from engine.source.document import Node
from engine.source.scalars import shown
from engine.tables import Column, Parameter, Row, Table

_ROW_WORDS = frozenset({"valid_from", "withdrawn", "confidence", "only_with", "da", "en"})


def read_tables(
    sources: Iterable[TableSource], parameters: Mapping[str, Parameter | None], problems: Problems
) -> tuple[Mapping[str, Table | None], CodeLists]:
    """Read all tables; `parameters` holds None for a parameter that could not be read."""
    distinct: dict[str, TableSource] = {}
    for source in sources:
        first = distinct.setdefault(source.name, source)
        if first is not source:
            problems.error(
                "duplicate-table",
                source.place,
                f"there are two tables `{source.name}`, the first at {first.place}",
                "give one of them another name",
            )
    code_lists = find_code_lists(distinct.values())
    return {
        source.name: _TableReader(source, code_lists, parameters, problems).read()
        for source in distinct.values()
    }, code_lists


class _TableReader:
    def __init__(
        self,
        source: TableSource,
        code_lists: CodeLists,
        parameters: Mapping[str, Parameter | None],
        problems: Problems,
    ) -> None:
        self._source = source
        self._code_lists = code_lists
        self._parameters = parameters
        self._problems = problems

    def read(self) -> Table | None:
        name = self._source.name
        section = as_section(self._source.node, self._problems, f"table `{name}`")
        if not SNAKE.fullmatch(name):
            self._problems.error(
                "bad-name",
                self._source.place,
                f"`{shown(name)}` cannot name a table",
                "use small letters, digits and underscores as in `interview_types`",
            )
        if section is None:
            return None
        title = section.words("title")
        key_section = section.section("key")
        key = None if key_section is None else self._read_key(key_section)
        columns = self._read_columns(section, key)
        rows_node = section.need("rows")
        section.close()
        if key is None or columns is None or rows_node is None:
            return None
        rows = self._read_rows(rows_node, key, columns)
        return Table(name, title, key, columns, rows, self._source.place)

    def _read_key(self, section: Section) -> Column | None:
        name = section.text("name")
        type_name = read_type(section, KEY_TYPES, self._code_lists)
        label = section.words("label")
        section.close()
        if type_name is not None and type_name.type is FactType.CODES:
            self._problems.error(
                "wrong-type",
                section.value_place("type"),
                f"the key of a table is one code, not {type_name}",
                f"did you mean `code({type_name.code_list})`?",
            )
            type_name = None
        if name is None or type_name is None:
            return None
        if not self._column_fits(name, section.value_place("name"), None):
            return None
        return Column(name, type_name.type, label, type_name.code_list)

    def _read_columns(self, section: Section, key: Column | None) -> dict[str, Column] | None:
        columns: dict[str, Column] = {}
        sound = True
        if not section.has("columns"):
            section.find("columns")
            return columns
        if (listed := section.optional_section("columns")) is None:
            return None
        for name, entry in listed.node.entries.items():
            column = as_section(entry.value, self._problems, f"column `{name}`")
            fits = self._column_fits(name, entry.key.place, key)
            if column is None:
                sound = False
                continue
            type_name = read_type(column, WRITABLE, self._code_lists)
            label = column.words("label")
            column.close()
            if type_name is None or not fits:
                sound = False
            else:
                columns[name] = Column(name, type_name.type, label, type_name.code_list)
        return columns if sound else None

    def _column_fits(self, name: str, place: Place, key: Column | None) -> bool:
        if SNAKE.fullmatch(name) and name not in _ROW_WORDS and (key is None or name != key.name):
            return True
        taken = sorted(_ROW_WORDS | ({key.name} if key else set()))
        self._problems.error(
            "bad-name",
            place,
            f"`{shown(name)}` cannot name a key or column of a table",
            "use small letters, digits and underscores, and none of "
            + ", ".join(f"`{word}`" for word in taken),
        )
        return False

    def _read_rows(
        self, node: Node, key: Column, columns: Mapping[str, Column]
    ) -> dict[int | str, Dated[Row]]:
        histories: dict[int | str, dict[date, Row]] = {}
        rows = as_list(node, self._problems, "`rows`", may_be_empty=True)
        for entry in rows.entries:
            row = self._read_row(entry, key, columns, histories)
            if row is None:
                continue
            history = histories.setdefault(row.key, {})
            before = history.setdefault(row.valid_from, row)
            if before is not row:
                day = "since ever" if row.valid_from == SINCE_EVER else f"on {row.valid_from}"
                self._problems.error(
                    "duplicate-row",
                    row.place,
                    f"two rows of `{row.key}` begin {day}, the first at {before.place}",
                    "give one of them another `valid_from`, or remove it",
                )
        for history in histories.values():
            first = history[min(history)]
            if first.withdrawn:
                self._problems.warn(
                    "withdrawn-first",
                    first.place,
                    f"the first row of `{first.key}` withdraws it, so it was never in force",
                    "add a row with an earlier `valid_from`, or remove this row",
                )
        return {code: Dated(history.items()) for code, history in histories.items()}

    def _read_row(
        self,
        node: Node,
        key: Column,
        columns: Mapping[str, Column],
        histories: Mapping[int | str, Mapping[date, Row]],
    ) -> Row | None:
        section = as_section(node, self._problems, f"a row of `{self._source.name}`")
        if section is None:
            return None
        key_node = section.need(key.name)
        code = None if key_node is None else self._read_code(key_node, key)
        starts = section.optional_day("valid_from")
        withdrawn = section.flag("withdrawn")
        confidence = section.choice("confidence", CONFIDENCES, None)
        only_with = self._read_only_with(section)
        name = self._read_name(section, withdrawn, key)
        values = self._read_values(section, columns, withdrawn)
        section.close()
        if code is None or (section.has("valid_from") and starts is None):
            return None
        if starts is None and code in histories and SINCE_EVER not in histories[code]:
            self._problems.error(
                "row-without-start",
                section.place,
                f"row of `{code}` has no `valid_from` but follows another row of `{code}`",
                "add `valid_from`, or move the row before the others",
            )
        return Row(
            code,
            values,
            (confidence or Confidence.ASSUMED).value,
            starts or SINCE_EVER,
            name,
            withdrawn,
            None if only_with is None else only_with.values,
            None if only_with is None else only_with.name,
            section.place,
        )

    def _read_code(self, node: Node, key: Column) -> int | str | None:
        type_name = TypeName(key.type, key.code_list)
        code = as_literal(node, type_name, self._code_lists, self._problems, f"`{key.name}`")
        return code if isinstance(code, int | str) else None

    def _read_name(self, section: Section, withdrawn: bool, key: Column) -> Text | None:
        if key.type is FactType.CODE or withdrawn:
            # left unasked, so that `close` reports names where no name belongs
            return None
        da, en = section.optional_text("da"), section.optional_text("en")
        for language, other in (("da", "en"), ("en", "da")):
            if section.has(language) and not section.has(other):
                section.need(other)
        return Text(da, en) if da is not None and en is not None else None

    def _read_only_with(self, section: Section) -> Parameter | None:
        name = section.optional_text("only_with")
        if name is None:
            return None
        if name not in self._parameters:
            self._problems.error(
                "unknown-parameter",
                section.value_place("only_with"),
                f"there is no parameter `{shown(name)}`",
                did_you_mean(name, self._parameters),
            )
            return None
        parameter = self._parameters[name]
        if parameter is not None and parameter.type is not FactType.BOOLEAN:
            self._problems.error(
                "wrong-type",
                section.value_place("only_with"),
                f"expected a boolean parameter for `only_with`, but `{name}` is "
                f"{parameter.type.value}",
                "name a parameter of type boolean",
            )
            return None
        return parameter

    def _read_values(
        self, section: Section, columns: Mapping[str, Column], withdrawn: bool
    ) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for column in columns.values():
            if withdrawn:
                continue
            node = section.need(column.name)
            if node is None:
                continue
            type_name = TypeName(column.type, column.code_list)
            what = f"`{column.name}`"
            value = as_value(node, type_name, self._code_lists, self._problems, what)
            if value is not None:
                values[column.name] = value
        if withdrawn:
            self._refuse_content(section, {*columns, "da", "en", "only_with"})
        return values

    def _refuse_content(self, section: Section, content: set[str]) -> None:
        for key in section.node.entries:
            if key in content:
                section.find(key)
                self._problems.error(
                    "withdrawn-with-content",
                    section.key_place(key),
                    f"a withdrawn row has no `{key}`",
                    f"remove `{key}`, or remove `withdrawn`",
                )
