-- Doubts about people, and their decisions (PostgreSQL).

CREATE TABLE doubt (
    id BIGSERIAL NOT NULL,
    rule TEXT NOT NULL,
    subject TEXT NOT NULL,
    facts TEXT NOT NULL,
    area_code TEXT NOT NULL,
    period TEXT NOT NULL,
    people BIGINT NOT NULL,
    is_exact BIGINT NOT NULL,
    is_blocking BIGINT NOT NULL,
    found_at TIMESTAMP WITH TIME ZONE NOT NULL,
    gone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_doubt PRIMARY KEY (id),
    CONSTRAINT uq_doubt_subject_facts UNIQUE (subject, facts),
    CONSTRAINT uq_doubt_id_is_exact_is_blocking UNIQUE (id, is_exact, is_blocking),
    CONSTRAINT ck_doubt_near_asks CHECK (is_exact = 1 or is_blocking = 0)
);

CREATE TABLE doubt_person (
    doubt_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    is_held BIGINT NOT NULL,
    CONSTRAINT pk_doubt_person PRIMARY KEY (doubt_id, person_id),
    CONSTRAINT ck_doubt_person_is_held CHECK (is_held in (0, 1)),
    CONSTRAINT fk_doubt_person_doubt_id FOREIGN KEY(doubt_id) REFERENCES doubt (id),
    CONSTRAINT fk_doubt_person_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_doubt_person_person_id ON doubt_person (person_id);

CREATE TABLE doubt_decision (
    id BIGSERIAL NOT NULL,
    doubt_id BIGINT NOT NULL,
    replaces_id BIGINT,
    is_exact BIGINT NOT NULL,
    is_blocking BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    until_period TEXT,
    kept_id BIGINT,
    reason TEXT NOT NULL,
    officer_id BIGINT NOT NULL,
    act_id BIGINT NOT NULL,
    second_id BIGINT,
    second_act_id BIGINT,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_doubt_decision PRIMARY KEY (id),
    CONSTRAINT fk_doubt_decision_doubt_id_is_exact_is_blocking FOREIGN KEY(doubt_id, is_exact, is_blocking) REFERENCES doubt (id, is_exact, is_blocking),
    CONSTRAINT fk_doubt_decision_replaces_id_doubt_id FOREIGN KEY(replaces_id, doubt_id) REFERENCES doubt_decision (id, doubt_id),
    CONSTRAINT uq_doubt_decision_id_doubt_id UNIQUE (id, doubt_id),
    CONSTRAINT ck_doubt_decision_verdict CHECK (verdict in ('different', 'merge', 'fraud', 'allowed')),
    CONSTRAINT ck_doubt_decision_reason CHECK (trim(reason) <> ''),
    CONSTRAINT ck_doubt_decision_until CHECK ((verdict = 'allowed') = (until_period is not null)),
    CONSTRAINT ck_doubt_decision_kept CHECK ((verdict = 'merge') = (kept_id is not null)),
    CONSTRAINT ck_doubt_decision_second_act CHECK ((second_id is null) = (second_act_id is null)),
    CONSTRAINT ck_doubt_decision_two_persons CHECK (second_id is null or (second_id <> officer_id and second_act_id <> act_id)),
    CONSTRAINT ck_doubt_decision_second CHECK (second_id is not null or (is_blocking = 0 and verdict <> 'merge' and (is_exact = 0 or verdict <> 'allowed') and replaces_id is null)),
    CONSTRAINT uq_doubt_decision_replaces_id UNIQUE (replaces_id),
    CONSTRAINT fk_doubt_decision_kept_id FOREIGN KEY(kept_id) REFERENCES person (id),
    CONSTRAINT fk_doubt_decision_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_doubt_decision_act_id UNIQUE (act_id),
    CONSTRAINT fk_doubt_decision_act_id FOREIGN KEY(act_id) REFERENCES act (id),
    CONSTRAINT fk_doubt_decision_second_id FOREIGN KEY(second_id) REFERENCES officer (id),
    CONSTRAINT uq_doubt_decision_second_act_id UNIQUE (second_act_id),
    CONSTRAINT fk_doubt_decision_second_act_id FOREIGN KEY(second_act_id) REFERENCES act (id)
);

CREATE UNIQUE INDEX uq_doubt_decision_first ON doubt_decision (doubt_id) WHERE replaces_id is null;

ALTER TABLE officer ADD COLUMN citizen_key TEXT DEFAULT '' NOT NULL;

CREATE INDEX ix_person_merged ON person (merged_into_id) WHERE merged_into_id is not null;
