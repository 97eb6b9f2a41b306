"""Anchors: signed lines, kept outside the database, that the chain here must not contradict."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from .curve import is_signed
from .reading import ANCHOR_KEY, Pack

Line = dict[str, Any]


def anchors(pack: Pack, wanted: str) -> Iterator[str]:
    """Every anchor is signed, and pins a link of the chain and the closes as they are here."""
    links = {row["position"]: row["link"] for row in pack.rows("chain.csv")}
    closes, signed = _digests_of_closes(pack), False
    lines = [json.loads(one) for one in _text(pack, "anchors.jsonl").splitlines()]
    key = wanted or pack.index["public_key"] or _text(pack, ANCHOR_KEY).strip()
    for number, line in enumerate(lines, 1):
        signed = signed or bool(line.get("key"))
        if signed and not _is_signed(line, key):
            yield f"mốc / anchor {number}: chữ ký sai / wrong signature"
        if links.get(str(line["position"])) != line["link"]:
            yield f"mốc / anchor {number}: vị trí / position {line['position']}"
        told = line.get("closed_digest")
        if told and closes[line["closed"] : line["closed"] + 1] != [told]:
            yield f"mốc / anchor {number}: kỳ đã khoá / closed periods"
    if len(lines) != pack.values["books"]["anchors"]:
        yield f"anchors.jsonl: {len(lines)} ≠ {pack.values['books']['anchors']}"
    if not signed:
        pack.notes.append("Mốc niêm KHÔNG có chữ ký / the anchors are NOT signed")
    part = pack.values["books"]["chain"]
    if part and (not lines or lines[-1]["position"] < part["last"]):
        pack.notes.append("Chưa có mốc sau bút toán cuối / no anchor behind the last entry yet")


def _text(pack: Pack, name: str) -> str:
    path = pack.folder / name
    return path.read_text("utf-8") if path.is_file() else ""


def _is_signed(line: Line, key: str) -> bool:
    public = bytes.fromhex(key)
    if line.get("key") != hashlib.sha256(public).hexdigest()[:16]:
        return False
    fields = {**line, "signature": ""}
    message = json.dumps(fields, separators=(",", ":"), sort_keys=True).encode()
    return is_signed(public, message, bytes.fromhex(line["signature"]))


def _digests_of_closes(pack: Pack) -> list[str]:
    """The digest over the first n closed periods, for n from 0 on."""
    digest = hashlib.sha256()
    found = [digest.hexdigest()]
    for one in pack.values["books"]["closes"]:
        fields = (one["programme"], one["period"], str(one["position"]), one["closed_at"])
        digest.update(("|".join(fields) + "\n").encode())
        found.append(digest.hexdigest())
    return found
