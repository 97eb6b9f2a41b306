"""What somebody might do to a pack who wants it to say something else."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FORMAT = b"an-sinh/audit-pack/1\n"
Row = dict[str, str]


class Forger:
    """A copy of a pack under a forger's hands. `key` is his own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = Ed25519PrivateKey.from_private_bytes(b"f" * 32)

    # ------------------------------------------------------------------ single files
    def edit(self, path: str, old: str, new: str) -> None:
        """Replace text in a file, once."""
        text = (self.folder / path).read_text("utf-8")
        assert old in text, f"{path}: {old}"
        (self.folder / path).write_text(text.replace(old, new, 1), "utf-8")

    def flip(self, pattern: str) -> str:
        """Change the last byte of the first file of a pattern; gives its name."""
        path = min(self.folder.glob(pattern))
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        return path.relative_to(self.folder).as_posix()

    def rows(self, name: str, change: Callable[[list[Row]], list[Row]]) -> None:
        """Change the rows of a table."""
        text = (self.folder / name).read_text("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(rows))
        (self.folder / name).write_text(out.getvalue(), "utf-8-sig")

    def first(self, name: str, where: Callable[[Row], bool], **values: Any) -> None:
        """Change the first row of a table that fits; a callable is given the old value."""

        def change(rows: list[Row]) -> list[Row]:
            row = next(one for one in rows if where(one))
            for column, value in values.items():
                row[column] = str(value(row[column]) if callable(value) else value)
            return rows

        self.rows(name, change)

    def snapshot(self, change: Callable[[Any], object]) -> None:
        """Change the snapshot in place."""
        path = self.folder / "snapshot.json"
        value = json.loads(path.read_text("utf-8"))
        change(value)
        path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")

    # ------------------------------------------------------------------ covering it up
    def reindex(self, public_key: str | None = "", drop: tuple[str, ...] = ()) -> bytes:
        """Write the index anew over what lies there; gives its bytes."""
        path = self.folder / "index.json"
        index = json.loads(path.read_text("utf-8"))
        if public_key != "":
            index["public_key"] = public_key
        index["files"] = [one for one in index["files"] if one["path"] not in drop]
        for one in index["files"]:
            data = (self.folder / one["path"]).read_bytes()
            one["size"], one["sha256"] = len(data), hashlib.sha256(data).hexdigest()
        path.write_text(json.dumps(index, ensure_ascii=False, indent=1) + "\n", "utf-8")
        return path.read_bytes()

    def resign(self) -> None:
        """Put his own key everywhere, sign anchors and index with it: as good as it gets."""
        public = self.key.public_key().public_bytes_raw().hex()
        (self.folder / "anchor.pub").write_text(f"{public}\n", "ascii")
        anchors = self.folder / "anchors.jsonl"
        lines = [json.loads(line) for line in anchors.read_text("utf-8").splitlines()]
        anchors.write_text("".join(self._signed(line) for line in lines), "utf-8")
        signature = self.key.sign(FORMAT + self.reindex(public)).hex()
        value = {"algorithm": "Ed25519", "public_key": public, "signature": signature}
        (self.folder / "index.sig").write_text(json.dumps(value), "utf-8")

    def _signed(self, line: dict[str, Any]) -> str:
        public = self.key.public_key().public_bytes_raw()
        line.update(key=hashlib.sha256(public).hexdigest()[:16], signature="")
        message = json.dumps(line, separators=(",", ":"), sort_keys=True).encode()
        return json.dumps({**line, "signature": self.key.sign(message).hex()}) + "\n"
