"""What evidence may do to a payment: one table, which the matcher reads and the database keeps.

`RULES` is written into the table `evidence_rule`; no instruction changes its state in the
database without an outcome, or a matched line, whose source and word a rule allows. What no rule
names changes nothing: it is noted. The page docs/banks/protocol.md is drawn from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.disbursement.states import (
    ACCEPTED,
    NOT_RECEIVED,
    READY,
    RECALLED,
    REJECTED,
    RETURNED,
    SETTLED,
)
from reconciliation import matching
from reconciliation.evidence import (
    ABSENT,
    AGAIN,
    ANY,
    BOOKED_CREDIT,
    BOOKED_DEBIT,
    FILE_STATUS,
    HORIZON,
    LUMP,
    OTHERWISE,
    PAID_LIST,
    STATUS,
    UNPAID_LIST,
    Rule,
)
from reconciliation.matching import Pass

CREDITED = "credited"
"""Settled on the provider's word alone: our account has not been debited yet, nothing is posted."""

OPEN = (READY, ACCEPTED)
STATES = (READY, ACCEPTED, CREDITED, SETTLED, REJECTED, NOT_RECEIVED, RETURNED, RECALLED)
"""What a payment that has left the house may be, as evidence finds it."""

# What a provider must have declared, or be, for a word of his to count for so much.
ADVANCE, DEBITS = "advance", "debits"
ACSC_SETTLES, ALL_OR_NOTHING, EXPIRES = "acsc_settles", "all_or_nothing", "expires"
RECALL_DUE, RECALL_NOT_DUE = "recall_due", "recall_not_due"
IN_LUMP, CONFIRMED = "lump", "confirmed"
CLAIMED, BORNE = "charge_claimed", "charge_borne"
PROMISES = (ACSC_SETTLES, ALL_OR_NOTHING, EXPIRES)

# Effects: what follows in the books and for the instruction.
SETTLE, CREDIT, ACCEPT, REJECT, CARRY = "settle", "credit", "accept", "reject", "carry"
SETTLE_LUMP, REFUSE_LUMP, BACK, KNOWN = "settle_lump", "refuse_lump", "lump_back", "known"
RETURN_CLAIMED, RETURN_BORNE = "return_claimed", "return_borne"
RETURN, RECALL_STILL, RECALL_GONE = "return", "recall", "recall_not_due"
LATE, DOUBLE, CONFLICT, PARK, NOT_COME = "late", "double", "conflict", "park", "not_received"


def _each(
    rule: str,
    source: str,
    words: Iterable[str],
    needs: str,
    states: Iterable[str],
    to_state: str,
    effect: str,
) -> Iterator[Rule]:
    for word in words:
        for state in states:
            yield Rule(rule, source, word, needs, state, to_state, effect)


_UNPAID = (REJECTED, NOT_RECEIVED)
_PAID = (CREDITED, SETTLED)
_BACK = (RETURNED, RECALLED)

RULES: tuple[Rule, ...] = (
    # A batch that was debited as one sum (T8b, T8c, T9b): what it holds is never debited again.
    *_each("U2", STATUS, ["ACSC"], IN_LUMP, OPEN, SETTLED, SETTLE_LUMP),
    *_each("U5", LUMP, [ANY], "", [CREDITED], SETTLED, SETTLE_LUMP),
    *_each("U5", LUMP, [ANY], CONFIRMED, OPEN, SETTLED, SETTLE_LUMP),
    *_each("U5", BOOKED_CREDIT, [ANY], IN_LUMP, OPEN, REJECTED, REFUSE_LUMP),
    *_each("U5", BOOKED_CREDIT, [ANY], IN_LUMP, [REJECTED], "", BACK),
    # Money that was booked (T8, T11, T13, T14, T16, T18): it is followed, whatever was said before.
    *_each("U5", BOOKED_DEBIT, [ANY], "", (*OPEN, CREDITED), SETTLED, SETTLE),
    *_each("U5", BOOKED_DEBIT, [ANY], "", _UNPAID, "", LATE),
    *_each("U5", BOOKED_DEBIT, [ANY], "", (SETTLED, *_BACK), "", DOUBLE),
    *_each("U8", BOOKED_CREDIT, [ANY], RECALL_DUE, [SETTLED], RECALLED, RECALL_STILL),
    *_each("U8", BOOKED_CREDIT, [ANY], RECALL_NOT_DUE, [SETTLED], RECALLED, RECALL_GONE),
    *_each("U10", BOOKED_CREDIT, [ANY], "", [SETTLED], RETURNED, RETURN),
    *_each("U10", BOOKED_CREDIT, [ANY], "", (*OPEN, CREDITED, *_UNPAID, *_BACK), "", PARK),
    # Lists of providers (C3, C4, C5).
    *_each("U2", PAID_LIST, ["paid", "paid_cash"], ADVANCE, OPEN, SETTLED, SETTLE),
    *_each("U7", PAID_LIST, ["paid", "paid_cash"], DEBITS, OPEN, SETTLED, CREDIT),
    *_each("U5", PAID_LIST, ["paid", "paid_cash"], "", _UNPAID, "", CONFLICT),
    *_each("U2", UNPAID_LIST, [ANY], "", OPEN, REJECTED, CARRY),
    *_each("U5", UNPAID_LIST, [ANY], "", _PAID, "", CONFLICT),
    # Statuses of single payments (T7, T8c, T9).
    *_each("U12", STATUS, ["ACCC"], DEBITS, OPEN, SETTLED, CREDIT),
    *_each("U12", STATUS, ["ACCC"], ADVANCE, OPEN, SETTLED, SETTLE),
    *_each("U7", STATUS, ["ACSC"], ACSC_SETTLES, OPEN, SETTLED, CREDIT),
    *_each("U12", STATUS, ["ACCP", "ACSP", "ACWC", "ACSC"], "", [READY], ACCEPTED, ACCEPT),
    *_each("U12", STATUS, ["RJCT", "CANC"], "", OPEN, REJECTED, REJECT),
    *_each("U5", STATUS, ["RJCT", "CANC"], "", _PAID, "", CONFLICT),
    *_each("U5", STATUS, ["ACSC", "ACCC"], "", _UNPAID, "", CONFLICT),
    *_each("U12", STATUS, [AGAIN], "", (*OPEN, *_UNPAID), "", CONFLICT),
    *_each("U5", STATUS, [OTHERWISE], "", STATES, "", CONFLICT),
    # A file as a whole, and a payment that never came (T10).
    *_each("U6", FILE_STATUS, ["RJCT"], ALL_OR_NOTHING, OPEN, REJECTED, REJECT),
    *_each("U2", HORIZON, [ABSENT], "", OPEN, NOT_RECEIVED, NOT_COME),
)

