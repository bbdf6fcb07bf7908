"""Every setting of samtale, each also an environment variable `SAMTALE_…`.

In: the environment and what the command line overrides. Out: a frozen `Settings`.
Does not know: what a setting is used for, nor that there is a web server.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

PREFIX = "SAMTALE_"
_URI_REFERENCE = re.compile(r"[A-Za-z0-9._~:/?@!$&'()*+,;=%-]{1,200}")
Mode = Literal["development", "production"]
Engines = Literal["both", "compiled", "durable"]


class SettingsError(ValueError):
    """Settings cannot be used; `faults` names each with its variable and what was expected."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"expected one of {', '.join(f'`{each}`' for each in choices)}")
        return text

    return read


def _whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and lowest <= int(text[:12]) <= highest):
            raise ValueError(f"expected a whole number from {lowest} to {highest}")
        return int(text)

    return read


def _some_text(text: str) -> str:
    if not text or not text.isprintable():
        raise ValueError("expected some text")
    return text


def _path(text: str) -> Path:
    return Path(_some_text(text))


def _uri_reference(text: str) -> str:
    if not _URI_REFERENCE.fullmatch(text):
        raise ValueError("expected a URI or a path, at most 200 characters")
    return text


def _setting(default: object, explanation: str, read: Callable[[str], object]) -> object:
    return field(default=default, metadata={"help": explanation, "read": read})


@dataclass(frozen=True, slots=True)
class Setting:
    """How one setting is shown in `--help`."""

    name: str
    variable: str
    default: object
    help: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator decides. Paths are relative to the working folder."""

    host: str = cast(str, _setting("127.0.0.1", "address to serve on", _some_text))
    port: int = cast(int, _setting(8000, "port to serve on", _whole_number(0, 65535)))
    threads: int = cast(int, _setting(8, "requests served at once", _whole_number(1, 256)))
    database_url: str = cast(
        str, _setting("sqlite:///samtale.db", "address of the database", _some_text)
    )
    rules: Path = cast(Path, _setting(Path("rules"), "folder of the rule files", _path))
    config: Path = cast(Path, _setting(Path("config"), "folder of the tables", _path))
    engines: Engines = cast(
        Engines,
        _setting(
            "both",
            "which engines decide: both (they must agree), compiled or durable",
            _one_of("both", "compiled", "durable"),
        ),
    )
    mode: Mode = cast(
        Mode,
        _setting(
            "development",
            "development (tokens signed with a local key are accepted) or production",
            _one_of("development", "production"),
        ),
    )
    key_file: Path = cast(
        Path,
        _setting(
            Path(".samtale/development-key.json"),
            "the local development key; made on first use, never used in production",
            _path,
        ),
    )
    jwks_file: Path | None = cast(
        "Path | None",
        _setting(
            None,
            "JWKS file with the public keys of those who issue tokens; required in production",
            _path,
        ),
    )
    audience: str = cast(
        str, _setting("samtale", "what the claim `aud` of a token must name", _some_text)
    )
    issuer: str = cast(
        str, _setting("samtale", "what the claim `iss` of a token must be", _some_text)
    )
    body_limit: int = cast(
        int,
        _setting(262_144, "largest request body, in bytes", _whole_number(1_024, 16_777_216)),
    )
    receivers: Path | None = cast(
        "Path | None",
        _setting(
            None,
            "file of the base addresses that webhooks may go to; without it there are no webhooks",
            _path,
        ),
    )
    signing_key_file: Path = cast(
        Path,
        _setting(
            Path(".samtale/signing-keys.txt"),
            "keys that webhooks are signed with, one on each line; made on first use, but never "
            "in production",
            _path,
        ),
    )
    event_source: str = cast(
        str,
        _setting(
            "/samtale", "name of this registry in every message (a URI reference)", _uri_reference
        ),
    )
    sequence_minutes: int = cast(
        int,
        _setting(
            10,
            "an open message sequence that is not touched for so long keeps no other from being "
            "opened",
            _whole_number(1, 1_440),
        ),
    )

    @classmethod
    def variables(cls) -> tuple[Setting, ...]:
        """Return every setting with its variable, default and explanation, for `--help`."""
        return tuple(
            Setting(each.name, variable_of(each.name), each.default, each.metadata["help"])
            for each in dataclasses.fields(cls)
        )

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str], overrides: Mapping[str, object] | None = None
    ) -> Settings:
        """Read the settings: an override (by field name, None is no override) beats a variable.

        Raises `SettingsError` with every fault at once.
        """
        chosen = dict(overrides or {})
        values: dict[str, object] = {}
        faults: list[str] = []
        for each in dataclasses.fields(cls):
            variable = variable_of(each.name)
            given = chosen.pop(each.name, None)
            given = environ.get(variable) if given is None else given
            if given is None:
                continue
            try:
                values[each.name] = each.metadata["read"](str(given))
            except ValueError as fault:
                faults.append(f"`{variable}`: {fault}")
        faults.extend(f"there is no setting `{name}`" for name in chosen)
        if not faults:
            settings = cls(**values)  # type: ignore[arg-type]  # each value was read by its own field
            faults.extend(_contradictions(settings))
            if not faults:
                return settings
        raise SettingsError(tuple(faults))

    @property
    def in_production(self) -> bool:
        return self.mode == "production"


def variable_of(name: str) -> str:
    """Return the environment variable of a setting: `SAMTALE_DATABASE_URL` for `database_url`."""
    return PREFIX + name.upper()


def _contradictions(settings: Settings) -> list[str]:
    if settings.in_production and settings.jwks_file is None:
        return [
            f"`{variable_of('jwks_file')}`: production mode needs a file of public keys, found none"
        ]
    return []
