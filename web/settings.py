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
Server = Literal["waitress", "gunicorn"]


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


def _switch(text: str) -> bool:
    known = {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}
    if text.lower() not in known:
        raise ValueError("expected `on` or `off`")
    return known[text.lower()]


def _some_text(text: str) -> str:
    if not text or not text.isprintable():
        raise ValueError("expected some text")
    return text


def _path(text: str) -> Path:
    return Path(_some_text(text))


def _path_or_off(text: str) -> Path | None:
    return None if text.lower() == "off" else _path(text)


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
    cases: Path = cast(
        Path,
        _setting(
            Path("tests/cases"),
            "folder of the case files; left as it is, `tests/cases` beside the folder of the rules",
            _path,
        ),
    )
    cache: Path | None = cast(
        "Path | None",
        _setting(
            None,
            "folder where rulebooks that were read are kept, so that the next start is quick; off "
            "for none; the command keeps them in the user's own cache folder",
            _path_or_off,
        ),
    )
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

    server: Server | None = cast(
        "Server | None",
        _setting(
            None,
            "waitress (one process) or gunicorn (several); waitress in development, gunicorn in "
            "production",
            _one_of("waitress", "gunicorn"),
        ),
    )
    workers: int = cast(int, _setting(2, "processes of gunicorn", _whole_number(1, 64)))
    max_requests: int = cast(
        int,
        _setting(
            20_000,
            "requests after which a process of gunicorn makes room for a new one; 0 is never",
            _whole_number(0, 100_000_000),
        ),
    )
    read_seconds: int = cast(
        int,
        _setting(20, "seconds within which a whole request must arrive", _whole_number(1, 300)),
    )
    tls_certificate: Path | None = cast(
        "Path | None",
        _setting(
            None, "certificate of this server and its chain, as PEM; then it serves TLS", _path
        ),
    )
    tls_key: Path | None = cast(
        "Path | None", _setting(None, "private key of the certificate, as PEM", _path)
    )
    tls_client_ca: Path | None = cast(
        "Path | None",
        _setting(None, "authorities whose client certificates are looked at, as PEM", _path),
    )
    client_certificates: Path | None = cast(
        "Path | None",
        _setting(None, "file that says which system each client certificate stands for", _path),
    )
    rate_limit: int | None = cast(
        "int | None",
        _setting(
            None,
            "requests of an organisation in a minute, 0 is no limit; none in development, 6000 in "
            "production",
            _whole_number(0, 10_000_000),
        ),
    )
    address_rate_limit: int | None = cast(
        "int | None",
        _setting(
            None,
            "requests of an address in a minute that prove no identity, 0 is no limit; none in "
            "development, 600 in production",
            _whole_number(0, 10_000_000),
        ),
    )

    edit: bool = cast(
        bool,
        _setting(
            False,
            "on: analysts may change the files of rules, tables and cases in the workbench; never "
            "in production",
            _switch,
        ),
    )

    replay_folder: Path = cast(
        Path,
        _setting(
            Path(".samtale/replay"),
            "folder in which replays keep the parts that are done, so that they go on there",
            _path,
        ),
    )

    @classmethod
    def variables(cls) -> tuple[Setting, ...]:
        """Return every setting with its variable, default and explanation, for `--help`."""
        return tuple(
            Setting(each.name, variable_of(each.name), _shown(each.default), each.metadata["help"])
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

    @property
    def with_gunicorn(self) -> bool:
        return self.server == "gunicorn" or (self.server is None and self.in_production)

    @property
    def processes(self) -> int:
        """How many processes answer requests."""
        return self.workers if self.with_gunicorn else 1

    @property
    def encrypted(self) -> bool:
        return self.tls_certificate is not None

    def rate(self, stated: int | None, in_production: int) -> int:
        """Return a limit of requests in a minute: as stated, else by the mode; 0 is none."""
        return stated if stated is not None else in_production if self.in_production else 0


def _shown(default: object) -> object:
    """Return a default as it is written: a switch is `on` or `off`."""
    return ("on" if default else "off") if isinstance(default, bool) else default


def variable_of(name: str) -> str:
    """Return the environment variable of a setting: `SAMTALE_DATABASE_URL` for `database_url`."""
    return PREFIX + name.upper()


def _contradictions(settings: Settings) -> list[str]:
    found = []
    if settings.in_production and settings.jwks_file is None:
        found.append(
            f"`{variable_of('jwks_file')}`: production mode needs a file of public keys, found none"
        )
    if settings.in_production and settings.edit:
        found.append(
            f"`{variable_of('edit')}`: files are not changed in production; change them in "
            "development and bring them here with `samtale publish`"
        )
    for needing, needed in _NEEDS:
        if getattr(settings, needing) is not None and getattr(settings, needed) is None:
            found.append(f"`{variable_of(needing)}`: needs `{variable_of(needed)}` too, found none")
    if settings.encrypted and not settings.with_gunicorn:
        found.append(
            f"`{variable_of('tls_certificate')}`: waitress serves no TLS; write "
            f"`{variable_of('server')}=gunicorn`"
        )
    return found


_NEEDS = (
    ("tls_certificate", "tls_key"),
    ("tls_key", "tls_certificate"),
    ("tls_client_ca", "tls_certificate"),
    ("tls_client_ca", "client_certificates"),
    ("client_certificates", "tls_client_ca"),
)
"""Settings that mean nothing without another one."""
