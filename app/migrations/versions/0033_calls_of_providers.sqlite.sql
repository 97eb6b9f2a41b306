-- What providers call to say, encrypted, and the file it went into (SQLite).

CREATE TABLE inbound_event (
    id INTEGER NOT NULL,
    provider TEXT NOT NULL,
    event_id TEXT NOT NULL,
    body_digest TEXT NOT NULL,
    body BLOB NOT NULL,
    received_at TEXT NOT NULL,
    packed_in INTEGER,
    CONSTRAINT pk_inbound_event PRIMARY KEY (id),
    CONSTRAINT uq_inbound_event_provider_event_id_body_digest UNIQUE (provider, event_id, body_digest),
    CONSTRAINT fk_inbound_event_provider FOREIGN KEY(provider) REFERENCES provider (code),
    CONSTRAINT fk_inbound_event_packed_in FOREIGN KEY(packed_in) REFERENCES inbound_file (id)
) STRICT;

CREATE INDEX ix_inbound_event_waiting ON inbound_event (provider, id) WHERE packed_in is null;
