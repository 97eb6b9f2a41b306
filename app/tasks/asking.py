"""Work that was asked for: put down, claimed by one worker at a time, told how far it is, ended.

A worker holds a task for a while only (`LEASE`); what it left is taken over, with a higher
fence, by another one. Who lost it can tell nothing more about it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.tasks.tables import DONE, FAILED, RUNNING, WAITING, web_task

LEASE = timedelta(minutes=5)
OPEN_MAX = 5
"""Tasks that one officer has waiting or running at most."""
SHOWN = 50


def ask(
    session: Session, kind: str, arguments: Mapping[str, Any], officer_id: int, now: datetime
) -> int:
    """Put work down for a worker; gives its number. What was asked already and waits is not put
    down twice. Raises Conflict where the officer has too much waiting."""
    told = json.dumps(dict(arguments), sort_keys=True, ensure_ascii=False)
    of = web_task.c
    mine = and_(of.officer_id == officer_id, of.state.in_((WAITING, RUNNING)))
    waiting = session.execute(select(of.id, of.kind, of.arguments).where(mine)).all()
    same = [row.id for row in waiting if (row.kind, row.arguments) == (kind, told)]
    if same:
        return int(same[0])
    if len(waiting) >= OPEN_MAX:
        raise Conflict(
            f"Bạn đang có {len(waiting)} việc chưa xong.", "Đợi một việc xong rồi yêu cầu tiếp."
        )
    values = {"kind": kind, "arguments": told, "officer_id": officer_id, "asked_at": now}
    done = session.execute(insert(web_task).values(**values, state=WAITING).returning(of.id))
    return int(done.scalar_one())


def task_of(session: Session, officer_id: int, number: int) -> Row[Any] | None:
    """A task of this officer, None for another's."""
    of = web_task.c
    query = select(web_task).where(of.id == number, of.officer_id == officer_id)
    return session.execute(query).one_or_none()


def tasks_of(session: Session, officer_id: int) -> Sequence[Row[Any]]:
    """The last tasks of an officer, the newest first."""
    query = select(web_task).where(web_task.c.officer_id == officer_id)
    return session.execute(query.order_by(web_task.c.id.desc()).limit(SHOWN)).all()


def claim(session: Session, worker: str, now: datetime) -> Row[Any] | None:
    """Take the oldest task that waits or was left behind; None when there is none."""
    of = web_task.c
    left = and_(of.state == RUNNING, of.lease_until <= now)
    query = select(of.id).where(or_(of.state == WAITING, left)).order_by(of.id).limit(1)
    number = session.scalar(query.with_for_update(skip_locked=True))
    if number is None:
        return None
    taken = {"state": RUNNING, "owner": worker, "started_at": now, "lease_until": now + LEASE}
    change = update(web_task).where(of.id == number).values(**taken, fence=of.fence + 1, done=0)
    return session.execute(change.returning(web_task)).one()


def tell(session: Session, task: Row[Any], done: int, total: int, now: datetime) -> None:
    """How far a claimed task is; holds it for longer. Raises Conflict where it was taken over."""
    _change(session, task, done=done, total=total, lease_until=now + LEASE)


def finish(session: Session, task: Row[Any], path: str, now: datetime) -> None:
    """The task is done; `path` is its file beneath the folder of the house, '' for none."""
    _change(session, task, state=DONE, path=path, finished_at=now)


def fail(session: Session, task: Row[Any], why: str, now: datetime) -> None:
    """The task cannot be done, for a reason that is a sentence for people."""
    _change(session, task, state=FAILED, error=why, finished_at=now)


def _change(session: Session, task: Row[Any], **values: Any) -> None:
    of = web_task.c
    mine = and_(of.id == task.id, of.fence == task.fence, of.state == RUNNING)
    done: Any = session.execute(update(web_task).where(mine).values(**values))
    if not done.rowcount:
        raise Conflict("Việc này đã có tiến trình khác làm tiếp.", "Không cần làm gì.")
