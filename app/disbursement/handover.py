"""Files for banks that are reached by hand: taken by one officer, handed over before another,
and the bank's answer brought back.

The file is the sealed one, which the sending job laid into the provider's folder of the house; what
an officer takes, and what comes back, is bound to his act by the bytes' digest.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.together import Signer
from app.audit.trail import record
from app.channels.lookup import in_force
from app.channels.opening import hand_folder
from app.clock import local_date
from app.disbursement.handover_tables import handover, handover_receipt
from app.disbursement.states import IN_DOUBT, SENT
from app.disbursement.submission import details, file_digest
from app.errors import Conflict, InputError, NotFound, Refused
from app.privacy import Keyring
from bank_adapters import errors
from bank_adapters.transports import names
from bank_adapters.transports.folder import FolderTarget, open_folder
from ledger.bulk import insert_one

TAKE, RECEIPT, ANSWER = "handover_take", "handover_receipt", "bank_answer"
TEXT_MIN, TEXT_MAX = 3, 300
ANSWER_MAX = 200_000_000
"""Bytes of an answer that an officer brings: more than a list of a whole province's month."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that an officer may carry: where it lies here, and what it says above its lines."""

    path: Path
    sha256: str
    lines: int
    total: int


def take(
    session: Session,
    keyring: Keyring,
    home: Path,
    signer: Signer,
    batch_id: int,
    reason: str,
    now: datetime,
) -> Taken:
    """One officer takes a batch's file to carry it to the bank; he alone may take it again.

    Raises Refused for a batch that has not been sealed and laid out, or bytes that are not the
    sealed ones, Conflict when somebody took it before, Forbidden without the role.
    """
    row, reason = details(session, batch_id), _told(reason, "--reason")
    require_role(session, signer.officer_id, "releaser", "", now, row.programme)
    _by_hand(session, row.provider, now)
    taken = _laid_out(row, home)
    before = session.scalar(select(handover.c.taken_by).where(handover.c.batch_id == batch_id))
    if before not in (None, signer.officer_id):
        raise Conflict(f"Tệp của lô {batch_id} đã có người nhận.", "Xem nhật ký kiểm toán.")
    act_id = _said(session, keyring, signer, TAKE, taken, now)
    if before is None:
        insert_one(
            session,
            handover,
            batch_id=batch_id,
            sha256=taken.sha256,
            reason=reason,
            taken_by=signer.officer_id,
            act_id=act_id,
            taken_at=now,
        )
    about = f"batch:{batch_id}"
    record(session, now, str(signer.officer_id), "disbursement:handover:take", about, reason)
    return taken


def _laid_out(row: Any, home: Path) -> Taken:
    """The sealed file in the provider's folder."""
    if row.state not in (SENT, IN_DOUBT) or not row.file_name:
        raise Refused(f"Lô {row.id} chưa được gửi ra, chưa có tệp để nhận.", "Chờ việc gửi chạy.")
    path = hand_folder(home, row.provider) / names.Folders().inbox / row.file_name
    if not path.is_file() or file_digest(path) != row.sha256:
        raise Refused(
            f"Tệp của lô {row.id} không còn là tệp đã niêm phong.",
            "Giữ nguyên tệp làm chứng cứ và báo kiểm toán.",
        )
    return Taken(path, row.sha256, row.lines, row.total)


def confirm_handover(
    session: Session, keyring: Keyring, signer: Signer, batch_id: int, receipt: str, now: datetime
) -> None:
    """Another officer confirms that the bank has the file, by the bank's own receipt.

    Raises NotFound when nobody took it, Refused for the person who did, Conflict when confirmed.
    """
    row = session.execute(select(handover).where(handover.c.batch_id == batch_id)).one_or_none()
    if row is None:
        raise NotFound(f"Chưa ai nhận tệp của lô {batch_id}.", "Chạy `ansinh bank handover` trước.")
    if row.taken_by == signer.officer_id:
        raise Refused("Người nhận tệp không được tự xác nhận bàn giao.", "Mời người thứ hai.")
    known = select(handover_receipt.c.handover_id).where(handover_receipt.c.handover_id == row.id)
    if session.scalar(known) is not None:
        raise Conflict(f"Bàn giao lô {batch_id} đã được xác nhận.", "Không cần làm gì thêm.")
    batch, receipt = details(session, batch_id), _told(receipt, "--receipt")
    require_role(session, signer.officer_id, "releaser", "", now, batch.programme)
    taken = Taken(Path(batch.file_name), row.sha256, batch.lines, batch.total)
    act_id = _said(session, keyring, signer, RECEIPT, taken, now)
    session.execute(
        insert(handover_receipt).values(
            handover_id=row.id,
            taken_by=row.taken_by,
            sha256=row.sha256,
            receipt=receipt,
            officer_id=signer.officer_id,
            act_id=act_id,
            confirmed_at=now,
        )
    )
    about, actor = f"batch:{batch_id}", str(signer.officer_id)
    record(session, now, actor, "disbursement:handover:confirm", about, receipt)


