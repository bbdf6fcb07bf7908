"""Every operation of the HTTP interface, once.

In: nothing. Out: `OPERATIONS`; routes, permissions, the check of query parameters and the OpenAPI
document all follow from this table.
Does not know: what an operation does; `routes` says which function does it.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.facts import Text
from web.api.contract_messages import MESSAGE_OPERATIONS
from web.api.contract_types import Answer, CitizenHeader, Operation, Parameter
from web.api.scopes import OWNERS_OF_CITIZEN_FACTS, Scope

INSTANT_OR_DAY: Mapping[str, object] = {"type": "string", "maxLength": 40}
DAY: Mapping[str, object] = {"type": "string", "format": "date"}
ON = Parameter("on", DAY, "the day asked about; today when left out")

AS_OF = Parameter(
    "asOf",
    INSTANT_OR_DAY,
    "what was registered at this moment; the present when left out; written like `heldFrom`",
)
CURSOR = Parameter("cursor", {"type": "string", "maxLength": 200}, "`next` of an earlier answer")
LIMIT = Parameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
    "how many at most",
)

LIST_QUERY = (
    Parameter(
        "interviewType",
        {"type": "integer", "minimum": 0, "maximum": 2_147_483_647},
        "only interviews of these types",
        repeatable=True,
    ),
    Parameter(
        "heldFrom",
        INSTANT_OR_DAY,
        "held at this moment or later; RFC 3339 with an offset, or a day, which means its "
        "beginning in Denmark",
    ),
    Parameter("heldTo", INSTANT_OR_DAY, "held before this moment; written like `heldFrom`"),
    Parameter(
        "view",
        {"type": "string", "enum": ["full", "status"], "default": "full"},
        "`full`: whole interviews; `status`: type, held time, contact type and the type of the "
        "registering organisation only",
    ),
    AS_OF,
    LIMIT,
    CURSOR,
)

INTERVIEWS = "/v1/interviews"
INTERVIEW = "/v1/interviews/{interviewId}"
PARTICIPANTS = INTERVIEW + "/participants"
PARTICIPANT = PARTICIPANTS + "/{participantId}"

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "create_interview",
        "POST",
        INTERVIEWS,
        Text("registrér en afholdt samtale", "register a held interview"),
        {201: Answer("registered", "RegisteredInterview", ("Location", "ETag"))},
        scope=Scope.WRITE_INTERVIEWS,
        citizen=CitizenHeader.REQUIRED,
        body="NewInterview",
        once=True,
        problems=(404, 422),
    ),
    Operation(
        "find_interviews",
        "GET",
        INTERVIEWS,
        Text("hent en borgers afholdte samtaler", "get the held interviews of a citizen"),
        {
            200: Answer("a page of interviews", "InterviewPageInView", ("ETag", "Link")),
            304: Answer("nothing has changed", None, ("ETag",)),
        },
        scope=Scope.READ_INTERVIEWS,
        citizen=CitizenHeader.REQUIRED,
        query=LIST_QUERY,
        if_none_match=True,
        problems=(404,),
    ),
    Operation(
        "read_interview",
        "GET",
        INTERVIEW,
        Text("hent en samtale", "get one interview"),
        {
            200: Answer("the interview", "Interview", ("ETag",)),
            304: Answer("nothing has changed", None, ("ETag",)),
        },
        scope=Scope.READ_INTERVIEWS,
        query=(AS_OF,),
        if_none_match=True,
        problems=(404,),
    ),
    Operation(
        "read_versions",
        "GET",
        INTERVIEW + "/versions",
        Text("hent alle versioner af en samtale", "get every version of an interview"),
        {
            200: Answer("a page of versions, oldest first", "VersionPage", ("ETag", "Link")),
            304: Answer("nothing has changed", None, ("ETag",)),
        },
        scope=Scope.READ_INTERVIEWS,
        query=(
            LIMIT,
            Parameter(
                "after",
                {"type": "integer", "minimum": 0, "maximum": 2_147_483_647, "default": 0},
                "only versions with higher numbers; `next` of an earlier answer",
            ),
        ),
        if_none_match=True,
        problems=(404,),
    ),
    Operation(
        "update_interview",
        "PUT",
        INTERVIEW,
        Text("opdatér en samtale", "update an interview"),
        {200: Answer("the new version", "RegisteredInterview", ("ETag",))},
        scope=Scope.WRITE_INTERVIEWS,
        body="ChangedInterview",
        if_match=True,
        once=True,
        problems=(404, 412, 422, 428),
    ),
    Operation(
        "add_participant",
        "POST",
        PARTICIPANTS,
        Text("tilføj en deltager", "add a participant"),
        {201: Answer("added", "RegisteredParticipant", ("Location", "ETag"))},
        scope=Scope.WRITE_INTERVIEWS,
        body="NewParticipant",
        if_match=True,
        if_match_optional=True,
        once=True,
        problems=(404, 412, 422),
    ),
    Operation(
        "update_participant",
        "PUT",
        PARTICIPANT,
        Text("opdatér en deltager", "update a participant"),
        {200: Answer("updated", "RegisteredParticipant", ("ETag",))},
        scope=Scope.WRITE_INTERVIEWS,
        body="ChangedParticipant",
        if_match=True,
        if_match_optional=True,
        once=True,
        problems=(404, 412, 422),
    ),
    Operation(
        "delete_participant",
        "DELETE",
        PARTICIPANT,
        Text("slet en deltager", "delete a participant"),
        {204: Answer("deleted", None, ("ETag",))},
        scope=Scope.WRITE_INTERVIEWS,
        if_match=True,
        if_match_optional=True,
        once=True,
        problems=(404, 412, 422),
    ),
    Operation(
        "decide",
        "POST",
        "/v1/decisions",
        Text("afgør en registrering uden at gemme den", "decide a registration without storing it"),
        {200: Answer("the decision with its trace", "Decision")},
        scope=Scope.DECISIONS,
        citizen=CitizenHeader.OPTIONAL,
        body="DecisionRequest",
        problems=(404,),
    ),
    Operation(
        "list_rules",
        "GET",
        "/v1/rules",
        Text("reglerne på en dag", "the rules in force on a day"),
        {
            200: Answer("the rules", "RuleList", ("ETag",)),
            304: Answer("nothing has changed", None, ("ETag",)),
        },
        scope=Scope.RULES,
        if_none_match=True,
        query=(
            ON,
            Parameter(
                "operation", {"type": "string", "maxLength": 100}, "only the rules that decide it"
            ),
        ),
    ),
    Operation(
        "read_rule",
        "GET",
        "/v1/rules/{ruleId}",
        Text("en regel med alle versioner", "one rule with all its versions"),
        {
            200: Answer("the rule", "ListedRule", ("ETag",)),
            304: Answer("nothing has changed", None, ("ETag",)),
        },
        scope=Scope.RULES,
        if_none_match=True,
        query=(ON,),
        problems=(404,),
    ),
    Operation(
        "list_tables",
        "GET",
        "/v1/tables",
        Text("tabellerne", "the tables"),
        {
            200: Answer("the tables", "TableList", ("ETag",)),
            304: Answer("nothing has changed", None, ("ETag",)),
        },
        scope=Scope.RULES,
        if_none_match=True,
    ),
    Operation(
        "read_table",
        "GET",
        "/v1/tables/{tableName}",
        Text("en tabel på en dag", "a table on a day"),
        {
            200: Answer("the rows in force", "Table", ("ETag",)),
            304: Answer("nothing has changed", None, ("ETag",)),
        },
        scope=Scope.RULES,
        if_none_match=True,
        query=(ON,),
        problems=(404,),
    ),
    Operation(
        "read_rulebook",
        "GET",
        "/v1/rulebook",
        Text("regelsættet", "the rulebook"),
        {
            200: Answer("the rulebook", "Rulebook", ("ETag",)),
            304: Answer("nothing has changed", None, ("ETag",)),
        },
        scope=Scope.RULES,
        if_none_match=True,
    ),
    Operation(
        "put_citizen",
        "PUT",
        "/v1/citizens",
        Text("erstat en borgers fakta", "replace the reference facts of a citizen"),
        {204: Answer("replaced")},
        scope=Scope.WRITE_CITIZENS,
        organisation_types=OWNERS_OF_CITIZEN_FACTS,
        citizen=CitizenHeader.REQUIRED,
        body="Citizen",
        once=True,
    ),
    *MESSAGE_OPERATIONS,
    Operation(
        "is_alive",
        "GET",
        "/healthz",
        Text("kører processen?", "is the process running?"),
        {200: Answer("it is", "Health")},
    ),
    Operation(
        "is_ready",
        "GET",
        "/readyz",
        Text("kan en registrering tages imod?", "can a registration be served?"),
        {200: Answer("it can", "Health")},
        problems=(503,),
    ),
    Operation(
        "metrics",
        "GET",
        "/metrics",
        Text("tal til overvågning", "figures for monitoring"),
        {200: Answer("Prometheus text", None, (), "text/plain")},
    ),
    Operation(
        "openapi",
        "GET",
        "/openapi.json",
        Text("denne beskrivelse", "this description"),
        {200: Answer("OpenAPI 3.1", None, ())},
    ),
    Operation(
        "asyncapi",
        "GET",
        "/asyncapi.json",
        Text("beskrivelse af webhooks", "description of the webhooks"),
        {200: Answer("AsyncAPI 3.1", None, ())},
    ),
    Operation(
        "docs",
        "GET",
        "/docs",
        Text("beskrivelsen som side", "the description as a page"),
        {200: Answer("HTML", None, (), "text/html")},
    ),
)

BY_ID: Mapping[str, Operation] = {each.id: each for each in OPERATIONS}
