-- Chance without a generator: what happens to a citizen follows from the seed and the names of things alone,
-- in whatever order and on however many threads it is asked.
CREATE OR REPLACE MACRO upto(citizen, step, what, n) AS
  CAST(hash(getvariable('seed'), citizen, step, what) % n AS BIGINT);
CREATE OR REPLACE MACRO chance(citizen, step, what) AS upto(citizen, step, what, 1000003) / 1000003.0;
CREATE OR REPLACE MACRO one_of(choices, citizen, step, what) AS choices[1 + upto(citizen, step, what, len(choices))];
-- The instant of a time of day in Denmark, and the day in Denmark of an instant.
CREATE OR REPLACE MACRO instant_of(day, minute) AS timezone('Europe/Copenhagen', day + to_minutes(minute));
CREATE OR REPLACE MACRO day_of(instant) AS CAST(timezone('Europe/Copenhagen', instant) AS DATE);
CREATE OR REPLACE MACRO later(instant, microseconds) AS
  make_timestamptz(epoch_us(instant) + CAST(microseconds AS BIGINT));
