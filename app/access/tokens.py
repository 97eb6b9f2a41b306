"""Hardware tokens: their file of seeds, whom one is given to, and what happens when it is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.access.codes import Factor, opened
from app.access.factor_tables import factor, token, token_block, token_file
from app.access.factors import hand_over, newest_factor
from app.access.granting import REASON_MIN
from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.seed_files import Seed, read_seeds, refuse
from app.access.tables import officer
from app.access.together import Signer
from app.audit.trail import record
from app.errors import Conflict, Forbidden, InputError, NotFound, Refused
from app.privacy import Keyring
from ledger.bulk import chunks, insert_one


class Imported(NamedTuple):
    """What became of a file: how many tokens, and whether it had come before."""

    tokens: int
    known: bool
    sha256: str


def import_tokens(
    session: Session,
    keyring: Keyring,
    name: str,
    content: bytes,
    key: bytes,
    signer: Signer,
    now: datetime,
) -> Imported:
    """An administrator brings in a file of seeds; each is encrypted at once. A file that came
    before changes nothing.

    Raises InputError by row, with nothing written, Forbidden, and as `confirm` does.
    """
    digest = hashlib.sha256(content).hexdigest()
    require_role(session, signer.officer_id, "admin", "", now)
    before = session.scalar(select(token_file.c.tokens).where(token_file.c.sha256 == digest))
    if before is not None:
        return Imported(int(before), True, digest)
    seeds = read_seeds(content, key)
    _refuse_known(session, seeds)
    act_id = confirm(session, keyring, *signer, now,
                     Confirmation("import_tokens", digest, len(seeds), 0))  # fmt: skip
    file_id = insert_one(session, token_file, sha256=digest, name=name, tokens=len(seeds),
                         act_id=act_id, imported_at=now)  # fmt: skip
    for some in chunks(_rows(keyring, seeds, file_id)):
        session.execute(insert(token), some)
    record(session, now, str(signer.officer_id), "access:token:import", f"token_file:{file_id}",
           digest, after={"tokens": len(seeds), "name": name})  # fmt: skip
    return Imported(len(seeds), False, digest)


def _rows(keyring: Keyring, seeds: Sequence[Seed], file_id: int) -> list[dict[str, Any]]:
    return [
        {
            "serial": one.serial,
            "seed": keyring.encrypt("token.seed", one.serial, one.secret),
            "digits": one.digits,
            "period": one.period,
            "algorithm": one.algorithm,
            "file_id": file_id,
        }
        for one in seeds
    ]


def _refuse_known(session: Session, seeds: Sequence[Seed]) -> None:
    rows = {one.serial: one.row for one in seeds}
    faults = []
    for some in chunks(rows, 500):
        known = session.scalars(select(token.c.serial).where(token.c.serial.in_(some)))
        faults += [(rows[one], f"dòng {rows[one]}: thẻ {one} đã có") for one in known]
    refuse([fault for _, fault in sorted(faults)])


def assign_token(
    session: Session,
    keyring: Keyring,
    serial: str,
    officer_id: int,
    shown: str,
    signers: Sequence[Signer],
    now: datetime,
) -> int:
    """Two persons hand a token over to an officer, who reads out what it shows; gives the number
    of his factor. What he used before is dead.

    Raises NotFound, Refused for a token that is blocked, Conflict for one that is somebody's,
    Forbidden where the code shown is not this token's, and as `hand_over` does.
    """
    row = _token(session, serial)
    if _blocked(session, row.id):
        raise Refused(f"Thẻ {serial} đã bị khoá.", "Lấy thẻ khác.")
    taken = select(factor.c.officer_id).where(factor.c.token_id == row.id)
    if session.scalar(taken) is not None:
        raise Conflict(f"Thẻ {serial} đã giao rồi.", "Mỗi thẻ chỉ thuộc về một người.")
    seed = opened(keyring, "token.seed", row.serial, row.seed)
    if Factor(seed, row.digits, row.period, row.algorithm).step_of(shown, now) is None:
        raise Forbidden("Mã đang hiện trên thẻ không khớp với số thẻ.", "Kiểm tra số in trên thẻ.")
    what = Confirmation("assign_token", token_digest(officer_id, serial), 1, 0)
    values = {"token_id": row.id, "reason": f"thẻ {serial}"}
    return hand_over(session, keyring, officer_id, values, what, signers, now)


def block_token(
    session: Session,
    keyring: Keyring,
    serial: str,
    who: Signer,
    reason: str,
    now: datetime,
) -> None:
    """Block a token at once: its holder by his word alone, since he has no code any more, or an
    administrator with a code. Raises NotFound, Conflict, Forbidden, InputError."""
    row, reason = _token(session, serial), " ".join(reason.split())
    if len(reason) < REASON_MIN:
        raise InputError("Chưa ghi lý do.", "Ví dụ --reason “mất thẻ”.")
    if _blocked(session, row.id):
        raise Conflict(f"Thẻ {serial} đã bị khoá rồi.", "Xem `ansinh officers show`.")
    newest = newest_factor(session, who.officer_id)
    if newest is None or newest.token_id != row.id:
        require_role(session, who.officer_id, "admin", "", now)
        what = Confirmation("block_token", token_digest(who.officer_id, serial), 1, 0)
        confirm(session, keyring, *who, now, what)
    values = {"token_id": row.id, "blocked_by": who.officer_id, "reason": reason}
    session.execute(insert(token_block).values(blocked_at=now, **values))
    record(session, now, str(who.officer_id), "access:token:block", f"token:{row.id}", reason)


def token_digest(officer_id: int, serial: str) -> str:
    """What is confirmed when a token is given or blocked: whom it concerns, and which."""
    return hashlib.sha256(f"{officer_id}|{serial}".encode()).hexdigest()


def _token(session: Session, serial: str) -> Any:
    row = session.execute(select(token).where(token.c.serial == serial)).one_or_none()
    if row is None:
        raise NotFound(f"Không có thẻ số {serial[:40]}.", "Nhập tệp thẻ trước, hoặc kiểm tra số.")
    return row


def _blocked(session: Session, token_id: int) -> bool:
    query = select(token_block.c.token_id).where(token_block.c.token_id == token_id)
    return session.scalar(query) is not None


class Held(NamedTuple):
    """A token: whose it is ('' for nobody's), and since when it is blocked."""

    serial: str
    username: str
    blocked_at: datetime | None


def tokens_held(session: Session, begins: str = "") -> list[Held]:
    """The tokens whose serial number begins so, by serial number."""
    query = (
        select(token.c.serial, officer.c.username, token_block.c.blocked_at)
        .outerjoin(factor, factor.c.token_id == token.c.id)
        .outerjoin(officer, officer.c.id == factor.c.officer_id)
        .outerjoin(token_block, token_block.c.token_id == token.c.id)
        .where(token.c.serial.startswith(begins.strip(), autoescape=True))
    )
    rows = session.execute(query.order_by(token.c.serial))
    return [Held(row.serial, row.username or "", row.blocked_at) for row in rows]
