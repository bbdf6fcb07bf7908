"""The matrix, sheets in and out, and the edit of the table's file."""

from __future__ import annotations

import functools
import io
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from engine.model import Confidence, Rulebook
from engine.reader.load import load_rulebook, read_folders
from engine.reader.rulebook import read_rulebook
from web.ui.matrix import files
from web.ui.matrix.matrix import Matrix, changes, matrix_on, versions_of
from web.ui.matrix.sheet import cell_name, read_sheet, sheet_of
from web.ui.matrix.table_edit import FILE, NotEditable, agrees, with_matrix

PROJECT = Path(__file__).parents[3]
DAY = date(2026, 1, 1)
TEXT = (PROJECT / FILE).read_text(encoding="utf-8")


@functools.cache
def real_rulebook() -> Rulebook:
    return load_rulebook(PROJECT / "rules", PROJECT / "config")


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return real_rulebook()


@pytest.fixture(scope="module")
def matrix(rulebook: Rulebook) -> Matrix:
    return matrix_on(rulebook.tables, DAY)


def padded(matrix: Matrix) -> list[list[str]]:
    return sheet_of(matrix, "da")


def row_of(rows: list[list[str]], group: int) -> list[str]:
    return next(each for each in rows if each[0] == str(group))


def column_of(rows: list[list[str]], kind: int) -> int:
    return next(at for at, head in enumerate(rows[0]) if head.startswith(f"{kind} "))


def read_again(text: str) -> Rulebook:
    content = read_folders(PROJECT / "rules", PROJECT / "config")
    rulebook, problems = read_rulebook({**content, FILE: text.encode()})
    assert rulebook is not None, problems
    return rulebook


# --- values ---------------------------------------------------------------------------------------


def test_the_matrix_says_what_the_table_says(matrix: Matrix) -> None:
    assert frozenset({4, 12, 18}) == matrix.by_code[6].allowed
    assert Confidence.ASSUMED == matrix.by_code[6].confidence
    assert Confidence.INFERRED == matrix.by_code[1].confidence
    assert matrix.by_code[4].confidence is None


def test_types_out_of_force_have_no_column(matrix: Matrix) -> None:
    assert {19, 20}.isdisjoint({each.code for each in matrix.types})


def test_versions_are_the_days_on_which_something_shown_changes(rulebook: Rulebook) -> None:
    assert (date(2018, 1, 1), date(2019, 6, 1)) == versions_of(rulebook.tables)
    changed = read_again(with_matrix(TEXT, *_changed(matrix_on(rulebook.tables, date(2025, 7, 1)))))
    assert date(2025, 7, 1) in versions_of(changed.tables)


def _changed(old: Matrix) -> tuple[Matrix, Matrix]:
    groups = tuple(
        replace(each, allowed=each.allowed | {18} if each.named.code == 1 else each.allowed)
        for each in old.groups
    )
    return old, replace(old, groups=groups)


def test_a_change_names_cells_and_a_better_mark(matrix: Matrix) -> None:
    _, new = _changed(matrix)
    sure = replace(
        new,
        groups=tuple(
            replace(each, confidence=Confidence.OFFICIAL) if each.named.code == 1 else each
            for each in new.groups
        ),
    )
    (change,) = changes(matrix, sure)
    assert [18] == [each.code for each in change.added]
    assert () == change.removed
    assert change.more_certain


# --- sheets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [files.as_csv, lambda rows: files.as_xlsx(rows, "Ark", [])])
def test_a_sheet_comes_back_as_it_went_out(matrix: Matrix, write) -> None:
    read = read_sheet(files.read_file(write(padded(matrix))), matrix)
    assert () == read.faults
    assert matrix == read.matrix


def test_commas_and_tabs_are_read_too(matrix: Matrix) -> None:
    for delimiter in (",", "\t"):
        text = "\n".join(delimiter.join(row) for row in padded(matrix))
        assert matrix == read_sheet(files.read_file(text.encode()), matrix).matrix


@pytest.mark.parametrize("coding", ["cp1252", "utf-16", "utf-8-sig", "utf-8"])
def test_the_text_of_any_spreadsheet_is_read(matrix: Matrix, coding: str) -> None:
    text = "\r\n".join("\t".join(row) for row in padded(matrix))
    assert matrix == read_sheet(files.read_file(text.encode(coding)), matrix).matrix


def test_a_changed_row_without_a_word_counts_as_assumed(matrix: Matrix) -> None:
    rows = padded(matrix)
    row_of(rows, 1)[column_of(rows, 18)] = "X"
    row_of(rows, 1)[2] = ""
    read = read_sheet(rows, matrix)
    assert read.matrix is not None
    assert Confidence.ASSUMED == read.matrix.by_code[1].confidence


