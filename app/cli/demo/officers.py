"""What the training officers do: submit, check, approve, release, repair, with their codes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pyotp
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.access.together import Signer
from app.beneficiaries.destinations import repair_destination
from app.beneficiaries.kinds import NewAccount
from app.beneficiaries.tables import destination, person
from app.benefits.tables import obligation
from app.demo.accounts import fault_of, repaired_number
from app.demo.province import demo_secret
from app.disbursement.batches import release
from app.disbursement.selects import open_again
from app.disbursement.states import BUILT
from app.disbursement.tables import batch
from app.jobs.ahead import abreast
from app.jobs.runtime import Runtime
from app.payroll.approvals import approve, submit
from app.payroll.flag_kinds import KINDS
from app.payroll.flags_decided import accept, mark_seen
from app.payroll.seen import shown
from app.payroll.tables import flag, payroll
from app.units.tables import paying_unit


def officer_id(session: Session, username: str) -> int:
    """The id of a training officer."""
    return int(session.scalars(select(officer.c.id).where(officer.c.username == username)).one())


def code_of(username: str, runtime: Runtime) -> str:
    """The one-time code that the officer's app shows at this moment."""
    return pyotp.TOTP(demo_secret(username)).at(runtime.clock.now())


def submit_all(runtime: Runtime, period: str) -> str:
    """Each unit's maker submits its drafts, in one act a unit."""
    return _each_unit(runtime, period, "draft", "maker")


def check_all(runtime: Runtime, period: str) -> str:
    """Each unit's checker confirms."""
    return _each_unit(runtime, period, "submitted", "checker")


def approve_all(runtime: Runtime, period: str) -> str:
    """Each unit's chairman approves; the books accrue."""
    return _each_unit(runtime, period, "checked", "approver")


def _each_unit(runtime: Runtime, period: str, state: str, role: str) -> str:
    with runtime.database.view() as session:
        units = session.scalars(select(paying_unit.c.code).order_by(paying_unit.c.code)).all()
    lists = select(payroll.c.id).where(
        payroll.c.period == period, payroll.c.state == state, payroll.c.lines > 0
    )
    acted = 0
    act = partial(_one_unit, runtime, lists, role)
    for number, found in enumerate(abreast(act, units, runtime.at_once), start=1):
        acted += found
        runtime.progress(role, number, len(units))
    return f"{acted} payrolls"


def _one_unit(runtime: Runtime, lists: Select[Any], role: str, unit: str) -> int:
    """The unit's officer acts on its lists; gives how many there were."""
    with runtime.database.signed_work() as session:
        mine = lists.where(payroll.c.unit_code == unit).order_by(payroll.c.id)
        ids = session.scalars(mine).all()
        if ids:
            _act(session, runtime, role, f"{role}.{unit}", ids)
    return len(ids)


def _act(session: Session, runtime: Runtime, role: str, username: str, ids: Sequence[int]) -> None:
    who, code = officer_id(session, username), code_of(username, runtime)
    now, numbers, seen = runtime.clock.now(), list(ids), shown(session, ids).code
    if role == "maker":
        _explain(session, runtime, username.replace("maker", "checker"), numbers)
        submit(session, runtime.keyring, who, code, numbers, now, seen=seen)
    else:
        duty = "check" if role == "checker" else "approve"
        is_check = duty == "check"
        if is_check:
            mark_seen(session, who, numbers, now)
        approve(session, runtime.keyring, who, code, duty, numbers, now, seen=seen,
                brought_up=is_check)  # fmt: skip


def _explain(session: Session, runtime: Runtime, checker: str, numbers: Sequence[int]) -> None:
    """The checker says why the lists differ so much from last month's: made-up people come and go
    as real ones do not."""
    kinds = [name for name, kind in KINDS.items() if kind.may_be_accepted]
    mine = (flag.c.payroll_id.in_(numbers), flag.c.kind.in_(kinds), flag.c.is_blocking == 1)
    found = session.scalars(select(flag.c.id).where(*mine, flag.c.gone_at.is_(None))).all()
    if found:
        who = Signer(officer_id(session, checker), code_of(checker, runtime))
        words = "Danh sách giả lập thay đổi nhiều hơn danh sách thật."
        accept(session, runtime.keyring, who, found, "other", words, runtime.clock.now())


def release_all(runtime: Runtime) -> str:
    """The two finance officers release every built batch, in one act."""
    return f"{runtime.database.serializable(lambda session: _release(session, runtime))} batches"


def _release(session: Session, runtime: Runtime) -> int:
    ids = session.scalars(
        select(batch.c.id).where(batch.c.state == BUILT).order_by(batch.c.id)
    ).all()
    if not ids:
        return 0
    names = ("finance.one", "finance.two")
    officers = [(officer_id(session, name), code_of(name, runtime)) for name in names]
    return release(session, runtime.keyring, officers, list(ids), runtime.clock.now())


def repair_accounts(runtime: Runtime) -> str:
    """Repair every destination whose payment failed for the account's sake."""
    with runtime.database.view() as session:
        people = list(session.scalars(_broken()))
    for number, person_id in enumerate(people, start=1):
        with runtime.database.unit_of_work() as session:
            _repair(session, runtime, person_id)
        runtime.progress("repair", number, len(people))
    return f"{len(people)} looked at"


def _broken() -> Select[Any]:
    return (
        select(person.c.id)
        .join(obligation, obligation.c.person_id == person.c.id)
        .join(destination, destination.c.id == person.c.destination_id)
        .where(obligation.c.id.in_(open_again()), destination.c.method == "account")
        .distinct()
        .order_by(person.c.id)
    )


def _repair(session: Session, runtime: Runtime, person_id: int) -> None:
    row = session.execute(
        select(destination, person.c.bound_key, person.c.name, paying_unit.c.code.label("unit"))
        .join(person, person.c.destination_id == destination.c.id)
        .join(paying_unit, paying_unit.c.area_code == person.c.area_code)
        .where(person.c.id == person_id, paying_unit.c.kind == "commune")
    ).one()
    number = runtime.keyring.decrypt("destination.account", row.bound_key, row.account_cipher)
    if not fault_of(number):
        return  # repaired before this step was broken off
    repair_destination(
        session,
        runtime.keyring,
        person_id,
        NewAccount(row.bank_bin, repaired_number(number), row.holder),
        "Giấy xác nhận số tài khoản của ngân hàng (giả lập)",
        # Who changes an account may not release it: that is the finance officers' part.
        officer_id(session, f"maker.{row.unit}"),
        officer_id(session, f"checker.{row.unit}"),
        runtime.clock.now(),
        ban=f"tài khoản bị trả lại, đuôi {number[-4:]}",
    )
