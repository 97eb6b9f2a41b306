"""Where a fraud is tried: a fresh copy of the stage, and what then tells whether it was caught.

Only a refusal by a rule counts as refused; a mistake in the attempt itself is an error. What
was not refused is judged by the proofs of `ansinh ledger verify`, which held before.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.cli.frauds.acting import code_at, tick
from app.cli.frauds.files import Exchange
from app.cli.frauds.stage import Stage, open_file, open_runtime
from app.cli.words import proof_name
from app.db import Database
from app.disbursement.proofs import Evidence, prove_everything
from app.disbursement.tables import hold
from app.errors import AnSinhError
from app.jobs.runtime import Runtime
from bank_adapters.errors import BankError
from ledger.errors import LedgerError

REFUSED, FOUND, MISSED = "refused", "found", "MISSED"
Work = Callable[[Session], object]
Job = Callable[[Runtime], object]
RULES = (AnSinhError, LedgerError, BankError, IntegrityError, InvalidTag)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way of trying a fraud: how, what became of it, and what stopped or found it."""

    how: str
    outcome: str
    by: str


class Bench:
    """A copy of the stage; whatever was written to it is gone at the next attempt."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        self.folder = folder
        self.runtime, self.file = self._fresh()

    def _fresh(self) -> tuple[Runtime, Database]:
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.stage.folder, self.folder, copy_function=_copy)
        return open_runtime(self.folder, self.stage.now), open_file(self.folder)

    def restore(self) -> None:
        """A fresh copy again."""
        self._let_go()
        self.runtime, self.file = self._fresh()

    def close(self) -> None:
        """Let go of the copy and remove it."""
        self._let_go()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _let_go(self) -> None:
        self.runtime.database.close()
        self.file.close()

    def exchange(self) -> Exchange:
        """An empty folder where the house meets a provider; it outlives the copy."""
        root = self.folder.with_name("provider")
        shutil.rmtree(root, ignore_errors=True)
        return Exchange(root, self.runtime.clock.now)

    def do(self, how: str, work: Work, then: Job | None = None) -> Attempt:
        """Try it in one unit of work, with all rules in force; `then` the house's job runs."""

        try:
            self._committed(work)
        except RULES as error:
            return Attempt(how, REFUSED, told(error))  # rolled back: the copy is as it was
        return self.run(how, lambda: then(self.runtime) if then is not None else None)

    def sql(self, how: str, *statements: str, **values: Any) -> Attempt:
        """Try it by SQL, with all rules in force."""
        return self.do(how, lambda session: _execute(session, statements, values))

    def owner(self, how: str, work: Work, then: Job | None = None) -> Attempt:
        """Try it with the owner's rights: every trigger dropped, foreign keys looked at late."""

        def without_rules(session: Session) -> None:
            query = "select name from sqlite_master where type = 'trigger'"
            for name in session.scalars(text(query)).all():
                session.execute(text(f'drop trigger "{name}"'))
            session.execute(text("pragma defer_foreign_keys = on"))
            work(session)

        return self.do(f"{how}, với quyền chủ cơ sở dữ liệu", without_rules, then)

    def run(self, how: str, work: Callable[[], object]) -> Attempt:
        """Try something that opens its own units of work, as the jobs do."""
        try:
            work()
        except RULES as error:
            stopped = "; đặt lệnh dừng chi" if self.held() else ""
            attempt = Attempt(how, REFUSED, told(error) + stopped)
        else:
            attempt = self.judge(how)
        self.restore()
        return attempt

    def judge(self, how: str) -> Attempt:
        """Nothing refused it: do the proofs, or a hold, tell?"""
        failing = self.failing_proofs()
        by = ", ".join(f"chứng minh “{name}”" for name in failing) + self.held()
        return Attempt(how, FOUND if by else MISSED, by.removeprefix("; ") or "không gì cả")

    def failing_proofs(self) -> list[str]:
        """Names of the proofs that do not hold, as `ansinh ledger verify` would tell them.

        Received files are read again, the long part of it, only where all the rest holds.
        """
        run = self.runtime
        for adapters in (None, run.adapters):
            evidence = Evidence(run.anchors, run.keyring, run.inbound, adapters)
            with run.database.view() as session:
                proofs = prove_everything(session, evidence)
            if failing := [proof_name(proof) for proof in proofs if not proof.ok]:
                return failing
        return []

    def code(self, username: str) -> tuple[str, datetime]:
        """The officer's next one-time code, and the moment."""
        now = tick(self.runtime)
        return code_at(username, now), now

    def first(self, query: str, **values: Any) -> Any:
        """The first row of a query; a demo without one is too small."""
        with self.runtime.database.view() as session:
            return session.execute(text(query), values).first()

    def _committed(self, work: Work) -> None:
        with self.file.signed_work() as session:
            work(session)

    def held(self) -> str:
        """A hold that was set by the attempt: the house has stopped paying."""
        with self.runtime.database.view() as session:
            reason = session.scalar(
                select(hold.c.reason)
                .where(hold.c.cleared_at.is_(None), hold.c.set_at >= self.stage.now)
                .order_by(hold.c.id)
            )
        return f"; lệnh dừng chi “{reason}”" if reason else ""


def _copy(source: str, target: str) -> None:
    """Files as received never change, so another name for them will do; the rest is copied."""
    if "inbound" in Path(source).parts:
        os.link(source, target)
    else:
        shutil.copy(source, target)


def _execute(session: Session, statements: tuple[str, ...], values: Mapping[str, Any]) -> None:
    touched = 0
    for statement in statements:
        result: Any = session.execute(text(statement), values)
        touched += max(result.rowcount, 0)
    if not touched:
        raise RuntimeError(f"the attempt touched no row: {statements}")


def told(error: Exception) -> str:
    """What refused it, in words: the constraint, the trigger, the rule."""
    if isinstance(error, InvalidTag):
        return "mã hoá AES-GCM gắn với từng người"
    if isinstance(error, AnSinhError):
        return f"quy tắc “{error.message}”"
    if isinstance(error, LedgerError):
        return f"sổ cái “{str(error).removeprefix('refused by the books: ')}”"
    if isinstance(error, BankError):
        return f"bộ kết nối “{error}”"
    return _constraint(str(getattr(error, "orig", error)))


def _constraint(message: str) -> str:
    for start, name in (
        ("CHECK constraint failed: ", "ràng buộc"),
        ("UNIQUE constraint failed: ", "khoá duy nhất"),
    ):
        if message.startswith(start):
            return f"{name} {message.removeprefix(start)}"
    if message.startswith("FOREIGN KEY"):
        return "khoá ngoại"
    return f"trigger “{message}”"
