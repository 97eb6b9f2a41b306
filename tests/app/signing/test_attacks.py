"""Signed files that must not be accepted: each is told in a sentence of its own. No database."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from reportlab.pdfgen.canvas import Canvas

from app.errors import InputError
from app.printing.values import Place
from app.signing.difference import read_signed
from app.signing.fields import add_fields
from app.signing.kinds import KINDS, PAYROLL_LIST
from app.signing.trust import Trust, read_trust
from app.signing.verdicts import FAULTS, NotAccepted
from app.signing.verifying import Found, signatures_in
from tests.app.signing.pki import DAY, NOW, Holder, holder, revoked_list, sign, world

FIELDS = KINDS[PAYROLL_LIST].signers
FIRST, *_, LAST = FIELDS


@cache
def prepared(amount: str = "1.000.000 dong") -> bytes:
    """A list of one line, prepared for three to sign."""
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawString(100, 700, amount)
    canvas.showPage()
    canvas.save()
    places = {name: (role, Place(0, 40.0 + 170 * at, 100, 190.0 + 170 * at, 150))
              for at, (name, role) in enumerate(FIELDS.items())}  # fmt: skip
    return add_fields(out.getvalue(), places)


@cache
def signed_by(*who: Holder, pdf: bytes | None = None) -> bytes:
    """The list with the signature of each, in the order of the fields."""
    pdf = prepared() if pdf is None else pdf
    for field, one in zip(FIELDS, who, strict=False):
        pdf = sign(pdf, field, one)
    return pdf


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    """What the settings trust."""
    return read_trust(world().trust(tmp_path_factory.mktemp("trust")))


def judged(
    signed: bytes, trust: Trust, now: Any = NOW, ours: bytes | None = None
) -> tuple[Found, ...]:
    """The signatures, or the refusal."""
    reader = read_signed(prepared() if ours is None else ours, signed, "1/DS-UBND")
    return signatures_in(reader, trust, FIELDS, now)


def verdict(signed: bytes, trust: Trust, now: Any = NOW) -> str:
    """The verdict of the refusal; '' where there is none."""
    try:
        judged(signed, trust, now)
    except NotAccepted as refused:
        return refused.verdict
    return ""


def test_three_who_sign_one_after_another(trust: Trust) -> None:
    found = judged(signed_by(*world().three), trust)
    assert [one.field for one in found] == list(FIELDS)
    assert [one.signer for one in found] == ["Nông Thị Lập", "Hoàng Văn Toán", "Đàm Thị Trưởng"]
    assert {one.issuer for one in found} == {"CA chuyên dùng thử"}
    assert {one.stamped for one in found} == {False}


def test_any_order_will_do(trust: Trust) -> None:
    clerk, accountant, chairman = world().three
    pdf = prepared()
    for field, one in zip(reversed(FIELDS), (chairman, accountant, clerk), strict=True):
        pdf = sign(pdf, field, one)
    assert judged(pdf, trust)[0].signer == "Nông Thị Lập"


CHAINS: dict[str, tuple[str, Callable[[], tuple[Holder, ...]]]] = {
    "revoked": ("revoked", lambda: (world().revoked, *world().three[1:])),
    "expired": ("expired", lambda: (world().expired, *world().three[1:])),
    "not yet valid": ("expired", lambda: (holder("X", world().between, since=NOW + DAY),
                                          *world().three[1:])),
    "another root": ("untrusted", lambda: (world().stranger, *world().three[1:])),
    "signed by itself": ("untrusted", lambda: (holder("Nông Thị Lập"), *world().three[1:])),
    "a name of our own issuer": ("untrusted", lambda: (
        holder("X", holder("CA chuyên dùng thử", is_ca=True)), *world().three[1:])),
    "issued by a signer": ("untrusted", lambda: (holder("X", world().clerk), *world().three[1:])),
    "not for signing": ("untrusted", lambda: (
        holder("X", world().between, may_sign=False), *world().three[1:])),
    "one for two": ("same_person", lambda: (world().clerk, world().clerk, world().chairman)),
    "one key under two names": ("same_person", lambda: (
        world().clerk, holder("Y", world().between, key=world().clerk.key), world().chairman)),
    "nobody": ("unsigned", lambda: ()),
    "one of three": ("missing", lambda: (world().clerk,)),
    "two of three": ("missing", lambda: world().three[:2]),
}  # fmt: skip


@pytest.mark.parametrize("case", CHAINS)
def test_certificates(trust: Trust, case: str) -> None:
    wanted, who = CHAINS[case]
    assert verdict(signed_by(*who()), trust) == wanted


def test_what_is_known_of_revocations(tmp_path: Path) -> None:
    signed, here = signed_by(*world().three), world()
    ours = revoked_list(here.root)

    def among(name: str, *lists: bytes) -> str:
        return verdict(signed, read_trust(here.trust(tmp_path / name, *lists)))

    assert among("none", ours) == "unknown"
    assert among("stale", ours, revoked_list(here.between, at=NOW - 60 * DAY)) == "unknown"
    assert among("forged", ours, _by_a_stranger(here.between)) == "unknown"
    assert (
        among("above", revoked_list(here.root, here.between), revoked_list(here.between))
        == "revoked"
    )
    assert among("old and named", ours, revoked_list(here.between, here.clerk, at=NOW - 60 * DAY,
                                                     on=NOW - 61 * DAY)) == "revoked"  # fmt: skip
    assert among("later than now", ours, revoked_list(here.between, here.clerk, on=NOW + DAY)) == ""


def _by_a_stranger(issuer: Holder) -> bytes:
    """A list in the issuer's name that somebody else signed."""
    return revoked_list(Holder(issuer.certificate, world().stranger.key))