def bring_answer(
    session: Session,
    keyring: Keyring,
    home: Path,
    signer: Signer,
    provider: str,
    path: Path,
    now: datetime,
) -> str:
    """An officer brings what the bank gave him; the next collection takes it in. Its SHA-256.

    Raises InputError for a name or size that is none, Conflict when another file has the name,
    Refused for a provider that is not reached by hand, Forbidden without the role.
    """
    require_role(session, signer.officer_id, "releaser", "", now)
    _by_hand(session, provider, now)
    digest = _measured(path)
    what = Confirmation(ANSWER, digest, 1, 0)
    confirm(session, keyring, signer.officer_id, signer.code, now, what)
    about, actor = f"provider:{provider}", str(signer.officer_id)
    record(session, now, actor, "disbursement:answer:bring", about, f"{path.name}: {digest}")
    # The bank's folder is this house's own: what is delivered into its `out` waits for us there.
    folders = names.Folders()
    back = names.Folders(inbox=folders.outbox)
    root = hand_folder(home, provider)
    (root / folders.outbox).mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        open_folder(FolderTarget(root, folders=back)).put(path.name, path)
    except errors.Refused as error:
        raise Conflict(f"Đã có tệp khác tên {path.name}.", "Đổi tên tệp rồi nộp lại.") from error
    return digest


def require_plain(name: str) -> str:
    """The name of a file that a bank gave, when it may lie in a folder. Raises InputError."""
    try:
        return names.plain(name)
    except errors.Refused as error:
        raise InputError(f"Không nhận được tệp: {error}.", "Kiểm tra tên tệp.") from error


def _measured(path: Path) -> str:
    require_plain(path.name)
    try:
        size = path.stat().st_size
        if not 0 < size <= ANSWER_MAX:
            raise InputError(f"Tệp {path.name} trống hoặc quá lớn.", "Tải lại tệp từ ngân hàng.")
        return file_digest(path)
    except OSError as error:
        raise InputError(f"Không đọc được tệp {path.name}.", "Kiểm tra tên tệp.") from error


def _by_hand(session: Session, provider: str, now: datetime) -> None:
    """Raises Refused for a provider whose files a machine carries."""
    carried = {row.provider: row.courier for row in in_force(session, local_date(now))}
    if carried.get(provider) != "hand":
        raise Refused(
            f"{provider} không phải nơi giao nhận tệp bằng tay.", "Xem `ansinh bank channel show`."
        )


def _told(text: str, option: str) -> str:
    told = " ".join(text.split())
    if not TEXT_MIN <= len(told) <= TEXT_MAX or not told.isprintable():
        raise InputError(f"{option} phải có từ {TEXT_MIN} đến {TEXT_MAX} ký tự.", "Ghi một câu.")
    return told


def handover_digest(batch_file: str) -> str:
    """What both officers confirm: the bytes, by their digest."""
    return hashlib.sha256(f"handover|{batch_file}".encode()).hexdigest()


def _said(
    session: Session, keyring: Keyring, signer: Signer, step: str, taken: Taken, now: datetime
) -> int:
    what = Confirmation(step, handover_digest(taken.sha256), taken.lines, taken.total)
    return confirm(session, keyring, signer.officer_id, signer.code, now, what)


def handover_acts(session: Session) -> dict[tuple[int, int, str], str]:
    """(act, officer, step) of every file taken and handed over, and what that act must carry."""
    wanted = {}
    for row in session.execute(select(handover)):
        wanted[row.act_id, row.taken_by, TAKE] = handover_digest(row.sha256)
    for row in session.execute(select(handover_receipt)):
        wanted[row.act_id, row.officer_id, RECEIPT] = handover_digest(row.sha256)
    return wanted
