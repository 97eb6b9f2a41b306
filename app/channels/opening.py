"""Channels in force as jobs use them: an adapter and a way to open a courier, by provider code."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.channels.lookup import Terms, all_channels, in_force, terms_of
from app.channels.profile import Pgp, Profile, read_profile
from app.channels.promises import NEVER_PROVEN, promising
from app.channels.secrets import secret_file
from app.clock import Clock, SystemClock, local_date
from app.config import Settings
from app.errors import Refused
from app.units.tables import provider
from bank_adapters.contract import BankAdapter, Courier, OpenCourier
from bank_adapters.discovery import load
from bank_adapters.enveloped import enveloped_adapter
from bank_adapters.errors import Refused as BankRefused
from bank_adapters.rest.adapter import RestAdapter
from bank_adapters.transports import pgp
from bank_adapters.transports.folder import FolderTarget, open_folder
from bank_adapters.transports.https import HttpsTarget
from bank_adapters.transports.sftp import SftpTarget, open_sftp

Opened = tuple[dict[str, BankAdapter], dict[str, OpenCourier]]


def open_channels(session: Session, settings: Settings, clock: Clock | None = None) -> Opened:
    """Adapters by provider code, and couriers by provider code; nothing is connected yet.

    A provider without a channel in force still has its adapter, so that what it once sent can be
    read and proven, but no courier: nothing leaves. The sandbox has no courier here either: whoever
    starts it carries. `clock` is what a last moment of sending is held against. Raises
    Conflict for a text that is not what two officers confirmed.
    """
    clock = clock or SystemClock()
    adapters = _by_provider(session, settings.adapters)
    couriers: dict[str, OpenCourier] = {}
    for row in in_force(session, local_date(clock.now())):
        terms = terms_of(row)
        if terms.adapter not in settings.adapters:
            continue  # the settings no longer allow it: as good as no channel
        profile = read_profile(terms.profile, terms.courier)
        adapters[terms.provider] = adapter_of(terms, profile, settings)
        if terms.courier in _CARRIED:
            couriers[terms.provider] = partial(_open, terms, profile, settings, clock)
    return adapters, couriers


def adapters_that_read(session: Session, settings: Settings) -> dict[str, BankAdapter]:
    """By provider, what reads every file that it ever sent: in the clear, or in an envelope by the
    keys of the newest channel that has any. For proofs alone: nothing new is taken in by these."""
    found = _by_provider(session, None)
    enveloped = {}
    for row in all_channels(session):
        profile = read_profile(row.profile, row.courier)
        if row.confirmed_at is not None and profile.pgp is not None:
            enveloped[row.provider] = profile.pgp
    for code, told in enveloped.items():
        inner, keys = found[code], keys_of(told, settings)
        found[code] = enveloped_adapter(inner, keys, also_clear=True)
    return found


def _by_provider(session: Session, allowed: Collection[str] | None) -> dict[str, BankAdapter]:
    """Each provider's adapter as it comes, where the settings allow it: it promises nothing."""
    rows = session.execute(select(provider.c.code, provider.c.adapter)).all()
    wanted = {row.adapter for row in rows if allowed is None or row.adapter in allowed}
    loaded = load(wanted)
    return {
        row.code: promising(loaded[row.adapter], NEVER_PROVEN)
        for row in rows
        if row.adapter in loaded
    }


def adapter_of(terms: Terms, profile: Profile, settings: Settings) -> BankAdapter:
    """The adapter with its profile, what the bank promises, and the envelope of its files.

    Raises Refused for one that the settings do not allow, or that takes no settings of its own.
    """
    if terms.adapter not in settings.adapters:
        raise Refused(
            f"Cấu hình không cho dùng bộ kết nối “{terms.adapter}”.", "Xem ANSINH_ADAPTERS."
        )
    adapter = load([terms.adapter])[terms.adapter]
    if profile.adapter:
        adapter = adapted(adapter, profile.adapter)
    adapter = promising(adapter, profile.dedupe, profile.promises)
    if profile.pgp is None:
        return adapter
    keys = keys_of(profile.pgp, settings)
    return enveloped_adapter(adapter, keys)


