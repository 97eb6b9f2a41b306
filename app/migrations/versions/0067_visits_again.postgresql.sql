-- Who drew a sample, and further visits where nobody was met (PostgreSQL).

ALTER TABLE verification_draw ADD COLUMN officer_id BIGINT CONSTRAINT fk_verification_draw_officer_id REFERENCES officer (id);

ALTER TABLE verification_visit ADD COLUMN turn BIGINT DEFAULT 1 NOT NULL;

ALTER TABLE verification_visit ALTER COLUMN turn DROP DEFAULT;

ALTER TABLE verification_visit ADD CONSTRAINT ck_verification_visit_turn CHECK (turn > 0);

ALTER TABLE verification_visit DROP CONSTRAINT pk_verification_visit;

ALTER TABLE verification_visit ADD CONSTRAINT pk_verification_visit PRIMARY KEY (sample_id, ordinal, turn);
