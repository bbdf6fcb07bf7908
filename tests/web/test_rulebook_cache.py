"""What was read once is found again, and whatever lies in the folder, the files decide."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.reader.load import read_folders
from engine.reader.rulebook import read_rulebook
from engine.snapshot.snapshot import Read, key_of, snapshot_of
from tests.engine.rulebook_changes import good_files, read_mistake
from tests.web.door import PROJECT
from web.private_folder import SUFFIX, PrivateFolder
from web.rulebook_cache import RulebookCache, program_text, reading_for
from web.settings import Settings

FILES = good_files()
PROGRAM = "this program"
NAMES = tuple(f"{number:064x}" for number in range(5))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "samtale"


@pytest.fixture
def cache(folder: Path) -> RulebookCache:
    return RulebookCache(PrivateFolder(folder), PROGRAM)


def entry(folder: Path) -> Path:
    return folder / (key_of(FILES, PROGRAM) + SUFFIX)


def planted(folder: Path) -> Path:
    """Keep another rulebook under the key of the good one, as if it had been read from it."""
    other = {**FILES, "rules/letters.yaml": FILES["rules/letters.yaml"].replace(b"da: ", b"da: X")}
    rulebook, problems = read_rulebook(other)
    assert rulebook is not None
    key = key_of(FILES, PROGRAM)
    PrivateFolder(folder).keep(key, snapshot_of(Read(rulebook, problems), key))
    return entry(folder)


def test_what_was_read_is_found_again_and_not_read(cache: RulebookCache, folder: Path) -> None:
    assert read_rulebook(FILES) == cache.read(FILES)
    assert entry(folder).is_file()
    # only what lies in the folder can tell it this
    planted(folder)
    assert read_rulebook(FILES) != cache.read(FILES)


def test_any_changed_file_is_read(cache: RulebookCache) -> None:
    cache.read(FILES)
    for name in FILES:
        changed = {**FILES, name: FILES[name] + b"# more\n"}
        assert read_rulebook(changed) == cache.read(changed)


def test_a_rulebook_with_errors_is_read_each_time(cache: RulebookCache, folder: Path) -> None:
    broken = {**FILES, "rules/lending.yaml": b"format: 1\n"}
    rulebook, problems = cache.read(broken)
    assert (None, read_rulebook(broken)[1]) == (rulebook, problems)
    assert not folder.exists()


def test_what_somebody_types_is_looked_for_and_not_kept(folder: Path) -> None:
    typing = RulebookCache(PrivateFolder(folder), PROGRAM, keeps=False)
    assert read_rulebook(FILES) == typing.read(FILES)
    assert not folder.exists()
    planted(folder)
    assert read_rulebook(FILES) != typing.read(FILES)


def test_warnings_are_found_again(cache: RulebookCache) -> None:
    warned = read_mistake("same-as-before").files
    first = cache.read(warned)
    assert first[0] is not None
    assert ["same-as-before"] == [each.code for each in first[1]]
    assert first == cache.read(warned) == read_rulebook(warned)


def test_another_program_finds_nothing(folder: Path) -> None:
    planted(folder)
    other = RulebookCache(PrivateFolder(folder), "another program")
    assert read_rulebook(FILES) == other.read(FILES)


def test_bytes_that_were_changed_are_read_over_and_mended(
    cache: RulebookCache, folder: Path
) -> None:
    cache.read(FILES)
    path, draws = entry(folder), random.Random(73)
    good = path.read_bytes()
    for _ in range(60):
        place, length = draws.randrange(len(good)), draws.randrange(1, 40)
        path.write_bytes(good[:place] + draws.randbytes(length) + good[place + length :])
        assert read_rulebook(FILES) == cache.read(FILES)
        assert good == path.read_bytes()


def test_a_cut_off_file_is_read_over_and_mended(cache: RulebookCache, folder: Path) -> None:
    cache.read(FILES)
    path = entry(folder)
    good = path.read_bytes()
    for length in (0, 1, 18, 19, 50, 51, 52, len(good) - 1):
        path.write_bytes(good[:length])
        assert read_rulebook(FILES) == cache.read(FILES)
        assert good == path.read_bytes()


# --- whose folder it is ---------------------------------------------------------------------------


def test_folder_and_files_are_the_users_alone(cache: RulebookCache, folder: Path) -> None:
    cache.read(FILES)
    assert 0o700 == folder.stat().st_mode & 0o777
    assert 0o600 == entry(folder).stat().st_mode & 0o777


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o777])
def test_a_folder_that_others_may_enter_is_not_asked(
    cache: RulebookCache, folder: Path, mode: int
) -> None:
    planted(folder)
    folder.chmod(mode)
    assert read_rulebook(FILES) == cache.read(FILES)


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_may_write_to_is_not_asked(
    cache: RulebookCache, folder: Path, mode: int
) -> None:
    planted(folder).chmod(mode)
    assert read_rulebook(FILES) == cache.read(FILES)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_somebody_else_owns_is_not_asked(cache: RulebookCache, folder: Path) -> None:
    path = planted(folder)
    os.chown(path, 12_345, -1)
    assert read_rulebook(FILES) == cache.read(FILES)
    planted(folder)
    os.chown(folder, 12_345, -1)
    assert read_rulebook(FILES) == cache.read(FILES)


def test_a_link_is_not_followed(cache: RulebookCache, folder: Path, tmp_path: Path) -> None:
    path = planted(folder)
    path.symlink_to(path.rename(tmp_path / "elsewhere"))
    assert read_rulebook(FILES) == cache.read(FILES)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("put", [_pipe, _folder])
def test_what_is_no_file_keeps_nobody_waiting(
    cache: RulebookCache, folder: Path, put: Callable[[Path], None]
) -> None:
    path = planted(folder)
    path.unlink()
    put(path)
    assert read_rulebook(FILES) == cache.read(FILES)


def test_where_nothing_can_be_kept_everything_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for folder in (tmp_path / "file", tmp_path / "file" / "inside", Path("/proc/none")):
        cache = RulebookCache(PrivateFolder(folder), PROGRAM)
        assert read_rulebook(FILES) == cache.read(FILES) == cache.read(FILES)


# --- how much is kept -----------------------------------------------------------------------------


def age(folder: Path, name: str, seconds: int) -> None:
    os.utime(folder / (name + SUFFIX), (1_000_000 - seconds, 1_000_000 - seconds))


def test_the_least_lately_used_makes_way_for_one_too_many(folder: Path) -> None:
    private = PrivateFolder(folder, most_entries=3)
    for number, name in enumerate(NAMES[:3]):
        private.keep(name, name.encode())
        age(folder, name, 100 - number)
    assert NAMES[0].encode() == private.find(NAMES[0])
    private.keep(NAMES[3], b"new")
    there = [private.find(name) is not None for name in NAMES[:4]]
    assert [True, False, True, True] == there


def test_the_oldest_make_way_for_too_many_bytes(folder: Path) -> None:
    private = PrivateFolder(folder, most_bytes=1_000)
    for number, name in enumerate(NAMES[:3]):
        private.keep(name, bytes(300))
        age(folder, name, 100 - number)
    private.keep(NAMES[3], bytes(600))
    assert [None, None, bytes(300), bytes(600)] == [private.find(name) for name in NAMES[:4]]


def test_what_is_larger_than_all_the_room_is_not_kept(folder: Path) -> None:
    private = PrivateFolder(folder, most_bytes=1_000)
    private.keep(NAMES[0], bytes(300))
    private.keep(NAMES[1], bytes(1_001))
    assert [bytes(300), None] == [private.find(name) for name in NAMES[:2]]


def test_what_a_killed_process_left_half_written_makes_way_too(folder: Path) -> None:
    private = PrivateFolder(folder, most_entries=1)
    private.keep(NAMES[0], b"whole")
    half = folder / f".{NAMES[1]}{SUFFIX}.{'0' * 16}"
    half.write_bytes(b"ha")
    os.utime(half, (1, 1))
    private.keep(NAMES[2], b"new")
    assert [f"{NAMES[2]}{SUFFIX}"] == [path.name for path in folder.iterdir()]


def test_nobody_elses_file_makes_way(folder: Path) -> None:
    private = PrivateFolder(folder, most_entries=1)
    folder.mkdir(parents=True, mode=0o700)
    own = [folder / name for name in ("letter.txt", f"x{NAMES[0]}{SUFFIX}", ".hidden")]
    for path in own:
        path.write_text("mine")
        os.utime(path, (1, 1))
    private.keep(NAMES[0], b"one")
    private.keep(NAMES[1], b"two")
    assert ["mine"] * 3 == [path.read_text() for path in own]


# --- settings -------------------------------------------------------------------------------------


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    assert read_rulebook is reading_for(Settings())
    assert None is Settings.from_environment({"SAMTALE_CACHE": "off"}).cache
    folder = Settings.from_environment({"SAMTALE_CACHE": str(tmp_path)}).cache
    assert tmp_path == folder


def test_the_text_of_the_program_tells_its_versions() -> None:
    text = program_text()
    assert text is not None
    assert "PyYAML" in text


def test_a_start_reads_the_project_once(tmp_path: Path) -> None:
    settings = replace(Settings(), cache=tmp_path / "cache")
    files = read_folders(PROJECT / "rules", PROJECT / "config")
    first = reading_for(settings)(files)
    assert first == reading_for(settings)(files) == read_rulebook(files)
    assert 1 == len(list((tmp_path / "cache").iterdir()))
    shutil.rmtree(tmp_path / "cache")
