"""The job that sends messages: claim and commit, ask the gateway, record and commit."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Row

from app.channels.secrets import secret_file
from app.clock import local_date
from app.jobs.queueing import OFF
from app.jobs.runtime import Runtime
from app.messaging import sending
from app.messaging.gateways.contract import Answer, Gateway, Outgoing, Reply
from app.messaging.gateways.opening import open_gateways
from app.messaging.outbox import opened
from app.messaging.reports import tracking
from app.messaging.states import WITHDRAWN
from app.messaging.terms import Plan, read_plan

AT_ONCE = 10
"""So few that the lease outlasts them all, though the gateway is silent each time."""
NO_GATEWAY = "no gateway in the plan: nothing leaves"


def send_messages(runtime: Runtime) -> str:
    """Send what is due, gateway after gateway until one takes it; gives how many became what.

    Raises Unavailable when a gateway's settings are wrong; the message waits.
    """
    plan = read_plan(runtime.settings.messages)
    if plan is None:
        return OFF
    gateways = open_gateways(plan, _secret(runtime))
    with runtime.database.unit_of_work() as session:
        lost = sending.tidy(session, runtime.clock.now())
    if not gateways:
        return NO_GATEWAY
    counts: Counter[Answer] = Counter()
    while rows := _claim(runtime, plan):
        for row in rows:
            counts[_send_one(runtime, gateways, row)] += 1
        runtime.progress("send messages", counts.total(), counts.total())
    told = ", ".join(f"{counts[one]} {one.name.lower()}" for one in Answer if counts[one])
    return f"{told or 'nothing due'}" + (f"; {lost} of a dead sender" if lost else "")


def _secret(runtime: Runtime) -> Any:
    def read(reference: str) -> str:
        path = secret_file(runtime.settings.bank_secrets, reference)
        return path.read_text(encoding="utf-8").strip()

    return read


def _claim(runtime: Runtime, plan: Plan) -> Any:
    now = runtime.clock.now()
    with runtime.database.unit_of_work() as session:
        return sending.claim(session, runtime.worker, plan.of(local_date(now)), now, AT_ONCE)


def _send_one(runtime: Runtime, gateways: list[Gateway], row: Row[Any]) -> Answer:
    gateway, reply = _handed(runtime, gateways, row)
    with runtime.database.unit_of_work() as session:
        now = runtime.clock.now()
        sending.record(session, row.id, runtime.worker, gateway, reply, now)
    return reply.answer


def _handed(runtime: Runtime, gateways: list[Gateway], row: Row[Any]) -> tuple[str, Reply]:
    """The gateway that was asked last and its reply; one in doubt ends the search, and a message
    that was in doubt goes to the gateway that may have it, and to no other."""
    try:
        phone, text = opened(runtime.keyring, row)
    except (InvalidTag, ValueError):  # erased or altered meanwhile
        return row.gateway, Reply(Answer.REFUSED, reason=WITHDRAWN)
    outgoing = Outgoing(phone, text, tracking(row.id), row.kind, row.gateway_id)
    reply, name = Reply(Answer.NOT_TAKEN), row.gateway
    for gateway in gateways:
        # Of a dead sender nobody knows which gateway he asked: the first ones are asked again.
        if row.doubts and row.gateway and gateway.name != row.gateway:
            continue
        name, reply = gateway.name, gateway.send(outgoing)
        if reply.answer is not Answer.NOT_TAKEN:
            break
    return name, reply
