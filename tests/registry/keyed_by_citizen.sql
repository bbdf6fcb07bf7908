-- The tables that grow with the citizens, keyed and cut into pieces by citizen, as a distributed
-- PostgreSQL wants them: every key begins with citizen_id. On Citus the four PARTITION lines give
-- way to create_distributed_table (docs/decisions/0050-postgresql.md). For an empty database.

DROP TABLE interview_version;
ALTER TABLE interview RENAME TO old_interview;

CREATE TABLE interview (LIKE old_interview INCLUDING CONSTRAINTS) PARTITION BY HASH (citizen_id);
CREATE TABLE interview_0 PARTITION OF interview FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE interview_1 PARTITION OF interview FOR VALUES WITH (MODULUS 2, REMAINDER 1);
DROP TABLE old_interview;
ALTER TABLE interview
    ADD PRIMARY KEY (citizen_id, interview_id),
    ADD FOREIGN KEY (citizen_id) REFERENCES citizen (citizen_id);
CREATE INDEX ON interview (interview_id);
CREATE INDEX ON interview (citizen_id, held_at, interview_id);

CREATE TABLE interview_version (
    interview_id varchar(36) NOT NULL,
    version integer NOT NULL,
    citizen_id varchar(36) NOT NULL,
    citizen_revision integer NOT NULL,
    type integer NOT NULL,
    held_at bigint NOT NULL,
    content text NOT NULL,
    decision_id varchar(36) NOT NULL,
    organisation_type varchar(200) NOT NULL,
    organisation varchar(200) NOT NULL,
    recorded_at bigint NOT NULL,
    PRIMARY KEY (citizen_id, interview_id, version),
    UNIQUE (citizen_id, citizen_revision),
    FOREIGN KEY (citizen_id, interview_id) REFERENCES interview (citizen_id, interview_id)
) PARTITION BY HASH (citizen_id);
CREATE TABLE interview_version_0 PARTITION OF interview_version
    FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE interview_version_1 PARTITION OF interview_version
    FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX ON interview_version (interview_id, version);
