"""The register: people, their enrolments, their payment destinations.

What else is known of a person stands in `about_tables`, what was known before in
`history_tables`.

ID, account and phone are stored encrypted, with a blind index for equality and the last
digits for people to recognise. A destination is append-only: a change is a new version.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ledger.schema import STRICT, Day, Moment, Whole, metadata

person = Table(
    "person",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("citizen_key", Text, nullable=False, unique=True),
    Column("citizen_cipher", LargeBinary, nullable=False),
    Column("citizen_tail", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sort_key", Text, nullable=False),
    Column("search_key", Text, nullable=False),
    Column("birth", Text, nullable=False),
    Column("sex", Text, nullable=False),
    Column("ethnicity", Text, nullable=False),
    Column("area_code", Text, nullable=False),
    Column("hamlet", Text, nullable=False),
    Column("phone_cipher", LargeBinary),
    Column("destination_id", Whole),
    # Ciphers of the person are bound to the key of the ID they came with, for ever: an ID may
    # be issued anew, and a destination is never written again.
    Column("bound_key", Text, nullable=False, server_default=text("''")),
    # The words of the search key the other way round: the given name first.
    Column("given_key", Text, nullable=False, server_default=text("''")),
    Column("phone_key", Text, nullable=False, server_default=text("''"), index=True),
    Column("phone_tail", Text, nullable=False, server_default=text("''")),
    Column("phone_owner", Text, nullable=False, server_default=text("''")),
    # Of the electronic identity: '0' none, '1', '2'; '' not asked yet.
    Column("vneid_level", Text, nullable=False, server_default=text("''")),
    Column("household_id", Whole, ForeignKey("household.id"), index=True),
    Column("is_head", Whole, nullable=False, server_default=text("0")),
    Column("still_cash", Text, nullable=False, server_default=text("''")),
    Column("died_on", Day),
    Column("merged_into_id", Whole, ForeignKey("person.id")),
    Column("erased_at", Moment),
    Index(
        "ix_person_merged",
        "merged_into_id",
        sqlite_where=text("merged_into_id is not null"),
        postgresql_where=text("merged_into_id is not null"),
    ),
    # Few, on a page of every commune.
    Index(
        "ix_person_returned",
        "area_code",
        sqlite_where=text("still_cash = 'returned'"),
        postgresql_where=text("still_cash = 'returned'"),
    ),
    Index("ix_person_citizen_tail", "citizen_tail", "sort_key", "id"),
    # Who calls the hotline is found by the last digits of the phone, too.
    Index(
        "ix_person_phone_tail",
        "phone_tail",
        sqlite_where=text("phone_tail <> ''"),
        postgresql_where=text("phone_tail <> ''"),
    ),
    # Words are searched by their beginning, byte by byte: not in the database's order of text.
    Index("ix_person_search_key", "search_key", postgresql_ops={"search_key": "text_pattern_ops"}),
    Index("ix_person_given_key", "given_key", postgresql_ops={"given_key": "text_pattern_ops"}),
    # With the words in it, so that walking through many names reads nothing but the index.
    Index("ix_person_sort", "sort_key", "id", "search_key", "given_key"),
    Index("ix_person_area_sort", "area_code", "sort_key", "id"),
    **STRICT,
)

enrolment = Table(
    "enrolment",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("programme", Text, nullable=False),
    Column("group_code", Text, nullable=False),
    Column("table_key", Text, nullable=False),
    Column("area_code", Text, nullable=False),
    Column("decision_number", Text, nullable=False),
    Column("decision_on", Day, nullable=False),
    Column("start_period", Text, nullable=False),
    Column("stop_period", Text),
    Column("stop_cause", Text, nullable=False),
    Column("seen_period", Text, nullable=False),
    # The months whose lists brought it and changed it last; '' before that was written down.
    Column("known_period", Text, nullable=False, server_default=text("''")),
    Column("changed_period", Text, nullable=False, server_default=text("''")),
    # Numbers of the decisions of this house that began and ended it: what was decided here is
    # neither forgotten nor undone by a list that has not heard of it; '' where a list told it.
    Column("start_decision", Text, nullable=False, server_default=text("''")),
    Column("stop_decision", Text, nullable=False, server_default=text("''")),
    UniqueConstraint("person_id", "programme", "group_code", "area_code", "start_period"),
    Index("ix_enrolment_seen", "seen_period", "person_id"),
    **STRICT,
)

# What was known of an enrolment before a list changed it, field by field.
enrolment_change = Table(
    "enrolment_change",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("enrolment_id", Whole, ForeignKey("enrolment.id"), nullable=False),
    Column("period", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("old", Text, nullable=False),
    Column("new", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("enrolment_id", "period", "field"),
    CheckConstraint("field in ('stop_period', 'table_key')", name="field"),
    CheckConstraint("old <> new", name="differs"),
    **STRICT,
)

destination = Table(
    "destination",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("version", Whole, nullable=False),
    Column("method", Text, nullable=False),
    Column("bank_bin", Text, nullable=False),
    Column("account_key", Text, nullable=False, index=True),
    Column("account_cipher", LargeBinary),
    Column("account_tail", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("kind", Text, nullable=False, server_default=text("'bank'")),
    UniqueConstraint("person_id", "version"),
    Index("ix_destination_tail", "account_tail"),
    CheckConstraint("method in ('account', 'cash')", name="method"),
    CheckConstraint("(method = 'account') = (account_key <> '')", name="account"),
    **STRICT,
)

banned_account = Table(
    "banned_account",
    metadata,
    Column("account_key", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("banned_at", Moment, nullable=False),
    PrimaryKeyConstraint("account_key", "banned_at"),
    **STRICT,
)

# A ban whose reason was no word about this account: the line that said it was taken back.
ban_lifting = Table(
    "ban_lifting",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("account_key", Text, nullable=False),
    Column("banned_at", Moment, nullable=False),
    Column("proposal_id", Whole, nullable=False),
    Column("lifted_at", Moment, nullable=False),
    UniqueConstraint("account_key", "banned_at"),
    **STRICT,
)

repair = Table(
    "repair",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False),
    Column("old_destination_id", Whole, ForeignKey("destination.id"), nullable=False, unique=True),
    Column("new_destination_id", Whole, ForeignKey("destination.id"), nullable=False, unique=True),
    Column("evidence", Text, nullable=False),
    Column("proposed_by", Whole, ForeignKey("officer.id"), nullable=False),
    Column("confirmed_by", Whole, ForeignKey("officer.id"), nullable=False),
    Column("repaired_at", Moment, nullable=False),
    # How well it is proven, and from which day it may be paid into; null: at once.
    Column("proof", Text, nullable=False, server_default=text("'letter'")),
    Column("usable_from", Day),
    CheckConstraint("proof in ('letter', 'passbook', 'other', 'known')", name="proof"),
    CheckConstraint("proposed_by <> confirmed_by", name="two_persons"),
    **STRICT,
)
