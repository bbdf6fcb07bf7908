"""*Ret* over HTTP: what may be changed, by whom, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from registry import tables
from registry.storage import Database
from tests.web.ui.bench import Bench, Visitor, bench
from web.cli.output import plain_problem
from web.settings import Settings, SettingsError

RULES = "rules/registration.yaml"
TABLE = "config/allowed_interview_types.yaml"
_ETAG = re.compile(r'name="etag" value="([0-9a-f]{64})"')
STATUS = "    - {contact_group: 3, from: 2018-01-01}"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path, edit=True) as made:
        yield made


@pytest.fixture
def analyst(place: Bench) -> Visitor:
    return place.visitor()


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A workbench in which nothing may be changed."""
    with bench(tmp_path_factory.mktemp("locked")) as made:
        yield made


def text_of(place: Bench, name: str) -> str:
    return place.file(name).read_text(encoding="utf-8")


def etag_of(visitor: Visitor, name: str) -> str:
    found = _ETAG.search(visitor.get(f"/ret?fil={name}").text)
    assert found is not None
    return found[1]


def stricter(text: str) -> str:
    """A change that flips cases: 9125 no longer allows status 6."""
    changed = text.replace("in: [5, 6]", "in: [5]")
    assert changed != text
    return changed


# --- who may come ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/ret", "/ret?fil=rules/registration.yaml", "/ret/ord"])
def test_where_nothing_may_be_changed_there_is_no_such_page(locked: Bench, path: str) -> None:
    assert 404 == locked.visitor().get(path).status_code
    assert 'href="/ret"' not in locked.visitor().get("/proev").text


@pytest.mark.parametrize(
    "path",
    [
        "/ret/gem",
        "/ret/tjek",
        "/ret/virkning",
        "/ret/regel",
        "/samtaletyper/gem",
        "/ret/offentliggoer",
    ],
)
def test_where_nothing_may_be_changed_nothing_is_taken(locked: Bench, path: str) -> None:
    answer = locked.visitor().send(path, "x: 1\n", fil=RULES, etag="")
    assert 404 == answer.status_code


def test_only_the_role_analyst_may_change(place: Bench) -> None:
    for token in (place.token("job_centre", "101"), place.token("unemployment_fund", "7")):
        visitor = place.visitor(token)
        assert 403 == visitor.get("/ret").status_code
        before = text_of(place, RULES)
        assert 403 == visitor.send("/ret/gem", "x: 1\n", fil=RULES, etag="").status_code
        assert before == text_of(place, RULES)