NARROWER: tuple[Rule, ...] = (
    *_each("U5", BOOKED_DEBIT, [ANY], IN_LUMP, (*OPEN, CREDITED), SETTLED, SETTLE_LUMP),
    *_each("U5", BOOKED_DEBIT, [ANY], IN_LUMP, (SETTLED, *_BACK), "", KNOWN),
    *_each("U2", STATUS, ["ACCC"], IN_LUMP, OPEN, SETTLED, SETTLE_LUMP),
    *_each("U2", PAID_LIST, ["paid"], IN_LUMP, OPEN, SETTLED, SETTLE_LUMP),
    # Less by what the contract says (T12).
    *_each("U10", BOOKED_CREDIT, [ANY], CLAIMED, [SETTLED], RETURNED, RETURN_CLAIMED),
    *_each("U10", BOOKED_CREDIT, [ANY], BORNE, [SETTLED], RETURNED, RETURN_BORNE),
)
"""Moves that `RULES` allow anyway, by which other accounts are drained: the matcher tells them
apart, the database need not look at each payment twice."""

_SAYS: Mapping[tuple[str, str], tuple[str, str]] = {
    (SETTLE_LUMP, BOOKED_DEBIT): ("lump-detail", "chi tiết của khoản ghi nợ cả lô"),
    (SETTLE_LUMP, STATUS): ("lump-credited", "lô đã ghi nợ cả lô, đã báo có cho người hưởng"),
    (SETTLE_LUMP, PAID_LIST): ("lump-paid", "lô đã ghi nợ cả lô, có trong danh sách đã chi"),
    (REFUSE_LUMP, BOOKED_CREDIT): ("lump-refused", "lệnh trong lô đã ghi nợ cả lô, tiền về"),
    (BACK, BOOKED_CREDIT): ("lump-back", "lệnh bị từ chối trong lô đã ghi nợ cả lô, tiền về"),
    (KNOWN, BOOKED_DEBIT): ("lump-known", "chi tiết của khoản ghi nợ cả lô, lệnh đã ghi sổ"),
    (SETTLE, BOOKED_DEBIT): ("reference-debit", "mã và số tiền khớp, ngân hàng đã ghi nợ"),
    (SETTLE, PAID_LIST): ("reference-paid", "mã và số tiền khớp danh sách đã chi"),
    (SETTLE, STATUS): ("reference-credited", "đã báo có cho người hưởng"),
    (CREDIT, PAID_LIST): ("reference-paid-not-debited", "đã báo chi, chờ ngân hàng ghi nợ"),
    (CREDIT, STATUS): ("reference-credited-not-debited", "đã báo có, chờ ngân hàng ghi nợ"),
    (RECALL_STILL, BOOKED_CREDIT): ("recall-back", "tiền về theo yêu cầu thu hồi, vẫn phải trả"),
    (RECALL_GONE, BOOKED_CREDIT): (
        "recall-back-not-due",
        "tiền về theo yêu cầu thu hồi, thôi phải trả",
    ),
    (RETURN, BOOKED_CREDIT): ("reference-return", "mã và số tiền khớp, tiền bị trả lại"),
    (RETURN_CLAIMED, BOOKED_CREDIT): (
        "return-less-claimed",
        "tiền bị trả lại, thiếu đúng phí theo hợp đồng, phải đòi",
    ),
    (RETURN_BORNE, BOOKED_CREDIT): (
        "return-less-borne",
        "tiền bị trả lại, thiếu đúng phí theo hợp đồng, được chịu",
    ),
    (REJECT, STATUS): ("reference-refused", "ngân hàng từ chối lệnh"),
    (CARRY, UNPAID_LIST): ("reference-unpaid", "có trong danh sách chưa chi"),
    (ACCEPT, STATUS): ("reference-accepted", "ngân hàng đã nhận lệnh"),
    (PARK, BOOKED_CREDIT): ("return-early", "tiền về của lệnh chưa thấy ghi nợ hoặc đã khép"),
    (LATE, BOOKED_DEBIT): ("debit-late", "ghi nợ một lệnh đã khép là không đi"),
    (DOUBLE, BOOKED_DEBIT): ("debit-again", "ghi nợ lần nữa một lệnh đã chi"),
    (CONFLICT, STATUS): ("contradiction", "trạng thái trái với điều đã biết về lệnh"),
    (CONFLICT, PAID_LIST): ("contradiction", "báo đã chi một lệnh đã bị từ chối"),
    (CONFLICT, UNPAID_LIST): ("contradiction", "báo không chi được một lệnh đã chi"),
}
_VERDICTS: Mapping[str, str] = {
    SETTLE: matching.SETTLED,
    SETTLE_LUMP: matching.SETTLED_LUMP,
    REFUSE_LUMP: matching.REFUSED_LUMP,
    BACK: matching.LUMP_BACK,
    KNOWN: matching.TOLD,
    RETURN_CLAIMED: matching.RETURNED_CLAIMED,
    RETURN_BORNE: matching.RETURNED_BORNE,
    CREDIT: matching.CREDITED,
    RECALL_STILL: matching.RECALLED,
    RECALL_GONE: matching.RECALLED_NOT_DUE,
    RETURN: matching.RETURNED,
    REJECT: matching.REJECTED,
    CARRY: matching.CARRIED,
    ACCEPT: matching.ACCEPTED,
    PARK: matching.CREDIT_UNKNOWN,
    LATE: matching.DEBIT_UNKNOWN,
    DOUBLE: matching.DEBIT_UNKNOWN,
    CONFLICT: matching.CONFLICT,
}


