"""Reports that a REST provider has ready: listed with their digests, fetched whole, ticked off."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote

from bank_adapters.contract import Receipt, RemoteFile
from bank_adapters.errors import InDoubt, Refused, Unavailable
from bank_adapters.rest.profile import RestProfile
from bank_adapters.rest.spool import is_spool
from bank_adapters.transports import names
from bank_adapters.transports.https import HttpsLine

REPORTS_MAX = 1_000
_DIGEST = re.compile("[0-9a-f]{64}")


class Reports:
    """What waits at one provider."""

    def __init__(self, line: HttpsLine, profile: RestProfile) -> None:
        self._line, self._profile = line, profile
        self._listed: dict[str, tuple[int, str]] = {}

    def waiting(self) -> list[RemoteFile]:
        """The reports in the provider's order, oldest first; raises Unavailable."""
        if not self._profile.paths["reports"]:
            return []
        try:
            answer = self._line.call("GET", self._profile.paths["reports"])
        except InDoubt as error:
            raise Unavailable(f"không xem được danh sách báo cáo: {error}") from error
        rows = answer.told().get("reports")
        if answer.status != 200 or not isinstance(rows, list) or len(rows) > REPORTS_MAX:
            raise Unavailable(f"danh sách báo cáo không đọc được (HTTP {answer.status})")
        self._listed = dict(self._row(row) for row in rows)
        return [RemoteFile(name, size) for name, (size, _) in self._listed.items()]

    def _row(self, row: object) -> tuple[str, tuple[int, str]]:
        """(name, (size, sha256)); one odd row and the list is not believed."""
        told = row if isinstance(row, dict) else {}
        name, size, sha256 = (told.get(key) for key in ("name", "size", "sha256"))
        is_name = isinstance(name, str) and names.is_waiting(name) and not is_spool(name)
        is_size = type(size) is int and 0 <= size <= self._profile.report_max
        if not (is_name and is_size and isinstance(sha256, str) and _DIGEST.fullmatch(sha256)):
            raise Unavailable("danh sách báo cáo có dòng không đọc được, hoặc báo cáo quá lớn")
        return str(name), (int(str(size)), sha256)

    def fetch(self, name: str, target: Path) -> Receipt:
        """Copy a listed report to `target`, whole or not at all; what was listed must come."""
        if name not in self._listed:
            raise Refused(f"{name}: bên kia không có báo cáo này")
        size, sha256 = self._listed[name]
        part = target.with_name(target.name + ".part")
        try:
            with part.open("wb") as out:
                found = self._line.download(self._path("report", name), out, size)
                out.flush()
                os.fsync(out.fileno())
        except InDoubt as error:
            raise Unavailable(f"{name}: chưa lấy được báo cáo: {error}") from error
        if found != (sha256, size):
            raise Unavailable(f"{name}: báo cáo lấy về khác với danh sách, lấy lại sau")
        part.replace(target)
        names.sync_folder(target.parent)
        return Receipt(name, *found)

    def done(self, name: str) -> None:
        """Tell the provider that it is stored here; one that he no longer has is done already."""
        try:
            answer = self._line.call("POST", self._path("report_done", name), b"")
        except InDoubt as error:
            raise Unavailable(f"{name}: chưa báo được là đã nhận: {error}") from error
        if answer.status not in (200, 204, 404):
            raise Unavailable(f"{name}: chưa báo được là đã nhận (HTTP {answer.status})")

    def _path(self, path: str, name: str) -> str:
        return self._profile.paths[path].replace("{id}", quote(name, safe=""))
