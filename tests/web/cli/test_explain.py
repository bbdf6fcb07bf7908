"""`samtale explain`: a case, a request and a stored decision, in words."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.reader.load import load_rulebook
from tests.web.door import NOW, Door, interview, settings_in
from web.app import close, create_app
from web.cli import main

PROJECT = Path(__file__).resolve().parents[3]
CASE = "Dagen før skiftet er en type, som kun gruppe 3 tillader, ikke tilladt"
NAME, FREE_TEXT = "Karla Opfundet", "hemmelig aftale"
REQUEST = {
    "operation": "create_interview",
    "registeredAt": "2024-03-10T10:00:00+01:00",
    "interview": {
        "interviewTypeIdentifier": 18,
        "interviewContactTypeIdentifier": 1,
        "heldAt": "2024-03-05T10:00:00+01:00",
        "participationStatusTypeIdentifier": 4,
        "agreementText": FREE_TEXT,
        "responsibleAuthority": {"organisationType": "job_centre", "organisationCode": "101"},
        "participants": [{"name": NAME}],
    },
    "citizen": {
        "contactGroups": [{"contactGroupTypeIdentifier": 3, "eventTime": "2024-01-01"}],
        "jobCentreAffiliations": [{"organisationCode": "101", "from": "2020-01-01"}],
    },
}


def explain(*words: str) -> Result:
    return CliRunner().invoke(main, ["explain", *words])


@pytest.fixture
def request_file(tmp_path: Path) -> Path:
    path = tmp_path / "request.json"
    path.write_text(json.dumps(REQUEST), "utf-8")
    return path


def test_a_case_is_told_with_what_decided_what_did_not_and_what_would_pass() -> None:
    told = explain("--case", CASE).stdout
    assert told.startswith("Afvist")
    assert "S-103 Samtaletypen skal være tilladt" in told
    assert "fordi blandt borgerens kontaktgrupper er der ingen" in told
    assert "9125 Deltagelsesstatus for en samtale i rehabiliteringsteam: gælder ikke her" in told
    assert "Det ville gå igennem, hvis" in told
    assert "… samtalens type er 7 (Jobsamtale)" in told
    assert "… eller hvis samtalens afholdelsestidspunkt er 5. marts 2024 kl. 10.00" in told


def test_it_is_told_in_english_too() -> None:
    told = explain("--case", CASE, "--language", "en").stdout
    assert told.startswith("Refused")
    assert "It would pass if" in told


def test_a_case_can_be_named_with_its_file() -> None:
    assert 0 == explain("--case", f"type-allowed-for-contact-group: {CASE}").exit_code


def test_a_case_that_is_not_there_is_refused_with_those_that_are_near() -> None:
    result = explain("--case", "gruppe 3 tillader, ikke")
    assert (2, True) == (result.exit_code, CASE in result.stderr)


def test_a_request_is_decided_and_what_would_pass_is_told(request_file: Path) -> None:
    found = json.loads(explain("--request", str(request_file), "--format", "json").stdout)
    assert ["9125"] == [each["code"] for each in found["violations"]]
    sentences = [each["sentence"]["da"] for each in found["wouldPass"]["alternatives"]]
    assert "deltagelsesstatussen er 5 (Borger har deltaget)" in sentences


def test_nothing_but_words_for_people_is_shown(request_file: Path) -> None:
    names = {
        name
        for name in load_rulebook(PROJECT / "rules", PROJECT / "config").catalogue.facts
        if "." in name
    }
    for told in (explain("--case", CASE), explain("--request", str(request_file))):
        assert [] == [name for name in names if name in told.stdout]
        assert None is re.search(r"\bNone\b|\bTrue\b|\bFalse\b|<class|Traceback", told.stdout)


def test_names_and_free_text_are_not_shown(request_file: Path) -> None:
    for shape in ("human", "json"):
        told = explain("--request", str(request_file), "--format", shape).output
        assert NAME not in told
        assert FREE_TEXT not in told


@pytest.mark.parametrize(
    ("content", "da", "en"),
    [
        ("{", "filen: kroppen er ikke gyldig JSON", "the file: the body is not valid JSON"),
        (
            '{"operation": "create_interview"}',
            "/interview: feltet mangler",
            "/interview: the field is missing",
        ),
        (
            json.dumps({k: v for k, v in REQUEST.items() if k != "citizen"}),
            "har ingen `citizen`",
            "has no `citizen`",
        ),
    ],
)
def test_a_request_that_cannot_be_explained_is_refused_in_one_line_of_the_language(
    tmp_path: Path, content: str, da: str, en: str
) -> None:
    path = tmp_path / "request.json"
    path.write_text(content, "utf-8")
    for language, words in (("da", da), ("en", en)):
        result = explain("--request", str(path), "--language", language)
        assert (2, True) == (result.exit_code, words in result.stderr), result.stderr
        assert 1 == sum(line.startswith("Error: ") for line in result.stderr.splitlines())


@pytest.mark.parametrize(
    ("words", "da", "en"),
    [
        ((), "angiv én ting: ", "name one of "),
        (("nonsense",), "ventede en afgørelses nummer", "expected the id of a decision"),
        (("--case=findes ikke",), "der er intet eksempel `findes ikke`", "there is no case"),
    ],
)
def test_what_is_wrong_is_said_in_the_language_asked_for(
    words: tuple[str, ...], da: str, en: str
) -> None:
    assert f"Error: {da}" in explain(*words).stderr
    assert f"Error: {en}" in explain(*words, "--language=en").stderr


def test_exactly_one_thing_is_explained(request_file: Path) -> None:
    assert 2 == explain().exit_code
    assert 2 == explain("--case", CASE, "--request", str(request_file)).exit_code


# --- stored decisions -----------------------------------------------------------------------------


def test_a_stored_decision_is_explained_with_its_own_rulebook(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    log = io.StringIO()
    app = create_app(settings, clock=lambda: NOW, log_to=log)
    door = Door(app, settings, log)
    stated = interview(
        interviewTypeIdentifier=18,
        participationStatusTypeIdentifier=4,
        participants=[{"name": NAME}],
    )
    answer = door.call("POST", "/v1/interviews", json=stated, citizen=door.citizen())
    assert 422 == answer.status_code
    decision = answer.get_json()["decision"]
    close(app)
    result = explain(decision, f"--database-url={settings.database_url}")
    assert (0, True) == (result.exit_code, result.stdout.startswith("Afvist")), result.output
    assert NAME not in result.stdout


@pytest.mark.parametrize("name", ["nonsense", "3f2b8c1e-0000-4000-8000-000000000000"])
def test_a_decision_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    settings = settings_in(tmp_path)
    close(create_app(settings, clock=lambda: NOW, log_to=io.StringIO()))
    result = explain(name, f"--database-url={settings.database_url}")
    assert (2, "Traceback" in result.output) == (result.exit_code, False)
