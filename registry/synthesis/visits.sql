-- The interviews of these citizens: when each was held and registered, of which type, by whom, and what is wrong with it.
-- Every interview is registered before the next one is held, so that what is right is accepted in its turn.
CREATE OR REPLACE TEMP TABLE visit AS
WITH planned AS (
  SELECT
    person.* EXCLUDE (many), step,
    began + CAST(sum(10 + upto(citizen, step, 'gap', 42)) OVER (PARTITION BY citizen ORDER BY step) AS INTEGER) AS day
  FROM person, LATERAL (SELECT unnest(range(1, many + 1)) AS step)
), working_days AS (
  SELECT * REPLACE (day + CASE isodow(day) WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END AS day) FROM planned
), open_days AS (
  SELECT * FROM working_days
  -- July is quiet, and between Christmas and New Year hardly anybody is there
  WHERE chance(citizen, step, 'season') >= CASE
    WHEN month(day) = 7 THEN 0.55
    WHEN month(day) = 12 AND dayofmonth(day) >= 22 THEN 0.85
    WHEN month(day) IN (4, 8) THEN 0.12
    ELSE 0 END
), timed AS (
  SELECT
    *,
    instant_of(day, 15 * CASE WHEN chance(citizen, step, 'evening') < 0.04
      THEN 64 + upto(citizen, step, 'quarter', 17)
      ELSE 32 + upto(citizen, step, 'quarter', 31) END) AS held_at,
    upto(citizen, step, 'delay', 1000003) / 1000003.0 AS delay
  FROM open_days
), late AS (
  SELECT
    *,
    -- hours after most of them, days or weeks after some
    CASE
      WHEN delay < 0.55 THEN 300 + upto(citizen, step, 'seconds', 14400)
      WHEN delay < 0.80 THEN 14400 + upto(citizen, step, 'seconds', 100000)
      WHEN delay < 0.93 THEN 86400 + upto(citizen, step, 'seconds', 518400)
      WHEN delay < 0.99 THEN 604800 + upto(citizen, step, 'seconds', 1987200)
      ELSE 2592000 + upto(citizen, step, 'seconds', 5184000) END * 1000000
      + upto(citizen, step, 'microseconds', 1000000) AS wanted,
    lead(held_at) OVER (PARTITION BY citizen ORDER BY step) AS next_held_at
  FROM timed
), registered AS (
  SELECT
    *,
    later(held_at, least(wanted, coalesce(0.8 * (epoch_us(next_held_at) - epoch_us(held_at)), wanted))) AS recorded_at
  FROM late
), known AS (
  SELECT
    *,
    day_of(recorded_at) AS recorded_on,
    CASE WHEN regrouped_on <= day THEN next_group ELSE first_group END AS contact_group,
    moved_on <= day_of(recorded_at) AS moved,
    member AND coalesce(left_on > day_of(recorded_at), true) AS is_member
  FROM registered
  WHERE recorded_at >= getvariable('begin') AND recorded_at < getvariable('until')
), typed AS (
  SELECT
    known.*,
    list_transform(allowed.kinds, lambda each: each.type) AS allowed_types,
    one_of(allowed.kinds, citizen, step, 'type') AS kind,
    chance(citizen, step, 'caller') AS caller,
    chance(citizen, step, 'fault') AS fate
  FROM known ASOF JOIN allowed ON known.contact_group = allowed.contact_group AND known.day >= allowed.valid_from
)
SELECT
  * EXCLUDE (kind, caller, delay, wanted, next_held_at, allowed_types),
  kind.type AS type,
  kind.resetting AS resetting,
  CASE WHEN caller < 0.02 THEN 'agency' WHEN is_member AND caller > 0.65 THEN 'unemployment_fund' ELSE 'job_centre' END
    AS organisation_type,
  CASE WHEN fate >= 0.009 AND fate < 0.022
    THEN one_of(list_filter(getvariable('types'), lambda each: NOT list_contains(allowed_types, each)),
                citizen, step, 'wrong type') END AS wrong_type,
  CASE
    WHEN kind.type = 18 AND chance(citizen, step, 'status') < 0.04 THEN '9125'
    WHEN fate < 0.006 THEN 'S-101'
    WHEN fate < 0.009 THEN 'S-102'
    WHEN fate < 0.022 THEN 'S-103'
    WHEN fate < 0.026 THEN 'S-104'
    WHEN fate < 0.031 THEN 'S-106'
    WHEN fate < 0.035 THEN '4768'
    WHEN fate < 0.045 THEN 'gate'
    WHEN fate < 0.049 THEN 'S-109'
    WHEN fate < 0.052 THEN '4709'
    WHEN fate < 0.055 THEN '4708'
    WHEN fate < 0.057 THEN '2002'
    WHEN fate < 0.0580 THEN 'S-201'
    WHEN fate < 0.0585 THEN 'S-202'
    WHEN fate < 0.0592 THEN 'S-203'
    WHEN fate < 0.0596 THEN 'S-204'
  END AS fault
FROM typed;