def test_production_refuses_to_be_edited(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text("{}", encoding="utf-8")
    stated = {"SAMTALE_MODE": "production", "SAMTALE_JWKS_FILE": str(keys), "SAMTALE_EDIT": "on"}
    with pytest.raises(SettingsError, match="SAMTALE_EDIT"):
        Settings.from_environment(stated)


def test_nothing_is_saved_without_the_proof_of_a_form(place: Bench, analyst: Visitor) -> None:
    answer = analyst.client.post(f"/ret/gem?fil={RULES}&etag=", data=b"x: 1\n")
    assert 400 == answer.status_code


@pytest.mark.parametrize(
    "name",
    [
        "../samtale.db",
        "rules/../../etc/passwd",
        "/etc/passwd",
        "keys/development-key.json",
        "rules/nowhere.yaml",
        "",
    ],
)
def test_no_other_file_is_shown_or_written(place: Bench, analyst: Visitor, name: str) -> None:
    assert 404 == analyst.get(f"/ret?fil={name}").status_code
    assert 404 == analyst.send("/ret/gem", "x: 1\n", fil=name, etag="").status_code


# --- seeing ---------------------------------------------------------------------------------------


def test_the_list_names_every_file_and_what_is_changed(place: Bench, analyst: Visitor) -> None:
    assert "Ingen forskel" in analyst.get("/ret/tilstand").text
    page = analyst.get("/ret").text
    for name in ("rules/registration.yaml", TABLE, "tests/cases/baseline.yaml"):
        assert f'href="/ret?fil={name}"' in page
    place.file(RULES).write_text(stricter(text_of(place, RULES)), encoding="utf-8")
    page = analyst.get("/ret").text
    assert re.search(r'registration\.yaml</a> <span class="badge plain">ændret', page)


def test_problems_are_those_of_the_command(place: Bench, analyst: Visitor) -> None:
    from engine.reader.load import read_folders
    from engine.reader.rulebook import read_rulebook

    broken = text_of(place, RULES).replace("interview.type: 18", "interview.typ: 18", 1)
    found = analyst.send("/ret/tjek", broken, fil=RULES).json
    files = read_folders(place.folder / "rules", place.folder / "config")
    _, problems = read_rulebook({**files, RULES: broken.encode()})
    expected = [plain_problem(each) for each in problems if each.place.file == RULES]
    assert found["errors"] == len(problems)
    # the command shows the Danish words first, and so does the editor
    assert [
        {key: each[key] for key in ("severity", "code", "line", "column")} | each["da"]
        for each in expected
    ] == found["problems"]


def test_the_rule_at_the_cursor_is_told_with_its_cases(place: Bench, analyst: Visitor) -> None:
    text = text_of(place, RULES)
    line = text[: text.index("in: [5, 6]")].count("\n") + 1
    page = analyst.send("/ret/regel", text, fil=RULES, linje=str(line)).text
    assert "rehabilitation-team-participation-status" in page
    assert "0 der svarer anderledes" in page or "heraf 0" in page
    page = analyst.send("/ret/regel", stricter(text), fil=RULES, linje=str(line)).text
    assert 'class="failed"' in page


def test_a_change_is_told_as_meaning_and_as_cases_that_flip(place: Bench, analyst: Visitor) -> None:
    page = analyst.send("/ret/virkning", stricter(text_of(place, RULES)), fil=RULES).text
    assert "rehabilitation-team-participation-status" in page
    assert "Eksempler, der får et andet svar" in page
    assert "<code>9125</code>" in page


def test_a_change_says_from_which_day_it_counts(place: Bench, analyst: Visitor) -> None:
    old = "{contact_group: 6, valid_from: 2018-01-01, interview_types: [4, 12, 18]"
    text = text_of(place, TABLE)
    assert 1 == text.count(old)
    page = analyst.send("/ret/virkning", text.replace(old, old.replace("12", "7")), fil=TABLE).text
    assert "omfatter nu også 7 (Jobsamtale)" in page
    assert "– fra 1. januar 2018 (afholdelsesdagen)" in page


def test_a_case_that_flips_leads_to_its_line(place: Bench, analyst: Visitor) -> None:
    page = analyst.send("/ret/virkning", stricter(text_of(place, RULES)), fil=RULES).text
    links = re.findall(r'href="/ret\?fil=([a-z/-]+\.yaml)#L(\d+)"', page)
    assert links
    for file, line in links:
        assert "name:" in text_of(place, file).splitlines()[int(line) - 1]


def test_rules_in_another_order_are_remarked_on(place: Bench, analyst: Visitor) -> None:
    head, rules = text_of(place, RULES).split("\nrules:\n")
    first, second, rest = re.split(r"(?m)^(?=  [a-z-]+:$)", rules, maxsplit=3)[1:4]
    page = analyst.send("/ret/virkning", f"{head}\nrules:\n{second}{first}{rest}", fil=RULES).text
    assert "Reglerne står i en anden rækkefølge" in page
    assert "Ingen forskel" not in page


def test_moved_lines_and_comments_are_no_difference(place: Bench, analyst: Visitor) -> None:
    text = "# en kommentar\n" + text_of(place, RULES)
    assert "Ingen forskel" in analyst.send("/ret/virkning", text, fil=RULES).text


def test_the_editor_is_given_the_words_of_the_rulebook(analyst: Visitor) -> None:
    words = analyst.get("/ret/ord").json
    facts = {each["label"]: each for each in words["facts"]}
    assert "interview_types" == facts["interview.type"]["codes"]
    assert {"label": "7", "detail": "Jobsamtale"} in words["codes"]["interview_types"]
    assert {"basis", "when", "require", "valid_from"} <= {
        each["label"] for each in words["keys"]["version"]
    }
    assert "on_or_before" in {each["label"] for each in words["operators"]}


# --- saving ---------------------------------------------------------------------------------------


def save(visitor: Visitor, name: str, text: str, etag: str | None = None):
    stated = etag_of(visitor, name) if etag is None else etag
    return visitor.send("/ret/gem", text, fil=name, etag=stated)


def test_what_is_saved_is_on_disk_with_its_comments(place: Bench, analyst: Visitor) -> None:
    text = stricter(text_of(place, RULES))
    answer = save(analyst, RULES, text)
    assert 200 == answer.status_code, answer.text
    assert text == text_of(place, RULES)
    assert answer.json["etag"] == etag_of(analyst, RULES)
    assert "svarer nu anderledes" in answer.json["said"]


def test_a_file_of_a_thousand_rules_is_checked_and_saved(place: Bench, analyst: Visitor) -> None:
    text = text_of(place, RULES)
    rule = text[text.index("  held-in-the-past:") : text.index("  code-in-force-on-held-day:")]
    many = "".join(
        rule.replace("held-in-the-past", f"rule-{n}").replace("S-109", f"S-{n}")
        for n in range(1_000, 2_000)
    )
    grown = text.replace("  code-in-force-on-held-day:", f"{many}  code-in-force-on-held-day:")
    assert len(grown.encode()) > 2 * place.settings.body_limit
    answer = analyst.send("/ret/tjek", grown, fil=RULES)
    assert 200 == answer.status_code
    assert {"unknown-error-code"} == {each["code"] for each in answer.json["problems"]}
    saved = analyst.post("/ret", fil=RULES, tekst=grown, do="check", etag=etag_of(analyst, RULES))
    assert 200 == saved.status_code


def test_what_is_larger_than_a_file_may_be_is_refused_with_words(
    place: Bench, analyst: Visitor
) -> None:
    answer = save(analyst, RULES, text_of(place, RULES) + "# " + "x" * 1_048_576)
    assert 413 == answer.status_code
    assert "højst 1024 KiB" in answer.json["said"]
    assert 413 == analyst.send("/ret/tjek", "x" * 4_000_000, fil=RULES).status_code


def test_other_pages_take_no_more_than_the_interface(place: Bench, analyst: Visitor) -> None:
    assert 413 == analyst.post("/proev", case_name="x" * 500_000).status_code
    client = place.app.test_client()
    assert 413 == client.post("/ret/tjek?fil=" + RULES, data=b"x" * 500_000).status_code


def test_what_is_saved_does_not_decide_before_it_is_published(
    place: Bench, analyst: Visitor
) -> None:
    save(analyst, RULES, stricter(text_of(place, RULES)))
    assert "Accepteret" in analyst.get("/proev?eksempel=rehabilitering").text


def test_a_file_that_changed_meanwhile_is_not_overwritten(place: Bench, analyst: Visitor) -> None:
    etag = etag_of(analyst, RULES)
    theirs = "# deres\n" + text_of(place, RULES)
    place.file(RULES).write_text(theirs, encoding="utf-8")
    answer = save(analyst, RULES, stricter(theirs), etag)
    assert 409 == answer.status_code
    assert "ændret af en anden" in answer.json["said"]
    assert theirs == text_of(place, RULES)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("interview.type: 18", "interview.typ: 18", 1),
        lambda text: text + "\n: : :\n",
        lambda text: "",
        lambda text: "[" * 100_000,
        lambda text: text.replace("valid_from: 2019-06-01", "valid_from: 31-12-2025", 1),
        lambda text: "a: &b 1\nc: *b\n",
    ],
)
def test_a_rulebook_that_no_service_could_use_is_not_saved(
    place: Bench, analyst: Visitor, spoil
) -> None:
    before = text_of(place, RULES)
    answer = save(analyst, RULES, spoil(before))
    assert 422 == answer.status_code
    assert not answer.json["saved"]
    assert before == text_of(place, RULES)


