"""Frauds on the way back: a replayed answer, a doctored statement."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from app.cli.frauds.bench import REFUSED, Attempt, Bench
from app.cli.frauds.files import other_bytes
from app.jobs.collecting import collect_and_apply
from app.jobs.month_end import close_month
from reconciliation.intake import stored_path

_AMOUNT = re.compile(rb'(<Amt Ccy="VND">)(\d+)(</Amt>)')
_BALANCE = re.compile(rb'(<Cd>(?:OPBD|CLBD)</Cd></CdOrPrtry></Tp><Amt Ccy="VND">)(\d+)(</Amt>)')
_DEBIT = re.compile(rb"<Ntry>(?:(?!</Ntry>).)*?<CdtDbtInd>DBIT</CdtDbtInd>.*?</Ntry>\s*", re.S)
_BANK_REFERENCE = re.compile(rb"(<AcctSvcrRef>)([^<]+)(</AcctSvcrRef>)")
STOLEN = 5_000_000


def replay_answer(bench: Bench) -> Iterator[Attempt]:
    """Let an answer that was counted count again."""
    for provider in ("banka", "bankb", "postoffice"):
        row = _answered(bench, provider)
        if row is not None:
            data = _original(bench, row)
            yield _taken_in(bench, f"{provider}: cùng tệp, tên khác", row, data)
            yield _taken_in(bench, f"{provider}: cùng dòng, tệp khác", row, other_bytes(data))
    row = _answered(bench, "banka")
    if row is not None:
        fresh = _BANK_REFERENCE.sub(rb"\g<1>X\g<2>\g<3>", _original(bench, row))
        yield _taken_in(bench, "banka: cùng dòng, mã ngân hàng mới", row, fresh)


def _answered(bench: Bench, provider: str) -> Any:
    """The last file of a provider that settled payments."""
    return bench.first(
        "select f.provider, f.name, f.sha256 from inbound_file f where f.provider = :provider and"
        " exists (select 1 from bank_line b join line_match m on m.bank_line_id = b.id"
        " where b.file_id = f.id and m.verdict = 'settled') order by f.id desc limit 1",
        provider=provider,
    )


def _original(bench: Bench, row: Any) -> bytes:
    return stored_path(bench.runtime.inbound, row.sha256).read_bytes()


def _taken_in(bench: Bench, how: str, row: Any, data: bytes) -> Attempt:
    """Offer a file at the provider's; the collecting job fetches, reads and applies it.

    Refused means that nothing moved: no entry, no instruction.
    """
    before = _effects(bench)
    _collect(bench, row.provider, f"2-{row.name}", data)
    quarantined = bench.first("select why from inbound_file where state = 'quarantined'")
    repeated = bench.first(
        "select sum(repeated), sum(lines) from bank_report where file_id = (select max(id)"
        " from inbound_file where name = :name)", name=f"2-{row.name}",
    )  # fmt: skip
    if quarantined is not None:
        attempt = Attempt(how, REFUSED, f"cách ly tệp “{quarantined.why.strip()}”")
    elif _effects(bench) != before or bench.held() or bench.failing_proofs():
        attempt = bench.judge(how)
    elif repeated is not None and repeated[1]:
        attempt = Attempt(
            how, REFUSED, f"khoá dòng ngân hàng ({repeated[0]}/{repeated[1]} dòng cũ)"
        )
    else:
        attempt = Attempt(how, REFUSED, "dấu của tệp (đã nhận)")
    bench.restore()
    return attempt


def _effects(bench: Bench) -> tuple[Any, ...]:
    return (
        bench.first("select count(*), sum(total) from entry_seal"),
        bench.first(
            "select group_concat(state, '') from (select state from instruction order by id)"
        ),
    )


def _collect(bench: Bench, provider: str, name: str, data: bytes) -> None:
    exchange = bench.exchange()
    exchange.offer(name, data)
    couriers: Any = {provider: exchange.courier}
    collect_and_apply(replace(bench.runtime, couriers=couriers))


def doctor_statement(bench: Bench) -> Iterator[Attempt]:
    """A statement of the bank that does not say what happened."""
    row = bench.first(
        "select f.provider, f.name, f.sha256 from inbound_file f join bank_report r"
        " on r.file_id = f.id where r.kind = 'statement' and r.booked < 0"
        " order by f.id desc limit 1"
    )
    data = _original(bench, row)
    hidden = _changed(data, lambda whole: _DEBIT.sub(b"", whole, count=1))
    altered = _changed(data, lambda whole: _DEBIT.sub(_more, whole, count=1))
    raised = _changed(data, lambda whole: _BALANCE.sub(_plus, whole, count=2))
    yield _taken_in(bench, "giấu một khoản ghi nợ", row, hidden)
    yield _taken_in(bench, "sửa số tiền một khoản", row, altered)
    yield _closed_with(bench, "nâng cả số dư đầu và cuối, cộng vẫn khớp", row, raised)


def _changed(data: bytes, edit: Callable[[bytes], bytes]) -> bytes:
    after = edit(data)
    if after == data:
        raise RuntimeError("the statement was not changed by the attempt")
    return after


def _plus(match: re.Match[bytes]) -> bytes:
    return match[1] + str(int(match[2]) + STOLEN).encode() + match[3]


def _more(match: re.Match[bytes]) -> bytes:
    return _AMOUNT.sub(_plus, match[0])


def _closed_with(bench: Bench, how: str, row: Any, data: bytes) -> Attempt:
    """Take it in and close the month, which without it does close."""
    close_month(bench.runtime, bench.stage.month.period)
    bench.restore()
    _collect(bench, row.provider, f"2-{row.name}", data)
    return bench.run(how, lambda: close_month(bench.runtime, bench.stage.month.period))
