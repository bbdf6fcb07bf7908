"""An invented history as Parquet: registrations with what the rules ask of the citizen.

In: a number of registrations and a seed. Out: files with the columns of a history folder.
Does not know: who decides them. DuckDB makes the rows, the same ones for the same seed; about one
registration in five breaks a rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

OF_A_FILE = 500_000
_SQL = """
COPY (
  WITH drawn AS (
    SELECT i,
      draw(i, 1) AS a, draw(i, 2) AS b, draw(i, 3) AS c,
      draw(i, 4) AS d, draw(i, 5) AS e
    FROM range({start}, {end}) AS numbers(i)
  ),
  held AS (
    SELECT *,
      TIMESTAMPTZ '2020-01-01 07:00:00+00'
        + to_days(CAST(a % 1825 AS INTEGER)) + to_minutes(CAST(b % 600 AS BIGINT)) AS held_at,
      [7, 7, 7, 8, 9, 11, 12, 13, 10, 18, 4, 19][1 + c % 12] AS type,
      CAST(100 + d % 94 AS VARCHAR) AS centre,
      ['job_centre', 'job_centre', 'job_centre', 'unemployment_fund'][1 + e % 4] AS asker
    FROM drawn
  )
  SELECT
    'd-' || lpad(CAST(i AS VARCHAR), 10, '0') AS decision_id,
    held_at + to_hours(CAST(e % 90 AS BIGINT)) AS recorded_at,
    asker AS organisation_type,
    CASE WHEN a % 50 = 0 THEN '999' ELSE centre END AS organisation,
    'sha256:invented' AS rulebook,
    TRUE AS accepted,
    CAST([] AS STRUCT(rule VARCHAR, code VARCHAR, refuses BOOLEAN)[]) AS findings,
    held_at + to_hours(CAST(e % 90 AS BIGINT)) AS "registration.recorded_at",
    CAST(timezone('UTC', held_at + to_hours(CAST(e % 90 AS BIGINT))) AS DATE) AS "registration.recorded_on",
    asker AS "caller.organisation_type",
    CASE WHEN a % 50 = 0 THEN '999' ELSE centre END AS "caller.organisation",
    CAST(type AS BIGINT) AS "interview.type",
    CAST([1, 1, 2, 6, 7, 8][1 + b % 6] AS BIGINT) AS "interview.contact_type",
    held_at AS "interview.held_at",
    CAST(timezone('UTC', held_at) AS DATE) AS "interview.held_on",
    c % 5 = 0 AS "interview.with_more_authorities",
    CAST([NULL, NULL, 4, 5, 6][1 + d % 5] AS BIGINT) AS "interview.participation_status",
    [NULL, NULL, NULL, 'b-1', 'b-9'][1 + e % 5] AS "interview.booking_id",
    CAST(CASE WHEN a % 9 = 0 THEN [{{'name': 'Invented', 'external_id': NULL, 'type': 1}}] ELSE [] END
      AS STRUCT("name" VARCHAR, "external_id" VARCHAR, "type" BIGINT)[]) AS participants,
    CAST(list_transform(range(CAST(b % 10 AS BIGINT)), lambda n : {{
      'type': [7, 8, 10, 12, 15][1 + (c + n) % 5],
      'held_at': held_at - to_days(CAST(CASE WHEN a % 200 = n THEN -n ELSE 1 + (d + n * 97) % 900 END AS INTEGER)),
      'held_on': CAST(timezone('UTC', held_at - to_days(CAST(CASE WHEN a % 200 = n THEN -n ELSE 1 + (d + n * 97) % 900 END AS INTEGER))) AS DATE)
    }}) AS STRUCT("type" BIGINT, held_at TIMESTAMPTZ, held_on DATE)[]) AS "citizen.interviews",
    CAST([
      {{'contact_group': 2, 'from': DATE '2015-01-01', 'until': CAST(timezone('UTC', held_at) AS DATE) - 400}},
      {{'contact_group': [1, 3, 2][1 + a % 3], 'from': CAST(timezone('UTC', held_at) AS DATE) - 400, 'until': NULL}}
    ] AS STRUCT(contact_group BIGINT, "from" DATE, "until" DATE)[]) AS "citizen.contact_groups",
    CAST([{{'organisation': centre, 'from': DATE '2015-01-01', 'until': NULL}}]
      AS STRUCT(organisation VARCHAR, "from" DATE, "until" DATE)[]) AS "citizen.job_centre_affiliations",
    CAST([{{'organisation': centre, 'from': DATE '2015-01-01', 'until': NULL}}]
      AS STRUCT(organisation VARCHAR, "from" DATE, "until" DATE)[]) AS "citizen.fund_memberships",
    CAST([{{'booking_id': 'b-1'}}] AS STRUCT(booking_id VARCHAR)[]) AS "citizen.bookings",
    CAST(NULL AS DATE) AS "citizen.contact_course_began"
  FROM held
) TO '{target}' (FORMAT parquet, COMPRESSION zstd)
"""


def write(folder: Path, registrations: int, seed: int = 1) -> list[Path]:
    """Write the history and return its files."""
    folder.mkdir(parents=True, exist_ok=True)
    return list(_files(folder, registrations, seed))


def _files(folder: Path, registrations: int, seed: int) -> Iterator[Path]:
    with duckdb.connect(":memory:", config={"memory_limit": "1GB"}) as connection:
        connection.execute(
            f"CREATE MACRO draw(i, n) AS CAST(hash(i, {seed}, n) % 1000000007 AS BIGINT)"
        )
        for start in range(0, registrations, OF_A_FILE):
            target = folder / f"{start:012}.parquet"
            end = min(start + OF_A_FILE, registrations)
            connection.execute(_SQL.format(start=start, end=end, target=target))
            yield target
