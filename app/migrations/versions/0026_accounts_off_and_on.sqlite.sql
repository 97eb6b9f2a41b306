-- Accounts of officers that two switch off and on (SQLite).

CREATE TABLE officer_switch (
    officer_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    joint_id INTEGER NOT NULL,
    switched_at TEXT NOT NULL,
    CONSTRAINT pk_officer_switch PRIMARY KEY (officer_id, number),
    CONSTRAINT ck_officer_switch_kind CHECK (kind in ('disable', 'enable')),
    CONSTRAINT fk_officer_switch_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_officer_switch_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_officer_switch_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
) STRICT;
