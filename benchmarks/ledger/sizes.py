"""How many postings books hold, and the bytes on disk of all their tables and indexes."""

from __future__ import annotations

from sqlalchemy import text

from benchmarks.ledger.books import GIVEN, GIVEN_BACK, opened
from tests.ledger.books import BOOKS


def postings(url: str) -> int:
    """The number of postings."""
    with opened(url) as database, database.view() as session:
        return int(session.execute(text("select count(*) from posting")).scalar_one())


def bytes_of_books(url: str) -> int:
    """Bytes of the books' tables with their indexes, as written, without VACUUM.

    SQLite cannot tell tables apart here, so what is not the books' is taken out of a file that
    is thrown away afterwards: its pages go to the free list, and what is left is the books'.
    """
    with opened(url, owner=True) as database, database.unit_of_work() as session:
        if not database.is_sqlite:
            each = [f"pg_total_relation_size('{book.name}')" for book in BOOKS]
            return int(session.execute(text(f"select {' + '.join(each)}")).scalar_one())
        for name in (GIVEN.name, GIVEN_BACK.name):
            session.execute(text(f"drop table {name}"))
        pages = "(select page_count from pragma_page_count)"
        free = "(select freelist_count from pragma_freelist_count)"
        size = "(select page_size from pragma_page_size)"
        return int(session.execute(text(f"select ({pages} - {free}) * {size}")).scalar_one())
