"""gunicorn: several processes with threads, TLS, reload and stop in good order.

In: what makes the application, and settings. Out: answers, until SIGTERM.
Does not know: the application, but that it can be made anew.

The application is made before the processes are forked: a rulebook or a file with a fault stops the
start, or leaves the service as it was on SIGHUP, and no process ever has another rulebook or other
files than its brothers. It must hold neither a connection nor a thread then.
"""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from engine.problems import EngineError
from registry.errors import RegistryError
from web.serving import bounds
from web.serving.gunicorn_log import Log
from web.serving.gunicorn_request import as_the_application_expects
from web.serving.gunicorn_worker import Worker
from web.serving.lasting import hold_what_is_there
from web.serving.shared_figures import Slots, lowest_free
from web.serving.tls import server_tls
from web.settings import Settings, SettingsError

MEMORY = Path("/dev/shm")  # noqa: S108  # for heartbeats: a full or slow disk must stop no process


def serve(
    make: Callable[[Path], Any],
    settings: Settings,
    ready: Callable[[int], None],
) -> None:
    """Serve until stopped; ends with `SystemExit`.

    `make` makes the application, whose figures are added up in the folder it is given, and `ready`
    is told the port. Raises what `make` raises, `SettingsError` for TLS, and `OSError` when the
    port cannot be taken.
    """
    first = os.getpid()
    folder = Path(tempfile.mkdtemp(prefix="samtale-figures-"))
    try:
        # before the first figure is made
        slots = Slots(folder)
        application = Application(
            lambda: as_the_application_expects(make(folder), settings.body_limit),
            settings,
            slots,
            ready,
        )
        Master(application).run()
    finally:
        # the other processes come here too when they end
        if os.getpid() == first:
            shutil.rmtree(folder, ignore_errors=True)


class Application(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """The application and gunicorn's configuration; both are made anew by `renew`."""

    def __init__(
        self,
        make: Callable[[], Any],
        settings: Settings,
        slots: Slots,
        ready: Callable[[int], None],
    ) -> None:
        self.settings = settings
        self._make = make
        self._slots = slots
        self._ready = ready
        self._tls: ssl.SSLContext | None = None
        made = self._made()
        self._address = _bound(settings.host, settings.port)
        self._port: int = self._address.getsockname()[1]
        self._number = self._address.detach()
        super().__init__()
        self.callable = made

    def renew(self) -> None:
        """Make the application anew, from files as they are now; raises as `serve`."""
        self.callable = self._made()

    def _made(self) -> Any:
        if self.settings.encrypted:
            self._tls = server_tls(self.settings)
        made = self._make()
        hold_what_is_there()
        return made

    def load(self) -> Any:
        return self.callable

    def load_config(self) -> None:
        for name, value in self._configuration().items():
            self.cfg.set(name, value)

    def _configuration(self) -> dict[str, Any]:
        settings = self.settings
        tls: dict[str, Any] = {}
        if self._tls is not None:
            terms = self._tls
            tls = {
                "certfile": str(settings.tls_certificate),
                "keyfile": str(settings.tls_key),
                "ssl_context": lambda _conf, _usual: terms,
            }
        return {
            "bind": f"fd://{self._number}",
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": Worker,
            "worker_connections": bounds.MOST_CONNECTIONS + settings.threads,
            "worker_tmp_dir": str(MEMORY) if MEMORY.is_dir() else None,
            "preload_app": True,
            "max_requests": settings.max_requests,
            "max_requests_jitter": settings.max_requests // 10,
            "timeout": bounds.STOP_SECONDS,
            "graceful_timeout": bounds.STOP_SECONDS,
            "keepalive": bounds.IDLE_SECONDS,
            "limit_request_line": bounds.LONGEST_LINE,
            "limit_request_fields": bounds.MOST_HEADERS,
            "limit_request_field_size": bounds.LARGEST_HEADER,
            # nobody in between is believed: neither about addresses nor about TLS
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "forwarder_headers": "",
            "header_map": "drop",
            "http_parser": "python",
            "control_socket_disable": True,
            "logger_class": Log,
            "proc_name": "samtale",
            "pre_fork": _number,
            "post_fork": self._begin,
            "when_ready": lambda _master: self._ready(self._port),
            **tls,
        }

    def _begin(self, _master: Any, worker: Worker) -> None:
        self._slots.mine = worker.slot


class Master(Arbiter):  # type: ignore[misc]
    """The first process: it forks the others and answers nothing itself."""

    def handle_hup(self) -> None:
        """Begin anew with files as they are now; with a fault in them all stays as it is."""
        try:
            self.app.renew()
        except (EngineError, RegistryError, SettingsError, OSError) as fault:
            self.log.error("not reloaded: %s", fault)
            return
        super().handle_hup()

    def handle_usr2(self) -> None:
        """Do not start a second master: a new program is started in the place of the old one."""
        self.log.warning("SIGUSR2 is not used; stop this service and start the new one")


def _number(master: Any, worker: Worker) -> None:
    worker.slot = lowest_free({each.slot for each in master.WORKERS.values()})


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    address = socket.socket(family, socket.SOCK_STREAM)
    try:
        address.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        address.bind((host, port))
        address.listen(2048)
    except OSError:
        address.close()
        raise
    return address
