"""The part of the JSON Schema of rule files that is about conditions.

In: a rulebook. Out: definitions: one test per fact and field with the operators that fit, one
quantifier per list, and for every type the values, facts, fields and parameters to compare with.
Does not know: rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.facts import Fact, FactType, Text
from engine.model import Rulebook
from engine.operators import OPERATORS, OperandKind
from engine.schema.parts import (
    COUNT,
    TEXT,
    Schema,
    any_of,
    code_lists,
    codes_of,
    described,
    literal,
    mapping,
    one_of,
    ref,
    several,
    slug,
    titled_as,
)
from engine.schema.words import OPERATOR_WORDS

_WRITTEN_TEXT: Schema = {"type": "string", "pattern": r"^(?!\$)"}
"""Text that stands for itself: a `$` in front makes it a reference."""

_TypeKey = tuple[FactType, str | None]


def condition_definitions(rulebook: Rulebook) -> dict[str, Schema]:
    """Return the definitions for `$defs`; the one to refer to is `conditions`."""
    return _Conditions(rulebook).definitions()


class _Conditions:
    """The definitions for conditions: one test per fact and field, one quantifier per list."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._facts = rulebook.catalogue.facts
        self._lists = {
            name: fact for name, fact in self._facts.items() if fact.type is FactType.RECORDS
        }

    def definitions(self) -> dict[str, Schema]:
        """Return all definitions; the entry is `conditions`."""
        found: dict[str, Schema] = {
            "conditions": any_of(
                [ref("tests"), *(ref(slug("quantifier", name)) for name in self._lists)]
            ),
            "tests": self._tests(self._facts, "", "conditions"),
            "days": any_of(
                [COUNT, self._references({}, (FactType.INTEGER, None), parameters_only=True)]
            ),
        }
        for table in code_lists(self._rulebook):
            found[slug("codes", table.name)] = codes_of(table)
        found.update(self._subjects(self._facts, "", {}))
        for name, fact in self._lists.items():
            found[slug("quantifier", name)] = self._quantifier(fact)
            found[slug("where", name)] = self._tests(fact.fields, name, slug("where", name))
            found.update(self._subjects(fact.fields, name, fact.fields))
        return found

    def _tests(self, subjects: Mapping[str, Fact], owner: str, inner: str) -> Schema:
        properties = {
            name: described(ref(slug("test", owner, name)), fact.description)
            for name, fact in subjects.items()
            if fact.type is not FactType.RECORDS
        }
        several_conditions = several(ref(inner))
        properties["all"] = described(
            several_conditions, Text("alle skal være opfyldt", "all must hold")
        )
        properties["any_of"] = described(
            several_conditions, Text("mindst én skal være opfyldt", "at least one must hold")
        )
        properties["not"] = {**ref(inner), "description": "må ikke være opfyldt / must not hold"}
        return {**mapping(properties), "minProperties": 1}

    def _quantifier(self, fact: Fact) -> Schema:
        this = one_of([(fact.name, fact.label)])
        where = ref(slug("where", fact.name))
        words = [
            ("any", Text("mindst én post opfylder `where`", "at least one record fits")),
            ("none", Text("ingen post opfylder `where`", "no record fits")),
            ("every", Text("alle poster opfylder `where`", "every record fits")),
        ]
        asked = described(where, Text("hvad posten skal opfylde", "what the record must satisfy"))
        simple = [
            titled_as(
                meaning, mapping({word: described(this, meaning), "where": asked}, [word, "where"])
            )
            for word, meaning in words
        ]
        counted = mapping(
            {
                "at_least": described(COUNT, Text("mindst så mange", "at least so many")),
                "at_most": described(COUNT, Text("højst så mange", "at most so many")),
                "of": this,
                "where": asked,
            },
            ["of", "where"],
        )
        counted = titled_as(Text("et antal poster", "a number of records"), counted)
        counted["anyOf"] = [{"required": ["at_least"]}, {"required": ["at_most"]}]
        return {"oneOf": [*simple, counted]}

    def _subjects(
        self, subjects: Mapping[str, Fact], owner: str, fields: Mapping[str, Fact]
    ) -> Iterator[tuple[str, Schema]]:
        """Yield the test of every subject, and the values of each type it is tested against."""
        for key in dict.fromkeys(
            kind for fact in subjects.values() for kind in _compared_types(fact)
        ):
            yield self._operand_name(owner, key), self._operand(fields, key)
        for name, fact in subjects.items():
            if fact.type is not FactType.RECORDS:
                yield slug("test", owner, name), self._test(fact, owner)

    def _operand_name(self, owner: str, key: _TypeKey) -> str:
        return slug("value", owner, key[0].value, key[1] or "")

    def _operand(self, fields: Mapping[str, Fact], key: _TypeKey) -> Schema:
        choices = [self._literal(key), self._references(fields, key)]
        if key[0] is FactType.DATE:
            choices.append(self._shifted(fields))
        return any_of(choices)

    def _references(
        self, fields: Mapping[str, Fact], key: _TypeKey, *, parameters_only: bool = False
    ) -> Schema:
        found: list[tuple[object, Text | None]] = [
            (f"$parameters.{name}", parameter.title)
            for name, parameter in self._rulebook.parameters.items()
            if (parameter.type, None) == key
        ]
        if not parameters_only:
            found += [
                (f"$.{name}", fact.label)
                for name, fact in fields.items()
                if (fact.type, fact.code_list) == key
            ]
            found += [
                (f"${name}", fact.label)
                for name, fact in self._facts.items()
                if (fact.type, fact.code_list) == key
            ]
        return one_of(found)

    def _shifted(self, fields: Mapping[str, Fact]) -> Schema:
        base: Schema = one_of(
            [
                *((f"$.{n}", f.label) for n, f in fields.items() if f.type is FactType.DATE),
                *((f"${n}", f.label) for n, f in self._facts.items() if f.type is FactType.DATE),
            ]
        )
        shifts = [
            mapping({"fact": base, word: described(ref("days"), meaning)}, ["fact", word])
            for word, meaning in (
                ("plus_days", Text("så mange dage senere", "so many days later")),
                ("minus_days", Text("så mange dage tidligere", "so many days earlier")),
            )
        ]
        return {"oneOf": shifts}

    def _test(self, fact: Fact, owner: str) -> Schema:
        properties: dict[str, Schema] = {}
        for operator, meaning in OPERATORS.items():
            if fact.type in meaning.subjects:
                operand = self._operand_of(fact, owner, meaning.operand)
                if fact.type is FactType.TEXT and meaning.operand is OperandKind.INTEGER:
                    # a length; `minimum` says nothing about a reference, which is text
                    operand = {**operand, "minimum": 0}
                properties[operator.value] = {
                    **operand,
                    "description": f"{OPERATOR_WORDS[operator].da} / {OPERATOR_WORDS[operator].en}",
                }
        if fact.optional:
            properties["given"] = described(
                {"type": "boolean"}, Text("om oplysningen er angivet", "whether it is given")
            )
            properties["or"] = described(
                {"const": "absent"},
                Text("også opfyldt, når oplysningen mangler", "holds too when it is absent"),
            )
        named = Text("sammenligning", "comparison")
        tests = titled_as(named, {**mapping(properties), "minProperties": 1})
        if fact.optional:
            tests["not"] = {"required": ["given", "or"]}
        if fact.type is FactType.CODES:
            return tests
        value = ref(self._operand_name(owner, (fact.type, fact.code_list)))
        return any_of([titled_as(Text("værdi", "value"), value), tests])

    def _literal(self, key: _TypeKey) -> Schema:
        kind, code_list = key
        if kind is FactType.CODE:
            return ref(slug("codes", code_list or ""))
        return _WRITTEN_TEXT if kind is FactType.TEXT else literal(self._rulebook, kind, code_list)

    def _operand_of(self, fact: Fact, owner: str, kind: OperandKind) -> Schema:
        match kind:
            case OperandKind.SAME_TYPE:
                return ref(self._operand_name(owner, (fact.type, fact.code_list)))
            case OperandKind.LIST_OF_SAME_TYPE:
                entry = self._literal((fact.type, fact.code_list))
                return several(entry, distinct=True)
            case OperandKind.CODE_OF_LIST:
                return ref(self._operand_name(owner, (FactType.CODE, fact.code_list)))
            case OperandKind.DATE:
                return ref(self._operand_name(owner, (FactType.DATE, None)))
            case OperandKind.INTEGER:
                return ref(self._operand_name(owner, (FactType.INTEGER, None)))
            case OperandKind.PATTERN:
                return TEXT


def _compared_types(fact: Fact) -> Iterator[_TypeKey]:
    """Yield the types of value that a subject can be compared with."""
    for meaning in OPERATORS.values():
        if fact.type in meaning.subjects:
            match meaning.operand:
                case OperandKind.SAME_TYPE:
                    yield fact.type, fact.code_list
                case OperandKind.CODE_OF_LIST:
                    yield FactType.CODE, fact.code_list
                case OperandKind.DATE:
                    yield FactType.DATE, None
                case OperandKind.INTEGER:
                    yield FactType.INTEGER, None
