"""What the owner of the books does for an application that owns nothing (PostgreSQL only).

PostgreSQL lets only those lock a row or a table who may change it, and only its owner refresh
its statistics. The application may not change what is written, so it asks these functions:
each runs with the owner's rights, in the owner's schema, and does one thing.
"""

from __future__ import annotations

from collections.abc import Iterable

_BODIES = {
    # Writers of one account queue on its row, in one order, so that none waits for another's.
    "hold_accounts(ids bigint[])": (
        "perform 1 from account where id = any(ids) order by id for update"
    ),
    # One sealer at a time; readers are not held up.
    "hold_chain()": "lock table chain_link in share row exclusive mode",
    "refresh_statistics(name text)": "execute format('analyze %I', name)",
}

SIGNATURES = ("hold_accounts(bigint[])", "hold_chain()", "refresh_statistics(text)")


def statements(schema: str) -> Iterable[str]:
    """Statements that make the functions anew in a schema (quoted); nobody may call them yet."""
    for (head, body), signature in zip(_BODIES.items(), SIGNATURES, strict=True):
        yield (
            f"create or replace function {schema}.{head} returns void language plpgsql"
            f" security definer set search_path = {schema}, pg_temp as $$ begin {body}; end $$"
        )
        yield f"revoke all on function {schema}.{signature} from public"
