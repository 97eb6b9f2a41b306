-- What people say of payments, and monthly samples (PostgreSQL).

CREATE TABLE payment_confirmation (
    id BIGSERIAL NOT NULL,
    payment_id BIGINT NOT NULL,
    is_received BIGINT NOT NULL,
    channel TEXT NOT NULL,
    actor TEXT NOT NULL,
    complaint_id BIGINT,
    said_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_payment_confirmation PRIMARY KEY (id),
    CONSTRAINT ck_payment_confirmation_is_received CHECK (is_received in (0, 1)),
    CONSTRAINT ck_payment_confirmation_channel CHECK (channel in ('hotline', 'zalo', 'page', 'kiosk', 'counter', 'sms', 'visit')),
    CONSTRAINT ck_payment_confirmation_complaint CHECK (is_received = 1 or complaint_id is not null),
    CONSTRAINT fk_payment_confirmation_payment_id FOREIGN KEY(payment_id) REFERENCES instruction (id),
    CONSTRAINT fk_payment_confirmation_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id)
);

CREATE INDEX ix_payment_confirmation_payment ON payment_confirmation (payment_id, id);

CREATE TABLE verification_sample (
    id BIGSERIAL NOT NULL,
    period TEXT NOT NULL,
    area_code TEXT NOT NULL,
    seed TEXT NOT NULL,
    z_thousandths BIGINT NOT NULL,
    margin_per_cent BIGINT NOT NULL,
    officer_id BIGINT NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_verification_sample PRIMARY KEY (id),
    CONSTRAINT uq_verification_sample_period_area_code UNIQUE (period, area_code),
    CONSTRAINT ck_verification_sample_size CHECK (z_thousandths > 0 and margin_per_cent between 1 and 50),
    CONSTRAINT fk_verification_sample_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
);

CREATE TABLE verification_draw (
    sample_id BIGINT NOT NULL,
    population BIGINT NOT NULL,
    size BIGINT NOT NULL,
    frame_digest TEXT NOT NULL,
    drawn_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_verification_draw PRIMARY KEY (sample_id),
    CONSTRAINT ck_verification_draw_size CHECK (size between 1 and population),
    CONSTRAINT fk_verification_draw_sample_id FOREIGN KEY(sample_id) REFERENCES verification_sample (id)
);

CREATE TABLE verification_row (
    sample_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    payment_id BIGINT NOT NULL,
    CONSTRAINT pk_verification_row PRIMARY KEY (sample_id, ordinal),
    CONSTRAINT uq_verification_row_sample_id_payment_id UNIQUE (sample_id, payment_id),
    CONSTRAINT ck_verification_row_ordinal CHECK (ordinal > 0),
    CONSTRAINT fk_verification_row_sample_id FOREIGN KEY(sample_id) REFERENCES verification_draw (sample_id),
    CONSTRAINT fk_verification_row_payment_id FOREIGN KEY(payment_id) REFERENCES instruction (id)
);

CREATE TABLE verification_visit (
    sample_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    result TEXT NOT NULL,
    amount BIGINT,
    complaint_id BIGINT,
    officer_id BIGINT NOT NULL,
    visited_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_verification_visit PRIMARY KEY (sample_id, ordinal),
    CONSTRAINT fk_verification_visit_sample_id_ordinal FOREIGN KEY(sample_id, ordinal) REFERENCES verification_row (sample_id, ordinal),
    CONSTRAINT ck_verification_visit_result CHECK (result in ('received', 'wrong_amount', 'not_received', 'not_met')),
    CONSTRAINT ck_verification_visit_amount CHECK ((result = 'wrong_amount') = (amount is not null)),
    CONSTRAINT ck_verification_visit_complaint CHECK ((result in ('wrong_amount', 'not_received')) = (complaint_id is not null)),
    CONSTRAINT fk_verification_visit_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id),
    CONSTRAINT fk_verification_visit_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
);