def test_a_time_stamp_says_when(tmp_path: Path) -> None:
    """A certificate that ended after the stamp holds; without a stamp it does not."""
    here, later = world(), NOW + 400 * DAY
    pdf = prepared()
    for field, one in zip(FIELDS, here.three, strict=True):
        pdf = sign(pdf, field, one, stamp_at=NOW)
    lists = revoked_list(here.root, at=later - DAY), revoked_list(here.between, at=later - DAY)
    kept = revoked_list(here.root), revoked_list(here.between)
    ended = read_trust(here.trust(tmp_path / "a", *lists, *kept))
    assert verdict(pdf, ended, later) == "expired", "the stamper's own certificate ended too"
    found = judged(pdf, read_trust(here.trust(tmp_path / "b", *kept)), NOW + 5 * DAY)
    assert {(one.stamped, one.signed_at) for one in found} == {(True, NOW)}


def test_revoked_after_the_stamp_but_before_it_came(tmp_path: Path) -> None:
    here, later = world(), NOW + 5 * DAY
    lists = revoked_list(here.root), revoked_list(here.between, here.clerk, at=NOW + 4 * DAY,
                                                  on=NOW + 3 * DAY)  # fmt: skip
    trust = read_trust(here.trust(tmp_path, *lists))
    stamped = prepared()
    for field, one in zip(FIELDS, here.three, strict=True):
        stamped = sign(stamped, field, one, stamp_at=NOW)
    assert verdict(stamped, trust, later) == ""
    assert verdict(signed_by(*here.three), trust, later) == "revoked"


# ---------------------------------------------------------------------------- changed files
def update(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """The PDF with one more incremental update."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def appended_page(writer: IncrementalPdfFileWriter) -> None:
    """A second page behind the first."""
    pages = writer.root["/Pages"]
    page = generic.DictionaryObject({
        pdf_name("/Type"): pdf_name("/Page"),
        pdf_name("/Parent"): writer.root.raw_get("/Pages"),
        pdf_name("/MediaBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))),
    })  # fmt: skip
    pages["/Kids"].append(writer.add_object(page))
    pages["/Count"] = generic.NumberObject(2)
    writer.update_container(pages)
    writer.update_container(pages["/Kids"])


def other_amount(writer: IncrementalPdfFileWriter) -> None:
    """The page's content in other words."""
    page = writer.root["/Pages"]["/Kids"][0]
    content = b"BT /F1 12 Tf 100 700 Td (9.000.000 dong) Tj ET"
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=content))
    writer.update_container(page)


def note_over_the_amount(writer: IncrementalPdfFileWriter) -> None:
    """A note that lies over the amount."""
    page = writer.root["/Pages"]["/Kids"][0]
    note = generic.DictionaryObject({
        pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/FreeText"),
        pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (90, 690, 300, 720))),
        pdf_name("/Contents"): generic.pdf_string("9.000.000 dong"),
    })  # fmt: skip
    page["/Annots"].append(writer.add_object(note))
    writer.update_container(page["/Annots"])
    writer.update_container(page)


