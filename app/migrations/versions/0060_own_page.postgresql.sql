-- One-time codes of people and the sessions of their own page (PostgreSQL).

CREATE TABLE own_code_request (
    id BIGINT NOT NULL,
    browser TEXT NOT NULL,
    citizen_key TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    place TEXT NOT NULL,
    helper_id BIGINT,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_own_code_request PRIMARY KEY (id),
    CONSTRAINT ck_own_code_request_place CHECK (place in ('page', 'kiosk', 'helped')),
    CONSTRAINT ck_own_code_request_helper CHECK ((place = 'helped') = (helper_id is not null)),
    CONSTRAINT uq_own_code_request_browser UNIQUE (browser),
    CONSTRAINT fk_own_code_request_helper_id FOREIGN KEY(helper_id) REFERENCES officer (id)
);

CREATE INDEX ix_own_code_request_asked_at ON own_code_request (asked_at, id);

CREATE INDEX ix_own_code_request_bucket ON own_code_request (bucket, asked_at);

CREATE INDEX ix_own_code_request_citizen ON own_code_request (citizen_key, asked_at);

CREATE TABLE own_code (
    request_id BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    person_id BIGINT,
    phone_key TEXT NOT NULL,
    code_key TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_own_code PRIMARY KEY (request_id),
    CONSTRAINT ck_own_code_outcome CHECK (outcome in ('sent', 'unknown', 'limited', 'full', 'late')),
    CONSTRAINT ck_own_code_code CHECK ((outcome = 'sent') = (code_key <> '')),
    CONSTRAINT ck_own_code_whose CHECK (outcome <> 'sent' or (person_id is not null and phone_key <> '')),
    CONSTRAINT fk_own_code_request_id FOREIGN KEY(request_id) REFERENCES own_code_request (id),
    CONSTRAINT fk_own_code_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_own_code_made_at ON own_code (made_at, outcome);

CREATE INDEX ix_own_code_phone ON own_code (phone_key, made_at);

CREATE TABLE own_code_try (
    id BIGSERIAL NOT NULL,
    request_id BIGINT NOT NULL,
    citizen_key TEXT NOT NULL,
    is_right BIGINT NOT NULL,
    tried_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_own_code_try PRIMARY KEY (id),
    CONSTRAINT ck_own_code_try_is_right CHECK (is_right in (0, 1)),
    CONSTRAINT fk_own_code_try_request_id FOREIGN KEY(request_id) REFERENCES own_code_request (id)
);

CREATE INDEX ix_own_code_try_citizen ON own_code_try (citizen_key, tried_at);

CREATE INDEX ix_own_code_try_request_id ON own_code_try (request_id);

CREATE INDEX ix_own_code_try_tried_at ON own_code_try (tried_at);

CREATE TABLE own_session (
    id_digest TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    phone_key TEXT NOT NULL,
    request_id BIGINT NOT NULL,
    place TEXT NOT NULL,
    helper_id BIGINT,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_by TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_own_session PRIMARY KEY (id_digest),
    CONSTRAINT ck_own_session_place CHECK (place in ('page', 'kiosk', 'helped')),
    CONSTRAINT ck_own_session_helper CHECK ((place = 'helped') = (helper_id is not null)),
    CONSTRAINT ck_own_session_ended CHECK ((ended_at is null) = (ended_by = '')),
    CONSTRAINT fk_own_session_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_own_session_helper_id FOREIGN KEY(helper_id) REFERENCES officer (id)
);

CREATE INDEX ix_own_session_person_id ON own_session (person_id);

CREATE INDEX ix_own_session_request_id ON own_session (request_id);
