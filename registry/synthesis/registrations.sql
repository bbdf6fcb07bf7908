-- What each registration says, and what was known of the citizen at that moment. What has a fault is refused, and never
-- among the citizen's later interviews.
CREATE OR REPLACE TEMP TABLE registration AS
WITH remembered AS (
  SELECT
    *,
    fault IS NULL AS stored,
    last_value(CASE WHEN fault IS NULL THEN {'type': type, 'held_at': held_at, 'resetting': resetting} END IGNORE NULLS)
      OVER (PARTITION BY citizen ORDER BY step ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest,
    list({'type': type, 'held_at': held_at, 'held_on': day}) FILTER (WHERE fault IS NULL)
      OVER (PARTITION BY citizen ORDER BY step ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier
  FROM visit
), possible AS (
  SELECT * REPLACE (
    -- where there is no interview to collide with, the interview lies in the future instead
    CASE
      WHEN fault = 'S-104' AND latest IS NULL THEN 'S-109'
      WHEN fault IN ('S-101', 'S-102') AND NOT coalesce(latest.resetting, false) THEN 'S-109'
      WHEN fault = 'S-102' AND (NOT resetting OR latest.type = type) THEN 'S-101'
      WHEN fault = 'S-103' AND wrong_type IS NULL THEN 'S-109'
      WHEN fault = 'gate' AND organisation_type = 'agency' THEN 'S-109'
      ELSE fault END AS fault
  ) FROM remembered
), changed AS (
  SELECT * REPLACE (
    CASE
      WHEN fault = 'S-101' THEN later(latest.held_at, -(3600 + upto(citizen, step, 'before', 600000)) * 1000000)
      WHEN fault IN ('S-102', 'S-104') THEN latest.held_at
      WHEN fault = 'S-109' THEN later(recorded_at, (3600 + upto(citizen, step, 'after', 2000000)) * 1000000)
      ELSE held_at END AS held_at,
    CASE
      WHEN fault = 'S-104' THEN latest.type
      WHEN fault = 'S-103' THEN wrong_type
      WHEN fault = '4709' THEN one_of([14, 16, 19, 20, 21], citizen, step, 'wrong type')
      ELSE type END AS type
  ) FROM possible
), organised AS (
  SELECT
    *,
    CASE organisation_type
      WHEN 'agency' THEN 'star'
      WHEN 'unemployment_fund' THEN CAST(fund + CASE WHEN fault = 'gate' THEN 20 ELSE 0 END AS VARCHAR)
      ELSE CAST(CASE WHEN moved THEN next_centre ELSE centre END + CASE WHEN fault = 'gate' THEN 100 ELSE 0 END
        AS VARCHAR) END AS organisation,
    type = 18 OR chance(citizen, step, 'authorities') < 0.08 OR coalesce(fault = 'S-106', false) AS with_more_authorities,
    CASE WHEN chance(citizen, step, 'people') < 0.40 OR coalesce(fault IN ('S-201', 'S-202', 'S-203', 'S-204'), false)
      THEN 1 + CAST(chance(citizen, step, 'two') < 0.25 AS BIGINT) ELSE 0 END AS people
  FROM changed
)
SELECT
  citizen, step, stored, fault, type, held_at, recorded_at, recorded_on, organisation_type, organisation, bookings,
  with_more_authorities, earlier,
  day_of(held_at) AS held_on,
  CASE
    WHEN fault = '4708' THEN 9
    WHEN type = 8 AND chance(citizen, step, 'contact') < 0.25 THEN 6
    WHEN chance(citizen, step, 'contact') < 0.004 THEN 6
    ELSE one_of([1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4, 5, 7, 8, 8], citizen, step, 'contact type') END AS contact_type,
  CASE
    WHEN fault = 'S-106' THEN NULL
    WHEN fault = '9125' THEN one_of([4, 4, 4, 1, 2, 3], citizen, step, 'status given')
    WHEN fault = '2002' THEN 7
    WHEN type = 18 OR with_more_authorities THEN one_of([5, 5, 5, 5, 6], citizen, step, 'status given')
    WHEN chance(citizen, step, 'status') < 0.35 THEN one_of([1, 2, 3, 4, 5, 5, 5, 6], citizen, step, 'status given')
  END AS participation_status,
  CASE
    WHEN fault = '4768' THEN 'I-ffffffff0'
    WHEN len(bookings) > 0 AND chance(citizen, step, 'booked') < 0.45
      THEN (one_of(bookings, citizen, step, 'booking')).booking_id
  END AS booking_id,
  list_transform(range(people), lambda n: {
    'name': CASE
      WHEN fault = 'S-201' THEN ' '
      WHEN fault = 'S-202' THEN repeat('Opdigtet ', 23)
      ELSE one_of(['Mentor', 'Tolk', 'Bisidder', 'Støtteperson', 'Partsrepræsentant'], citizen, step, n) END,
    'external_id': CASE
      WHEN fault = 'S-203' THEN ''
      WHEN fault = 'S-204' THEN repeat('x', 101)
      WHEN chance(citizen, step, n) < 0.3 THEN 'E-' || CAST(upto(citizen, step, n, 100000) AS VARCHAR) END,
    'type': CASE WHEN chance(citizen, step, n) < 0.7 THEN 1 + upto(citizen, step, n, 8) END
  }) AS participants,
  -- a move or another group stands there from its day on, and no end is known before
  CASE WHEN moved
    THEN [{'organisation': CAST(centre AS VARCHAR), 'from': began - 400, 'until': moved_on},
          {'organisation': CAST(next_centre AS VARCHAR), 'from': moved_on, 'until': NULL}]
    ELSE [{'organisation': CAST(centre AS VARCHAR), 'from': began - 400, 'until': NULL}] END AS centres,
  CASE
    WHEN NOT member THEN []
    WHEN left_on <= recorded_on AND chance(citizen, 0, 'changes fund') < 0.5
      THEN [{'organisation': CAST(fund AS VARCHAR), 'from': began - 900, 'until': left_on},
            {'organisation': CAST(next_fund AS VARCHAR), 'from': left_on, 'until': NULL}]
    WHEN left_on <= recorded_on THEN [{'organisation': CAST(fund AS VARCHAR), 'from': began - 900, 'until': left_on}]
    ELSE [{'organisation': CAST(fund AS VARCHAR), 'from': began - 900, 'until': NULL}] END AS funds,
  CASE WHEN regrouped_on <= recorded_on
    THEN [{'contact_group': first_group, 'from': began - 30, 'until': regrouped_on},
          {'contact_group': next_group, 'from': regrouped_on, 'until': NULL}]
    ELSE [{'contact_group': first_group, 'from': began - 30, 'until': NULL}] END AS contact_groups,
  CASE WHEN chance(citizen, 0, 'in course') < 0.7 THEN began END AS contact_course_began
FROM organised;