def moved_field(writer: IncrementalPdfFileWriter) -> None:
    """The last field moved over the amount, for its appearance to hide it."""
    field = next(one.get_object() for one in writer.root["/AcroForm"]["/Fields"]
                 if one.get_object()["/T"] == LAST)  # fmt: skip
    field["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (90, 690, 300, 720)))
    writer.update_container(field)


def fourth_field(writer: IncrementalPdfFileWriter) -> None:
    """One more field to sign."""
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    append_signature_field(writer, SigFieldSpec("them", box=(90, 690, 300, 720)))


def waiting_content(writer: IncrementalPdfFileWriter) -> None:
    """Content that nothing refers to yet: it may be put in place later."""
    content = b"BT /F1 12 Tf 100 700 Td (9.000.000 dong) Tj ET"
    writer.add_object(generic.StreamObject(stream_data=content))


def opens_something(writer: IncrementalPdfFileWriter) -> None:
    """A script that runs when the file is opened."""
    script = generic.DictionaryObject({
        pdf_name("/S"): pdf_name("/JavaScript"),
        pdf_name("/JS"): generic.pdf_string("app.alert(1)"),
    })  # fmt: skip
    writer.root["/OpenAction"] = writer.add_object(script)
    writer.update_root()


CHANGES = (appended_page, other_amount, note_over_the_amount, moved_field, fourth_field,
           waiting_content, opens_something)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_changed_before_the_first_signature(trust: Trust, change: Any) -> None:
    """The signers sign what was changed, so their signatures are right; it is not our paper."""
    assert verdict(signed_by(*world().three, pdf=update(prepared(), change)), trust) == "changed"


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_changed_after_the_last_signature(trust: Trust, change: Any) -> None:
    assert verdict(update(signed_by(*world().three), change), trust) == "changed"


@pytest.mark.parametrize("change", [other_amount, appended_page], ids=lambda one: one.__name__)
def test_changed_between_two_signatures(trust: Trust, change: Any) -> None:
    clerk, accountant, chairman = world().three
    pdf = update(signed_by(clerk), change)
    pdf = sign(sign(pdf, "ke_toan_truong", accountant), LAST, chairman)
    assert verdict(pdf, trust) == "changed"


def test_a_change_that_is_taken_back(trust: Trust) -> None:
    """Hide and show again: what an update in between did cannot be seen in the end."""

    def back(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"][0]
        before = PdfFileReader(BytesIO(prepared())).root["/Pages"]["/Kids"][0].raw_get("/Contents")
        page["/Contents"] = generic.IndirectObject(before.idnum, before.generation, writer)
        writer.update_container(page)

    pdf = update(update(prepared(), other_amount), back)
    assert verdict(signed_by(*world().three, pdf=pdf), trust) == "changed"


def test_an_amount_changed_in_place(trust: Trust) -> None:
    signed = signed_by(*world().three)
    at = signed.index(b"stream") + 20
    assert verdict(signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :], trust) == "not_ours"


def test_a_signature_with_a_byte_changed(trust: Trust) -> None:
    signed = bytearray(signed_by(*world().three))
    at = signed.rindex(b"/Contents <") + 2_000
    signed[at : at + 2] = b"00" if signed[at : at + 2] != b"00" else b"11"
    assert verdict(bytes(signed), trust) == "broken"


def test_a_signature_taken_from_another_document(trust: Trust) -> None:
    """The chairman's signature cut out of another list and put behind this one."""
    other = prepared("5.000.000 dong")
    assert len(other) == len(prepared())
    elsewhere = signed_by(*world().three, pdf=other)
    here = prepared() + elsewhere[len(other) :]
    assert verdict(here, trust) == "broken"


def test_two_files_swapped(trust: Trust) -> None:
    other = prepared("5.000.000 dong")
    with pytest.raises(NotAccepted, match="không bắt đầu bằng đúng tệp") as refused:
        judged(signed_by(*world().three, pdf=other), trust)
    assert refused.value.verdict == "not_ours"


def test_a_file_that_begins_anew(trust: Trust) -> None:
    """Our bytes in front, and behind them a whole file of its own that forgets them."""
    other = signed_by(*world().three, pdf=prepared("5.000.000 dong"))
    assert verdict(prepared() + other, trust) in ("changed", "broken")


@pytest.mark.parametrize("tail", [b"%%EOF\n", b"\n<<>>\n", b"startxref\n0\n%%EOF\n", b"\0" * 4000])
def test_something_behind_the_end(trust: Trust, tail: bytes) -> None:
    assert verdict(signed_by(*world().three) + tail, trust) == "changed"


@pytest.mark.parametrize(
    ("content", "wanted"),
    [(b"", "not_pdf"), (b"PK\x03\x04 a workbook", "not_pdf"), (b"%PDF-1.7\n", "not_ours")],
)
def test_what_is_no_file_of_ours(trust: Trust, content: bytes, wanted: str) -> None:
    assert verdict(content, trust) == wanted


def test_cut_short(trust: Trust) -> None:
    signed = signed_by(*world().three)
    for end in range(len(prepared()) + 1, len(signed), 1_999):
        assert verdict(signed[:end], trust) in ("changed", "broken", "missing"), end


def test_each_verdict_says_what_is_wrong_and_what_to_do() -> None:
    values = dict.fromkeys(("size", "limit", "number", "fields", "field", "signer", "moment",
                            "other", "told"), "x")  # fmt: skip
    for verdict_ in FAULTS:
        fault = NotAccepted(verdict_, **values)
        assert [one[-1] for one in (fault.message, fault.what_to_do)] == [".", "."], verdict_
    assert len({one for one, _ in FAULTS.values()}) == len(FAULTS)


# ---------------------------------------------------------------------------- the folder
def test_without_anybody_to_trust_it_is_said_what_to_do(tmp_path: Path) -> None:
    for folder in (None, tmp_path / "none", tmp_path):
        with pytest.raises(InputError, match="chứng thư gốc"):
            read_trust(folder)
    (tmp_path / "x.pem").write_bytes(
        b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
    )
    with pytest.raises(InputError, match=r"x\.pem không phải chứng thư"):
        read_trust(tmp_path)


def test_a_list_that_is_none(tmp_path: Path) -> None:
    folder = world().trust(tmp_path)
    (folder / "z.crl").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"z\.crl không phải danh sách thu hồi"):
        read_trust(folder)
