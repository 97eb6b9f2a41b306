"""The post office takes the same list as a list bank and also pays out in cash."""

from __future__ import annotations

from bank_adapters.contract import Capabilities, Method
from bank_adapters.filelist.adapter import ListAdapter

CAPABILITIES = Capabilities(
    methods=frozenset({Method.ACCOUNT, Method.CASH}),
    settles="list",
    holds_advance=True,
)

ADAPTER = ListAdapter(name="postoffice", capabilities=CAPABILITIES)
