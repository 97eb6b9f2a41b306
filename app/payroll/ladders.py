"""The ladder of approval: which steps a payroll needs, as two persons set it for months to come.

There is no ladder until one is set: a payroll that none applies to is not submitted.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together
from app.audit.trail import record
from app.errors import InputError, Refused
from app.months import require_month
from app.payroll.approval_tables import approval_rule
from app.payroll.duties import APPROVE, CHECK, PROVINCE, UNIT
from app.payroll.tables import STAFF
from app.privacy import Keyring
from app.units.tables import paying_unit, programme

STEP = "ladder"
SET_BY = ("admin", "admin")
"""Who set a ladder: two who neither approve nor pay."""
KINDS = ("", "monthly", "follow_up", "campaign", "difference", "staff")
ROLES = ("checker", "approver")
_NUMBERS = ("ordinal", "quorum", "above")


@dataclass(frozen=True, slots=True)
class Rule:
    """One step of a ladder. '' in `programme`, `unit` and `kind` is any; `above` is in đồng: the
    step is needed where a payroll's total is greater, and always with 0."""

    programme: str
    unit: str
    kind: str
    ordinal: int
    duty: str
    role: str
    held_at: str
    quorum: int
    above: int

    @property
    def scope(self) -> tuple[str, str, str]:
        return self.programme, self.unit, self.kind


COLUMNS = tuple(one.name for one in fields(Rule))


def training_ladder() -> list[Rule]:
    """What training installations begin with: check and approve at the unit, and for a list of the
    unit's own officers by the province."""
    text = files("app.reference").joinpath("data/training_ladder.csv").read_text("utf-8")
    return read_ladder(text)


