-- Passwords, sessions of the pages, what was tried in vain, and long work (PostgreSQL).

CREATE TABLE officer_password (
    officer_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    hash TEXT NOT NULL,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_officer_password PRIMARY KEY (officer_id, number),
    CONSTRAINT fk_officer_password_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
);

CREATE TABLE web_session (
    id_digest TEXT NOT NULL,
    officer_id BIGINT NOT NULL,
    stage TEXT NOT NULL,
    act_id BIGINT,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    fresh_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_by TEXT DEFAULT '' NOT NULL,
    agent TEXT NOT NULL,
    address TEXT NOT NULL,
    flash TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_web_session PRIMARY KEY (id_digest),
    CONSTRAINT ck_web_session_stage CHECK (stage in ('password', 'full')),
    CONSTRAINT ck_web_session_code CHECK (stage = 'full' or act_id is null),
    CONSTRAINT ck_web_session_ended CHECK ((ended_at is null) = (ended_by = '')),
    CONSTRAINT fk_web_session_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_web_session_act_id UNIQUE (act_id),
    CONSTRAINT fk_web_session_act_id FOREIGN KEY(act_id) REFERENCES act (id)
);

CREATE INDEX ix_web_session_officer ON web_session (officer_id, opened_at);

CREATE TABLE sign_in_failure (
    id BIGSERIAL NOT NULL,
    who TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    failed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_sign_in_failure PRIMARY KEY (id)
);

CREATE INDEX ix_sign_in_failure_bucket ON sign_in_failure (bucket, failed_at);

CREATE INDEX ix_sign_in_failure_failed_at ON sign_in_failure (failed_at);

CREATE INDEX ix_sign_in_failure_who ON sign_in_failure (who, failed_at);

CREATE TABLE web_task (
    id BIGSERIAL NOT NULL,
    kind TEXT NOT NULL,
    arguments TEXT NOT NULL,
    officer_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    lease_until TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    owner TEXT DEFAULT '' NOT NULL,
    fence BIGINT DEFAULT 0 NOT NULL,
    done BIGINT DEFAULT 0 NOT NULL,
    total BIGINT DEFAULT 0 NOT NULL,
    path TEXT DEFAULT '' NOT NULL,
    error TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_web_task PRIMARY KEY (id),
    CONSTRAINT ck_web_task_state CHECK (state in ('waiting', 'running', 'done', 'failed')),
    CONSTRAINT ck_web_task_finished CHECK ((finished_at is null) = (state in ('waiting', 'running'))),
    CONSTRAINT ck_web_task_failed CHECK ((error = '') = (state <> 'failed')),
    CONSTRAINT fk_web_task_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
);

CREATE INDEX ix_web_task_officer ON web_task (officer_id, id);

CREATE INDEX ix_web_task_state ON web_task (state, id);
