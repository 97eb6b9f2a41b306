"""Payrolls and batches: figures and digests from their rows, and the acts bound to them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from .reading import Pack, Row

REPEATED = ("carried", "follow_up")
_LINE = ("line", "obligation", "person", "destination", "contract", "method", "amount")
_PAYEE = "payee"
_INSTRUCTION = ("obligation", "destination", "amount", "reference", "attempt", "method")
_OLD_INSTRUCTION = 3  # the fields that were digested before 0.4.0

Figures = dict[str, Any]


def payrolls(pack: Pack) -> Iterator[str]:
    """Lines, total, what is newly owed and digest of every payroll, from its lines."""
    rows = groupby(pack.rows("lines.csv"), key=lambda row: int(row["payroll"]))
    found = {number: _list_figures(group) for number, group in rows}
    for one in pack.values["payrolls"]:
        figures, digests = found.pop(one["id"], _list_figures(()))
        # Of a draft nobody has confirmed anything yet.
        is_other = one["digest"] is not None and one["digest"] not in digests
        if is_other or any(one[name] != value for name, value in figures.items()):
            yield f"bảng / payroll {one['id']}"
    yield from (f"lines.csv: bảng / payroll {number}" for number in found)


def _list_figures(rows: Iterable[Row]) -> tuple[Figures, tuple[str, str]]:
    """Figures, and the digest with and without what destination and contract say: lists submitted
    before 0.4.0 were digested without."""
    lines = total = new = 0
    digest, before = hashlib.sha256(), hashlib.sha256()
    for row in rows:
        lines, total = lines + 1, total + int(row["amount"])
        new += 0 if row["cause"] in REPEATED else int(row["amount"])
        told = "|".join(row[one] for one in _LINE)
        digest.update(f"{told}|{row[_PAYEE]}\n".encode())
        before.update(f"{told}\n".encode())
    figures = {"lines": lines, "total": total, "newly_owed": new}
    return figures, (digest.hexdigest(), before.hexdigest())


def batches(pack: Pack) -> Iterator[str]:
    """Payments, total, digest and states of every batch from its instructions; its file."""
    rows = groupby(pack.rows("instructions.csv"), key=lambda row: int(row["batch"]))
    known = {one["id"]: f"{one['message_id']}|{one['requested_on']}\n" for one in
             pack.values["batches"]}  # fmt: skip
    found = {number: _batch_figures(known.get(number, ""), group) for number, group in rows}
    for one in pack.values["batches"]:
        figures, digests = found.pop(one["id"], ({}, ()))
        other = any(one[name] != value for name, value in figures.items())
        if other or one["lines_digest"] not in digests:
            yield f"lô / batch {one['id']}"
        if one["raw"] and one["file_name"] not in pack.values["missing"]:
            yield from _other_bytes(pack, one)
    yield from (f"instructions.csv: lô / batch {number}" for number in found)
    for one in pack.values["received"]:
        if f"{one['provider']}/{one['name']}" not in pack.values["missing"]:
            yield from _other_bytes(pack, one)


def _batch_figures(head: str, rows: Iterable[Row]) -> tuple[Figures, tuple[str, str]]:
    """Figures, and the digest as it is made now and as it was made before 0.4.0."""
    payments = total = 0
    states = dict[str, list[int]]()
    digest, before = hashlib.sha256(head.encode()), hashlib.sha256()
    for row in rows:
        amount = int(row["amount"])
        payments, total = payments + 1, total + amount
        told = [row[one] for one in _INSTRUCTION]
        digest.update(("|".join(told) + "\n").encode())
        before.update(("|".join(told[:_OLD_INSTRUCTION]) + "\n").encode())
        had = states.setdefault(row["state"], [0, 0])
        had[0], had[1] = had[0] + 1, had[1] + amount
    listed = [
        {"state": state, "instructions": sums[0], "amount": sums[1]}
        for state, sums in sorted(states.items())
    ]
    figures = {"payments": payments, "total": total, "instructions": listed}
    return figures, (digest.hexdigest(), before.hexdigest())


def _other_bytes(pack: Pack, one: Figures) -> Iterator[str]:
    """The raw file of the pack has the hash that was recorded when it was sent or received."""
    raw = pack.listed.get(one["raw"])
    if raw is None or raw["sha256"] != one["sha256"]:
        yield f"{one['raw']}: không phải tệp đã ghi nhận / not the file that was recorded"


def acts(pack: Pack) -> Iterator[str]:
    """Every act is bound to what it confirmed: three acts on a payroll, two on a batch."""
    known = {one["id"]: one for one in pack.values["acts"]}
    for one in known.values():
        if one["covers"] is None:
            pack.notes.append(f"Không rõ gồm những bảng nào / covers unknown: act {one['id']}")
        elif _combined(one["covers"]) != one["digest"]:
            yield f"lần xác nhận / act {one['id']}"
    for one in pack.values["payrolls"]:
        taken = [step["act"] for step in one["steps"]]
        wanted = 3 if one["state"] in ("approved", "closed") else 0
        if len(taken) < wanted or not _are_bound(known, taken, one["id"], one["digest"]):
            yield f"bảng / payroll {one['id']}"
    for one in pack.values["batches"]:
        taken = [release["act"] for release in one["releases"]]
        wanted = 0 if one["state"] in ("built", "cancelled") else 2
        if len(taken) < wanted or not _are_bound(known, taken, one["id"], one["lines_digest"]):
            yield f"lô / batch {one['id']}"


def _combined(covers: list[list[Any]]) -> str:
    text = "\n".join(f"{number}|{digest}" for number, digest in covers)
    return hashlib.sha256(text.encode()).hexdigest()


def _are_bound(known: dict[int, Any], taken: list[int | None], number: int, digest: str) -> bool:
    """The acts are different ones and cover this payroll or batch, as far as can be told."""
    if len(set(taken)) != len(taken):
        return False
    told = [known.get(one, {"covers": []})["covers"] for one in taken if one is not None]
    return all(covers is None or [number, digest] in covers for covers in told)