def adapted(adapter: BankAdapter, told: Mapping[str, Any]) -> BankAdapter:
    """The adapter as a channel's section [adapter] says. Raises Refused where it cannot be so."""
    take = getattr(adapter, "with_profile", None)
    if not callable(take):
        raise Refused(
            f"Bộ kết nối “{adapter.name}” không nhận hồ sơ riêng.", "Bỏ mục [adapter] của kênh."
        )
    try:
        return cast(BankAdapter, take(told))
    except BankRefused as error:
        raise Refused(f"{error}.", "Sửa mục [adapter] của hồ sơ kênh.") from error


def keys_of(told: Pgp, settings: Settings) -> pgp.Keys:
    """The files of a channel's keys. Raises SettingsError for one that is missing or open."""
    folder = settings.bank_secrets
    password = ""
    if told.password:
        password = secret_file(folder, told.password).read_text(encoding="utf-8").strip()
    return pgp.Keys(
        ours=tuple(secret_file(folder, one) for one in told.our_keys),
        theirs=tuple(secret_file(folder, one) for one in told.bank_keys),
        fingerprints=told.fingerprints,
        password=password,
    )


def _open(terms: Terms, profile: Profile, settings: Settings, clock: Clock) -> Courier:
    """Connect; what is wrong with a key file is found here, before a byte leaves."""
    if terms.courier == "hand":
        return _hand(terms, settings, clock)
    if terms.courier == "https":
        return _https(terms, profile, settings, clock)
    return _MACHINES[terms.courier](profile, settings, clock)


def _sftp(profile: Profile, settings: Settings, clock: Clock) -> Courier:
    told = profile.courier
    return open_sftp(
        SftpTarget(
            host=told["host"],
            port=told.get("port", 22),
            username=told["user"],
            private_key_path=secret_file(settings.bank_secrets, told["key"]),
            host_key=told["host_key"],
            timeout_seconds=told.get("timeout_seconds", 40),
            settle_seconds=told.get("settle_seconds", 5),
            folders=profile.folders,
            reads_back=told.get("reads_back", True),
            now=clock.now,
        )
    )


def _https(terms: Terms, profile: Profile, settings: Settings, clock: Clock) -> Courier:
    """Requests instead of files; what is answered lies in the home folder until it is collected."""
    told, folder = profile.courier, settings.bank_secrets
    adapter = adapter_of(terms, profile, settings)
    token = secret_file(folder, told["token"]).read_text(encoding="utf-8").strip()
    https = HttpsTarget(
        base=told["base"],
        token=token,
        ca=secret_file(folder, told["ca"]) if "ca" in told else None,
        fingerprint=told.get("fingerprint", ""),
    )
    spool = settings.home / "answers" / terms.provider
    return cast(RestAdapter, adapter).courier(terms.provider, https, spool, clock.now)


def require_carried(adapter: BankAdapter, courier: str, profile: Profile) -> None:
    """Requests go over https, files by any other way, to a machine that the adapter's profile
    knows. Raises Refused for what cannot be."""
    if isinstance(adapter, RestAdapter) != (courier == "https") and courier != "sandbox":
        raise Refused(
            f"Bộ kết nối “{adapter.name}” không đi bằng cách chuyển “{courier}”.",
            "Bộ kết nối rest đi cùng https, các bộ khác đi cùng sftp, folder hoặc hand.",
        )
    if isinstance(adapter, RestAdapter) and courier == "https":
        try:
            HttpsTarget(profile.courier["base"], "", adapter.profile.hosts).require_known()
        except BankRefused as error:
            raise Refused(f"Kênh https: {error}.", "Sửa base của kênh hoặc hosts.") from error


def hand_folder(home: Path, code: str) -> Path:
    """Where files lie that officers carry to a provider and bring from it."""
    return home / "by-hand" / code


def _hand(terms: Terms, settings: Settings, clock: Clock) -> Courier:
    root = hand_folder(settings.home, terms.provider)
    target = FolderTarget(root, now=clock.now)
    for path in (target.folders.inbox, target.folders.outbox):
        # What lies here names people and accounts in clear.
        (root / path).mkdir(mode=0o700, parents=True, exist_ok=True)
    return open_folder(target)


def _folder(profile: Profile, settings: Settings, clock: Clock) -> Courier:
    told = profile.courier
    settle = told.get("settle_seconds", 5)
    return open_folder(FolderTarget(Path(told["path"]), settle, profile.folders, clock.now))


_MACHINES = {"sftp": _sftp, "folder": _folder}
_CARRIED = ("hand", "https", *_MACHINES)
