"""The bytes of all files → a `Rulebook`, or every reason why there is none.

In: file contents by name, `rules/registration.yaml` or `config/code_lists.yaml`. Out: the rulebook
and its warnings, or None and all problems, sorted by place.
Does not know: the file system, or what the rules are about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.facts import Catalogue
from engine.identity import rulebook_id
from engine.model import Rulebook, RuleFile
from engine.problems import Place, Problem, Severity, in_order
from engine.reader.catalogue import ReadCatalogue, read_catalogue
from engine.reader.check import Grounds, check_error_codes, check_kinds, check_rule
from engine.reader.code_lists import TableSource
from engine.reader.parameters import read_error_codes, read_parameters
from engine.reader.reading import Problems, kind_of
from engine.reader.rules import RuleReader
from engine.reader.section import Section, as_section
from engine.reader.tables import read_tables
from engine.reader.typed import CodeLists
from engine.reader.vocabulary import Vocabulary
from engine.source.document import Document, Scalar, canonical, read_yaml
from engine.tables import ErrorCode, Parameter, Table

FORMAT = 1
"""The only format of files that is read."""

CATALOGUE = "rules/facts.yaml"

_CONFIG_KEYS = ("tables", "parameters", "codes")
_UNKNOWN_NAMES = frozenset(
    {
        "unknown-table",
        "unknown-code-list",
        "unknown-parameter",
        "unknown-error-code",
    }
)


def read_rulebook(
    files: Mapping[str, bytes], read: Callable[[bytes, str], Document] = read_yaml
) -> tuple[Rulebook | None, tuple[Problem, ...]]:
    """Read and check all files; the rulebook is None when any problem is an error. Never raises.

    `read` reads one file as `read_yaml` does, for whoever keeps trees of files that stay the same.
    """
    reader = _RulebookReader(read)
    for name in sorted(files):
        reader.open(name, files[name])
    return reader.finish()


def read_config_tables(
    files: Mapping[str, bytes], read: Callable[[bytes, str], Document] = read_yaml
) -> Mapping[str, Table] | None:
    """Read the tables of `config/` alone, whatever the rules look like, and sooner.

    `files` may be a whole rulebook. None when a file of `config/` has an error. Never raises.
    """
    reader = _RulebookReader(read)
    for name in sorted(files):
        if name.startswith("config/"):
            reader.open(name, files[name])
    return reader.finish_tables()


@dataclass(slots=True)
class _Config:
    """What the files of `config/` hold together."""

    sources: list[TableSource] = field(default_factory=list)
    parameters: dict[str, Parameter | None] = field(default_factory=dict)
    error_codes: dict[str, ErrorCode] = field(default_factory=dict)


class _RulebookReader:
    def __init__(self, read: Callable[[bytes, str], Document]) -> None:
        self._read = read
        self._problems = Problems()
        self._of_source: list[Problem] = []
        self._roots: dict[str, Section] = {}
        self._unopened: set[str] = set()
        self._digests: dict[str, str] = {}

    def open(self, name: str, raw: bytes) -> None:
        """Turn one file into a tree and check what all files have in common."""
        start = Place(name, 1, 1)
        if not name.startswith(("rules/", "config/")) or not name.endswith(".yaml"):
            self._problems.error(
                "unknown-file",
                start,
                f"`{name}` is no file of a rulebook",
                "put it into `rules/` or `config/`, with a name that ends with `.yaml`",
            )
            return
        document = self._read(raw, name)
        self._of_source.extend(document.problems)
        root = None
        if document.root is not None:
            self._digests[name] = hashlib.sha256(canonical(document.root)).hexdigest()
            root = as_section(document.root, self._problems, "the file")
        if root is None or not self._format_fits(root):
            self._unopened.add(name)
            return
        self._roots[name] = root

    def _format_fits(self, root: Section) -> bool:
        node = root.need("format")
        if node is None:
            return True
        if isinstance(node, Scalar) and node.value is not True and node.value == FORMAT:
            return True
        self._problems.error(
            "unknown-format",
            node.place,
            f"expected `format: {FORMAT}`, found {kind_of(node)}",
            f"write `format: {FORMAT}`, or use the version of the program that reads this format",
        )
        return False

    def finish(self) -> tuple[Rulebook | None, tuple[Problem, ...]]:
        """Read the opened files in the order in which they need one another, and check them."""
        config = self._read_config()
        tables, code_lists = read_tables(config.sources, config.parameters, self._problems)
        read = self._read_catalogue(code_lists, tables)
        catalogue = read.catalogue
        vocabulary = Vocabulary(
            # without a single name the file has a problem that explains all the others
            catalogue.facts if catalogue.facts or read.unreadable else None,
            read.unreadable,
            code_lists,
            tables,
            config.parameters,
        )
        rules = RuleReader(
            vocabulary,
            tuple(catalogue.operations) or None,
            config.error_codes or None,
            self._problems,
        )
        rule_files = self._read_rules(rules)
        if vocabulary.facts is not None:
            grounds = Grounds(catalogue, read.unreadable, config.parameters, rules.unsound)
            for rule in (rule for file in rule_files for rule in file.all):
                check_rule(rule, grounds, self._problems)
            check_kinds(rule_files, self._problems)
        if not self._unopened:
            check_error_codes(config.error_codes.values(), rules.with_codes, self._problems)
        found = self._without_consequences()
        if any(each.severity is Severity.ERROR for each in found):
            return None, found
        return Rulebook(
            rulebook_id(self._digests),
            rule_files,
            catalogue,
            _sound(tables),
            {name: each for name, each in config.parameters.items() if each is not None},
            config.error_codes,
            self._digests,
        ), found

    def finish_tables(self) -> Mapping[str, Table] | None:
        """Read the tables of the opened files; None when something in these is wrong."""
        config = self._read_config()
        tables, _code_lists = read_tables(config.sources, config.parameters, self._problems)
        if any(each.severity is Severity.ERROR for each in self._without_consequences()):
            return None
        return _sound(tables)

    def _read_config(self) -> _Config:
        config = _Config()
        for name, root in self._roots.items():
            if not name.startswith("config/"):
                continue
            if not any(root.has(key) for key in _CONFIG_KEYS):
                root.need(_CONFIG_KEYS[0])
            if root.has("tables"):
                config.sources.extend(
                    TableSource(table, place, node) for table, place, node in root.members("tables")
                )
            if root.has("parameters"):
                read_parameters(root, config.parameters)
            if root.has("codes"):
                read_error_codes(root, config.error_codes)
            root.close()
        if not config.error_codes and not self._unopened:
            self._missing(
                "config/error_codes.yaml", "error codes", "write the file with the key `codes`"
            )
        return config

    def _read_catalogue(
        self, code_lists: CodeLists, tables: Mapping[str, Table | None]
    ) -> ReadCatalogue:
        root = self._roots.get(CATALOGUE)
        if root is not None:
            return read_catalogue(root, code_lists, tables)
        if CATALOGUE not in self._unopened:
            hint = "write the file with the facts that rules may use"
            self._missing(CATALOGUE, "fact catalogue", hint)
        return ReadCatalogue(Catalogue({}, {}), frozenset())

    def _read_rules(self, reader: RuleReader) -> tuple[RuleFile, ...]:
        names = [name for name in self._roots if name.startswith("rules/") and name != CATALOGUE]
        if not names and not any(name.startswith("rules/") for name in self._unopened):
            self._missing("rules", "rules", "write a file of rules, such as `rules/loans.yaml`")
        return tuple(reader.read_file(self._roots[name]) for name in names)

    def _missing(self, file: str, what: str, hint: str) -> None:
        self._problems.error("missing-file", Place(file, 1, 1), f"the rulebook has no {what}", hint)

    def _without_consequences(self) -> tuple[Problem, ...]:
        """Return all problems but those that only follow from another one.

        A refused scalar stays in the tree as text: what is said of its place is no news. A name
        may well stand in a file that could not be opened.
        """
        refused = {each.place for each in self._of_source if each.severity is Severity.ERROR}
        return in_order(
            [
                *self._of_source,
                *(
                    each
                    for each in self._problems.found
                    if each.place not in refused
                    and not (self._unopened and each.code in _UNKNOWN_NAMES)
                ),
            ]
        )


def _sound(tables: Mapping[str, Table | None]) -> Mapping[str, Table]:
    return {name: table for name, table in tables.items() if table is not None}
