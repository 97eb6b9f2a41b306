"""From a table of the plan to a gateway: every word checked, the secret read from its file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from app.config import LOOPBACK
from app.messaging.gateways.aggregator import Aggregator
from app.messaging.gateways.contract import Gateway
from app.messaging.gateways.kannel import Kannel
from app.messaging.gateways.zalo import Zalo
from app.messaging.states import EVENTS
from app.messaging.terms import Plan, checked, refuse

Secret = Callable[[str], str]
"""What stands in the file that `file:NAME` names. Raises SettingsError."""
_NAME = re.compile(r"[a-z0-9-]{1,32}")
_SHARED: Mapping[str, type] = {
    "name": str,
    "kind": str,
    "url": str,
    "sender": str,
    "secret": str,
    # What it calls to say (`hearing`): the secret of its calls, and where it calls us.
    "calls": str,
    "reports": str,
    "no_number": list,
}
_KANNEL = {**_SHARED, "user": str, "sources": list}
_CODES = ("taken", "account", "refused", "no_number")
_ZALO = {**_SHARED, "templates": dict, "report_within": int, "app": str}
_REPORTED = ("delivered", "undelivered")
_AGGREGATOR = {**_SHARED, "key": str, **dict.fromkeys((*_CODES, *_REPORTED), list)}


def open_gateways(plan: Plan, secret: Secret) -> list[Gateway]:
    """The gateways of a plan, in their order. Raises SettingsError, naming the place."""
    found = [_open(one, secret) for one in plan.gateways]
    if len({one.name for one in found}) < len(found):
        refuse("gateways.name", "mỗi cổng một tên")
    if found and isinstance(found[-1], Zalo):
        refuse("gateways", "sau cổng zalo phải có một cổng tin nhắn SMS")
    return found


def _open(told: Mapping[str, Any], secret: Secret) -> Gateway:
    kind = told.get("kind")
    if kind == "kannel":
        one = _words(told, _KANNEL, ("user",))
        password = secret(one["secret"])
        key = quote(secret(one["calls"]), safe="") if one.get("reports") else ""
        reports = f"{_reports(one)}/told?key={key}" if key else ""
        return Kannel(one["name"], one["url"], one["user"], one["sender"], password, reports)
    if kind == "aggregator":
        one = _words(told, _AGGREGATOR, ("key", "taken"))
        taken, account, refused, none = (tuple(map(str, one.get(name, ()))) for name in _CODES)
        return Aggregator(
            one["name"], one["url"], one["key"], one["sender"], secret(one["secret"]),
            taken=taken, account=account, refused=refused, no_number=none, report_url=_reports(one),
        )  # fmt: skip
    if kind == "zalo":
        needed = ("app",) if told.get("calls") else ()
        one = _words(told, _ZALO, ("templates", "report_within", *needed))
        within = timedelta(minutes=one["report_within"])
        forms = _forms(one["templates"])
        return Zalo(one["name"], one["url"].rstrip("/"), forms, within, secret(one["secret"]))
    refuse("gateways.kind", "dùng kannel, aggregator hoặc zalo")
    raise AssertionError("unreachable")


def _forms(told: Mapping[str, Any]) -> dict[str, str]:
    """Only what nobody waits for may take the longer way."""
    for name in told:
        if name.removesuffix("_plain") not in EVENTS:
            refuse(f"gateways.templates.{name}", f"dùng {', '.join(EVENTS)}, hoặc thêm _plain")
    return {name: str(number) for name, number in told.items()}


def _reports(one: Mapping[str, Any]) -> str:
    """Where the gateway tells what became of a message, '' where it does not."""
    base = str(one.get("reports", "")).rstrip("/")
    return f"{base}/sms/{one['name']}" if base else ""


def _words(
    told: Mapping[str, Any], kinds: Mapping[str, type], more: tuple[str, ...]
) -> dict[str, Any]:
    one = checked(told, "gateways", kinds, ("name", "kind", "url", "sender", "secret", *more))
    if not _is_safe(one["url"]):
        refuse("gateways.url", "phải là https://, hoặc http:// trên chính máy này")
    for name in ("secret", "calls"):
        if not str(one.get(name, "file:")).startswith("file:"):
            refuse(f"gateways.{name}", "ghi file:TÊN-TỆP, không ghi bí mật vào đây")
    if not _NAME.fullmatch(one["name"]):
        refuse("gateways.name", "chỉ chữ thường không dấu, số và gạch ngang")
    if one.get("reports") and not (one.get("calls") and _is_safe(one["reports"])):
        refuse("gateways.reports", "phải là địa chỉ an toàn, và có calls")
    return one


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    if parts.username or parts.password or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
