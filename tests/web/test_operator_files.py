"""The operator's files for webhooks: with a mistake in one the service does not start."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.web.door import PROJECT, settings_in
from web.api.scopes import ORGANISATION_TYPES
from web.app import create_app
from web.cli import main
from web.delivery.operator_files import receivers_and_keys
from web.delivery.signing import make_signing_key
from web.settings import Settings, SettingsError

THREE_MISTAKES = """\
format: 1
receivers:
  - {organisation_type: job_center, organisation: "1", base_url: "https://a.example"}
  - {organisation_type: job_centre, organisation: "2", base_url: "http://a.example"}
  - {organisation_type: job_centre, organisation: "3", base_url: "https://a.example/path"}
"""


def key_file(folder: Path, *lines: str, mode: int = 0o600) -> Settings:
    settings = settings_in(folder)
    path = settings.signing_key_file
    path.parent.mkdir()
    path.write_text("\n".join(lines), encoding="utf-8")
    path.chmod(mode)
    return settings


def faults(settings: Settings) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        receivers_and_keys(settings, ORGANISATION_TYPES)
    return raised.value.faults


def test_every_mistake_in_the_file_of_receivers_keeps_the_service_from_starting(
    tmp_path: Path,
) -> None:
    settings = settings_in(tmp_path)
    (tmp_path / "receivers.yaml").write_text(THREE_MISTAKES, encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        create_app(settings)
    assert [
        ["`SAMTALE_RECEIVERS`", " receivers.yaml", "3"],
        ["`SAMTALE_RECEIVERS`", " receivers.yaml", "4"],
        ["`SAMTALE_RECEIVERS`", " receivers.yaml", "5"],
    ] == [fault.split(":")[:3] for fault in raised.value.faults]
    assert "`job_centre`" in raised.value.faults[0]
    assert not (tmp_path / "samtale.db").exists()


def test_the_command_lists_every_mistake_and_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "receivers.yaml").write_text(THREE_MISTAKES, encoding="utf-8")
    ran = CliRunner(catch_exceptions=False).invoke(
        main,
        [
            "serve",
            f"--rules={PROJECT / 'rules'}",
            f"--config={PROJECT / 'config'}",
            f"--key-file={tmp_path / 'key.json'}",
            f"--receivers={tmp_path / 'receivers.yaml'}",
            f"--database-url=sqlite:///{tmp_path}/samtale.db",
        ],
    )
    assert 2 == ran.exit_code
    for line in (3, 4, 5):
        assert f"receivers.yaml:{line}:" in ran.output


def test_a_file_of_receivers_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    settings = Settings.from_environment({}, {"receivers": tmp_path / "none.yaml"})
    assert ("`SAMTALE_RECEIVERS`: cannot read `none.yaml`: No such file or directory",) == faults(
        settings
    )


def test_without_receivers_no_key_is_needed_or_made(tmp_path: Path) -> None:
    settings = Settings.from_environment({}, {"signing_key_file": tmp_path / "keys.txt"})
    receivers, keys = receivers_and_keys(settings, ORGANISATION_TYPES)
    assert ({}, ()) == (receivers.by_organisation, keys)
    assert not (tmp_path / "keys.txt").exists()


def test_in_development_the_first_use_makes_a_key_that_stays(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    (first,), (again,) = (receivers_and_keys(settings, ORGANISATION_TYPES)[1] for _ in "ab")
    assert first.public == again.public
    assert 0o600 == settings.signing_key_file.stat().st_mode & 0o777
    assert ["signing-keys.txt"] == [path.name for path in (tmp_path / "keys").iterdir()]


def test_in_production_no_key_is_made(tmp_path: Path) -> None:
    plain = settings_in(tmp_path)
    settings = Settings.from_environment(
        {},
        {
            "mode": "production",
            "jwks_file": tmp_path / "jwks.json",
            "receivers": plain.receivers,
            "signing_key_file": plain.signing_key_file,
        },
    )
    assert ("`SAMTALE_SIGNING_KEY_FILE`: cannot make or read `signing-keys.txt`",) == faults(
        settings
    )
    assert not plain.signing_key_file.exists()


def test_two_keys_sign_while_one_is_replaced(tmp_path: Path) -> None:
    new, old = make_signing_key(), make_signing_key()
    settings = key_file(tmp_path, new.secret(), old.secret(), "")
    _, keys = receivers_and_keys(settings, ORGANISATION_TYPES)
    assert [new.public, old.public] == [key.public for key in keys]


def test_a_key_file_that_others_may_read_is_a_fault(tmp_path: Path) -> None:
    (fault,) = faults(key_file(tmp_path, make_signing_key().secret(), mode=0o640))
    assert "others may read" in fault


@pytest.mark.parametrize("content", ["", "å", "whsk_a\n" * 5])
def test_a_key_file_without_one_to_four_keys_is_a_fault(tmp_path: Path, content: str) -> None:
    (fault,) = faults(key_file(tmp_path, content))
    assert "SAMTALE_SIGNING_KEY_FILE" in fault


def test_every_broken_key_is_named_by_its_line_and_never_shown(tmp_path: Path) -> None:
    broken = key_file(tmp_path, "whsk_secret", make_signing_key().secret(), "secret")
    found = faults(broken)
    assert ["key 1", "key 3"] == [fault.split(": ")[1] for fault in found]
    assert "secret" not in "".join(found)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("SAMTALE_EVENT_SOURCE", ""),
        ("SAMTALE_EVENT_SOURCE", "a b"),
        ("SAMTALE_EVENT_SOURCE", "x" * 201),
        ("SAMTALE_SEQUENCE_MINUTES", "0"),
        ("SAMTALE_SEQUENCE_MINUTES", "1441"),
    ],
)
def test_settings_of_messages_that_cannot_be_meant_are_faults(variable: str, text: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        Settings.from_environment({variable: text})
