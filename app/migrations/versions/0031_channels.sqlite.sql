-- Channels to providers, proposed by one and confirmed by another; files carried by hand (SQLite).

CREATE TABLE channel (
    id INTEGER NOT NULL,
    provider TEXT NOT NULL,
    version INTEGER NOT NULL,
    adapter TEXT NOT NULL,
    courier TEXT NOT NULL,
    profile TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    digest TEXT NOT NULL,
    proposed_by INTEGER NOT NULL,
    act_id INTEGER NOT NULL,
    proposed_at TEXT NOT NULL,
    CONSTRAINT pk_channel PRIMARY KEY (id),
    CONSTRAINT uq_channel_provider_version UNIQUE (provider, version),
    CONSTRAINT uq_channel_id_proposed_by_digest UNIQUE (id, proposed_by, digest),
    CONSTRAINT ck_channel_version CHECK (version > 0),
    CONSTRAINT ck_channel_courier CHECK (courier in ('sftp', 'folder', 'https', 'hand', 'sandbox')),
    CONSTRAINT fk_channel_provider FOREIGN KEY(provider) REFERENCES provider (code),
    CONSTRAINT fk_channel_proposed_by FOREIGN KEY(proposed_by) REFERENCES officer (id),
    CONSTRAINT uq_channel_act_id UNIQUE (act_id),
    CONSTRAINT fk_channel_act_id FOREIGN KEY(act_id) REFERENCES act (id)
) STRICT;

CREATE TABLE channel_confirmation (
    channel_id INTEGER NOT NULL,
    proposed_by INTEGER NOT NULL,
    digest TEXT NOT NULL,
    officer_id INTEGER NOT NULL,
    act_id INTEGER NOT NULL,
    confirmed_at TEXT NOT NULL,
    CONSTRAINT pk_channel_confirmation PRIMARY KEY (channel_id),
    CONSTRAINT fk_channel_confirmation_channel_id_proposed_by_digest FOREIGN KEY(channel_id, proposed_by, digest) REFERENCES channel (id, proposed_by, digest),
    CONSTRAINT ck_channel_confirmation_two_persons CHECK (officer_id <> proposed_by),
    CONSTRAINT fk_channel_confirmation_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_channel_confirmation_act_id UNIQUE (act_id),
    CONSTRAINT fk_channel_confirmation_act_id FOREIGN KEY(act_id) REFERENCES act (id)
) STRICT;

CREATE TABLE handover (
    id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    reason TEXT NOT NULL,
    taken_by INTEGER NOT NULL,
    act_id INTEGER NOT NULL,
    taken_at TEXT NOT NULL,
    CONSTRAINT pk_handover PRIMARY KEY (id),
    CONSTRAINT uq_handover_id_taken_by_sha256 UNIQUE (id, taken_by, sha256),
    CONSTRAINT ck_handover_reason CHECK (trim(reason) <> ''),
    CONSTRAINT uq_handover_batch_id UNIQUE (batch_id),
    CONSTRAINT fk_handover_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id),
    CONSTRAINT fk_handover_taken_by FOREIGN KEY(taken_by) REFERENCES officer (id),
    CONSTRAINT uq_handover_act_id UNIQUE (act_id),
    CONSTRAINT fk_handover_act_id FOREIGN KEY(act_id) REFERENCES act (id)
) STRICT;

CREATE TABLE handover_receipt (
    handover_id INTEGER NOT NULL,
    taken_by INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    receipt TEXT NOT NULL,
    officer_id INTEGER NOT NULL,
    act_id INTEGER NOT NULL,
    confirmed_at TEXT NOT NULL,
    CONSTRAINT pk_handover_receipt PRIMARY KEY (handover_id),
    CONSTRAINT fk_handover_receipt_handover_id_taken_by_sha256 FOREIGN KEY(handover_id, taken_by, sha256) REFERENCES handover (id, taken_by, sha256),
    CONSTRAINT ck_handover_receipt_two_persons CHECK (officer_id <> taken_by),
    CONSTRAINT ck_handover_receipt_receipt CHECK (trim(receipt) <> ''),
    CONSTRAINT fk_handover_receipt_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_handover_receipt_act_id UNIQUE (act_id),
    CONSTRAINT fk_handover_receipt_act_id FOREIGN KEY(act_id) REFERENCES act (id)
) STRICT;
