"""Providers: two finance officers add one, with the adapter that speaks for it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together, names_of
from app.audit.trail import record
from app.channels.lookup import Terms, in_force, terms_of
from app.channels.opening import adapter_of
from app.channels.profile import read_profile
from app.config import Settings
from app.errors import InputError, NotFound, Refused
from app.privacy import Keyring
from app.units.lookup import is_training
from app.units.tables import contract, provider
from bank_adapters.contract import Capabilities
from bank_adapters.discovery import load

ADD = "provider_add"
NAME_MAX = 120
_CODE = re.compile(r"[a-z][a-z0-9._-]{1,19}")


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as it is added. `holds_advance`: the money is handed to it beforehand, else it
    debits the unit's own account; `is_promised`: so the bank says, though its adapter does not."""

    code: str
    name: str
    adapter: str
    holds_advance: bool
    is_promised: bool = False


def add_provider(
    session: Session,
    keyring: Keyring,
    settings: Settings,
    signers: Sequence[Signer],
    what: Provider,
    now: datetime,
) -> None:
    """Two finance officers add a provider; on a training installation it is one of the sandbox.

    Raises InputError for a code or name that cannot be, Refused for a code that is taken, an
    adapter that the settings do not allow or that says otherwise whose money it is, and as
    `confirm_together` does.
    """
    _require_sound(session, what)
    _require_adapter(settings, what)
    sandbox = int(is_training(session, settings))
    said = (ADD, what.code, what.name, what.adapter, str(int(what.holds_advance)), str(sandbox))
    digest = hashlib.sha256("|".join(said).encode()).hexdigest()
    about = f"provider:{what.code}"
    confirm_together(session, keyring, signers, about, now, Confirmation(ADD, digest, 1, 0))
    row = {"name": what.name, "adapter": what.adapter, "holds_advance": int(what.holds_advance),
           "is_sandbox": sandbox}  # fmt: skip
    session.execute(insert(provider).values(code=what.code, **row))
    record(session, now, names_of(signers), "channels:provider:add", about, digest, after=row)


def _require_sound(session: Session, what: Provider) -> None:
    if _CODE.fullmatch(what.code) is None:
        raise InputError(
            f"Mã “{what.code[:20]}” không dùng được.",
            "Mã có 2-20 ký tự: chữ thường không dấu, số, dấu . _ -, bắt đầu bằng chữ.",
        )
    if not what.name.strip() or len(what.name) > NAME_MAX:
        raise InputError("Tên đơn vị chi trả trống hoặc quá dài.", f"Ghi 1-{NAME_MAX} ký tự.")
    if session.scalar(select(provider.c.code).where(provider.c.code == what.code)) is not None:
        raise Refused(
            f"Đã có đơn vị chi trả mã “{what.code}”.",
            "Xem `ansinh bank provider list`. Đơn vị đã có thì không sửa: chọn mã khác.",
        )


def _require_adapter(settings: Settings, what: Provider) -> None:
    if what.adapter not in settings.adapters:
        raise Refused(
            f"Cấu hình không cho dùng bộ kết nối “{what.adapter}”.",
            f"Đang cho dùng: {', '.join(settings.adapters)}. Thêm vào ANSINH_ADAPTERS nếu cần.",
        )
    declared = load([what.adapter])[what.adapter].capabilities.holds_advance
    if declared != what.holds_advance and not what.is_promised:
        raise Refused(
            f"Bộ kết nối “{what.adapter}” khai là {WAYS[declared]}, không phải"
            f" {WAYS[what.holds_advance]}.",
            "Sửa theo hợp đồng. Nếu ngân hàng cam kết khác: thêm --promised, và ghi mục [promises]"
            " trong hồ sơ kênh.",
        )


WAYS = {True: "nhận tạm ứng trước (--advance)", False: "trừ tài khoản của đơn vị (--debits)"}


def provider_named(session: Session, code: str) -> Row[Any]:
    """The provider's row. Raises NotFound."""
    row = session.execute(select(provider).where(provider.c.code == code)).one_or_none()
    if row is None:
        raise NotFound(
            f"Không có đơn vị chi trả nào mã “{code[:20]}”.",
            "Xem `ansinh bank provider list`, thêm bằng `ansinh bank provider add`.",
        )
    return row


def capabilities_now(session: Session, settings: Settings, code: str, today: date) -> Capabilities:
    """What a provider does by its channel in force, else by its adapter alone. Raises NotFound,
    and Refused for an adapter that the settings do not allow."""
    row = provider_named(session, code)
    terms = Terms(code, 0, row.adapter, "sandbox", "", today)
    for one in in_force(session, today):
        if one.provider == code:
            terms = terms_of(one)
    profile = read_profile(terms.profile, terms.courier)
    return adapter_of(terms, profile, settings).capabilities


def all_providers(session: Session) -> Sequence[Row[Any]]:
    """Every provider by code, and how many contracts there are with it."""
    theirs = select(func.count()).where(contract.c.provider == provider.c.code).scalar_subquery()
    query = select(provider, theirs.label("contracts")).order_by(provider.c.code)
    return session.execute(query).all()
