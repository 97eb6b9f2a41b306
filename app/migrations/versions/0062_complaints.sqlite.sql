-- Complaints of people, their moves and steps (SQLite).

CREATE TABLE complaint (
    id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    payment_id INTEGER,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    area_code TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    evidence_cipher BLOB NOT NULL,
    evidence_digest TEXT NOT NULL,
    state TEXT NOT NULL,
    steps INTEGER NOT NULL,
    opened_at TEXT NOT NULL,
    due_on TEXT NOT NULL,
    officer_id INTEGER,
    answered_at TEXT,
    closed_at TEXT,
    satisfaction INTEGER,
    CONSTRAINT pk_complaint PRIMARY KEY (id),
    CONSTRAINT ck_complaint_channel CHECK (channel in ('hotline', 'zalo', 'page', 'kiosk', 'counter', 'sms', 'visit')),
    CONSTRAINT ck_complaint_kind CHECK (kind in ('not_received', 'wrong_amount', 'left_out', 'changed', 'wrong_data', 'asked_money', 'staff', 'question', 'proposal', 'thanks')),
    CONSTRAINT ck_complaint_steps CHECK (steps > 0),
    CONSTRAINT ck_complaint_evidence CHECK (kind <> 'not_received' or evidence_digest <> ''),
    CONSTRAINT ck_complaint_taken CHECK (state in ('received', 'reopened') or officer_id is not null),
    CONSTRAINT ck_complaint_answered CHECK (state not in ('answered', 'closed') or answered_at is not null),
    CONSTRAINT ck_complaint_closed CHECK (state <> 'closed' or closed_at is not null),
    CONSTRAINT ck_complaint_satisfaction CHECK (satisfaction between 1 and 5),
    CONSTRAINT fk_complaint_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_complaint_payment_id FOREIGN KEY(payment_id) REFERENCES instruction (id),
    CONSTRAINT fk_complaint_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
)
 STRICT;

CREATE INDEX ix_complaint_opened ON complaint (opened_at, area_code);

CREATE INDEX ix_complaint_person ON complaint (person_id, id);

CREATE INDEX ix_complaint_unit ON complaint (unit_code, due_on, id);

CREATE INDEX ix_complaint_waits ON complaint (due_on, id) WHERE state <> 'closed';

CREATE UNIQUE INDEX uq_complaint_open ON complaint (person_id, kind, payment_id) WHERE state <> 'closed';

CREATE UNIQUE INDEX uq_complaint_open_alone ON complaint (person_id, kind) WHERE state <> 'closed' and payment_id is null;

CREATE TABLE complaint_move (
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    CONSTRAINT pk_complaint_move PRIMARY KEY (from_state, to_state)
)
 STRICT;

CREATE TABLE complaint_step (
    complaint_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    words_cipher BLOB NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL,
    CONSTRAINT pk_complaint_step PRIMARY KEY (complaint_id, seq),
    CONSTRAINT ck_complaint_step_state CHECK (state in ('received', 'taken', 'answered', 'closed', 'reopened')),
    CONSTRAINT ck_complaint_step_seq CHECK (seq > 0),
    CONSTRAINT fk_complaint_step_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id)
)
 STRICT;
