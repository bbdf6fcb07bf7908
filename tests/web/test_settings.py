"""Settings: environment, overrides, and every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from web.settings import Settings, SettingsError


def test_without_an_environment_everything_has_a_default() -> None:
    assert Settings() == Settings.from_environment({})
    assert "sqlite:///samtale.db" == Settings().database_url


def test_every_setting_is_a_variable_with_an_explanation() -> None:
    variables = {each.variable: each for each in Settings.variables()}
    assert {"SAMTALE_HOST", "SAMTALE_PORT", "SAMTALE_DATABASE_URL", "SAMTALE_MODE"} <= set(
        variables
    )
    assert all(each.help for each in variables.values())


def test_an_override_beats_a_variable_and_none_is_no_override() -> None:
    environment = {"SAMTALE_PORT": "9000", "SAMTALE_HOST": "0.0.0.0", "PATH": "/bin"}
    settings = Settings.from_environment(environment, {"port": 9001, "host": None})
    assert (9001, "0.0.0.0") == (settings.port, settings.host)


def test_paths_are_paths() -> None:
    settings = Settings.from_environment({"SAMTALE_RULES": "a/b"}, {"config": Path("c")})
    assert (Path("a/b"), Path("c")) == (settings.rules, settings.config)


def test_every_fault_is_named_with_its_variable() -> None:
    environment = {
        "SAMTALE_PORT": "70000",
        "SAMTALE_MODE": "test",
        "SAMTALE_ENGINES": "",
        "SAMTALE_BODY_LIMIT": "-1",
        "SAMTALE_DATABASE_URL": "",
        "SAMTALE_THREADS": "٨",
    }
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment(environment, {"colour": "red"})
    for variable in environment:
        assert any(variable in fault for fault in raised.value.faults)
    assert any("colour" in fault for fault in raised.value.faults)


def test_production_needs_a_file_of_keys() -> None:
    with pytest.raises(SettingsError, match="SAMTALE_JWKS_FILE"):
        Settings.from_environment({"SAMTALE_MODE": "production"})
    settings = Settings.from_environment({}, {"mode": "production", "jwks_file": "keys.json"})
    assert settings.in_production
