"""The fixed parts of an administrative document: letterhead, signatures, a QR code.

Layout and letters after Decree 30/2020/ND-CP, appendix I: the issuing bodies on the left (12-13
points), the national name (12-13) and motto (13-14) on the right, place and day beneath the motto
in italics (13-14); who signs in bold (13-14).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import segno

from app.printing.fonts import BOLD, ITALIC, REGULAR
from app.printing.frames import LEADING, Sheet
from app.printing.values import (
    Letterhead,
    Place,
    Seal,
    Signature,
    long_day,
    moment,
    open_day,
    short_code,
)
from app.printing.wrapping import balanced, width, wrap

_NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"
_NATION_SIZE, _SIZE, _POSITION_SIZE = 12.0, 13.0, 11.0
_UNSIGNED_GAP = 48.0
_ACT_SIZE = 10.0
_SEAL, _SEAL_GAP = 62.0, 16.0
_DARK = re.compile(b"\x01+")
_CHECK, _CHECK_SIZE, _CHECK_MASK = 92.0, 11.5, 3
NO_FEE = "Nhà nước không thu phí chi trả. Không đưa mã OTP, mật khẩu cho bất kỳ ai."
"""What every paper to a person says."""


def draw_letterhead(sheet: Sheet, letterhead: Letterhead) -> None:
    """The head of the first page, at the cursor."""
    top = sheet.y
    # The national name needs a fixed width; what is left belongs to the issuing bodies.
    right_width = max(sheet.room * 0.5, width(_NATION, BOLD, _NATION_SIZE) + 4)
    left_width = sheet.room - right_width - 8
    left_end = _draw_bodies(sheet, letterhead, sheet.left + left_width / 2, left_width, top)
    right_end = _draw_nation(sheet, letterhead, sheet.right - right_width / 2, top)
    sheet.y = min(left_end, right_end) - 6


def draw_signatures(sheet: Sheet, signatures: Sequence[Signature]) -> tuple[Place, ...]:
    """Signature blocks side by side, kept together on one page; gives where each leaves room for
    a signature."""
    column = sheet.room / max(len(signatures), 1)
    sheet.keep(10 + max((_height(each, column - 12) for each in signatures), default=0.0))
    sheet.skip(10)
    ends = [
        _draw_signature(sheet, signature, sheet.left + column * (at + 0.5), column - 12)
        for at, signature in enumerate(signatures)
    ]
    places = tuple(
        _room_to_sign(sheet, signature, sheet.left + column * at + 6, column - 12)
        for at, signature in enumerate(signatures)
    )
    sheet.y = min(ends, default=sheet.y)
    return places


def foot_height(sheet: Sheet, signatures: Sequence[Signature], *, sealed: bool) -> float:
    """What `draw_signatures` and, where `sealed`, `draw_seal` will take together, in points."""
    column = sheet.room / max(len(signatures), 1)
    tallest = max((_height(each, column - 12) for each in signatures), default=0.0)
    return 10 + tallest + (_SEAL + _SEAL_GAP if sealed else 0)


def draw_seal(sheet: Sheet, seal: Seal) -> None:
    """The code of what was printed: as a QR code, as letters to compare, and where from."""
    sheet.keep(_SEAL + _SEAL_GAP)
    top = sheet.y - _SEAL_GAP
    draw_qr(sheet, seal.content, sheet.left, top, _SEAL)
    x = sheet.left + _SEAL + 12
    sheet.put(f"Mã kiểm tra: {short_code(seal.code)}", x, top - 18, BOLD, 12)
    room = sheet.right - x
    for at, line in enumerate(wrap(seal.told, ITALIC, 10, room, 3)):
        sheet.put(line, x, top - 33 - at * 10 * LEADING, ITALIC, 10)
    sheet.y = top - _SEAL


def draw_check(sheet: Sheet, content: str, lines: Sequence[tuple[str, str]]) -> None:
    """The QR code of a person's paper, kept together with lines (text, font) beside it."""
    sheet.keep(_CHECK)
    x, top = sheet.left + _CHECK + 18, sheet.y
    draw_qr(sheet, content, sheet.left, top, _CHECK, _CHECK_MASK)
    y = top - 4
    for text, font in lines:
        for part in wrap(text, font, _CHECK_SIZE, sheet.right - x):
            sheet.put(part, x, y - _CHECK_SIZE, font, _CHECK_SIZE)
            y -= _CHECK_SIZE * LEADING
        y -= 3
    sheet.y = min(y, top - _CHECK)


