"""Two folders → bytes → `Rulebook`: the only file of the engine that touches the file system.

In: the folder of rules and the folder of tables. Out: a rulebook, or `RulebookError`.
Does not know: what stands in the files.
"""

from __future__ import annotations

from pathlib import Path

from engine.model import Rulebook
from engine.problems import Place, Problem, RulebookError
from engine.reader.rulebook import read_rulebook
from engine.source.document import MOST_BYTES


def load_rulebook(rules_dir: Path, config_dir: Path) -> Rulebook:
    """Read the rulebook from its folders; raises `RulebookError` with every problem."""
    rulebook, problems = read_rulebook(read_folders(rules_dir, config_dir))
    if rulebook is None:
        raise RulebookError(problems)
    return rulebook


def read_folders(rules_dir: Path, config_dir: Path) -> dict[str, bytes]:
    """Return the content of every YAML file, by the name that problems show.

    Whatever the folders are called, names begin with `rules/` and `config/`. Files whose name
    begins with a full stop are editors' own and left out. Raises `RulebookError` when a folder or
    file cannot be read.
    """
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for shown_as, folder in (("rules", rules_dir), ("config", config_dir)):
        if not folder.is_dir():
            where, message = Place(shown_as, 1, 1), "this folder does not exist"
            problems.append(Problem("missing-folder", where, message, "name the right folder"))
            continue
        # `.yml` is read too, so that a file with that name is refused and not overlooked
        paths = [*folder.glob("**/*.yaml"), *folder.glob("**/*.yml")]
        for path in sorted(paths):
            inside = path.relative_to(folder)
            if any(part.startswith(".") for part in inside.parts):
                continue
            name = f"{shown_as}/{inside.as_posix()}"
            try:
                with path.open("rb") as stream:
                    # one byte more than allowed is enough for the reader to refuse the file
                    files[name] = stream.read(MOST_BYTES + 1)
            except OSError as error:
                message = f"the file cannot be read: {(error.strerror or 'unknown cause').lower()}"
                problems.append(
                    Problem("unreadable-file", Place(name, 1, 1), message, "check its permissions")
                )
    if problems:
        raise RulebookError(problems)
    return files
