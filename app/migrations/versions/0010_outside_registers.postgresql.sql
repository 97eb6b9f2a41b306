-- Checks against outside registers: what was asked, answered, and deaths that were told (PostgreSQL).

CREATE TABLE check_request (
    id BIGSERIAL NOT NULL,
    code TEXT NOT NULL,
    source TEXT NOT NULL,
    area_code TEXT NOT NULL,
    channel TEXT NOT NULL,
    since DATE,
    people BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    moved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    fault TEXT NOT NULL,
    CONSTRAINT pk_check_request PRIMARY KEY (id),
    CONSTRAINT ck_check_request_channel CHECK (channel in ('file', 'rest')),
    CONSTRAINT ck_check_request_state CHECK (state in ('made', 'sent', 'answered', 'failed')),
    CONSTRAINT ck_check_request_answered CHECK (answered >= 0 and answered <= people),
    CONSTRAINT uq_check_request_code UNIQUE (code)
);

CREATE INDEX ix_check_request_source ON check_request (source, area_code);

CREATE TABLE check_asked (
    request_id BIGINT NOT NULL,
    line BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    subject_key TEXT NOT NULL,
    destination_id BIGINT,
    CONSTRAINT pk_check_asked PRIMARY KEY (request_id, line),
    CONSTRAINT uq_check_asked_request_id_person_id UNIQUE (request_id, person_id),
    CONSTRAINT fk_check_asked_request_id FOREIGN KEY(request_id) REFERENCES check_request (id),
    CONSTRAINT fk_check_asked_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_check_asked_destination_id FOREIGN KEY(destination_id) REFERENCES destination (id)
);

CREATE TABLE check_answer (
    id BIGSERIAL NOT NULL,
    request_id BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    rows BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_by TEXT NOT NULL,
    CONSTRAINT pk_check_answer PRIMARY KEY (id),
    CONSTRAINT uq_check_answer_request_id_sha256 UNIQUE (request_id, sha256),
    CONSTRAINT fk_check_answer_request_id FOREIGN KEY(request_id) REFERENCES check_request (id)
);

CREATE TABLE check_result (
    id BIGSERIAL NOT NULL,
    request_id BIGINT NOT NULL,
    line BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    source TEXT NOT NULL,
    result TEXT NOT NULL,
    details TEXT NOT NULL,
    told_cipher BYTEA,
    happened_on DATE,
    amount BIGINT,
    checked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_check_result PRIMARY KEY (id),
    CONSTRAINT uq_check_result_request_id_line UNIQUE (request_id, line),
    CONSTRAINT asked FOREIGN KEY(request_id, line) REFERENCES check_asked (request_id, line),
    CONSTRAINT ck_check_result_amount CHECK (amount is null or amount >= 0),
    CONSTRAINT fk_check_result_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_check_result_latest ON check_result (source, person_id, checked_at);

CREATE TABLE death_notice (
    id BIGSERIAL NOT NULL,
    result_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    died_on DATE,
    last_period TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_death_notice PRIMARY KEY (id),
    CONSTRAINT ck_death_notice_last_period CHECK (length(last_period) = 7),
    CONSTRAINT uq_death_notice_result_id UNIQUE (result_id),
    CONSTRAINT fk_death_notice_result_id FOREIGN KEY(result_id) REFERENCES check_result (id),
    CONSTRAINT fk_death_notice_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_death_notice_person_id ON death_notice (person_id);

CREATE TABLE death_verdict (
    notice_id BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    evidence TEXT NOT NULL,
    officer_id BIGINT NOT NULL,
    act_id BIGINT NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_death_verdict PRIMARY KEY (notice_id),
    CONSTRAINT ck_death_verdict_verdict CHECK (verdict in ('confirmed', 'refuted')),
    CONSTRAINT ck_death_verdict_evidence CHECK (length(evidence) >= 5),
    CONSTRAINT fk_death_verdict_notice_id FOREIGN KEY(notice_id) REFERENCES death_notice (id),
    CONSTRAINT fk_death_verdict_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_death_verdict_act_id UNIQUE (act_id),
    CONSTRAINT fk_death_verdict_act_id FOREIGN KEY(act_id) REFERENCES act (id)
);
