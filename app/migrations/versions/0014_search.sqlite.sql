-- Indexes of the search among people, and of the trail (SQLite).

DROP INDEX ix_person_area_code;

CREATE INDEX ix_person_given_key ON person (given_key);

CREATE INDEX ix_person_sort ON person (sort_key, id, search_key, given_key);

CREATE INDEX ix_person_citizen_tail ON person (citizen_tail, sort_key, id);

CREATE INDEX ix_person_area_sort ON person (area_code, sort_key, id);

CREATE INDEX ix_audit_event_object ON audit_event (object, at);

CREATE INDEX ix_audit_event_actor ON audit_event (actor, at);
