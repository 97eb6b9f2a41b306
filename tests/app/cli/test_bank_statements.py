"""`ansinh bank statements`: whether the statements that were received make one chain."""

from __future__ import annotations

import json
from itertools import count

from tests.factories import BANK, House
from tests.reconciliation.test_files_in import Desk, statement
from tests.support.commands import ansinh, ansinh_json


def test_a_gap_is_told_with_the_account_masked(house: House) -> None:
    assert ansinh_json(house, "bank", "statements", BANK)["ok"] is True
    with house.work() as session:
        desk = Desk(session, count(1))
        desk.take(statement())
        desk.take(statement(number=4))
    told = ansinh(house, "bank", "statements", BANK, "--json")
    found = json.loads(told.stdout)
    assert (told.exit_code, found["ok"]) == (1, False)
    assert found["accounts"][0]["problems"] == ["thiếu sổ phụ 2 đến 3"]
    assert "VN0019010001" not in told.stdout
