"""After each play: do the books prove out, is money received what is settled, who has the rest?"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from app.cli.conform.scene import BATCH, Scene
from app.cli.conform.setting import FUND, PROGRAMME, PROVIDER, unit
from app.cli.words import proof_name
from app.disbursement.cases import cases
from app.disbursement.holds import standing
from app.disbursement.proofs import Evidence, prove_everything
from app.disbursement.selects import open_again
from app.disbursement.tables import instruction
from app.disbursement.tasks import tasks
from ledger.balances import cell_balances
from ledger.chart import Cell

_SHOWN = 3
_IN_DOUBT = ("chưa rõ", "chưa có trả lời rõ")
"""What a task says of a batch whose fate is open, of files and of requests."""


def judge(scene: Scene) -> list[str]:
    """Everything that is wrong after a play, each with what to look at."""
    found = [*scene.faults, *_paid_twice(scene), *_owed_again(scene), *_states(scene)]
    return [*found, *_steps(scene), *_bank_account(scene), *_proofs(scene)]


def _paid_twice(scene: Scene) -> Iterator[str]:
    often = [one for one, times in scene.bank.executed.items() if times > 1]
    if often:
        yield (
            f"{len(often)} người được chi hai lần: nhà gửi lại tệp mà ngân hàng không từ chối "
            "lần lặp; xem capabilities.dedupe"
        )


def _owed_again(scene: Scene) -> Iterator[str]:
    """Whoever has the money must not be on the next list of those still owed."""
    query = select(instruction.c.reference).where(instruction.c.obligation_id.in_(open_again()))
    with scene.runtime.database.view() as session:
        owed = session.scalars(query).all()
    has = [reference for reference in owed if scene.bank.received[reference] > 0]
    if has:
        yield (
            f"{len(has)} người đã có tiền mà nhà coi là còn nợ, sẽ chi lần nữa: xem read "
            "(từ chối, trả lại, trùng lặp)"
        )


def _states(scene: Scene) -> Iterator[str]:
    """Every payment ends as the bank's own book says, or is disputed in the open."""
    states, flagged = scene.states(), _flagged(scene)
    wrong, hidden = [], []
    for reference, amount in _amounts(scene).items():
        state = states[reference]
        if reference in scene.disputed:
            hidden += [reference] if reference not in flagged else []
        elif state != scene.wanted.get(reference, "settled"):
            wrong.append(f"{reference} là {state}")
        elif (scene.bank.received[reference] == amount) is not (state == "settled"):
            wrong.append(f"{reference} là {state}, người hưởng có {scene.bank.received[reference]}")
    if wrong:
        told = "; ".join(wrong[:_SHOWN])
        yield f"{len(wrong)} khoản khác sổ của ngân hàng ({told}): xem read, dấu, mã, trạng thái"
    if hidden:
        yield f"{len(hidden)} khoản bị nói ngược mà không có hồ sơ hay lệnh dừng: xem read"


def _amounts(scene: Scene) -> dict[str, int]:
    with scene.runtime.database.view() as session:
        rows = session.execute(select(instruction.c.reference, instruction.c.amount))
        return {row.reference: row.amount for row in rows}


def _flagged(scene: Scene) -> set[str]:
    """References that a person is told about: a case, a hold on it, or a stop of the whole bank."""
    with scene.runtime.database.view() as session:
        found = {row.reference for row in cases(session)}
        holds = standing(session)
        numbers = session.execute(select(instruction.c.id, instruction.c.reference)).all()
    held = {row.key for row in holds if row.scope == "instruction"}
    whole = any(row.scope == "provider" for row in holds) or scene.quarantined() > 0
    return found | {row.reference for row in numbers if whole or str(row.id) in held}


def _steps(scene: Scene) -> Iterator[str]:
    """What is open at the end stands in the list of tasks."""
    if scene.batch_state() == "in_doubt" and not scene.steps():
        yield "lô chưa rõ kết quả mà không có bước tiếp theo"
    declared = {PROVIDER: scene.runtime.adapters[PROVIDER].capabilities}
    with scene.runtime.database.view() as session:
        listed = tasks(session, declared, scene.runtime.clock.now())
    odd = [one for one in listed if one.about.startswith(("tệp số", f"lô {BATCH}"))]
    odd = [one for one in odd if not any(word in one.found for word in _IN_DOUBT)]
    if odd:
        yield f"việc hỏng còn treo: {odd[0].about}: {odd[0].found[:160]}"


def _bank_account(scene: Scene) -> Iterator[str]:
    """1110 = the bank's own balance, where it debits our account and has said everything."""
    if scene.bank.lists:
        return
    cell = Cell(FUND, PROGRAMME, unit(), PROVIDER)
    with scene.runtime.database.view() as session:
        ours = -cell_balances(session, ("bank",), cell)["bank"]  # a debit counts below 0
    if ours != scene.bank.balance and not scene.quarantined():
        theirs = scene.bank.balance
        yield f"tiền ở ngân hàng theo sổ nhà {ours}, theo ngân hàng {theirs}: xem dấu, dòng sót"


def _proofs(scene: Scene) -> Iterator[str]:
    run = scene.runtime
    evidence = Evidence(run.anchors, run.keyring, run.inbound, run.adapters)
    with run.database.snapshot() as session:
        proofs = prove_everything(session, evidence)
    for proof in proofs:
        if not proof.ok:
            yield f"chứng minh “{proof_name(proof)}” không đứng: {str(proof.figures)[:160]}"