def test_groups_that_the_sheet_leaves_out_stay_and_are_named(matrix: Matrix) -> None:
    rows = [each for each in padded(matrix) if each[0] != "6"]
    read = read_sheet(rows, matrix)
    assert matrix == read.matrix
    assert [6] == [each.code for each in read.silent]


def _fault(rows: list[list[str]], matrix: Matrix) -> tuple[str, str]:
    read = read_sheet(rows, matrix)
    assert read.matrix is None
    return read.faults[0].cell, read.faults[0].words.da


def test_every_fault_names_its_cell(matrix: Matrix) -> None:
    def with_cell(row: int, column: int, text: str) -> list[list[str]]:
        rows = padded(matrix)
        rows[row][column] = text
        return rows

    assert ("A1", "forventede overskriften `Kontaktgruppe`, fandt `Gruppe`") == _fault(
        with_cell(0, 0, "Gruppe"), matrix
    )
    cell, words = _fault(with_cell(0, 4, "99 Ukendt"), matrix)
    assert "E1" == cell
    assert "kender ingen samtaletype `99 Ukendt`" in words
    assert ("A3", "kender ingen kontaktgruppe `99`") == _fault(with_cell(2, 0, "99"), matrix)
    assert ("A3", "kontaktgruppe 1 har allerede en række") == _fault(with_cell(2, 0, "1"), matrix)
    assert ("E2", "forventede `x` eller en tom celle, fandt `måske`") == _fault(
        with_cell(1, 4, "måske"), matrix
    )
    cell, words = _fault(with_cell(1, 2, "sikker"), matrix)
    assert "C2" == cell
    assert "`antaget`" in words


def test_a_type_without_a_column_is_a_fault_and_no_deletion(matrix: Matrix) -> None:
    rows = [row[:-1] for row in padded(matrix)]
    assert "kolonnen for samtaletype 18" in _fault(rows, matrix)[1]


@pytest.mark.shows_citizen_numbers("a number of a form that real ones have")
def test_a_pasted_number_is_not_repeated(matrix: Matrix) -> None:
    rows = padded(matrix)
    rows[1][0] = "0101701234"
    assert "0101701234" not in _fault(rows, matrix)[1]


def test_an_empty_sheet_is_said_to_be_empty(matrix: Matrix) -> None:
    assert "arket er tomt" in _fault([], matrix)[1]


@pytest.mark.parametrize(("column", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (703, "AAA")])
def test_cells_are_named_as_spreadsheets_name_them(column: int, name: str) -> None:
    assert f"{name}7" == cell_name(7, column)


# --- files from anywhere --------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "=cmd|'/C calc'!A0"])
def test_no_cell_goes_out_as_a_formula(cell: str) -> None:
    csv = files.as_csv([[cell]]).decode("utf-8-sig")
    assert csv.startswith(("'", "\"'", "\"'"))
    sheet = load_workbook(io.BytesIO(files.as_xlsx([[cell]], "Ark", [[cell, cell]])))
    for each in sheet.worksheets:
        for row in each.iter_rows():
            assert all("f" != found.data_type for found in row)
    assert [[cell.strip("\t")]] == files.read_file(files.as_xlsx([[cell.strip("\t")]], "Ark", []))


def _refused(raw: bytes) -> str:
    with pytest.raises(files.FileRefused) as refused:
        files.read_file(raw)
    return refused.value.why.da


def test_a_file_that_unpacks_to_too_much_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * 30_000_000)
    assert len(packed.getvalue()) < files.MOST_BYTES
    assert "pakkes ud" in _refused(packed.getvalue())


def test_a_file_of_too_many_parts_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(files.MOST_PARTS + 1):
            archive.writestr(f"{number}.xml", b"")
    assert "pakkes ud" in _refused(packed.getvalue())


def test_xml_with_entities_is_refused(matrix: Matrix) -> None:
    good = files.as_xlsx(padded(matrix), "Ark", [])
    bent = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as archive, zipfile.ZipFile(bent, "w") as other:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith("sheet1.xml"):
                content = b'<!DOCTYPE x [<!ENTITY a "b">]>' + content
            other.writestr(name, content)
    assert "kan ikke læses" in _refused(bent.getvalue())


@pytest.mark.parametrize(
    "raw", [b"", b"   ", b"PK\x03\x04", b"PK\x03\x04" + b"x" * 99, b"a;b\0;c", b"x" * 1_000_001]
)
def test_what_is_no_sheet_is_refused_with_words(raw: bytes) -> None:
    assert _refused(raw).endswith(".")


