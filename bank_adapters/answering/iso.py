"""A bank of ISO 20022: pain.002.001.10, camt.053.001.08 and camt.054.001.08, written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from bank_adapters.answering.facts import Fact, Message, Word
from bank_adapters.contract import ReportKind

_STATUS = {Word.ACCEPTED: "ACSP", Word.EXECUTED: "ACSC", Word.REJECTED: "RJCT"}
_CODES = {
    Word.PAID: ("ICDT", "DMCT"),
    Word.RETURNED: ("ICDT", "RRTN"),
    Word.FUNDED: ("RCDT", "DMCT"),
}
_OUTER = {
    ReportKind.STATEMENT: ("camt.053.001.08", "BkToCstmrStmt", "Stmt"),
    ReportKind.ADVICE: ("camt.054.001.08", "BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


@dataclass(frozen=True, slots=True)
class IsoAnswerer:
    """Statuses, advices and statements of one account."""

    kinds: frozenset[ReportKind] = frozenset(
        {ReportKind.STATUS, ReportKind.ADVICE, ReportKind.STATEMENT}
    )

    def write(self, message: Message) -> tuple[str, bytes]:
        """A pain.002, camt.054 or camt.053."""
        if message.kind is ReportKind.STATUS:
            space, body = "pain.002.001.10", "".join(_status(message))
        else:
            space, outer, inner = _OUTER[message.kind]
            body = "".join(_report(message, outer, inner))
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{space}">{body}</Document>\n'
        )
        return f"{message.number:06d}-{space[:8]}.xml", text.encode()


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _group_header(message: Message, mark: str) -> str:
    number = _tag("MsgId", f"NASTY-{mark}-{message.number:06d}")
    return f"<GrpHdr>{number}{_tag('CreDtTm', message.at.isoformat())}</GrpHdr>"


def _status(message: Message) -> Iterator[str]:
    assert message.head is not None  # a status answers a file
    state, reason = message.group
    yield f"<CstmrPmtStsRpt>{_group_header(message, 'S')}<OrgnlGrpInfAndSts>"
    yield _tag("OrgnlMsgId", message.head.message_id)
    yield _tag("OrgnlMsgNmId", "pain.001.001.09")
    yield f"{_tag('GrpSts', state)}{_reason('StsRsnInf', reason)}</OrgnlGrpInfAndSts>"
    if message.facts:
        yield f"<OrgnlPmtInfAndSts>{_tag('OrgnlPmtInfId', message.head.message_id)}"
        yield from map(_transaction, message.facts)
        yield "</OrgnlPmtInfAndSts>"
    yield "</CstmrPmtStsRpt>"


def _transaction(fact: Fact) -> str:
    assert fact.payment is not None
    reference = fact.payment.reference
    return (
        f"<TxInfAndSts>{_tag('OrgnlInstrId', reference)}{_tag('OrgnlEndToEndId', reference)}"
        f"{_tag('TxSts', _STATUS[fact.word])}{_reason('StsRsnInf', fact.reason)}</TxInfAndSts>"
    )


def _reason(name: str, code: str) -> str:
    return f"<{name}><Rsn>{_tag('Cd', code)}</Rsn></{name}>" if code else ""


def _report(message: Message, outer: str, inner: str) -> Iterator[str]:
    number = message.number
    yield f"<{outer}>{_group_header(message, inner)}<{inner}>{_tag('Id', f'{inner}{number:06d}')}"
    yield f"<ElctrncSeqNb>{message.sequence or number}</ElctrncSeqNb>"
    yield _tag("CreDtTm", message.at.isoformat())
    yield f"<Acct><Id><Othr>{_tag('Id', message.account)}</Othr></Id><Ccy>VND</Ccy></Acct>"
    if message.kind is ReportKind.STATEMENT:
        yield _balance("OPBD", message.opening, message)
        yield _balance("CLBD", message.closing, message)
    yield from map(_entry, message.facts)
    yield f"</{inner}></{outer}>"


def _balance(code: str, amount: int, message: Message) -> str:
    day = message.at.date().isoformat()
    kind = f"<Tp><CdOrPrtry>{_tag('Cd', code)}</CdOrPrtry></Tp>"
    return f"<Bal>{kind}{_amount(amount)}<Dt>{_tag('Dt', day)}</Dt></Bal>"


def _amount(signed: int) -> str:
    side = "DBIT" if signed < 0 else "CRDT"
    return f'<Amt Ccy="VND">{abs(signed)}</Amt>{_tag("CdtDbtInd", side)}'


def _entry(fact: Fact) -> str:
    family, sub = _CODES[fact.word]
    domain = f"<Fmly>{_tag('Cd', family)}{_tag('SubFmlyCd', sub)}</Fmly>"
    code = f"<BkTxCd><Domn><Cd>PMNT</Cd>{domain}</Domn></BkTxCd>"
    amount = _amount(-fact.amount if fact.word is Word.PAID else fact.amount)
    day = _tag("Dt", fact.day.isoformat())
    key = _tag("AcctSvcrRef", fact.key)
    return (
        f"<Ntry>{amount}<Sts><Cd>BOOK</Cd></Sts><BookgDt>{day}</BookgDt><ValDt>{day}</ValDt>"
        f"{key}{code}<NtryDtls><TxDtls><Refs>{key}{_end_to_end(fact)}</Refs>{amount}{code}"
        f"{_remittance(fact)}{_reason('RtrInf', fact.reason)}</TxDtls></NtryDtls></Ntry>"
    )


def _end_to_end(fact: Fact) -> str:
    return _tag("EndToEndId", fact.payment.reference if fact.payment else "NOTPROVIDED")


def _remittance(fact: Fact) -> str:
    return f"<RmtInf>{_tag('Ustrd', fact.text)}</RmtInf>" if fact.text else ""