@pytest.mark.shows_citizen_numbers("a number of a form that real ones have, sent and refused")
def test_a_file_with_a_real_looking_number_is_not_saved(place: Bench, analyst: Visitor) -> None:
    before = text_of(place, "tests/cases/baseline.yaml")
    answer = save(analyst, "tests/cases/baseline.yaml", before + "# se 010170-1234\n")
    assert 422 == answer.status_code
    assert "personnummer" in answer.json["said"]
    assert "010170" not in answer.text
    assert before == text_of(place, "tests/cases/baseline.yaml")


def test_a_case_file_is_saved_when_it_can_be_read(place: Bench, analyst: Visitor) -> None:
    name = "tests/cases/held-in-the-past.yaml"
    text = text_of(place, name)
    assert 200 == save(analyst, name, text + "# note\n").status_code
    assert 422 == save(analyst, name, text.replace("expect:", "expects:", 1)).status_code
    assert text + "# note\n" == text_of(place, name)


def test_the_audit_log_says_who_saved(place: Bench, analyst: Visitor) -> None:
    save(analyst, RULES, stricter(text_of(place, RULES)))
    assert [("change_rule_file", "accepted", "star")] == _audited(place)


def test_nothing_is_noted_of_a_refused_save(place: Bench, analyst: Visitor) -> None:
    save(analyst, RULES, "nonsense")
    assert [] == _audited(place)


