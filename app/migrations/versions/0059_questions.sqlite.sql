-- What gateways tell is kept once; of whom an answer tells; help for strangers is counted (SQLite).
-- `message_count` is written anew under its name.

CREATE TABLE inbound_message (
    id INTEGER NOT NULL,
    gateway TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body_cipher BLOB NOT NULL,
    received_at TEXT NOT NULL,
    read_at TEXT,
    outcome TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_inbound_message PRIMARY KEY (id),
    CONSTRAINT uq_inbound_message_gateway_kind_name UNIQUE (gateway, kind, name),
    CONSTRAINT ck_inbound_message_kind CHECK (kind in ('asked', 'report')),
    CONSTRAINT ck_inbound_message_outcome CHECK (outcome in ('', 'answered', 'helped', 'silent', 'delivered', 'failed', 'late', 'unreadable')),
    CONSTRAINT ck_inbound_message_read CHECK ((read_at is null) = (outcome = ''))
) STRICT;

CREATE INDEX ix_inbound_message_unread ON inbound_message (id) WHERE read_at is null;

CREATE TABLE answered_question (
    inbound_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    CONSTRAINT pk_answered_question PRIMARY KEY (inbound_id, person_id),
    CONSTRAINT fk_answered_question_inbound_id FOREIGN KEY(inbound_id) REFERENCES inbound_message (id),
    CONSTRAINT fk_answered_question_person_id FOREIGN KEY(person_id) REFERENCES person (id)
) STRICT;

CREATE INDEX ix_answered_question_person_id ON answered_question (person_id);

CREATE TABLE message_count_before AS SELECT * FROM message_count;

DROP TABLE message_count;

CREATE TABLE message_count (
    day TEXT NOT NULL,
    scope TEXT NOT NULL,
    "key" TEXT NOT NULL,
    messages INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    CONSTRAINT pk_message_count PRIMARY KEY (day, scope, "key"),
    CONSTRAINT ck_message_count_scope CHECK (scope in ('all', 'prefix', 'stranger')),
    CONSTRAINT ck_message_count_size CHECK (messages >= 0 and cost >= 0)
) STRICT;

INSERT INTO message_count (day, scope, "key", messages, cost)
SELECT day, scope, "key", messages, cost FROM message_count_before;

DROP TABLE message_count_before;