def draw_qr(
    sheet: Sheet, content: str, x: float, top: float, side: float, mask: int | None = None
) -> None:
    """A QR code of `content` with its left upper corner at (x, top), `side` points wide.

    Trying every mask for the evenest picture is most of the work; readers know all of them, so who
    draws thousands names one (0 to 7).
    """
    matrix = segno.make(content, error="m", micro=False, mask=mask).matrix
    module = side / len(matrix)
    # In whole modules from the lower left corner: hundreds of rectangles, each a few signs.
    runs = (
        f"{run.start()} {height} {run.end() - run.start()} 1 re"
        for height, row in enumerate(reversed(matrix))
        for run in _DARK.finditer(row)
    )
    sheet.canvas.saveState()
    sheet.canvas.transform(module, 0, 0, module, x, top - side)
    sheet.canvas.addLiteral(f"{' '.join(runs)} f")
    sheet.canvas.restoreState()


def _draw_bodies(sheet: Sheet, head: Letterhead, x: float, room: float, top: float) -> float:
    y = _centred(sheet, _above(head.parent_body, room), x, top, room, REGULAR, _NATION_SIZE)
    y = _centred(sheet, head.body.upper(), x, y, room, BOLD, _NATION_SIZE)
    length = min(room / 3, width(head.body.upper(), BOLD, _NATION_SIZE) / 2)
    sheet.rule(x - length / 2, y - 3, length)
    if head.number:
        y = _centred(sheet, f"Số: {head.number}", x, y - 7, room, REGULAR, _SIZE)
    return y - 4


def _above(body: str, room: float) -> str:
    """The body above in capitals; shortened as the decree allows where it takes two lines."""
    name = body.upper()
    if width(name, REGULAR, _NATION_SIZE) <= room:
        return name
    return name.replace("ỦY BAN NHÂN DÂN", "UBND")


def _draw_nation(sheet: Sheet, head: Letterhead, x: float, top: float) -> float:
    room = sheet.room
    y = _centred(sheet, _NATION, x, top, room, BOLD, _NATION_SIZE)
    y = _centred(sheet, _MOTTO, x, y, room, BOLD, _SIZE)
    length = width(_MOTTO, BOLD, _SIZE)
    sheet.rule(x - length / 2, y - 3, length)
    on = open_day(head.issued_on) if head.undated else long_day(head.issued_on)
    place = f"{head.place}, {on}"
    return _centred(sheet, place, x, y - 9, room / 2, ITALIC, _SIZE)


def _draw_signature(sheet: Sheet, signature: Signature, x: float, room: float) -> float:
    y = _centred(sheet, signature.role.upper(), x, sheet.y, room, BOLD, _SIZE)
    if signature.position:
        y = _centred(sheet, f"({signature.position})", x, y, room, ITALIC, _POSITION_SIZE)
    y = _draw_act(sheet, signature, x, y - 6, room)
    if signature.name:
        y = _centred(sheet, signature.name, x, y - 6, room, BOLD, _SIZE)
    return y


def _room_to_sign(sheet: Sheet, signature: Signature, left: float, room: float) -> Place:
    """The gap that `_draw_signature` leaves between the role and the name."""
    lines = len(wrap(signature.role.upper(), BOLD, _SIZE, room)) * _SIZE
    if signature.position:
        position = wrap(f"({signature.position})", ITALIC, _POSITION_SIZE, room)
        lines += len(position) * _POSITION_SIZE
    top = sheet.y - lines * LEADING - 4
    return Place(sheet.page - 1, left, top - _UNSIGNED_GAP, left + room, top)


def _height(signature: Signature, room: float) -> float:
    """What `_draw_signature` and `_draw_act` will take."""
    lines = len(wrap(signature.role.upper(), BOLD, _SIZE, room)) * _SIZE
    position = wrap(f"({signature.position})", ITALIC, _POSITION_SIZE, room)
    lines += len(position) * _POSITION_SIZE
    lines += len(wrap(signature.name, BOLD, _SIZE, room)) * _SIZE
    act = sum(_ACT_SIZE * LEADING + 1 for _ in _act_lines(signature)) + 6
    return lines * LEADING + max(act, _UNSIGNED_GAP) + 12


def _act_lines(signature: Signature) -> list[str]:
    if signature.signed_at is None:
        return []
    lines = ["Đã xác nhận điện tử", f"lúc {moment(signature.signed_at)}"]
    return [*lines, f"Mã: {short_code(signature.digest)}"] if signature.digest else lines


def _draw_act(sheet: Sheet, signature: Signature, x: float, y: float, room: float) -> float:
    lines = _act_lines(signature)
    if not lines:
        return y - _UNSIGNED_GAP
    top = y
    for line in lines:
        y = _centred(sheet, line, x, y - 1, room, REGULAR, _ACT_SIZE)
    box = min(room, max(width(line, REGULAR, _ACT_SIZE) for line in lines) + 16)
    sheet.canvas.setLineWidth(0.5)
    sheet.canvas.rect(x - box / 2, y - 5, box, top - y + 6)
    return y - 6


def _centred(
    sheet: Sheet, text: str, x: float, y: float, room: float, font: str, size: float
) -> float:
    """Wrapped lines around `x` beginning below `y`; gives the y below them."""
    for line in balanced(text, font, size, room):
        sheet.put(line, x, y - size, font, size, "centre")
        y -= size * LEADING
    return y
