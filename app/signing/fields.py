"""The empty signature fields of a document: one for each person who is to sign."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from app.printing.values import Place


def add_fields(pdf: bytes, places: Mapping[str, tuple[str, Place]]) -> bytes:
    """The PDF with an empty field at each place, added behind its own bytes.

    `places` goes from the field's name to what a reader is told of it and where it stands.
    """
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    for name, (told, place) in places.items():
        box = (round(place.left), round(place.bottom), round(place.right), round(place.top))
        spec = SigFieldSpec(
            name,
            on_page=place.page,
            box=box,
            readable_field_name=told,
            empty_field_appearance=True,
        )
        append_signature_field(writer, spec)
    # Signature fields are there, and whoever saves must add behind what is there: said from the
    # start, so that no signer's program has to change the form itself.
    form = writer.root["/AcroForm"]
    form["/SigFlags"] = NumberObject(3)  # type: ignore[no-untyped-call]
    writer.update_container(form)
    out = BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()