def passes(*effects: str) -> tuple[Pass, ...]:
    """The matcher's passes for these effects, in the order in which `_SAYS` names them."""
    return tuple(
        Pass(
            name, _VERDICTS[effect], why, _rules(effect, source), is_detail=_detail(effect, source)
        )
        for (effect, source), (name, why) in _SAYS.items()
        if effect in effects
    )


def _detail(effect: str, source: str) -> bool | None:
    """A debit of one payment in a lump counts for it only where it is a detail of the lump."""
    return True if source == BOOKED_DEBIT and effect in (SETTLE_LUMP, KNOWN) else None


def _rules(effect: str, source: str) -> tuple[Rule, ...]:
    known = (*RULES, *NARROWER)
    return tuple(one for one in known if (one.effect, one.source) == (effect, source))


OF_LUMPS: tuple[Pass, ...] = passes(SETTLE_LUMP, REFUSE_LUMP, BACK)
"""Passes over payments of batches that were debited as one sum; they come first."""
_WHY_TWICE = "ghi nợ riêng một lệnh của lô đã ghi nợ cả lô"
_TWICE = tuple(
    Pass("debit-again", matching.DEBIT_UNKNOWN, _WHY_TWICE, one.rules, is_detail=False)
    for one in OF_LUMPS
    if one.is_detail
)
NOTING: tuple[Pass, ...] = (*passes(KNOWN), *_TWICE)
"""Debits of payments in a lump that only tell it again, and those that take it a second time."""
LESS: tuple[Pass, ...] = passes(RETURN_CLAIMED, RETURN_BORNE)
"""Returns that are smaller by what the contract says."""
LEAVING: tuple[Pass, ...] = passes(SETTLE, CREDIT)
"""Passes that find a payment paid, strongest first."""
EXECUTED: tuple[Pass, ...] = passes(DOUBLE)
"""Money that left once more for a payment that was booked before."""
MOVING: tuple[Pass, ...] = passes(RECALL_STILL, RECALL_GONE, RETURN, REJECT, CARRY, ACCEPT)
"""Passes that change what becomes of a payment otherwise, strongest first."""
PARKING: tuple[Pass, ...] = passes(PARK, LATE)
"""Money that is about a payment of ours and yet cannot be placed by itself."""
CONTRADICTING: tuple[Pass, ...] = passes(CONFLICT)
"""Words against what is known: for people."""