def read_ladder(text: str) -> list[Rule]:
    """The rules of a CSV file with the columns of `Rule`. Raises InputError, naming the line."""
    reader = csv.DictReader(text.removeprefix("\ufeff").splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise InputError("Tệp không có đúng các cột.", f"Dòng đầu phải là: {','.join(COLUMNS)}.")
    rules = [_rule(number, row) for number, row in enumerate(reader, start=2)]
    if not rules:
        raise InputError("Tệp không có bước nào.", "Ghi ít nhất một bước duyệt.")
    for scope, steps in _by_scope(rules).items():
        _whole(scope, steps)
    return sorted(rules, key=lambda one: (*one.scope, one.ordinal))


def _rule(number: int, row: dict[str, Any]) -> Rule:
    told = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name in _NUMBERS:
        if not (told[name].isascii() and told[name].isdigit()) or len(told[name]) > 18:
            raise InputError(
                f"Dòng {number}: cột {name} phải là số nguyên, không phải “{told[name][:20]}”.",
                "Ghi số liền, ví dụ 1000000000.",
            )
    values: dict[str, Any] = {**told, **{name: int(told[name]) for name in _NUMBERS}}
    rule = Rule(**values)
    for name, allowed in (("kind", KINDS), ("duty", (CHECK, APPROVE)), ("role", ROLES),
                          ("held_at", (UNIT, PROVINCE))):  # fmt: skip
        if told[name] not in allowed:
            raise InputError(
                f"Dòng {number}: cột {name} không nhận “{told[name][:20]}”.",
                f"Chỉ nhận: {', '.join(one or '(bỏ trống)' for one in allowed)}.",
            )
    if rule.quorum < 1:
        raise InputError(f"Dòng {number}: số người (quorum) ít nhất là 1.", "Sửa cột quorum.")
    return rule


def _by_scope(rules: Iterable[Rule]) -> dict[tuple[str, str, str], list[Rule]]:
    found: defaultdict[tuple[str, str, str], list[Rule]] = defaultdict(list)
    for one in rules:
        found[one.scope].append(one)
    return found


def _whole(scope: tuple[str, str, str], steps: Sequence[Rule]) -> None:
    """The steps of one scope run from 1 without holes, and approve whatever the total."""
    where = "/".join(one or "mọi" for one in scope)
    if sorted(one.ordinal for one in steps) != list(range(1, len(steps) + 1)):
        raise InputError(
            f"Phạm vi {where}: thứ tự các bước phải là 1, 2, 3… không thiếu, không trùng.",
            "Sửa cột ordinal.",
        )
    if any(one.ordinal == 1 and one.above for one in steps):
        raise InputError(f"Phạm vi {where}: bước 1 luôn phải có.", "Ghi above = 0 ở bước 1.")
    if not any(one.duty == APPROVE and one.above == 0 for one in steps):
        raise InputError(
            f"Phạm vi {where}: không có bước duyệt cho mọi số tiền.",
            "Thêm một bước duty = approve với above = 0.",
        )


def set_ladder(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    from_period: str,
    rules: Sequence[Rule],
    now: datetime,
) -> int:
    """Two officers set the whole ladder for payrolls of `from_period` on; gives the joint act.

    It takes the place of every rule of before. Raises InputError for an unknown unit, programme
    or month, and as `confirm_together` does.
    """
    _known(session, from_period, rules)
    what = Confirmation(STEP, ladder_digest(from_period, rules), len(rules), 0)
    about = f"{STEP}:{from_period}"
    joint_id = confirm_together(session, keyring, signers, about, now, what, SET_BY)
    rows = [{"joint_id": joint_id, "from_period": from_period, **_columns(one)} for one in rules]
    session.execute(insert(approval_rule), rows)
    who = ",".join(str(one.officer_id) for one in signers)
    record(session, now, who, "payroll:ladder:set", about, what.digest[:16])
    return joint_id


def _columns(rule: Rule) -> dict[str, Any]:
    values = asdict(rule)
    values["unit_code"] = values.pop("unit")
    return values


def _known(session: Session, from_period: str, rules: Sequence[Rule]) -> None:
    require_month(from_period)
    for name, column in (("programme", programme.c.code), ("unit", paying_unit.c.code)):
        wanted = {getattr(one, name) for one in rules} - {""}
        unknown = wanted - set(session.scalars(select(column).where(column.in_(wanted))))
        if unknown:
            raise InputError(
                f"Không có mã {name}: {', '.join(sorted(unknown))[:60]}.", "Sửa trong tệp."
            )


def ladder_digest(from_period: str, rules: Iterable[Rule]) -> str:
    """What the two confirm: SHA-256 over the month and every rule, by scope and order."""
    ordered = sorted(rules, key=lambda one: (*one.scope, one.ordinal))
    listed = "\n".join("|".join(map(str, astuple(one))) for one in ordered)
    return hashlib.sha256(f"{from_period}\n{listed}".encode()).hexdigest()


def rule_of(row: Any) -> Rule:
    """A rule from its row."""
    return Rule(**{name: getattr(row, "unit_code" if name == "unit" else name) for name in COLUMNS})


def rules_in_force(session: Session, period: str) -> list[Row[Any]]:
    """The rows of the whole ladder that payrolls of a month follow; none where none was set."""
    rule = approval_rule.c
    newest = (
        select(rule.joint_id)
        .where(rule.from_period <= period)
        .order_by(rule.from_period.desc(), rule.joint_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return list(
        session.execute(
            select(approval_rule)
            .where(rule.joint_id == newest)
            .order_by(rule.programme, rule.unit_code, rule.kind, rule.ordinal)
        )
    )


def steps_for(rules: Sequence[Row[Any]], row: Any) -> list[Row[Any]]:
    """The steps that a payroll's row needs: those of the scope that says most, unit before
    programme before kind. Raises Refused where no scope fits, or where a unit would decide upon the
    list of its own officers."""
    fitting = [one for one in rules if _fits(one, row)]
    if not fitting:
        raise Refused(
            f"Chưa đặt các bước duyệt cho bảng {row.id} (chương trình {row.programme}, đơn vị"
            f" {row.unit_code}, kỳ {row.period}).",
            "Hai người có quyền chạy `ansinh payroll ladder set` rồi trình lại.",
        )
    heaviest = max(map(_weight, fitting))
    steps = list(_needed(fitting, heaviest, row.total))
    if row.kind == STAFF and any(one.held_at == UNIT for one in steps):
        raise Refused(
            f"Bảng {row.id} là bảng của cán bộ đơn vị {row.unit_code}, mà các bước duyệt lại giao"
            " cho chính đơn vị đó.",
            "Thêm các bước kind = staff, held_at = province cho phạm vi này rồi"
            " `ansinh payroll ladder set`.",
        )
    return steps


def _needed(
    fitting: Iterable[Row[Any]], heaviest: tuple[bool, bool, bool], total: int
) -> Iterator[Row[Any]]:
    for one in fitting:
        if _weight(one) == heaviest and (one.above == 0 or total > one.above):
            yield one


def _fits(rule: Any, row: Any) -> bool:
    return (
        rule.programme in ("", row.programme)
        and rule.unit_code in ("", row.unit_code)
        and rule.kind in ("", row.kind)
    )


def _weight(rule: Any) -> tuple[bool, bool, bool]:
    return bool(rule.unit_code), bool(rule.programme), bool(rule.kind)
