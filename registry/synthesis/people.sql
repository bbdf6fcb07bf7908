-- The citizens of one chunk, and what becomes of them. 94 job centres and 20 funds, a few of them large; a fifth of the
-- citizens move, a quarter change contact group.
CREATE OR REPLACE TEMP TABLE person AS
WITH drawn AS (
  SELECT
    citizen,
    -- courses begin all the time: some before the history, some near its end
    getvariable('first_day') - 200 + CAST(upto(citizen, 0, 'course', getvariable('days') + 180) AS INTEGER) AS began,
    -- most have a handful of interviews, a few have dozens
    4 + upto(citizen, 0, 'many', 8) + upto(citizen, 0, 'more', 4)
      + CASE WHEN chance(citizen, 0, 'long') < 0.06 THEN 8 + upto(citizen, 0, 'longer', 16) ELSE 0 END AS many,
    CAST(101 + floor(94 * pow(chance(citizen, 0, 'centre'), 1.7)) AS INTEGER) AS centre,
    CAST(101 + upto(citizen, 0, 'next centre', 94) AS INTEGER) AS next_centre,
    CAST(1 + floor(20 * pow(chance(citizen, 0, 'fund'), 1.5)) AS INTEGER) AS fund,
    CAST(1 + upto(citizen, 0, 'next fund', 20) AS INTEGER) AS next_fund,
    one_of(getvariable('groups'), citizen, 0, 'group') AS first_group,
    one_of(getvariable('groups'), citizen, 0, 'next group') AS next_group
  FROM range(getvariable('citizen_from'), getvariable('citizen_to')) AS numbers(citizen)
)
SELECT
  *,
  CASE WHEN chance(citizen, 0, 'moves') < 0.20 THEN began + 60 + CAST(upto(citizen, 0, 'moved', 700) AS INTEGER) END
    AS moved_on,
  CASE WHEN chance(citizen, 0, 'regroups') < 0.25 AND next_group <> first_group
    THEN began + 60 + CAST(upto(citizen, 0, 'regrouped', 500) AS INTEGER) END AS regrouped_on,
  chance(citizen, 0, 'member') < 0.62 AS member,
  CASE WHEN chance(citizen, 0, 'leaves') < 0.12 THEN began + 90 + CAST(upto(citizen, 0, 'left', 700) AS INTEGER) END
    AS left_on,
  list_transform(
    range(upto(citizen, 0, 'bookings', 4)),
    lambda n: {'booking_id': 'I-' || printf('%08x', hash(getvariable('seed'), citizen, n, 'booking') % 4294967296)}
  ) AS bookings
FROM drawn;
