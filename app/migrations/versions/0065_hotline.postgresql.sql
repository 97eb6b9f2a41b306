-- Look-ups of the hotline, what was asked to know a caller, notices sent again, calls back (PostgreSQL).

ALTER TABLE message DROP CONSTRAINT ck_message_kind;

ALTER TABLE message ADD CONSTRAINT ck_message_kind CHECK (kind in ('paid', 'returned', 'cash_ready', 'joined', 'left', 'code', 'answer', 'case', 'again', 'taken_back', 'signed_out'));

DROP INDEX ix_message_asked;

CREATE INDEX ix_message_asked ON message (try_at, id) WHERE state = 'queued' and kind in ('code', 'answer', 'again');

CREATE TABLE hotline_lookup (
    id BIGSERIAL NOT NULL,
    officer_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    keys TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_hotline_lookup PRIMARY KEY (id),
    CONSTRAINT ck_hotline_lookup_reason CHECK (reason in ('has_come', 'when', 'why', 'returned', 'complaint', 'other')),
    CONSTRAINT ck_hotline_lookup_keys CHECK (keys in ('name', 'birth', 'name birth')),
    CONSTRAINT fk_hotline_lookup_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
);

CREATE INDEX ix_hotline_lookup_officer ON hotline_lookup (officer_id, asked_at);

CREATE TABLE hotline_hit (
    lookup_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    found_by TEXT NOT NULL,
    CONSTRAINT pk_hotline_hit PRIMARY KEY (lookup_id, ordinal),
    CONSTRAINT uq_hotline_hit_lookup_id_person_id UNIQUE (lookup_id, person_id),
    CONSTRAINT ck_hotline_hit_few CHECK (ordinal between 1 and 5),
    CONSTRAINT ck_hotline_hit_found_by CHECK (found_by in ('id', 'phone')),
    CONSTRAINT fk_hotline_hit_lookup_id FOREIGN KEY(lookup_id) REFERENCES hotline_lookup (id),
    CONSTRAINT fk_hotline_hit_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_hotline_hit_person_id ON hotline_hit (person_id);

CREATE TABLE hotline_check (
    lookup_id BIGINT NOT NULL,
    officer_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    questions TEXT NOT NULL,
    begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_hotline_check PRIMARY KEY (lookup_id),
    CONSTRAINT fk_hotline_check_lookup_id FOREIGN KEY(lookup_id) REFERENCES hotline_lookup (id),
    CONSTRAINT fk_hotline_check_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_hotline_check_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_hotline_check_officer ON hotline_check (officer_id, begun_at);

CREATE INDEX ix_hotline_check_person ON hotline_check (person_id, begun_at);

CREATE TABLE hotline_verdict (
    lookup_id BIGINT NOT NULL,
    right_answers BIGINT NOT NULL,
    is_passed BIGINT NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_hotline_verdict PRIMARY KEY (lookup_id),
    CONSTRAINT ck_hotline_verdict_right CHECK (right_answers between 0 and 3),
    CONSTRAINT ck_hotline_verdict_passed CHECK (is_passed = case when right_answers >= 2 then 1 else 0 end),
    CONSTRAINT fk_hotline_verdict_lookup_id FOREIGN KEY(lookup_id) REFERENCES hotline_check (lookup_id)
);

CREATE TABLE hotline_resend (
    id BIGSERIAL NOT NULL,
    lookup_id BIGINT NOT NULL,
    officer_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_hotline_resend PRIMARY KEY (id),
    CONSTRAINT uq_hotline_resend_lookup_id UNIQUE (lookup_id),
    CONSTRAINT fk_hotline_resend_lookup_id FOREIGN KEY(lookup_id) REFERENCES hotline_verdict (lookup_id),
    CONSTRAINT fk_hotline_resend_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_hotline_resend_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_hotline_resend_message_id FOREIGN KEY(message_id) REFERENCES message (id)
);

CREATE INDEX ix_hotline_resend_person_id ON hotline_resend (person_id);

CREATE TABLE hotline_call (
    id BIGSERIAL NOT NULL,
    lookup_id BIGINT NOT NULL,
    officer_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    about TEXT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_hotline_call PRIMARY KEY (id),
    CONSTRAINT ck_hotline_call_about CHECK (about in ('has_come', 'when', 'why', 'returned', 'complaint', 'other')),
    CONSTRAINT ck_hotline_call_due CHECK (due_at > asked_at),
    CONSTRAINT uq_hotline_call_lookup_id UNIQUE (lookup_id),
    CONSTRAINT fk_hotline_call_lookup_id FOREIGN KEY(lookup_id) REFERENCES hotline_verdict (lookup_id),
    CONSTRAINT fk_hotline_call_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_hotline_call_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_hotline_call_due ON hotline_call (due_at, id);

CREATE INDEX ix_hotline_call_officer ON hotline_call (officer_id, due_at);

CREATE INDEX ix_hotline_call_person_id ON hotline_call (person_id);

CREATE TABLE hotline_attempt (
    call_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    officer_id BIGINT NOT NULL,
    result TEXT NOT NULL,
    called_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_hotline_attempt PRIMARY KEY (call_id, ordinal),
    CONSTRAINT ck_hotline_attempt_ordinal CHECK (ordinal between 1 and 3),
    CONSTRAINT ck_hotline_attempt_result CHECK (result in ('talked', 'no_answer', 'wrong_number', 'declined')),
    CONSTRAINT fk_hotline_attempt_call_id FOREIGN KEY(call_id) REFERENCES hotline_call (id),
    CONSTRAINT fk_hotline_attempt_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
);

CREATE INDEX ix_person_phone_tail ON person (phone_tail) WHERE phone_tail <> '';
