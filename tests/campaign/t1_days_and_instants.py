"""Both nights of summer time, leap day, midnight, end of the year: instants decide, over HTTP.

Days are days in Denmark; times of one instant in different offsets are one time.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime

from tests.campaign.databases import POSTGRESQL, SQLITE, fresh, temporary_folder
from tests.campaign.row import Row, Scale
from tests.web.door import FACTS, Door, interview, settings_in
from web.app import close, create_app
from web.settings import Settings

RESETTING, NOT_RESETTING, UNTIL_JUNE_2019 = 7, 12, 19
INSTANTS = {
    # night: times in the order of their instants, with their instants in UTC
    "spring": {
        "2024-03-31T01:59:59+01:00": "2024-03-31T00:59:59Z",
        # this hour is on no clock in Denmark, and yet an instant
        "2024-03-31T02:30:00+01:00": "2024-03-31T01:30:00Z",
        "2024-03-31T03:30:01+02:00": "2024-03-31T01:30:01Z",
    },
    "autumn": {
        "2023-10-29T02:30:00+02:00": "2023-10-29T00:30:00Z",
        # the same on the clock, one hour later
        "2023-10-29T02:30:00+01:00": "2023-10-29T01:30:00Z",
        "2023-10-29T03:00:00+01:00": "2023-10-29T02:00:00Z",
    },
    "leap day": {
        "2024-02-29T00:00:00+01:00": "2024-02-28T23:00:00Z",
        "2024-02-29T23:59:59.999999+01:00": "2024-02-29T22:59:59.999999Z",
        "2024-03-01T00:00:00+01:00": "2024-02-29T23:00:00Z",
    },
    "end of the year": {
        "2023-12-31T23:59:59+01:00": "2023-12-31T22:59:59Z",
        "2024-01-01T00:00:00+01:00": "2023-12-31T23:00:00Z",
        "2023-12-31T23:00:01Z": "2024-01-01T00:00:01+01:00",
    },
}
DAYS = {
    # day in Denmark: its first instant and the first one after it
    "2024-03-31": ("2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z"),
    "2023-10-29": ("2023-10-28T22:00:00Z", "2023-10-29T23:00:00Z"),
    "2024-02-29": ("2024-02-28T23:00:00Z", "2024-02-29T23:00:00Z"),
    "2024-01-01": ("2023-12-31T23:00:00Z", "2024-01-01T23:00:00Z"),
    "2023-07-01": ("2023-06-30T22:00:00Z", "2023-07-01T22:00:00Z"),
}
AFTER = {"2024-03-31": "2024-04-01", "2023-10-29": "2023-10-30", "2024-02-29": "2024-03-01"}
AFTER |= {"2024-01-01": "2024-01-02", "2023-07-01": "2023-07-02"}

Found = Iterator[tuple[str, object, object]]
"""What is asked, what is right, what was found."""


class Clinic:
    """The application, and what time it is there."""

    def __init__(self, settings: Settings) -> None:
        self.now = datetime.fromisoformat("2024-06-03T10:00:00Z")
        app = create_app(settings, clock=lambda: self.now, log_to=io.StringIO())
        self.door = Door(app, settings, io.StringIO())

    def at(self, instant: str) -> None:
        self.now = datetime.fromisoformat(instant)

    def register(self, number: str, held_at: str, kind: int = RESETTING) -> object:
        """Return 201, or the codes of the refusal."""
        answer = self._call("POST", number, interview(interviewTypeIdentifier=kind, heldAt=held_at))
        if answer.status_code == 422:
            return sorted(each["code"] for each in answer.get_json()["violations"])
        return answer.status_code

    def listed(self, number: str, query: str = "") -> object:
        """Return the held times of a page as instants, or its status."""
        answer = self._call("GET", number, None, query)
        if answer.status_code != 200:
            return answer.status_code
        return [datetime.fromisoformat(each["heldAt"]) for each in answer.get_json()["interviews"]]

    def _call(self, method: str, number: str, body: object, query: str = ""):  # type: ignore[no-untyped-def]
        headers = {"Authorization": f"Bearer {self.door.token(now=self.now)}"}
        return self.door.call(
            method, f"/v1/interviews{query}", json=body, citizen=number, headers=headers
        )


def run(scale: Scale) -> Iterator[Row]:
    with temporary_folder() as folder:
        for kind in (SQLITE, POSTGRESQL):
            settings = settings_in(folder)
            stated = {name: getattr(settings, name) for name in ("rules", "config", "key_file")}
            clinic = Clinic(
                Settings.from_environment({}, {**stated, "database_url": fresh(kind, folder)})
            )
            asked = [*_orders(clinic), *_days(clinic), *_midnights(clinic)]
            close(clinic.door.app)
            yield Row(
                *("T1", kind),
                load=f"{len(asked)} questions of time",
                broken=tuple(
                    f"{name}: expected {right}, found {found}"
                    for name, right, found in asked
                    if right != found
                ),
            )


def _orders(clinic: Clinic) -> Found:
    """Each resetting interview must lie after the one before it, by instants."""
    for night, times in INSTANTS.items():
        number = clinic.door.citizen()
        for written, instant in times.items():
            yield f"{night}: {written}", 201, clinic.register(number, written)
            again = ["S-102", "S-104", "S-105"]
            yield f"{night}: {instant} again", again, clinic.register(number, instant)
        first = next(iter(times))
        late = ["S-101", "S-102", "S-104", "S-105"]
        yield f"{night}: {first} too late", late, clinic.register(number, first)
        right = [datetime.fromisoformat(each) for each in times]
        yield f"{night}: as a list", right, clinic.listed(number)


def _days(clinic: Clinic) -> Found:
    """A day asked about begins and ends in Denmark, and may have 23 or 25 hours."""
    for day, (first, over) in DAYS.items():
        number = clinic.door.citizen()
        begin, end = datetime.fromisoformat(first), datetime.fromisoformat(over)
        for place, held in enumerate((begin, end)):
            for seconds in (-1, 0):
                written = datetime.fromtimestamp(held.timestamp() + seconds, held.tzinfo)
                answer = clinic.register(number, written.isoformat(), NOT_RESETTING)
                yield f"{day}: border {place}", 201, answer
        right = [begin, datetime.fromtimestamp(end.timestamp() - 1, end.tzinfo)]
        found = clinic.listed(number, f"?heldFrom={day}&heldTo={AFTER[day]}")
        yield f"{day}: as a filter", right, found


def _midnights(clinic: Clinic) -> Found:
    other = clinic.door.citizen(**FACTS)
    number = clinic.door.citizen(
        jobCentreAffiliations=[
            {"organisationCode": "101", "from": "2024-02-29", "to": "2024-03-31"}
        ]
    )
    for now, sees in {
        "2024-02-28T22:59:59Z": False,
        "2024-02-28T23:00:00Z": True,
        "2024-03-30T22:59:59Z": True,
        "2024-03-30T23:00:00Z": False,
    }.items():
        clinic.at(now)
        yield f"reading at {now}", [] if sees else 404, clinic.listed(number)
        if not sees:
            right = ["6005"]
            yield f"writing at {now}", right, clinic.register(number, "2024-02-01T10:00:00Z")
    clinic.at("2024-03-31T01:30:00Z")
    for written, right in {
        "2024-03-31T03:30:01+02:00": ["S-109"],
        "2024-03-31T02:30:01+01:00": ["S-109"],
        "2024-03-31T03:29:59+02:00": 201,
        "2024-03-31T03:30:00+02:00": 201,
    }.items():
        yield f"in the future: {written}", right, clinic.register(other, written)
    clinic.at("2024-06-03T10:00:00Z")
    for written, right in {
        # the day on which the code ended, in Denmark; in UTC it is still the day before
        "2019-05-31T22:00:00Z": ["4709"],
        "2019-06-01T00:00:00+02:00": ["4709"],
        "2019-05-31T23:59:59+02:00": [],
        "2019-05-31T21:59:59Z": [],
    }.items():
        found = clinic.register(clinic.door.citizen(), written, UNTIL_JUNE_2019)
        codes = found if isinstance(found, list) else []
        yield f"code in force: {written}", right, [each for each in codes if each == "4709"]
