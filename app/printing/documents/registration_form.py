"""The form with which a person asks for the money on an account: one page, filled in beforehand.

Nothing that the office holds is asked again; the number of fields that nobody has to write is
printed. Where a guardian or an authorised person takes the money the form is in their name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from app.printing.blocks import draw_letterhead, draw_signatures
from app.printing.fonts import BOLD, ITALIC, REGULAR
from app.printing.frames import Sheet, heading
from app.printing.values import DocumentError, Letterhead, Signature
from app.printing.wrapping import width, wrap

TITLE = "Phiếu đăng ký nhận trợ cấp qua tài khoản"
_SIZE, _LINE = 12.0, 18.0
_BOX, _COMB = 12.0, 17.0
_ACCOUNT_SIGNS, _PHONE_SIGNS = 20, 10
_CHOICES, _CHOICES_HEIGHT = "choices", 5 * (_LINE + 1) + 3 * (_COMB + 7) + 2
_KINDS = {
    "self": "Dùng cho người hưởng tự nhận",
    "guardian": "Dùng cho người giám hộ nhận thay",
    "authorised": "Dùng cho người được ủy quyền nhận thay",
}

Field = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """One person's form: what is held, as (label, value); an empty value leaves room to write.

    `kind` is 'self', 'guardian' or 'authorised'; `payee` are the fields of who takes the money
    then. `now` tells how the person is paid today, `signer` whose signature is asked.
    """

    letterhead: Letterhead
    kind: str
    code: str
    person: tuple[Field, ...]
    payee: tuple[Field, ...]
    now: str
    signer: str

    @property
    def saved(self) -> int:
        """How many fields are filled in already."""
        return sum(1 for _, value in (*self.person, *self.payee) if value)


def render_forms(forms: Iterable[Form], out: BinaryIO, *, synthetic: bool) -> tuple[int, int]:
    """Write one page a person; gives (forms, fields that nobody has to write).

    `forms` may be a stream. Raises DocumentError when there is nobody, or when what is held of
    somebody does not fit on a page.
    """
    sheet: Sheet | None = None
    count = saved = 0
    for form in forms:
        if sheet is None:
            sheet = Sheet(out, title=TITLE, author=form.letterhead.body, synthetic=synthetic)
        else:
            sheet.new_page()
        _draw(sheet, form)
        count, saved = count + 1, saved + form.saved
        if sheet.page != count:
            raise DocumentError(f"the form {form.code} does not fit on a page")
    if sheet is None:
        raise DocumentError("nobody to write a form for")
    sheet.finish()
    return count, saved


def _draw(sheet: Sheet, form: Form) -> None:
    draw_letterhead(sheet, form.letterhead)
    heading(sheet, TITLE, _KINDS[form.kind], f"Mã người hưởng: {form.code}")
    _part(sheet, "1. Người hưởng (cơ quan đã có, không phải viết lại; sai thì sửa bên cạnh)")
    _fields(sheet, form.person)
    if form.payee:
        _part(sheet, "2. Người nhận thay")
        _fields(sheet, form.payee)
    _part(sheet, f"{3 if form.payee else 2}. Muốn nhận tiền bằng cách nào (đánh dấu một ô)")
    sheet.labelled("Hiện nay", form.now, size=_SIZE)
    sheet.skip(3)
    _choices(sheet)
    _pledge(sheet, form)
    draw_signatures(sheet, _signatures(form))
    _count(sheet, form)


def _part(sheet: Sheet, text: str) -> None:
    sheet.skip(5)
    sheet.paragraph(text, font=BOLD, size=12)
    sheet.skip(2)


def _fields(sheet: Sheet, fields: Sequence[Field]) -> None:
    """Two fields on a line, a long one on a line of its own."""
    half = sheet.room / 2 - 8
    at = 0
    while at < len(fields):
        pair = fields[at : at + 2]
        if len(pair) == 2 and all(_wide(*one) <= half for one in pair):
            _field(sheet, *pair[0], sheet.left, half)
            _field(sheet, *pair[1], sheet.left + half + 16, half)
            sheet.y -= _LINE
            at += 2
        else:
            _long_field(sheet, *fields[at])
            at += 1


def _wide(label: str, value: str) -> float:
    return width(f"{label}: ", REGULAR, _SIZE) + width(value, BOLD, _SIZE)


def _field(sheet: Sheet, label: str, value: str, x: float, room: float) -> None:
    said = f"{label}: "
    start, y = x + width(said, REGULAR, _SIZE), sheet.y - _SIZE
    sheet.put(said, x, y, REGULAR, _SIZE)
    if value:
        sheet.put(value, start, y, BOLD, _SIZE)
    else:
        _dots(sheet, start, x + room, y)


def _dots(sheet: Sheet, start: float, end: float, y: float) -> None:
    sheet.canvas.setDash(1, 2)
    sheet.rule(start, y - 1.5, end - start, 0.7)
    sheet.canvas.setDash()


def _long_field(sheet: Sheet, label: str, value: str) -> None:
    said = f"{label}: "
    indent = width(said, REGULAR, _SIZE)
    sheet.put(said, sheet.left, sheet.y - _SIZE, REGULAR, _SIZE)
    lines = wrap(value, BOLD, _SIZE, sheet.room - indent) if value else ()
    for line in lines:
        sheet.put(line, sheet.left + indent, sheet.y - _SIZE, BOLD, _SIZE)
        sheet.y -= _LINE
    if not lines:
        _dots(sheet, sheet.left + indent, sheet.right, sheet.y - _SIZE)
        sheet.y -= _LINE


def _choices(sheet: Sheet) -> None:
    """The part that is the same on every page: drawn once, then placed."""
    top, canvas = sheet.y, sheet.canvas
    if not canvas.hasForm(_CHOICES):
        sheet.y = 0.0
        canvas.beginForm(_CHOICES, 0, -int(_CHOICES_HEIGHT), int(sheet.width), 0)
        _draw_choices(sheet)
        canvas.endForm()
    canvas.saveState()
    canvas.translate(0, top)
    canvas.doForm(_CHOICES)
    canvas.restoreState()
    sheet.y = top - _CHOICES_HEIGHT


def _draw_choices(sheet: Sheet) -> None:
    for text, signs, keeper in (
        ("Đã có tài khoản ngân hàng, số tài khoản (không phải số trên thẻ):", _ACCOUNT_SIGNS, True),
        ("Tài khoản an sinh xã hội đã liên kết trên VNeID, số tài khoản:", _ACCOUNT_SIGNS, True),
        ("Tiền di động (Mobile Money) hoặc ví điện tử, số điện thoại:", _PHONE_SIGNS, True),
        ("Nhờ cơ quan đề nghị ngân hàng mở tài khoản", 0, False),
        ("Tiếp tục nhận tiền mặt tại bưu điện", 0, False),
    ):
        _tick(sheet, text)
        if keeper:
            _comb(sheet, signs)


def _tick(sheet: Sheet, text: str) -> None:
    sheet.canvas.setLineWidth(0.9)
    sheet.canvas.rect(sheet.left, sheet.y - _BOX - 1, _BOX, _BOX)
    sheet.put(text, sheet.left + _BOX + 7, sheet.y - _SIZE + 0.5, REGULAR, _SIZE)
    sheet.y -= _LINE + 1


def _comb(sheet: Sheet, signs: int) -> None:
    """A box for each digit, and room for the name of the bank beside them."""
    left, top = sheet.left + _BOX + 7, sheet.y
    sheet.canvas.setLineWidth(0.5)
    sheet.canvas.grid([left + at * _COMB for at in range(signs + 1)], [top, top - _COMB])
    label = left + _COMB * signs + 8
    y = top - _SIZE
    sheet.put("tại:", label, y, REGULAR, _SIZE)
    _dots(sheet, label + width("tại: ", REGULAR, _SIZE), sheet.right, y)
    sheet.y -= _COMB + 7


def _pledge(sheet: Sheet, form: Form) -> None:
    whose = "của người hưởng" if form.kind == "self" else "của người nhận thay ghi ở mục 2"
    sheet.paragraph(
        f"Tài khoản phải đứng tên {whose}. Tôi có thể đổi cách nhận hoặc trở lại nhận tiền mặt "
        "bất cứ lúc nào. Tôi cam kết thông tin trên là đúng.",
        font=ITALIC,
        size=11,
    )


def _signatures(form: Form) -> tuple[Signature, ...]:
    role = "Người đăng ký" if form.kind == "self" else "Người nhận thay"
    return Signature("Cán bộ tiếp nhận"), Signature(role, name=form.signer)


def _count(sheet: Sheet, form: Form) -> None:
    sheet.skip(4)
    sheet.paragraph(
        f"Phiếu đã điền sẵn {form.saved} thông tin cơ quan đang giữ; người dân không khai lại.",
        font=ITALIC,
        size=10,
    )
