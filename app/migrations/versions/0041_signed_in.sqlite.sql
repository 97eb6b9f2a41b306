-- Passwords, sessions of the pages, what was tried in vain, and long work (SQLite).

CREATE TABLE officer_password (
    officer_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash TEXT NOT NULL,
    set_at TEXT NOT NULL,
    CONSTRAINT pk_officer_password PRIMARY KEY (officer_id, number),
    CONSTRAINT fk_officer_password_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
)
 STRICT;

CREATE TABLE web_session (
    id_digest TEXT NOT NULL,
    officer_id INTEGER NOT NULL,
    stage TEXT NOT NULL,
    act_id INTEGER,
    opened_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    fresh_at TEXT,
    ended_at TEXT,
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
)
 STRICT;

CREATE INDEX ix_web_session_officer ON web_session (officer_id, opened_at);

CREATE TABLE sign_in_failure (
    id INTEGER NOT NULL,
    who TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    failed_at TEXT NOT NULL,
    CONSTRAINT pk_sign_in_failure PRIMARY KEY (id)
)
 STRICT;

CREATE INDEX ix_sign_in_failure_bucket ON sign_in_failure (bucket, failed_at);

CREATE INDEX ix_sign_in_failure_failed_at ON sign_in_failure (failed_at);

CREATE INDEX ix_sign_in_failure_who ON sign_in_failure (who, failed_at);

CREATE TABLE web_task (
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    arguments TEXT NOT NULL,
    officer_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    started_at TEXT,
    lease_until TEXT,
    finished_at TEXT,
    owner TEXT DEFAULT '' NOT NULL,
    fence INTEGER DEFAULT 0 NOT NULL,
    done INTEGER DEFAULT 0 NOT NULL,
    total INTEGER DEFAULT 0 NOT NULL,
    path TEXT DEFAULT '' NOT NULL,
    error TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_web_task PRIMARY KEY (id),
    CONSTRAINT ck_web_task_state CHECK (state in ('waiting', 'running', 'done', 'failed')),
    CONSTRAINT ck_web_task_finished CHECK ((finished_at is null) = (state in ('waiting', 'running'))),
    CONSTRAINT ck_web_task_failed CHECK ((error = '') = (state <> 'failed')),
    CONSTRAINT fk_web_task_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
)
 STRICT;

CREATE INDEX ix_web_task_officer ON web_task (officer_id, id);

CREATE INDEX ix_web_task_state ON web_task (state, id);
