-- Who drew a sample, and further visits where nobody was met (SQLite).

ALTER TABLE verification_draw ADD COLUMN officer_id INTEGER CONSTRAINT fk_verification_draw_officer_id REFERENCES officer (id);

ALTER TABLE verification_visit RENAME TO verification_visit_before;

CREATE TABLE verification_visit (
    sample_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    result TEXT NOT NULL,
    amount INTEGER,
    complaint_id INTEGER,
    officer_id INTEGER NOT NULL,
    visited_at TEXT NOT NULL,
    CONSTRAINT pk_verification_visit PRIMARY KEY (sample_id, ordinal, turn),
    CONSTRAINT fk_verification_visit_sample_id_ordinal FOREIGN KEY(sample_id, ordinal) REFERENCES verification_row (sample_id, ordinal),
    CONSTRAINT ck_verification_visit_turn CHECK (turn > 0),
    CONSTRAINT ck_verification_visit_result CHECK (result in ('received', 'wrong_amount', 'not_received', 'not_met')),
    CONSTRAINT ck_verification_visit_amount CHECK ((result = 'wrong_amount') = (amount is not null)),
    CONSTRAINT ck_verification_visit_complaint CHECK ((result in ('wrong_amount', 'not_received')) = (complaint_id is not null)),
    CONSTRAINT fk_verification_visit_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id),
    CONSTRAINT fk_verification_visit_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
)
 STRICT;

INSERT INTO verification_visit (sample_id, ordinal, turn, result, amount, complaint_id, officer_id, visited_at)
SELECT sample_id, ordinal, 1, result, amount, complaint_id, officer_id, visited_at FROM verification_visit_before;

DROP TABLE verification_visit_before;
