"""From a table of the plan to a gateway: every word checked, the secret read from its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from app.config import LOOPBACK
from app.messaging.gateways.aggregator import Aggregator
from app.messaging.gateways.contract import Gateway
from app.messaging.gateways.kannel import Kannel
from app.messaging.terms import Plan, checked, refuse

Secret = Callable[[str], str]
"""What stands in the file that `file:NAME` names. Raises SettingsError."""
_SHARED: Mapping[str, type] = {
    "name": str,
    "kind": str,
    "url": str,
    "sender": str,
    "secret": str,
}
_KANNEL = {**_SHARED, "user": str}
_CODES = ("taken", "account", "refused", "no_number")
_AGGREGATOR = {**_SHARED, "key": str, **dict.fromkeys(_CODES, list)}


def open_gateways(plan: Plan, secret: Secret) -> list[Gateway]:
    """The gateways of a plan, in their order. Raises SettingsError, naming the place."""
    found = [_open(one, secret) for one in plan.gateways]
    if len({one.name for one in found}) < len(found):
        refuse("gateways.name", "mỗi cổng một tên")
    return found


def _open(told: Mapping[str, Any], secret: Secret) -> Gateway:
    kind = told.get("kind")
    if kind == "kannel":
        one = _words(told, _KANNEL, ("user",))
        password = secret(one["secret"])
        return Kannel(one["name"], one["url"], one["user"], one["sender"], password)
    if kind == "aggregator":
        one = _words(told, _AGGREGATOR, ("key", "taken"))
        taken, account, refused, none = (tuple(map(str, one.get(name, ()))) for name in _CODES)
        return Aggregator(
            one["name"], one["url"], one["key"], one["sender"], secret(one["secret"]),
            taken=taken, account=account, refused=refused, no_number=none,
        )  # fmt: skip
    refuse("gateways.kind", "dùng kannel hoặc aggregator")
    raise AssertionError("unreachable")


def _words(
    told: Mapping[str, Any], kinds: Mapping[str, type], more: tuple[str, ...]
) -> dict[str, Any]:
    one = checked(told, "gateways", kinds, ("name", "kind", "url", "sender", "secret", *more))
    if not _is_safe(one["url"]):
        refuse("gateways.url", "phải là https://, hoặc http:// trên chính máy này")
    if not str(one["secret"]).startswith("file:"):
        refuse("gateways.secret", "ghi file:TÊN-TỆP, không ghi bí mật vào đây")
    return one


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    if parts.username or parts.password or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
