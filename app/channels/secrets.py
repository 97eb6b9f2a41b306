"""Files of keys and passwords: named in a profile, looked at before every use."""

from __future__ import annotations

import base64
import binascii
import os
import stat
from pathlib import Path

from app.channels.profile import REFERENCE
from app.errors import SettingsError
from bank_adapters.errors import Refused
from bank_adapters.transports.names import plain

MODE = 0o400
WEBHOOK_MARK = "whsec_"
WEBHOOK_BYTES_MIN = 24


def secret_file(folder: Path | None, reference: str) -> Path:
    """The file behind `file:NAME`: a plain file of ours that nobody else may read, mode 0400.

    Raises SettingsError; its words hold the name, never what is in the file.
    """
    if folder is None:
        raise SettingsError(["ANSINH_BANK_SECRETS: chưa đặt, mà kênh ngân hàng cần tệp khoá."])
    name = reference.removeprefix(REFERENCE)
    try:
        path = folder / plain(name)
        found = path.stat(follow_symlinks=False)
    except (OSError, Refused) as error:
        raise SettingsError(
            [f"Không có tệp khoá “{name[:80]}” trong ANSINH_BANK_SECRETS."]
        ) from error
    if not stat.S_ISREG(found.st_mode):
        raise SettingsError([f"Tệp khoá “{name}” phải là tệp thường, không phải liên kết."])
    if stat.S_IMODE(found.st_mode) != MODE or found.st_uid != os.geteuid():
        raise SettingsError([f"Tệp khoá “{name}” phải của tài khoản chạy dịch vụ và quyền 0400."])
    return path


def webhook_secret(folder: Path | None, reference: str) -> bytes:
    """What a provider signs its calls with: `whsec_` and base64, or the bytes of the text itself.

    Raises SettingsError as `secret_file` does, and for a secret shorter than 24 bytes.
    """
    text = secret_file(folder, reference).read_text(encoding="ascii", errors="replace").strip()
    try:
        found = text.encode()
        if text.startswith(WEBHOOK_MARK):
            found = base64.b64decode(text.removeprefix(WEBHOOK_MARK), validate=True)
    except binascii.Error:
        found = b""
    if len(found) < WEBHOOK_BYTES_MIN:
        name = reference.removeprefix(REFERENCE)
        raise SettingsError([f"Tệp “{name}” không giữ một bí mật từ {WEBHOOK_BYTES_MIN} byte."])
    return found
