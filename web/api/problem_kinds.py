"""The kinds of problem there are: type, status, error code, title and detail in both languages.

In: nothing. Out: `Kind` and its constants. The codes are those of `config/error_codes.yaml`.
Does not know: when each arises.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from engine.facts import Text


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem; `code` is the published error code, None where there is none."""

    type: str
    status: int
    title: Text
    detail: Text
    code: str | None = None


RULES_VIOLATED = Kind(
    "/problems/rules-violated",
    422,
    Text("Registreringen er afvist", "The registration was refused"),
    Text("en eller flere regler er brudt", "one or more rules are broken"),
)
KEY_OF_OTHER_CALL = Kind(
    "/problems/idempotency-key-of-other-call",
    422,
    Text("`Idempotency-Key` er brugt til et andet kald", "`Idempotency-Key` is of another call"),
    Text(
        "nøglen er brugt før, til et kald med andet indhold; intet er gemt; brug en ny nøgle",
        "the key was used before, for a call of other content; nothing was stored; use a new key",
    ),
)
MESSAGE_INVALID = Kind(
    "/problems/message-invalid",
    400,
    Text("Meddelelsen er ikke gyldig", "The message is not valid"),
    Text("`errors` siger, hvad der er galt og hvor", "`errors` says what is wrong and where"),
    "1014",
)
CIVIL_REGISTRATION_NUMBER = Kind(
    "/problems/civil-registration-number-malformed",
    400,
    Text("Personnummeret er ikke gyldigt", "The civil registration number is not valid"),
    Text(
        "headeren `X-Civil-Registration-Identifier` skal være et personnummer på ti cifre",
        "the header `X-Civil-Registration-Identifier` must be a civil registration number of "
        "ten digits",
    ),
    "1001",
)
LOG_ON_FAILED = Kind(
    "/problems/log-on-failed",
    401,
    Text("Log på mislykkedes", "Log-on failed"),
    Text(
        "headeren `Authorization` skal bære et gyldigt token, eller forbindelsen et kendt "
        "certifikat, og begge skal stemme overens",
        "the header `Authorization` must carry a valid token, or the connection a known "
        "certificate, and both must agree",
    ),
    "1012",
)
NO_PERMISSION = Kind(
    "/problems/no-permission",
    403,
    Text("Adgang til metoden mangler", "Permission for the service is missing"),
    Text(
        "tokenet giver ikke adgang til denne metode",
        "the token does not give access to this operation",
    ),
    "1013",
)
NOT_AUTHORISED = Kind(
    "/problems/not-authorised",
    403,
    Text("Organisationen er ikke autoriseret", "The organisation is not authorised"),
    Text(
        "organisationer af denne type må ikke udføre denne handling",
        "organisations of this type may not do this",
    ),
    "4575",
)
NOT_FOUND = Kind(
    "/problems/not-found",
    404,
    Text("Findes ikke", "Not found"),
    Text(
        "borgeren, samtalen eller deltageren findes ikke, eller du må ikke se den",
        "there is no such citizen, interview or participant, or you may not see it",
    ),
    "1010",
)
NO_SUCH_RULE = Kind(
    "/problems/no-such-rule-or-table",
    404,
    Text("Findes ikke", "Not found"),
    Text(
        "regelsættet har ingen regel eller tabel af det navn",
        "the rulebook has no rule or table of that name",
    ),
)
NO_SUCH_PATH = Kind(
    "/problems/no-such-path",
    404,
    Text("Findes ikke", "Not found"),
    Text("der er intet på denne sti; se `/docs`", "there is nothing at this path; see `/docs`"),
)
NO_SUCH_SEQUENCE = Kind(
    "/problems/no-such-message-sequence",
    404,
    Text("Findes ikke", "Not found"),
    Text(
        "organisationen har ingen beskedsekvens med det id",
        "the organisation has no message sequence of that identifier",
    ),
)
METHOD_NOT_ALLOWED = Kind(
    "/problems/method-not-allowed",
    405,
    Text("Metoden er ikke tilladt", "The method is not allowed"),
    Text(
        "headeren `Allow` siger, hvilke metoder stien har",
        "the header `Allow` says which methods the path has",
    ),
)
TOO_SLOW = Kind(
    "/problems/too-slow",
    408,
    Text("Anmodningen kom for langsomt", "The request came too slowly"),
    Text(
        "hele anmodningen nåede ikke frem i tide; send den igen",
        "the whole request did not arrive in time; send it again",
    ),
)
SEQUENCE_OPEN = Kind(
    "/problems/message-sequence-open",
    409,
    Text("En anden beskedsekvens er åben", "Another message sequence is open"),
    Text(
        "hent den sekvens, som `sequenceIdentifier` navngiver, og afslut eller luk den",
        "fetch the sequence that `sequenceIdentifier` names, and terminate or close it",
    ),
)
NO_BASE_ADDRESS = Kind(
    "/problems/no-base-address",
    409,
    Text("Der er ingen basisadresse", "There is no base address"),
    Text(
        "bed operatøren om at opføre organisationens basisadresse, eller hent beskederne med "
        "`/v1/message-sequences`",
        "ask the operator to list a base address for the organisation, or fetch the messages with "
        "`/v1/message-sequences`",
    ),
)
KEY_IN_USE = Kind(
    "/problems/idempotency-key-in-use",
    409,
    Text("Det første kald er endnu i gang", "The first call is still running"),
    Text(
        "kaldet med denne `Idempotency-Key` er ikke færdigt; gentag det lidt senere",
        "the call with this `Idempotency-Key` is not done yet; repeat it a little later",
    ),
)
SEQUENCE_OVER = Kind(
    "/problems/message-sequence-over",
    410,
    Text("Beskedsekvensen er slut", "The message sequence is over"),
    Text(
        "`state` siger hvordan; åbn en ny med `POST /v1/message-sequences`",
        "`state` says how; open another one with `POST /v1/message-sequences`",
    ),
)
VERSION_STALE = Kind(
    "/problems/version-stale",
    412,
    Text("Samtalen er ændret i mellemtiden", "The interview was changed meanwhile"),
    Text(
        "hent samtalen igen og gentag med dens nye `ETag`",
        "get the interview again and repeat with its new `ETag`",
    ),
)
BODY_TOO_LARGE = Kind(
    "/problems/body-too-large",
    413,
    Text("Kroppen er for stor", "The body is too large"),
    Text("send en mindre krop", "send a smaller body"),
)
MEDIA_TYPE = Kind(
    "/problems/media-type-unsupported",
    415,
    Text("Medietypen understøttes ikke", "The media type is not supported"),
    Text(
        "headeren `Content-Type` skal være `application/json`, uden `Content-Encoding`",
        "the header `Content-Type` must be `application/json`, without `Content-Encoding`",
    ),
)
VERSION_REQUIRED = Kind(
    "/problems/version-required",
    428,
    Text("`If-Match` mangler", "`If-Match` is missing"),
    Text(
        "send `If-Match` med den `ETag`, som samtalen blev hentet med",
        "send `If-Match` with the `ETag` that the interview was got with",
    ),
)
TOO_MANY_REQUESTS = Kind(
    "/problems/too-many-requests",
    429,
    Text("For mange anmodninger", "Too many requests"),
    Text(
        "vent så mange sekunder, som headeren `Retry-After` siger; intet er udført",
        "wait as many seconds as the header `Retry-After` says; nothing was done",
    ),
)
CANNOT_DECIDE = Kind(
    "/problems/cannot-decide",
    500,
    Text("Reglerne kunne ikke afgøres", "The rules could not be decided"),
    Text("intet er gemt; fejlen er logget", "nothing was stored; the fault was logged"),
    "1011",
)
ENGINES_DISAGREE = Kind(
    "/problems/engines-disagree",
    500,
    Text("Regelmotorerne er uenige", "The rule engines disagree"),
    Text("intet er gemt; fejlen er logget", "nothing was stored; the fault was logged"),
    "1011",
)
INTERNAL = Kind(
    "/problems/internal",
    500,
    Text("Intern fejl", "Internal error"),
    Text("intet er gemt; fejlen er logget", "nothing was stored; the fault was logged"),
    "1011",
)
UNAVAILABLE = Kind(
    "/problems/unavailable",
    503,
    Text("Registret svarer ikke lige nu", "The registry does not answer just now"),
    Text("intet er gemt; prøv igen lidt senere", "nothing was stored; try again a little later"),
)
UNDECIDED = Kind(
    "/problems/undecided",
    503,
    Text("Det vides ikke, om det er gemt", "It is not known whether it was stored"),
    Text(
        "forbindelsen til databasen gik tabt, mens der blev gemt; gentag med samme "
        "`Idempotency-Key`, eller hent det og se efter",
        "the connection to the database was lost while storing; repeat with the same "
        "`Idempotency-Key`, or get it and look",
    ),
)

