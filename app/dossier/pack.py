"""Putting a pack together: lists, documents, raw bytes, books, snapshot, checker, index."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from string import Template
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy.orm import Session

from app.dossier import books, raw, snapshot
from app.dossier.documents import write_documents, write_settlement
from app.dossier.folder import Draft, drafted
from app.dossier.listings import outcome_sums, write_lists
from app.dossier.lists import list_values
from app.dossier.scope import Scope, choice_of, scope_of
from app.errors import NotFound
from app.printing.values import SYNTHETIC_NOTICE, moment, short_month
from ledger.anchors import AnchorFile
from ledger.chart import public_chart

HERE = Path(__file__).parent
CHECKER = tuple(f"checker/{one.name}" for one in sorted((HERE / "checker").glob("*.py")))
INDEX, SIGNATURE = "index.json", "index.sig"

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """What pack to make, when, and from what lies beside the database.

    `home` holds sent and received files; `versions` says what made the pack; `public_chart` is a
    province's own map of accounts. Where there is no key of the `anchors` yet, the index is not
    signed, and the pack says so.
    """

    unit: str
    period: str
    output: Path
    home: Path
    anchors: AnchorFile
    now: datetime
    versions: Values
    synthetic: bool
    public_chart: Path | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A finished pack: files and bytes in it, whether the month is closed and the index signed,
    and the raw files that were not found as they were sealed or received."""

    output: Path
    files: int
    size: int
    closed: bool
    signed: bool
    missing: tuple[str, ...]


def write_pack(session: Session, order: Order) -> Made:
    """Write the folder. The session must see one moment of the database throughout.

    Raises NotFound for an unknown unit or a month in which it has nothing, InputError for what
    is no month or an output that exists. A raw file that is gone stops nothing: the pack names
    it, and its checker fails.
    """
    scope = scope_of(session, order.unit, order.period)
    with drafted(order.output) as draft:
        values = _contents(session, scope, order, draft)
        draft.json("snapshot.json", values, "số liệu tổng hợp / all figures")
        draft.text("README.txt", _readme(values, order), "hướng dẫn / how to read this")
        for path in ("verify.py", *CHECKER):
            draft.copy(path, HERE / path, "chương trình kiểm tra / the checker")
        _write_index(draft, order)
    return Made(
        output=order.output,
        files=len(draft.files),
        size=sum(one.size for one in draft.files),
        closed=values["closed"],
        signed=order.anchors.can_sign,
        missing=tuple(values["missing"]),
    )


def versions(session: Session) -> Values:
    """Which product makes the pack, and from which version of the tables."""
    migration = MigrationContext.configure(session.connection()).get_current_revision()
    return {"product": version("an-sinh"), "migration": migration or ""}


def _contents(session: Session, scope: Scope, order: Order, draft: Draft) -> Values:
    """Everything but the snapshot, which it gives."""
    choice, offered = choice_of(session, scope), snapshot.contracts(session, scope)
    lists, closed = list_values(session, scope), snapshot.closings(session, scope)
    write_lists(session, scope, draft)
    figures = books.write_books(session, choice, order.anchors, draft)
    if not lists["payrolls"] and not figures["entries"]:
        raise NotFound(
            f"Đơn vị {order.unit} không có bảng chi hay bút toán nào {short_month(order.period)}.",
            "Kiểm tra --unit và --period.",
        )
    write_documents(session, scope, order.synthetic, draft)
    if closed["closed"]:
        write_settlement(session, scope, order.synthetic, draft)
    files = raw.received(session, scope)
    missing = raw.copy_sent(session, scope, order.home / "outbound", draft)
    missing += raw.copy_received(files, order.home / "inbound", draft)
    return {
        **snapshot.about(scope, order.now, order.versions, order.synthetic),
        "contracts": offered,
        **lists,
        "outcomes": outcome_sums(session, scope),
        "funding": snapshot.funding(session, scope),
        "cashless": snapshot.cashless(session, scope, order.now),
        **closed,
        "accounts": books.turnovers(session, choice, public_chart(order.public_chart)),
        "books": {**figures, "head": snapshot.chain_head(session)},
        "holds": snapshot.holds(session, scope, offered),
        "registers": snapshot.registers(session, scope),
        "received": snapshot.received(files),
        "unread": raw.unread(session, scope),
        "missing": missing,
    }


def _readme(values: Values, order: Order) -> str:
    template = Template((HERE / "readme.txt").read_text("utf-8"))
    state = ("đã khoá sổ", "closed") if values["closed"] else ("CHƯA KHOÁ SỔ", "NOT CLOSED YET")
    signed = (
        ("có chữ ký", "signed") if order.anchors.can_sign else ("KHÔNG có chữ ký", "NOT signed")
    )
    return template.substitute(
        unit=values["unit"]["code"],
        unit_name=values["unit"]["name"],
        period=values["period"],
        made_at=moment(order.now),
        notice=f"\n*** {SYNTHETIC_NOTICE} ***\n" if order.synthetic else "",
        state_vi=state[0],
        state_en=state[1],
        signed_vi=signed[0],
        signed_en=signed[1],
        key=order.anchors.public_key or "-",
    )


def _write_index(draft: Draft, order: Order) -> None:
    """The index names every file; the signature stands beside it, over its bytes."""
    key = order.anchors.public_key if order.anchors.can_sign else None
    index = {
        "format": snapshot.FORMAT,
        "unit": order.unit,
        "period": order.period,
        "made_at": order.now.isoformat(timespec="seconds"),
        "public_key": key,
        "files": [one.as_json() for one in sorted(draft.files, key=lambda one: one.path)],
    }
    text = json.dumps(index, ensure_ascii=False, indent=1) + "\n"
    draft.text(INDEX, text)
    if key:
        signature = order.anchors.sign(f"{snapshot.FORMAT}\n{text}".encode())
        value = {"algorithm": "Ed25519", "public_key": key, "signature": signature}
        draft.text(SIGNATURE, json.dumps(value, indent=1) + "\n")