def test_too_many_rows_columns_and_letters_are_refused() -> None:
    assert "rækker" in _refused(b"a\n" * 600)
    assert "kolonner" in _refused(b";".join([b"a"] * 300))
    assert "række 1 er for lang" in _refused(b"a" * 600)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    for content in (raw, b"PK\x03\x04" + raw):
        try:
            files.read_file(content)
        except files.FileRefused:
            continue


GOOD = files.as_xlsx([["a", "b"], ["c", "d"]], "Ark", [])


@settings(deadline=None)
@given(st.integers(4, len(GOOD) - 1), st.integers(0, 255))
def test_a_bent_workbook_is_read_or_refused(at: int, byte: int) -> None:
    try:
        files.read_file(GOOD[:at] + bytes([byte]) + GOOD[at + 1 :])
    except files.FileRefused:
        return


# --- the edit of the file -------------------------------------------------------------------------


def test_a_changed_group_gets_one_new_row_and_every_other_line_stays(matrix: Matrix) -> None:
    new = with_matrix(TEXT, *_changed(matrix))
    before, after = TEXT.splitlines(), new.splitlines()
    added = [line for line in after if line not in before]
    assert [
        (
            "      - {contact_group: 1, valid_from: 2026-01-01, interview_types: "
            "[7, 8, 9, 10, 11, 12, 13, 15, 17, 18], confidence: inferred}"
        )
    ] == added
    assert before == [line for line in after if line not in added]
    assert agrees(matrix_on(read_again(new).tables, DAY), _changed(matrix)[1])


def test_the_day_before_is_answered_as_it_was(matrix: Matrix, rulebook: Rulebook) -> None:
    read = read_again(with_matrix(TEXT, *_changed(matrix)))
    before = date(2025, 12, 31)
    assert matrix_on(rulebook.tables, before) == matrix_on(read.tables, before)


def test_a_row_of_the_same_day_is_written_anew_and_keeps_its_comment(rulebook: Rulebook) -> None:
    text = TEXT.replace("confidence: inferred}", "confidence: inferred}  # kilde: {mødet}", 1)
    old = matrix_on(rulebook.tables, date(2018, 1, 1))
    new = with_matrix(text, *_changed(old))
    assert text.count("\n") == new.count("\n")
    assert "18], confidence: inferred}  # kilde: {mødet}" in new


def test_a_group_without_rows_follows_all_others(matrix: Matrix) -> None:
    groups = tuple(
        replace(each, allowed=frozenset({12}), confidence=Confidence.ASSUMED)
        if each.named.code == 4
        else each
        for each in matrix.groups
    )
    new = with_matrix(TEXT, matrix, replace(matrix, groups=groups))
    lines = new.splitlines()
    new_row = (
        "{contact_group: 4, valid_from: 2026-01-01, interview_types: [12], confidence: assumed}"
    )
    row = lines.index(f"      - {new_row}")
    assert "contact_group: 29" in lines[row - 1]
    assert "# De øvrige grupper" in lines[row + 1]


def test_line_ends_of_another_system_are_kept(matrix: Matrix) -> None:
    new = with_matrix(TEXT.replace("\n", "\r\n"), *_changed(matrix))
    assert new.count("\n") == new.count("\r\n")


@pytest.mark.parametrize(
    "text",
    [
        "format: 1\n",
        "tables: {allowed_interview_types: {rows: [{contact_group: 1}]}}\n",
        "tables:\n  allowed_interview_types:\n    rows:\n      - contact_group: 1\n        a: 1\n",
    ],
)
def test_a_file_of_another_layout_is_left_alone(matrix: Matrix, text: str) -> None:
    with pytest.raises(NotEditable):
        with_matrix(text, *_changed(matrix))


@settings(deadline=None, max_examples=40)
@given(
    st.dictionaries(
        st.sampled_from([1, 2, 4, 6, 29]),
        st.tuples(
            st.frozensets(st.sampled_from([4, 7, 12, 18])), st.sampled_from(list(Confidence))
        ),
        min_size=1,
    ),
    st.sampled_from([date(2018, 1, 1), date(2017, 1, 1), date(2020, 5, 1)]),
)
def test_whatever_is_wanted_is_what_the_file_then_says(
    wanted: dict[int, tuple[frozenset[int], Confidence]], day: date
) -> None:
    old = matrix_on(real_rulebook().tables, day)
    groups = tuple(
        replace(each, allowed=wanted[code][0], confidence=wanted[code][1])
        if isinstance(code := each.named.code, int) and code in wanted
        else each
        for each in old.groups
    )
    new = replace(old, groups=groups)
    read = matrix_on(read_again(with_matrix(TEXT, old, new)).tables, day)
    assert agrees(read, new)