OF_STATUS: Mapping[int, Kind] = {
    kind.status: kind
    for kind in (
        NO_SUCH_PATH,
        METHOD_NOT_ALLOWED,
        TOO_SLOW,
        BODY_TOO_LARGE,
        MEDIA_TYPE,
        INTERNAL,
    )
}
"""The kind for an error that Werkzeug raised by itself."""

ALL: tuple[Kind, ...] = (
    RULES_VIOLATED,
    KEY_OF_OTHER_CALL,
    MESSAGE_INVALID,
    CIVIL_REGISTRATION_NUMBER,
    LOG_ON_FAILED,
    NO_PERMISSION,
    NOT_AUTHORISED,
    NOT_FOUND,
    NO_SUCH_RULE,
    NO_SUCH_PATH,
    NO_SUCH_SEQUENCE,
    METHOD_NOT_ALLOWED,
    TOO_SLOW,
    SEQUENCE_OPEN,
    NO_BASE_ADDRESS,
    KEY_IN_USE,
    SEQUENCE_OVER,
    VERSION_STALE,
    BODY_TOO_LARGE,
    MEDIA_TYPE,
    VERSION_REQUIRED,
    TOO_MANY_REQUESTS,
    CANNOT_DECIDE,
    ENGINES_DISAGREE,
    INTERNAL,
    UNAVAILABLE,
    UNDECIDED,
)
"""Every kind of problem, in the order of their statuses but for two that are 422."""


def at_most(size: int) -> Text:
    """Say what may be sent instead of a body that is too large."""
    return Text(f"kroppen må højst fylde {size} byte", f"the body may be at most {size} bytes")


def without_scope(scope: str) -> Text:
    """Say which scope a token lacks."""
    return Text(
        f"tokenet giver ikke adgang til denne metode: det mangler scopet `{scope}`",
        f"the token does not give access to this operation: it lacks the scope `{scope}`",
    )


def unnamed(status: int) -> Kind:
    """Return the kind for a status that has none of its own: `about:blank` of RFC 9457."""
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"
    return Kind("about:blank", status, Text(phrase, phrase), Text(phrase, phrase))
