"""How this server speaks TLS.

In: settings. Out: an `ssl.SSLContext`, or `SettingsError`.
Does not know: which client certificate stands for whom. A certificate of an authority that is not
trusted, an expired one and one that is not for clients end the handshake.
"""

from __future__ import annotations

import ssl

from web.settings import Settings, SettingsError, variable_of


def server_tls(settings: Settings) -> ssl.SSLContext:
    """Return the terms for clients: TLS 1.2 or later, a certificate if they have one.

    Raises `SettingsError` when a file cannot be used.
    """
    terms = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    terms.minimum_version = ssl.TLSVersion.TLSv1_2
    terms.set_alpn_protocols(["http/1.1"])
    # a resumed connection would not show its certificate to the authorities again
    terms.options |= ssl.OP_NO_TICKET
    terms.num_tickets = 0
    certificate, key = settings.tls_certificate, settings.tls_key
    if certificate is None or key is None:
        raise SettingsError((f"`{variable_of('tls_certificate')}`: expected a file, found none",))
    try:
        # without a password the library would ask for one at the terminal
        terms.load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as fault:  # ssl.SSLError is an OSError
        raise _unusable("tls_certificate", f"{certificate.name}` with `{key.name}", fault) from None
    if settings.tls_client_ca is not None:
        terms.verify_mode = ssl.CERT_OPTIONAL
        try:
            terms.load_verify_locations(cafile=settings.tls_client_ca)
        except (OSError, ValueError) as fault:
            raise _unusable("tls_client_ca", settings.tls_client_ca.name, fault) from None
    return terms


def _unusable(setting: str, files: str, fault: Exception) -> SettingsError:
    return SettingsError((f"`{variable_of(setting)}`: cannot use `{files}`: {_why(fault)}",))


def _why(fault: Exception) -> str:
    if isinstance(fault, ssl.SSLError):
        return (fault.reason or "not PEM").replace("_", " ").lower()
    if isinstance(fault, OSError):
        return fault.strerror or type(fault).__name__
    return "not PEM"
