"""Eight threads send one Idempotency-Key: one registration, and every answer is it or 409.

The same key with another body is 422, and the same call after a SIGKILL of the server gets the
stored answer. Control: the same calls without a key, which the rules let through each time.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from tests.campaign.calling import Answer, Caller, Unanswered, put_citizen, together
from tests.campaign.databases import damage, fresh, on_each
from tests.campaign.row import Row, Scale
from tests.campaign.serving import MEANT_FOR, Served, serving
from tests.campaign.traffic import Wish, account
from tests.web.door import interview

THREADS = 8


def run(scale: Scale) -> Iterator[Row]:
    rounds, crashes = scale.of(small=10, large=300), scale.of(small=1, large=10)
    with on_each() as kinds:
        for kind, folder in kinds:
            url = fresh(kind, folder)
            with serving(folder / "server", url, *MEANT_FOR[kind]) as served:
                race = Race(served)
                for _ in range(rounds):
                    race.round()
                for _ in range(crashes):
                    race.round(crash=True)
                without_key = race.without_key()
            found = account(url, race.wishes)
            doubled = [text for text in found.doubled if text != without_key]
            stored = race.stored_without_key
            yield Row(
                *("R4", kind),
                load=f"{rounds + crashes:,} keys, {THREADS} threads each",
                faults=f"{crashes} SIGKILLs",
                lost=len(found.lost),
                doubled=len(doubled),
                broken=(*dict.fromkeys(race.broken), *found.broken, *damage(url)),
                control=f"{stored} stored of one wish" if stored > 1 else "",
                note=", ".join(f"{n:,} × {status}" for status, n in sorted(race.fared.items())),
            )


class Race:
    """Threads that all want the same participant on one interview."""

    def __init__(self, served: Served) -> None:
        self.served = served
        token = served.token("job_centre", "101")
        self.callers = [Caller(served.port, token) for _ in range(THREADS)]
        self.wishes: list[Wish] = []
        self.fared: Counter[int] = Counter()
        self.broken: list[str] = []
        self.stored_without_key = 0
        number = put_citizen(served.port, served.token("agency", "star"))
        body = interview(agreementText="the interview")
        made = self.callers[0].call("POST", "/v1/interviews", body, citizen=number)
        assert made.status == 201, made.raw
        self.path = f"{made.headers['location']}/participants"

    def round(self, *, crash: bool = False) -> None:
        """Send one wish from all threads, then with another body, then once more."""
        wish = Wish(f"wish-{len(self.wishes)}")
        self.wishes.append(wish)
        if crash:
            # nobody knows whether it was stored before the server went
            with suppress(Unanswered):
                self._ask(self.callers[0], wish.text)
            self.served.kill()
            self.served.start()
            for caller in self.callers:
                caller.close()
        answers = together([functools.partial(self._ask, each, wish.text) for each in self.callers])
        self.fared.update(answer.status for answer in answers)
        told = {_told(answer) for answer in answers if answer.status == 201}
        if len(told) != 1 or {answer.status for answer in answers} - {201, 409}:
            self.broken.append(f"answers {sorted(each.status for each in answers)}")
        again = self._ask(self.callers[0], wish.text)
        wish.status = again.status
        if _told(again) not in told:
            self.broken.append(f"once more: {again.status}, another answer")
        other = self._ask(self.callers[0], wish.text, name="somebody else")
        self.fared[other.status] += 1
        if other.status != 422:
            self.broken.append(f"another body: {other.status}")

    def without_key(self) -> str:
        """Send one wish from all threads without a key; return its text."""
        text = "without a key"
        answers = together(
            [functools.partial(self._ask, each, text, key=False) for each in self.callers]
        )
        self.stored_without_key = sum(each.status == 201 for each in answers)
        return text

    def _ask(
        self, caller: Caller, text: str, *, name: str | None = None, key: bool = True
    ) -> Answer:
        body: dict[str, Any] = {"name": name or text, "participantTypeIdentifier": 1}
        return caller.call(
            "POST", self.path, body, headers={"Idempotency-Key": text} if key else {}
        )


def _told(answer: Answer) -> tuple[object, ...]:
    return answer.status, answer.raw, answer.headers.get("location"), answer.headers.get("etag")