def _audited(place: Bench) -> list[tuple[str, str, str]]:
    database = Database(place.settings.database_url)
    line = tables.audit_line.c
    with database.reading() as unit:
        rows = unit.execute(
            select(line.operation, line.outcome, line.organisation).where(
                line.operation == "change_rule_file"
            )
        ).all()
    database.close()
    return [(row[0], row[1], row[2]) for row in rows]


def test_without_scripts_the_field_and_two_buttons_do(place: Bench, analyst: Visitor) -> None:
    text = text_of(place, RULES)
    etag = etag_of(analyst, RULES)
    shown = analyst.post(
        "/ret", seen_on="/ret?fil=" + RULES, fil=RULES, etag=etag, tekst=stricter(text), do="check"
    )
    assert 200 == shown.status_code
    assert "Eksempler, der får et andet svar" in shown.text
    assert '<span class="added">' in shown.text
    assert text == text_of(place, RULES)
    # browsers send line ends of their own
    sent = stricter(text).replace("\n", "\r\n")
    saved = analyst.post("/ret", fil=RULES, etag=etag, tekst=sent, do="save")
    assert 200 == saved.status_code
    assert stricter(text) == text_of(place, RULES)


def test_without_scripts_a_refused_text_is_still_in_the_field(
    place: Bench, analyst: Visitor
) -> None:
    etag = etag_of(analyst, RULES)
    answer = analyst.post("/ret", fil=RULES, etag=etag, tekst="min tekst: [", do="save")
    assert 422 == answer.status_code
    assert "min tekst: [" in answer.text
    place.file(RULES).write_text("# deres\n" + text_of(place, RULES), encoding="utf-8")
    stale = analyst.post("/ret", fil=RULES, etag=etag, tekst=text_of(place, RULES), do="save")
    assert 409 == stale.status_code
    # the old etag stays: pressing Save once more must not overwrite either
    assert f'name="etag" value="{etag}"' in stale.text


# --- publishing -----------------------------------------------------------------------------------


