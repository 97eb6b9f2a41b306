-- The marks of destinations that were erased with their person (0.4.0).

CREATE TABLE destination_mark (
    destination_id INTEGER NOT NULL,
    mark TEXT NOT NULL,
    CONSTRAINT pk_destination_mark PRIMARY KEY (destination_id),
    CONSTRAINT fk_destination_mark_destination_id FOREIGN KEY(destination_id) REFERENCES destination (id)
) STRICT;
