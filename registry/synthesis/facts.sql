-- The registrations of a chunk under the names of the fact catalogue, `amount` of them. Some interviews are corrected
-- afterwards, and some have a participant added, corrected or removed.
CREATE OR REPLACE TEMP TABLE fact AS
WITH created AS (
  SELECT 'create_interview' AS operation, * FROM registration
), afterwards AS (
  SELECT
    CASE WHEN fate < 0.055 THEN 'update_interview' WHEN fate < 0.080 THEN 'add_participant'
      WHEN fate < 0.088 THEN 'update_participant' ELSE 'delete_participant' END AS operation,
    * EXCLUDE (fate) REPLACE (
      later(recorded_at, (60 + upto(citizen, step, 'correction', 7200)) * 1000000) AS recorded_at,
      CASE WHEN len(participants) = 0 THEN [{'name': 'Mentor', 'external_id': NULL, 'type': NULL}]
        ELSE participants[1:1] END AS participants
    )
  FROM (SELECT *, chance(citizen, step, 'afterwards') AS fate FROM registration WHERE stored)
  WHERE fate < 0.095
), whole AS (
  FROM created UNION ALL FROM afterwards
)
SELECT
  operation, citizen, step, fault,
  CAST(CAST(md5(concat_ws('/', getvariable('seed'), citizen, step, operation)) AS UUID) AS VARCHAR) AS decision_id,
  recorded_at, organisation_type, organisation,
  recorded_at AS "registration.recorded_at",
  day_of(recorded_at) AS "registration.recorded_on",
  organisation_type AS "caller.organisation_type",
  organisation AS "caller.organisation",
  type AS "interview.type",
  contact_type AS "interview.contact_type",
  held_at AS "interview.held_at",
  held_on AS "interview.held_on",
  with_more_authorities AS "interview.with_more_authorities",
  participation_status AS "interview.participation_status",
  booking_id AS "interview.booking_id",
  participants,
  coalesce(earlier, []) AS "citizen.interviews",
  contact_groups AS "citizen.contact_groups",
  centres AS "citizen.job_centre_affiliations",
  funds AS "citizen.fund_memberships",
  bookings AS "citizen.bookings",
  contact_course_began AS "citizen.contact_course_began"
FROM whole
WHERE recorded_at < getvariable('until')
ORDER BY citizen, step, operation
LIMIT getvariable('amount');