def test_what_cannot_be_published_is_said_in_the_language_of_the_page(
    place: Bench, analyst: Visitor
) -> None:
    def published(note: str = "prøve") -> str:
        answer = analyst.post("/ret/offentliggoer", seen_on="/ret", note=note)
        assert answer.status_code in {400, 409}
        return answer.text

    save(analyst, RULES, stricter(text_of(place, RULES)))
    assert "eksempler, der ikke svarer som ventet: 2." in published()
    assert "skriv, hvad der er ændret, og hvorfor" in published(note=" ")
    analyst.get("/visning?language=en")
    assert "examples not answered as expected: 2." in published()
    path = place.file(RULES)
    path.write_text(text_of(place, RULES).replace("in: [5]", "im: [5]"), encoding="utf-8")
    assert "errors in the files: 1." in published()


def test_a_change_with_its_cases_is_published_and_decides(place: Bench, analyst: Visitor) -> None:
    name = "tests/cases/proev-ny.yaml"
    table = text_of(place, TABLE).replace(
        "[4, 12, 18], confidence: assumed}", "[4, 7, 12, 18], confidence: assumed}", 1
    )
    assert 200 == save(analyst, TABLE, table).status_code
    refused = analyst.post("/ret/offentliggoer", seen_on="/ret", note="gruppe 6")
    assert 409 == refused.status_code
    assert "Ikke offentliggjort" in refused.text
    case = "tests/cases/type-allowed-for-contact-group.yaml"
    text = text_of(place, case)
    old = "  - name: Kontaktgruppe 6 tillader ikke type 7\n"
    at = text.index(old)
    end = text.index("    expect: {codes: [S-103]}", at)
    fixed = (
        text[:end] + "    expect: {codes: []}" + text[end + len("    expect: {codes: [S-103]}") :]
    )
    assert "Alle eksempler svarer som ventet" in save(analyst, case, fixed).json["said"]
    done = analyst.post("/ret/offentliggoer", seen_on="/ret", note="gruppe 6")
    assert 200 == done.status_code, done.text
    assert "Offentliggjort" in done.text
    page = analyst.get("/samtaletyper?dag=2024-01-01").text
    assert name not in page
    assert "Ingen forskel" in analyst.get("/ret?tilstand=1").text


# --- hostile content ------------------------------------------------------------------------------


def test_hostile_names_and_comments_are_shown_as_text(place: Bench, analyst: Visitor) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    text = text_of(place, RULES)
    text = text.replace(
        "da: Samtalen må ikke ligge før den seneste nulstillende samtale", f'da: "{hostile}"', 1
    )
    text = text.replace("format: 1", f"# </textarea>{hostile}\nformat: 1", 1)
    assert 200 == save(analyst, RULES, text).status_code
    line = str(text[: text.index("held-not-before")].count("\n") + 2)
    for page in (
        analyst.get("/ret?tilstand=1").text,
        analyst.get(f"/ret?fil={RULES}").text,
        analyst.send("/ret/virkning", text, fil=RULES).text,
        analyst.send("/ret/regel", text, fil=RULES, linje=line).text,
    ):
        assert "<script>alert" not in page
        assert "<img src=x" not in page


# --- the matrix -----------------------------------------------------------------------------------


def _sheet(visitor: Visitor, day: str) -> list[list[str]]:
    text = visitor.get(f"/samtaletyper/hent.csv?dag={day}").data.decode("utf-8-sig")
    return [line.split(";") for line in text.splitlines()]


