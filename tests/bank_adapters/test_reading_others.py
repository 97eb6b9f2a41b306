"""`ansinh bank read` on MT940 statements and pain.002 status reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from bank_adapters.formats.events import Event, Head, event_line, head_line
from tests.bank_adapters.test_reading import only, read

MT940 = """{1:F01}{2:O}{4:
:20:AS1
:25:0011001234567
:28C:6/1
:60F:C261005VND10000000,
:61:2610061006D500000,NTRFZ7XADNSXSK2753TX//BK1
:86:TRO CAP Z7XADNSXSK2753TX
:61:2610061006RD500000,NRTINONREF//BK2
/AC04/
:86:/EREF/Z7XADNSXSK2753TX/RETURN
:61:261231 0101RC1,5NTRFX
:62F:C261006VND9999998,5
-}"""


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_mt940(tmp_path: Path, line_end: str) -> None:
    text = MT940.replace("1,5N", "2,N").replace("9999998,5", "9999998,")
    text = text.replace("261231 0101", "2612310101")
    answer = read(tmp_path, text.replace("\n", line_end), "a.sta")
    found = only(answer)
    assert (found["opening"], found["closing"], found["balanced"]) == ("10000000", "9999998", True)
    first, second, third = found["entries"]
    assert (first["amount"], first["end_to_end_id"]) == ("-500000", "Z7XADNSXSK2753TX")
    assert (second["amount"], second["end_to_end_id"]) == ("500000", "Z7XADNSXSK2753TX")
    assert second["reversal"] is True
    assert (third["amount"], third["booking_date"]) == ("-2", "2027-01-01")
    assert "error" in read(tmp_path, MT940, "b.sta")  # half a đồng


def test_pain002(tmp_path: Path) -> None:
    group = "<OrgnlGrpInfAndSts><OrgnlMsgId>AS1</OrgnlMsgId>{}</OrgnlGrpInfAndSts>"
    frame = (
        "<Document><CstmrPmtStsRpt><GrpHdr><MsgId>P1</MsgId></GrpHdr>{}</CstmrPmtStsRpt></Document>"
    )
    refused = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>DUPL</Cd></Rsn></StsRsnInf>"
    answer = read(tmp_path, frame.format(group.format(refused)))
    (one,) = only(answer)["entries"]
    assert (one["status"], one["reason"], one["details"]) == ("RJCT", "DUPL", [])
    single = (
        "<TxInfAndSts><OrgnlEndToEndId>E1</OrgnlEndToEndId><TxSts>WHAT</TxSts>"
        "<StsRsnInf><Rsn><Prtry>P002</Prtry></Rsn></StsRsnInf></TxInfAndSts>"
    )
    block = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>B</OrgnlPmtInfId>{single}</OrgnlPmtInfAndSts>"
    answer = read(tmp_path, frame.format(group.format("") + block))
    (one,) = only(answer)["entries"]
    assert (one["status"], one["reason"], one["end_to_end_id"]) == ("WHAT", "P002", "E1")
    assert one["details"][0]["payment_information_id"] == "B"
    told = "\n".join(answer["warnings"])
    assert "trạng thái lạ" in told
    assert "P002" in told


def word(**told: object) -> bytes:
    return event_line(Event(**{"reference": "Z7XADNSXSK2753TX", "event_id": "e1", **told}))  # type: ignore[arg-type]


def test_words_of_a_bank(tmp_path: Path) -> None:
    """What is answered, asked or called reads like any other file; odd words are told."""
    body = head_line(Head("answer", "MAU", "AS1")) + b"".join(
        (
            word(status="ACSP", amount=500_000, bank_reference="B1"),
            word(status="UNKN"),
            word(status="RJCT", reason="AC04", differs="account"),
            word(status="WHAT", others=("color",)),
            word(reference="", status="ACSC"),
        )
    )
    answer = read(tmp_path, body, "a.jsonl")
    assert (answer["format"], answer["quarantine"]) == ("events", None)
    found = only(answer)
    assert (found["id"], found["balanced"]) == ("MAU/answer", None)
    first, second, third, fourth = found["entries"]
    assert (first["amount"], first["status"], first["bank_reference"]) == ("500000", "ACSP", "B1")
    assert first["details"][0]["end_to_end_id"] == first["end_to_end_id"] == "Z7XADNSXSK2753TX"
    assert (second["amount"], second["status"]) == (None, "UNKN")
    assert (third["status"], third["reason"]) == ("DIFFERS", None)
    assert fourth["status"] == "WHAT"
    told = "\n".join(answer["warnings"])
    assert "trạng thái lạ, không đổi gì: WHAT" in told
    assert "1 tin không nêu mã lệnh chi" in told
    assert "trường lạ: color" in told


def test_a_word_on_a_whole_batch_and_half_a_word(tmp_path: Path) -> None:
    body = head_line(Head("enquiry", "MAU", "AS1", "RJCT", "AC01"))
    answer = read(tmp_path, body, "a.jsonl")
    (one,) = only(answer)["entries"]
    assert (one["status"], one["reason"], one["details"]) == ("RJCT", "AC01", [])
    assert answer["warnings"] == ["trạng thái cả lô AS1: RJCT AC01"]
    cut = read(tmp_path, body + word(status="ACSP")[:-9], "b.jsonl")
    assert "dòng 2" in cut["error"]
