"""Asking registers over the network, batch by batch: ask outside any transaction, then keep."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row

from app.checks import asking
from app.checks.client import BATCH_LINES, Question, RegisterClient
from app.checks.contracts import Asked, Contract
from app.checks.receiving import receive
from app.checks.tables import ANSWERED, FAILED
from app.errors import AnSinhError, Unavailable
from app.jobs.runtime import Runtime


def ask_register(
    runtime: Runtime,
    told: Contract,
    client: RegisterClient,
    code: str,
    actor: str,
    batch: int = BATCH_LINES,
) -> Row[Any]:
    """Ask what a request still has to learn; gives the request as it then stands.

    Each batch is kept before the next is asked, so a request that broke off goes on where it was.
    Raises what the client or the answer raised, after the request was marked as failed.
    """
    with runtime.database.view() as session:
        request = asking.find_request(session, code)
    try:
        _batches(runtime, told, client, request, actor, batch)
    except AnSinhError as error:
        _mark(runtime, request.id, FAILED, error.message)
        raise
    with runtime.database.view() as session:
        request = asking.find_request(session, code)
    if request.state != ANSWERED:
        missing = request.people - request.answered
        _mark(runtime, request.id, FAILED, f"Còn {missing} dòng chưa có trả lời.")
        raise Unavailable(
            f"{told.title} còn thiếu {missing} dòng.", f"Chạy lại: ansinh checks resume {code}"
        )
    return request


def _batches(
    runtime: Runtime,
    told: Contract,
    client: RegisterClient,
    request: Row[Any],
    actor: str,
    batch: int,
) -> None:
    after, done = 0, request.answered
    while lines := _next(runtime, told, request.id, after, batch):
        _keep(runtime, client, request, lines, actor)
        after, done = lines[-1].ref, done + len(lines)
        runtime.progress("checks", done, request.people)


def _next(runtime: Runtime, told: Contract, request_id: int, after: int, batch: int) -> list[Asked]:
    with runtime.database.view() as session:
        rows = session.execute(asking.unanswered(request_id, after, batch)).all()
    return [asking.asked(runtime.keyring, told, row) for row in rows]


def _keep(
    runtime: Runtime,
    client: RegisterClient,
    request: Row[Any],
    lines: list[Asked],
    actor: str,
) -> None:
    since: date | None = request.since
    heard = client.ask(Question(request.code, since, lines), runtime.clock.now())
    with runtime.database.unit_of_work() as session:
        now = runtime.clock.now()
        receive(session, runtime.keyring, request, heard.sha256, heard.lines, actor, now)


def _mark(runtime: Runtime, request_id: int, state: str, fault: str) -> None:
    with runtime.database.unit_of_work() as session:
        asking.move(session, request_id, state, runtime.clock.now(), fault=fault)