def test_a_changed_sheet_is_shown_before_it_is_saved(place: Bench, analyst: Visitor) -> None:
    import io

    before = text_of(place, TABLE)
    rows = _sheet(analyst, "2025-01-01")
    kind = next(at for at, head in enumerate(rows[0]) if head.startswith("18 "))
    row = next(each for each in rows if each[0] == "1")
    row[kind], row[2] = "x", "antaget"
    sheet = "\r\n".join(";".join(each) for each in rows)
    answer = analyst.client.post(
        "/samtaletyper/indlaes",
        data={
            "dag": "2025-01-01",
            "ark": (io.BytesIO(sheet.encode()), "ark.csv"),
            "form_proof": analyst.proof("/samtaletyper"),
        },
    )
    assert 200 == answer.status_code
    assert "Kontaktgrupper, der får en ny række: 1." in answer.text
    assert "18 Samtale i rehabiliteringsteam" in answer.text
    assert before == text_of(place, TABLE)
    kept = re.search(r'<textarea name="ark" hidden>(.*?)</textarea>', answer.text, re.DOTALL)
    assert kept is not None
    saved = analyst.post(
        "/samtaletyper/gem", seen_on="/samtaletyper", dag="2025-01-01", ark=kept[1]
    )
    assert 200 == saved.status_code, saved.text
    added = set(text_of(place, TABLE).splitlines()) - set(before.splitlines())
    assert [
        (
            "      - {contact_group: 1, valid_from: 2025-01-01, interview_types: "
            "[7, 8, 9, 10, 11, 12, 13, 15, 17, 18], confidence: assumed}"
        )
    ] == sorted(added)
    page = analyst.get("/samtaletyper?dag=2025-01-01").text
    assert "nyt i denne udgave" in page


def test_the_tables_of_the_files_are_shown_while_a_rule_is_wrong(
    place: Bench, analyst: Visitor
) -> None:
    name = next(each for each in _sheet(analyst, "2025-01-01") if each[0] == "1")[1]
    table = place.file("config/code_lists.yaml")
    table.write_text(table.read_text(encoding="utf-8").replace(name, "Gruppe under arbejde"))
    rules = place.file(RULES)
    rules.write_text(text_of(place, RULES).replace("format: 1", "format: 2", 1))
    page = analyst.get("/samtaletyper?dag=2025-01-01").text
    assert "Gruppe under arbejde" in page
    table.write_text("format: [")
    assert name in analyst.get("/samtaletyper?dag=2025-01-01").text


def test_a_wrong_sheet_names_its_cells(locked: Bench) -> None:
    import io

    visitor = locked.visitor()
    answer = visitor.client.post(
        "/samtaletyper/indlaes",
        data={
            "dag": "2025-01-01",
            "ark": (io.BytesIO(b"Gruppe;Navn;Sikkerhed\n1;a;b\n"), "ark.csv"),
            "form_proof": visitor.proof("/samtaletyper"),
        },
    )
    assert 400 == answer.status_code
    assert "Celle A1:" in answer.text
    assert "forventede overskriften `Kontaktgruppe`" in answer.text


def test_no_file_at_all_is_said(locked: Bench) -> None:
    visitor = locked.visitor()
    answer = visitor.post("/samtaletyper/indlaes", seen_on="/samtaletyper", dag="2025-01-01")
    assert 400 == answer.status_code
    assert "Vælg en fil" in answer.text


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_sheets_are_sent_as_files_of_the_day(locked: Bench, ending: str) -> None:
    answer = locked.visitor().get(f"/samtaletyper/hent.{ending}?dag=2019-05-31")
    assert f"tilladte-samtaletyper-2019-05-31.{ending}" in answer.headers["Content-Disposition"]
    assert 404 == locked.visitor().get("/samtaletyper/hent.exe").status_code


def test_a_day_that_is_none_is_today(locked: Bench) -> None:
    page = locked.visitor().get("/samtaletyper?dag=i%20g%C3%A5r").text
    assert "Samtaler holdt den 3. juni 2024" in page


def test_the_number_of_audit_lines_of_reading_pages_is_none(locked: Bench) -> None:
    visitor = locked.visitor()
    visitor.get("/samtaletyper")
    visitor.get("/proev")
    database = Database(locked.settings.database_url)
    with database.reading() as unit:
        count = unit.execute(
            select(func.count())
            .select_from(tables.audit_line)
            .where(tables.audit_line.c.operation == "dry_run")
        ).scalar_one()
    database.close()
    assert 0 == count
