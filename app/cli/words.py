"""Proofs in words for people: the pages' catalogue, and the demo's own proofs beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.web import catalogue
from ledger.proofs import Proof

_NOT_IN_A_KEY = re.compile(r"[^a-z0-9]+")

OWN = {
    "the bank executed every reference at most once": "Ngân hàng thực hiện mỗi lệnh một lần",
    "books = the providers' own books, account by account": "Sổ ta = sổ của từng đơn vị chi trả",
    "books at the bank = closing balance of camt.053": "Tiền gửi trên sổ = số dư camt.053",
    "month closed, every difference 0": "Tháng đã khoá, mọi chênh lệch bằng 0",
    "every provider settled on the settlement day": "Ngày quyết toán, mọi chênh lệch bằng 0",
    "a closed month stays as it was closed": "Tháng đã khoá giữ nguyên số đã khoá",
    "in transit and suspense are explained": "Tiền đang chuyển, chờ rõ đều có giải trình",
}


def proof_name(proof: Proof) -> str:
    """The proof's name in Vietnamese."""
    if proof.name in OWN:
        return OWN[proof.name]
    key = "proof." + _NOT_IN_A_KEY.sub("_", proof.name.lower()).strip("_")
    return catalogue.say("vi", key) if key in catalogue.entries() else proof.name


def figure_name(name: str) -> str:
    """A figure of a proof in Vietnamese; its own name where nobody gave it words."""
    key = f"proof_figure.{name}"
    return catalogue.say("vi", key) if key in catalogue.entries() else name


def proof_figures(figures: Mapping[str, Any]) -> str:
    """A proof's figures on one line; empty lists of offenders and long digests are left out."""
    shown = (
        f"{figure_name(name)} {_value(value)}"
        for name, value in figures.items()
        if value not in ([], None, "") and name != "head"
    )
    return ", ".join(shown)


def _value(value: Any) -> str:
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else str(value)


def proof_line(proof: Proof) -> str:
    """One line of the screen."""
    verdict = "đúng" if proof.ok else "SAI "
    return f"  {verdict}  {proof_name(proof)}: {proof_figures(proof.figures)}"
