"""Whether a channel may be: it agrees with its provider, its contracts and this installation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.channels.lookup import Terms
from app.channels.opening import adapter_of, require_carried
from app.channels.profile import Profile, read_profile
from app.channels.secrets import secret_file, webhook_secret
from app.config import LOOPBACK, Settings
from app.errors import NotFound, Refused
from app.units.lookup import is_training
from app.units.tables import contract, provider
from bank_adapters.contract import Capabilities


def require_fit(session: Session, settings: Settings, terms: Terms) -> None:
    """Raises Refused, InputError, NotFound or SettingsError when a channel could not work here,
    or would work against what the provider's contracts say."""
    row = session.execute(select(provider).where(provider.c.code == terms.provider)).one_or_none()
    if row is None:
        raise NotFound(
            f"Không có đơn vị chi trả nào mã “{terms.provider}”.", "Kiểm tra --provider."
        )
    profile = read_profile(terms.profile, terms.courier)
    _same_adapter(terms, row)
    for reference in profile.secrets:
        secret_file(settings.bank_secrets, reference)
    for reference in profile.callback:
        webhook_secret(settings.bank_secrets, reference)
    _rehearsals_stay_inside(session, settings, terms, profile, row)
    adapter = adapter_of(terms, profile, settings)
    require_carried(adapter, terms.courier, profile)
    capabilities = adapter.capabilities
    _as_contracted(session, terms.provider, capabilities, row)


def _same_adapter(terms: Terms, row: Any) -> None:
    """What a provider sent years ago is read by its adapter, so a provider keeps its own."""
    if row.adapter != terms.adapter:
        raise Refused(
            f"{row.code} dùng bộ kết nối “{row.adapter}”, không phải “{terms.adapter}”.",
            "Đổi bộ kết nối thì lập đơn vị chi trả mới với hợp đồng mới.",
        )


def _rehearsals_stay_inside(
    session: Session, settings: Settings, terms: Terms, profile: Profile, row: Any
) -> None:
    """A training installation talks to the sandbox alone, a real one never."""
    training = is_training(session, settings)
    if training and not row.is_sandbox:
        raise Refused(
            "Cơ sở dữ liệu tập huấn chỉ nối với ngân hàng giả lập.",
            f"{row.code} là đơn vị chi trả thật: khai báo trên bản cài đặt thật.",
        )
    if training and profile.host and profile.host not in LOOPBACK:
        raise Refused(
            "Ngân hàng giả lập chạy ngay trên máy này.", "Ghi host là 127.0.0.1 trong hồ sơ kênh."
        )
    if not training and (row.is_sandbox or terms.courier == "sandbox"):
        raise Refused(
            "Ngân hàng giả lập không nhận tiền thật.", "Chỉ khai báo trên cơ sở dữ liệu tập huấn."
        )


def _as_contracted(session: Session, code: str, told: Capabilities, row: Any) -> None:
    """Whose account is debited decides what proves a payment; it must be one and the same."""
    if told.holds_advance != bool(row.holds_advance):
        raise Refused(
            f"Hợp đồng với {code} và kênh nói khác nhau về tiền tạm ứng (holds_advance).",
            "Sửa mục [promises] theo hợp đồng.",
        )
    if not told.holds_advance and told.settles != "booked":
        raise Refused(
            f"{code} trừ tài khoản của mình thì chỉ dòng đã hạch toán mới chứng minh đã chi.",
            'Ghi settles = "booked" trong mục [promises].',
        )
    query = select(contract.c.methods).where(contract.c.provider == code)
    wanted = {one for text in session.scalars(query) for one in text.replace(",", " ").split()}
    if missing := sorted(wanted - {one.value for one in told.methods}):
        raise Refused(
            f"Hợp đồng với {code} có cách chi mà kênh không làm được: {', '.join(missing)}.",
            "Chọn bộ kết nối khác hoặc sửa mục [promises].",
        )
