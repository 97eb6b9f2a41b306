"""Files as a client of the sandbox would send them, and a month on its doorstep."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import xlsxwriter
from lxml import etree

from bank_adapters.sandbox import control, settings
from bank_adapters.sandbox.book import Book
from bank_adapters.sandbox.clockwork import Institution
from bank_adapters.sandbox.places import Places

VIETNAM = timezone(timedelta(hours=7))
HEADINGS = (
    "STT | Mã tham chiếu | Họ và tên | Số tài khoản | Mã ngân hàng | Hình thức | Nơi chi"
    " | Số tiền | Nội dung"
)
Item = tuple[str, int, str]  # reference, amount in đồng, payee account
Line = tuple[str, int, str, str, str]  # reference, amount, account, method, place


def at(text: str) -> datetime:
    """A moment in Vietnam out of "2026-10-05 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def payment_file(
    message_id: str,
    debtor: str,
    items: Iterable[Item],
    count: int | None = None,
    total: int | None = None,
    requested: str = "2026-10-05",
    version: str = "09",
) -> bytes:
    """A pain.001 with one payment group."""
    items = list(items)
    total = sum(item[1] for item in items) if total is None else total
    count = len(items) if count is None else count
    day = f"<Dt>{requested}</Dt>" if version == "09" else requested
    parts = [
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.{version}">'
        f"<CstmrCdtTrfInitn><GrpHdr><MsgId>{message_id}</MsgId>"
        f"<CreDtTm>2026-10-05T09:00:00+07:00</CreDtTm><NbOfTxs>{count}</NbOfTxs>"
        f"<CtrlSum>{total}</CtrlSum><InitgPty><Nm>UBND XA</Nm></InitgPty></GrpHdr>"
        f"<PmtInf><PmtInfId>P-{message_id}</PmtInfId><PmtMtd>TRF</PmtMtd>"
        f"<BtchBookg>false</BtchBookg><ReqdExctnDt>{day}</ReqdExctnDt>"
        f"<Dbtr><Nm>UBND XA</Nm></Dbtr><DbtrAcct><Id><Othr><Id>{debtor}</Id></Othr></Id></DbtrAcct>"
    ]
    parts += [
        f"<CdtTrfTxInf><PmtId><InstrId>I{reference}</InstrId>"
        f"<EndToEndId>{reference}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="VND">{amount}</InstdAmt></Amt><Cdtr><Nm>HOANG &amp; A</Nm></Cdtr>'
        f"<CdtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></CdtrAcct>"
        f"<RmtInf><Ustrd>{reference} TRO CAP</Ustrd></RmtInf></CdtTrfTxInf>"
        for reference, amount, account in items
    ]
    return "".join([*parts, "</PmtInf></CstmrCdtTrfInitn></Document>"]).encode()


def list_file(
    path: Path, message_id: str, debtor: str, lines: Iterable[Line], total: int | None = None
) -> None:
    """An Excel list in the published layout, put into the inbox in one move."""
    lines = list(lines)
    total = sum(line[1] for line in lines) if total is None else total
    draft = path.with_name(f".part-{path.name}")
    book = xlsxwriter.Workbook(str(draft))
    sheet = book.add_worksheet("DS")
    labels = ("Mã lô", "Tài khoản nguồn", "Ngày chi", "Số dòng", "Tổng số tiền", "Đơn vị")
    values = (message_id, debtor, "05/10/2026", len(lines), total, "UBND xã Một")
    for row, (label, value) in enumerate(zip(labels, values, strict=True)):
        sheet.write_row(row, 0, (label, value))
    sheet.write_row(7, 0, HEADINGS.split(" | "))
    for number, (reference, amount, account, method, place) in enumerate(lines, 1):
        cells = (number, reference, "Hoàng Thị A", account, "", method, place, amount, "Trợ cấp")
        sheet.write_row(7 + number, 0, cells)
    book.close()
    draft.rename(path)


class Sandbox:
    """The institution in this very process, without its ports."""

    def __init__(self, home: Path, **config: Any) -> None:
        home.mkdir(parents=True, exist_ok=True)
        (home / "config.json").write_text(json.dumps({"token": "t", **config}))
        chosen = settings.load((home / "config.json").read_bytes())
        self.places = Places(home, chosen.user)
        self.book = Book(self.places.book)
        self.institution = Institution(self.book, self.places, chosen)

    def fund(self, provider: str, account: str, amount: int, when: str, reference: str) -> None:
        """Open an account and put Treasury money on it."""
        holder = {"provider": provider, "number": account, "name": "UBND xã Một"}
        control.open_accounts(self.institution, [holder])
        credit = {"provider": provider, "account": account, "amount": amount}
        credit |= {"reference": reference, "remittance": "CAP KP", "at": at(when).isoformat()}
        control.plan_credits(self.institution, [credit])

    def send(self, name: str, content: bytes) -> None:
        """Deliver a payment file to the host-to-host bank."""
        (self.places.inbox("banka") / name).write_bytes(content)

    def live(self, *moments: str) -> None:
        """Turn the clock on, moment by moment."""
        for moment in moments:
            self.institution.advance(at(moment))

    def out(self, provider: str, kind: str = "") -> list[Path]:
        """The answers waiting, oldest first."""
        return sorted(p for p in self.places.outbox(provider).iterdir() if kind in p.name)

    def balance(self, provider: str, account: str) -> int:
        """What the institution says is on the account."""
        row = self.book.account(provider, account)
        assert row is not None
        return int(row["balance"])

    def close(self) -> None:
        """Let go of the book."""
        self.book.close()


def texts(path: Path, name: str) -> list[str]:
    """The texts of every element of one local name."""
    found = etree.parse(str(path)).iter(f"{{*}}{name}")
    return [element.text or "" for element in found]


def entries(path: Path) -> list[tuple[str, str, int, str]]:
    """(end-to-end id, bank reference, signed amount, sub-family) of every camt entry."""
    found = []
    for entry in etree.parse(str(path)).iter("{*}Ntry"):
        amount = int(entry.findtext("{*}Amt") or "0")
        sign = -1 if entry.findtext("{*}CdtDbtInd") == "DBIT" else 1
        reference = entry.findtext(".//{*}EndToEndId") or ""
        code = entry.findtext("{*}BkTxCd/{*}Domn/{*}Fmly/{*}SubFmlyCd") or ""
        found.append((reference, entry.findtext("{*}AcctSvcrRef") or "", sign * amount, code))
    return found
