"""`ansinh benefits recover-notice`, `recover-plan`, `write-off`, `recoveries`, step by step."""

from __future__ import annotations

import pytest

from app.errors import Forbidden
from tests.app.disbursement.test_recovery import died_in_august
from tests.factories import House
from tests.support.commands import ansinh, asked, by

pytestmark = pytest.mark.stage(of=died_in_august)
SIGNED = ("--date", "2026-10-30", "--signer", "Lý Văn Chủ Tịch")


def on(house: House, day: str) -> None:
    """The clock of the installation, which the commands read."""
    house.on(day)
    house.tamper("delete from installation where key = 'clock'")
    moment = house.clock.now().isoformat()
    house.tamper(f"insert into installation values ('clock', '{moment}')")


def signed_by(house: House, *names: str) -> tuple[str, ...]:
    told = by(house, *names)
    house.tamper(
        f"update installation set value = '{house.clock.now().isoformat()}' where key = 'clock'"
    )
    return told


def test_from_the_notice_to_the_write_off(house: House) -> None:
    on(house, "2026-10-08")
    notice = ("benefits", "recover-notice", "2", "--programme", "pension", "--number", "3/TB",
              "--date", "2026-10-08", "--answer-by", "2026-10-23", "--way", "hand")  # fmt: skip
    found = asked(house, *notice, *signed_by(house, "finance.one"))
    assert found == {"notice": 1, "amount": 500_000}
    on(house, "2026-10-30")
    decision = ("benefits", "recover", "2", "--programme", "pension", "--number", "12/QĐ", *SIGNED)
    two = ("finance.one", "finance.two")
    assert asked(house, *decision, "--apply", *signed_by(house, *two))["amount"] == 500_000
    plan = ("benefits", "recover-plan", "1", "--number", "20/QĐ", *SIGNED, "--monthly", "100.000",
            "--from", "2026-11")  # fmt: skip
    assert asked(house, *plan, *signed_by(house, *two)) == {"plan": 1}
    (one,) = asked(house, "benefits", "recoveries")
    assert (one["still_open"], one["monthly"], one["late"]) == (500_000, 100_000, 0)
    gone = ("benefits", "write-off", "1", "--number", "77", *SIGNED, "--reason", "đã mất")
    with pytest.raises(Forbidden):
        asked(house, *gone, *signed_by(house, *two))
    house.becomes("checker.all", "approver", "")
    assert asked(house, *gone, *signed_by(house, "finance.one", "checker.all"))["amount"] == 500_000
    told = ansinh(house, "benefits", "recoveries").output
    assert "đã xoá 500.000" in told
    assert "AS-000002" in told
