-- What gateways tell is kept once; of whom an answer tells; help for strangers is counted (PostgreSQL).

CREATE TABLE inbound_message (
    id BIGSERIAL NOT NULL,
    gateway TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body_cipher BYTEA NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    outcome TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_inbound_message PRIMARY KEY (id),
    CONSTRAINT uq_inbound_message_gateway_kind_name UNIQUE (gateway, kind, name),
    CONSTRAINT ck_inbound_message_kind CHECK (kind in ('asked', 'report')),
    CONSTRAINT ck_inbound_message_outcome CHECK (outcome in ('', 'answered', 'helped', 'silent', 'delivered', 'failed', 'late', 'unreadable')),
    CONSTRAINT ck_inbound_message_read CHECK ((read_at is null) = (outcome = ''))
);

CREATE INDEX ix_inbound_message_unread ON inbound_message (id) WHERE read_at is null;

CREATE TABLE answered_question (
    inbound_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    CONSTRAINT pk_answered_question PRIMARY KEY (inbound_id, person_id),
    CONSTRAINT fk_answered_question_inbound_id FOREIGN KEY(inbound_id) REFERENCES inbound_message (id),
    CONSTRAINT fk_answered_question_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_answered_question_person_id ON answered_question (person_id);

ALTER TABLE message_count DROP CONSTRAINT ck_message_count_scope;

ALTER TABLE message_count ADD CONSTRAINT ck_message_count_scope CHECK (scope in ('all', 'prefix', 'stranger'));
