"""Account numbers of the demo, and the endings on which the sandbox bank acts.

An account is <bank digit><version><serial of the person, six digits and more><tail>. The tail of a
sound account lies in 1000-8999, so it never ends in 90xx, and it follows from the serial:
a faulty number can always be put right.
"""

from __future__ import annotations

from typing import Protocol

from app.reference.banks import TEST_BANK_A, TEST_BANK_B, TEST_BANK_C, TEST_POST_OFFICE

REJECT_AC01 = "9001"
REJECT_AC04 = "9004"
NAME_MISMATCH = "9005"
RETURN_AFTER_SETTLEMENT = "9006"
RETURN_NEXT_MONTH = "9008"
"""Settled now, returned on the 13th of the next month."""

FAULTS = (REJECT_AC01, REJECT_AC04, NAME_MISMATCH, RETURN_AFTER_SETTLEMENT, RETURN_NEXT_MONTH)

# The post office's numbers begin with 0: a spreadsheet that takes them for numbers shows.
_BANK_DIGIT = {TEST_BANK_A: "1", TEST_BANK_B: "2", TEST_POST_OFFICE: "0", TEST_BANK_C: "4"}
_TAIL_DIGITS = 4


class HasAccount(Protocol):
    """Anything with an account number: a person or a row of the register."""

    @property
    def account(self) -> str:
        """The number, '' when there is none."""
        ...


def account_number(serial: int, bank_bin: str, version: int = 0) -> str:
    """The sound account number of a person; `version` grows with every change of account."""
    return f"{_BANK_DIGIT[bank_bin]}{version % 10}{serial:06}{_tail(serial)}"


def _tail(serial: int) -> str:
    return str(1000 + serial * 37 % 8000)


def faulty_account(account: str, fault: str) -> str:
    """The account with a fault's ending."""
    return account[:-_TAIL_DIGITS] + fault


def repaired_number(account: str) -> str:
    """The sound number behind a number of the demo; a sound one stays as it is."""
    return account[:-_TAIL_DIGITS] + _tail(int(account[2:-_TAIL_DIGITS])) if account else ""


def repaired_account(person: HasAccount) -> str:
    """The sound account number of a person whose number is faulty this month."""
    return repaired_number(person.account)


def fault_of(account: str) -> str:
    """The magic ending of an account, or ''."""
    tail = account[-_TAIL_DIGITS:]
    return tail if tail in FAULTS else ""
