"""Providers and contracts: made and ended by two, one at a time for each payee's way.

A training database's own providers, which nobody pays by, are set up without anybody's word.
"""

from __future__ import annotations

from app.schema.guards.guard import Guard

_TOLD = (
    "not exists (select 1 from {{schema}}joint_act j where j.step = '{step}' and j.about = {about})"
)
_REAL = "exists (select 1 from {schema}provider p where p.code = new.provider and p.is_sandbox = 0)"


def _by_two(step: str, about: str) -> str:
    return _TOLD.format(step=step, about=about)


_PROVIDER = Guard(
    "provider_by_two",
    "provider",
    "new.is_sandbox = 0 and " + _by_two("provider_add", "'provider:' || new.code"),
    "provider: two persons add it",
    "insert",
)
_ADDED = Guard(
    "contract_by_two",
    "contract",
    f"{_REAL} and " + _by_two("contract_add", "'contract:' || new.number"),
    "contract: two persons add it",
    "insert",
)

_KEPT = (
    "id",
    "number",
    "unit_code",
    "programme",
    "fund",
    "provider",
    "account",
    "methods",
    "fee_per_ten_thousand",
    "due_day",
    "settlement_day",
    "valid_from",
)
_FROZEN = Guard(
    "contract_frozen",
    "contract",
    f"{_REAL} and ({' or '.join(f'new.{one} <> old.{one}' for one in _KEPT)}"
    " or new.valid_to is null or new.valid_to < new.valid_from)",
    "contract: its last day alone may change",
)
_ENDED = Guard(
    "contract_ended_by_two",
    "contract",
    f"{_REAL} and "
    + _by_two("contract_end", "'contract:' || new.number || ':' || cast(new.valid_to as text)"),
    "contract: two persons set its last day",
)

# Days that both contracts have in common; without a last day it has no end.
_SHARED = """o.valid_from <= coalesce({mine}.valid_to, '9999-12-31')
    and {mine}.valid_from <= coalesce(o.valid_to, '9999-12-31')"""
_ROUTE = Guard(
    "contract_route_once",
    "contract_route",
    f"""exists (select 1 from {{schema}}contract m
    join {{schema}}contract_route r on r.unit_code = new.unit_code and r.programme = new.programme
      and r.method = new.method and r.bank_bin = new.bank_bin
    join {{schema}}contract o on o.id = r.contract_id and o.id <> m.id
    where m.id = new.contract_id and {_SHARED.format(mine="m")})""",
    "contract_route: another contract leads there on the same days",
    "insert",
)
_LONGER = Guard(
    "contract_longer",
    "contract",
    f"""exists (select 1 from {{schema}}contract_route n
    join {{schema}}contract_route r on r.unit_code = n.unit_code and r.programme = n.programme
      and r.method = n.method and r.bank_bin = n.bank_bin and r.contract_id <> n.contract_id
    join {{schema}}contract o on o.id = r.contract_id
    where n.contract_id = new.id and {_SHARED.format(mine="new")})""",
    "contract: another one has taken its place by then",
)

GUARDS = (_PROVIDER, _ADDED, _FROZEN, _ENDED, _ROUTE, _LONGER)
