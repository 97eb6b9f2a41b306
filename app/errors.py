"""What can go wrong, as a small tree. Every error says what to do.

    AnSinhError                the root: what the edges catch and show
    ├── SettingsError          the installation is set up wrongly; lists every fault at once
    ├── InputError             a file, form or option cannot be used as it is: mend it
    ├── NotFound               the thing named does not exist
    ├── Forbidden              this person may not do this
    │   └── Remembered         and that it was tried is a fact, which is kept
    ├── Refused                a rule of the money forbids it; trying again changes nothing
    │   └── Held               a hold is set: somebody must look before money moves
    ├── Conflict               somebody was faster, or it was done already: read again
    └── Unavailable            a provider, database or gateway does not answer: try again later

`retry` says whether the same call may succeed later without a person doing anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

_COMMAND = re.compile(r"\bansinh \w|--\w")


class AnSinhError(Exception):
    """Root of our errors: `message` says what is wrong, `what_to_do` what helps.

    Both are sentences for the person at the screen, in Vietnamese unless the edge
    is English only. `str(error)` joins them.
    """

    retry: ClassVar[bool] = False
    title: ClassVar[str] = "Không thực hiện được"

    def __init__(self, message: str, what_to_do: str = "") -> None:
        super().__init__(message, what_to_do)
        self.message = message
        self.what_to_do = what_to_do

    def __str__(self) -> str:
        return f"{self.message} {self.what_to_do}".rstrip()

    @property
    def on_page(self) -> str:
        """As `str`, for a page: nobody types commands there, so advice that names one is left
        out."""
        return self.message if _COMMAND.search(self.what_to_do) else str(self)


class SettingsError(AnSinhError):
    """The installation's settings are unusable. `faults` holds one sentence a fault."""

    title = "Cấu hình sai"

    def __init__(self, faults: Sequence[str]) -> None:
        listed = "".join(f"\n  - {fault}" for fault in faults)
        super().__init__(f"Cấu hình có {len(faults)} lỗi:{listed}\n", "Xem docs/settings.md.")
        self.faults = tuple(faults)


class InputError(AnSinhError):
    """What was given cannot be used as it is; nothing was applied."""

    title = "Dữ liệu đầu vào chưa đúng"


class NotFound(AnSinhError):
    """The thing named does not exist, or lies outside what this person may see."""

    title = "Không tìm thấy"


class Forbidden(AnSinhError):
    """This person may not do this: role, area, or a second factor is missing."""

    title = "Không có quyền"


class Remembered(Forbidden):
    """Refused, and that it was tried is a fact: `remember(session)` writes it, and nothing else of
    the unit of work that was refused stays (`app/db.py` does)."""

    def __init__(self, message: str, what_to_do: str, remember: Callable[[Any], None]) -> None:
        super().__init__(message, what_to_do)
        self.remember = remember


class Refused(AnSinhError):
    """A rule of the money forbids it. Trying again changes nothing."""

    title = "Bị từ chối theo quy định"


class Held(Refused):
    """A hold is set; a person has to look into the case and lift it."""

    title = "Đang tạm giữ"


class Conflict(AnSinhError):
    """The row has moved on since it was read, or the same act was done already."""

    title = "Dữ liệu đã thay đổi"


class Unavailable(AnSinhError):
    """Something outside does not answer. The same call may succeed later."""

    title = "Tạm thời không kết nối được"
    retry = True
