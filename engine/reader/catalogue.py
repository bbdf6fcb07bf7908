"""`rules/facts.yaml` → `Catalogue`: the names that rules may use.

In: the tree of the file, and the tables that code lists and look-ups refer to. Out: the catalogue,
and the names that stand in the file but could not be read, so that a rule that uses one of them is
not blamed for it.
Does not know: rules, or what the facts mean.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from engine.facts import Catalogue, Fact, FactType, Lookup, Text
from engine.problems import Place
from engine.reader.lookup_names import LookedUp, LookupNames
from engine.reader.reading import Problems, did_you_mean
from engine.reader.section import Section, as_section
from engine.reader.typed import CodeLists, TypeName, as_value, read_type
from engine.source.document import Node
from engine.source.scalars import shown
from engine.tables import Table

RESERVED = frozenset(
    {"all", "any_of", "not", "any", "none", "every", "where", "of", "at_least", "at_most"}
)
"""Words of the rule language, which no fact or field may be named."""

_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FACT_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_FIELD_TYPES = {
    kind.value: kind
    for kind in FactType
    if kind not in (FactType.CODE, FactType.CODES, FactType.RECORDS)
}
_FACT_TYPES = {**_FIELD_TYPES, FactType.RECORDS.value: FactType.RECORDS}


@dataclass(frozen=True, slots=True)
class ReadCatalogue:
    """A catalogue, and the names of facts that were written but could not be read."""

    catalogue: Catalogue
    unreadable: frozenset[str]


def read_catalogue(
    root: Section, code_lists: CodeLists, tables: Mapping[str, Table | None]
) -> ReadCatalogue:
    """Read the catalogue; `tables` holds None for a table that could not be read."""
    reader = _CatalogueReader(root.problems, code_lists, tables, root.names("operations"))
    for name, place, node in root.members("facts"):
        reader.read_fact(name, place, node)
    root.close()
    return reader.finish()


class _CatalogueReader:
    def __init__(
        self,
        problems: Problems,
        code_lists: CodeLists,
        tables: Mapping[str, Table | None],
        operations: Iterable[tuple[str, Place]],
    ) -> None:
        self._problems = problems
        self._code_lists = code_lists
        self._tables = tables
        self._operations = tuple(name for name, _ in operations)
        self._facts: dict[str, Fact] = {}
        self._given_by: dict[str, tuple[str, ...]] = {}
        self._unreadable: set[str] = set()
        self._looked_up: list[LookedUp] = []

    def read_fact(self, name: str, place: Place, node: Node) -> None:
        section = as_section(node, self._problems, f"fact `{name}`")
        fits = self._name_fits(name, place, _FACT_NAME, "interview.type")
        if section is None or not fits:
            self._unreadable.add(name)
            return
        operations = self._read_operations(section)
        if section.has("fields") or section.has("record_label"):
            fact = self._read_records(name, place, section)
        else:
            fact = self._read_plain(name, place, section, _FACT_TYPES, name, {})
        section.close()
        if fact is None:
            self._unreadable.add(name)
            return
        self._facts[name] = fact
        self._given_by[name] = operations

    def finish(self) -> ReadCatalogue:
        names = LookupNames(self._facts, self._given_by, self._unreadable, self._tables)
        for looked in self._looked_up:
            names.check(looked)
        by_operation = {
            operation: frozenset(
                name for name, given in self._given_by.items() if operation in given
            )
            for operation in self._operations
        }
        return ReadCatalogue(Catalogue(self._facts, by_operation), frozenset(self._unreadable))

    def _name_fits(self, name: str, place: Place, form: re.Pattern[str], example: str) -> bool:
        if form.fullmatch(name) and name not in RESERVED and not name.startswith("parameters."):
            return True
        self._problems.error(
            "bad-name",
            place,
            f"`{shown(name)}` cannot name a fact",
            f"use small letters, digits and underscores as in `{example}`, and no word of the rule "
            "language",
        )
        return False

    def _read_operations(self, section: Section) -> tuple[str, ...]:
        if not section.has("operations"):
            section.find("operations")
            return self._operations
        named = section.names("operations")
        known_operations(named, self._operations, self._problems)
        return tuple(name for name, _ in named)

    def _read_records(self, name: str, place: Place, section: Section) -> Fact | None:
        type_name = read_type(section, _FACT_TYPES, self._code_lists)
        if type_name is not None and type_name.type is not FactType.RECORDS:
            self._problems.error(
                "fields-without-records",
                section.key_place("fields"),
                f"fact `{name}` is {type_name} and cannot have `fields` or `record_label`",
                "write `type: records`, or remove them",
            )
            type_name = None
        label, description = section.words("label"), section.words("description")
        record_label = section.words("record_label")
        self._never_optional(section, f"the record list `{name}`")
        fields: dict[str, Fact] = {}
        for field_name, field_place, node in section.members("fields"):
            part = as_section(node, self._problems, f"field `{field_name}`")
            fits = self._name_fits(field_name, field_place, _FIELD_NAME, "held_on")
            if part is None or not fits:
                type_name = None
                continue
            field = self._read_plain(field_name, field_place, part, _FIELD_TYPES, name, fields)
            part.close()
            if field is None:
                type_name = None
            else:
                fields[field_name] = field
        if type_name is None:
            return None
        return Fact(
            name,
            FactType.RECORDS,
            label,
            description,
            fields=fields,
            record_label=record_label,
            place=place,
        )

    def _never_optional(self, section: Section, what: str) -> None:
        if section.flag("optional"):
            self._problems.error(
                "never-absent",
                section.key_place("optional"),
                f"{what} is never absent and cannot be `optional`",
                "remove `optional`",
            )

    def _read_plain(
        self,
        name: str,
        place: Place,
        section: Section,
        types: Mapping[str, FactType],
        owner: str,
        siblings: Mapping[str, Fact],
    ) -> Fact | None:
        """Read a fact or a field; `siblings` is the mapping into which a field will be put."""
        type_name = read_type(section, types, self._code_lists)
        label, description = section.words("label"), section.words("description")
        looked_up = section.optional_section("looked_up")
        if looked_up is not None:
            self._never_optional(section, f"the looked-up `{name}`")
        optional = section.flag("optional") and looked_up is None
        if type_name is not None and type_name.type is FactType.RECORDS:
            section.need("fields")
            section.need("record_label")
            type_name = None
        if type_name is None:
            return None
        lookup = None
        if looked_up is not None:
            lookup = self._read_lookup(looked_up, type_name)
            if lookup is None:
                return None
        fact = _plain_fact(name, type_name, (label, description), optional, lookup, place)
        if lookup is not None and looked_up is not None:
            self._looked_up.append(LookedUp(owner, siblings, fact, lookup, looked_up))
        return fact

    def _read_lookup(self, section: Section, type_name: TypeName) -> Lookup | None:
        table, column = section.text("table"), section.text("column")
        key, day = section.text("key"), section.text("on")
        node = section.need("otherwise")
        section.close()
        otherwise = (
            None
            if node is None
            else as_value(node, type_name, self._code_lists, self._problems, "`otherwise`")
        )
        if table is None or column is None or key is None or day is None or otherwise is None:
            return None
        return Lookup(table, column, key, day, otherwise)


def _plain_fact(
    name: str,
    type_name: TypeName,
    words: tuple[Text, Text],
    optional: bool,
    lookup: Lookup | None,
    place: Place,
) -> Fact:
    label, description = words
    return Fact(
        name,
        type_name.type,
        label,
        description,
        code_list=type_name.code_list,
        optional=optional,
        looked_up=lookup,
        place=place,
    )


def known_operations(
    named: Iterable[tuple[str, Place]], known: Collection[str], problems: Problems
) -> None:
    """Report every operation that the catalogue does not list, if it lists any."""
    for name, place in named:
        if known and name not in known:
            problems.error(
                "unknown-operation",
                place,
                f"there is no operation `{shown(name)}`",
                did_you_mean(name, known),
            )
