-- The trail tells what was and what is, and its lines are chained (0.4.0).

ALTER TABLE audit_event ADD COLUMN before TEXT DEFAULT '' NOT NULL;

ALTER TABLE audit_event ADD COLUMN after TEXT DEFAULT '' NOT NULL;

CREATE TABLE audit_link (
    position INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    link TEXT NOT NULL,
    CONSTRAINT pk_audit_link PRIMARY KEY (position),
    CONSTRAINT uq_audit_link_event_id UNIQUE (event_id),
    CONSTRAINT fk_audit_link_event_id FOREIGN KEY(event_id) REFERENCES audit_event (id)
) STRICT;
