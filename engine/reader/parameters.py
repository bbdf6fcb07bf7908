"""The `parameters` and `codes` of `config/*.yaml` → `Parameter`s and `ErrorCode`s.

In: the trees of the files. Out: both by name, None for one that could not be read.
Does not know: which rule uses them.
"""

from __future__ import annotations

from datetime import date

from engine.dated import SINCE_EVER, Dated
from engine.model import Basis
from engine.problems import Place
from engine.reader.basis import read_basis
from engine.reader.reading import SNAKE, Problems, as_list
from engine.reader.section import Section, as_section
from engine.reader.typed import WRITABLE, CodeLists, Literal, as_literal, read_type
from engine.source.document import Node
from engine.source.scalars import shown
from engine.tables import ErrorCode, Parameter

_ORIGINS = {word: word for word in ("official", "adopted", "assigned")}
_NO_CODES = CodeLists({})


def read_parameters(root: Section, parameters: dict[str, Parameter | None]) -> None:
    """Read one file's parameters into `parameters`."""
    problems = root.problems
    for name, place, node in root.members("parameters"):
        if name in parameters:
            first = parameters[name]
            where = "" if first is None else f", the first at {first.place}"
            problems.error(
                "duplicate-parameter",
                place,
                f"there are two parameters `{shown(name)}`{where}",
                "give one of them another name",
            )
            continue
        parameters[name] = _read_parameter(name, place, node, problems)


def _read_parameter(name: str, place: Place, node: Node, problems: Problems) -> Parameter | None:
    section = as_section(node, problems, f"parameter `{name}`")
    if not SNAKE.fullmatch(name):
        problems.error(
            "bad-name",
            place,
            f"`{shown(name)}` cannot name a parameter",
            "use small letters, digits and underscores as in `loan_days`",
        )
        return None
    if section is None:
        return None
    title, unit = section.words("title"), section.optional_words("unit")
    type_name = read_type(section, WRITABLE, _NO_CODES)
    values: dict[date, Literal] = {}
    bases: dict[date, Basis] = {}
    sound = type_name is not None
    for position, entry in enumerate(section.entries("versions")):
        version = as_section(entry, problems, f"a value of parameter `{name}`")
        if version is None:
            sound = False
            continue
        starts = _start(version, position, name)
        value_node = version.need("value")
        value = None
        if value_node is not None and type_name is not None:
            value = as_literal(value_node, type_name, _NO_CODES, problems, f"the value of `{name}`")
        basis = read_basis(version)
        version.close()
        if starts is None or value is None or basis is None:
            sound = False
        elif starts in values:
            problems.error(
                "duplicate-valid-from",
                version.value_place("valid_from"),
                f"two values of parameter `{name}` begin on the same day",
                "give one of them another `valid_from`, or remove it",
            )
        else:
            values[starts], bases[starts] = value, basis
    section.close()
    if type_name is None or not sound:
        return None
    told = {start: (basis.text, basis.confidence.value) for start, basis in bases.items()}
    return Parameter(
        name, type_name.type, title, unit, Dated(values.items()), Dated(told.items()), place
    )


def _start(version: Section, position: int, name: str) -> date | None:
    """Return the first day of a value; only the first value may have held since ever."""
    if version.has("valid_from"):
        return version.optional_day("valid_from")
    version.find("valid_from")
    if position == 0:
        return SINCE_EVER
    version.problems.error(
        "missing-key",
        version.place,
        f"a later value of parameter `{name}` needs the key `valid_from`",
        "add `valid_from:`",
    )
    return None


def read_error_codes(root: Section, codes: dict[str, ErrorCode]) -> None:
    """Read one file's error codes into `codes`."""
    problems = root.problems
    node = root.need("codes")
    if node is None:
        return
    for entry in as_list(node, problems, "`codes`").entries:
        section = as_section(entry, problems, "an error code")
        if section is None:
            continue
        code, title = section.text("code"), section.words("title")
        origin = section.choice("origin", _ORIGINS, None)
        new_code, rule = section.optional_text("new_code"), section.optional_text("rule")
        section.close()
        if code is None:
            continue
        if code in codes:
            problems.error(
                "duplicate-code",
                section.value_place("code"),
                f"error code `{shown(code)}` stands twice, first at {codes[code].place}",
                "keep one entry per code",
            )
            continue
        codes[code] = ErrorCode(
            code, title, origin or "", new_code, rule, section.value_place("code")
        )
