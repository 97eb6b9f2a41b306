"""A person's page in words, for the screen of an officer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.beneficiaries.still_cash import REASONS
from app.months import day_in_words, in_words

_SEX = {"M": "nam", "F": "nữ"}
_OWNER = {"": "chưa rõ của ai", "self": "của mình", "family": "của người nhà",
          "neighbour": "của hàng xóm", "other": "của người khác"}  # fmt: skip
_LEVEL = {"poor": "hộ nghèo", "near_poor": "hộ cận nghèo", "none": "không thuộc diện nghèo"}
_DEGREE = {"extreme": "đặc biệt nặng", "severe": "nặng", "light": "nhẹ"}
_PAYEE = {"guardian": "người giám hộ", "authorised": "người được uỷ quyền",
          "self": "chính mình"}  # fmt: skip
_KIND = {"bank": "tài khoản ngân hàng", "mobile": "tiền di động", "wallet": "ví điện tử",
         "vneid": "tài khoản an sinh VNeID", "post": "tiền mặt tại bưu điện"}  # fmt: skip
_LEVEL_OF_ID = {"": "chưa hỏi", "0": "chưa có", "1": "mức 1", "2": "mức 2"}
_VERIFIED = {"": "chưa kiểm tra", "exact": "đúng tên", "close": "gần đúng tên",
             "different": "KHÁC TÊN", "not_found": "KHÔNG CÓ TÀI KHOẢN",
             "confirmed": "đã xác nhận"}  # fmt: skip
_SOURCE = {"import": "danh sách của xã", "officer": "cán bộ", "population": "CSDL dân cư",
           "civil_status": "hộ tịch", "insurance": "bảo hiểm xã hội", "bank": "ngân hàng",
           "person": "người hưởng"}  # fmt: skip
FIELD = {"name": "họ và tên", "birth": "ngày sinh", "sex": "giới", "ethnicity": "dân tộc",
         "citizen_id": "căn cước", "phone": "điện thoại", "phone_owner": "chủ điện thoại",
         "vneid_level": "mức định danh điện tử", "hamlet": "tổ, xóm", "household": "hộ",
         "account": "nơi nhận tiền", "stop_period": "tháng cuối", "table_key": "mức",
         "payee": "người nhận thay",
         "still_cash": "lý do còn tiền mặt", "decision": "quyết định",
         "area_code": "mã xã"}  # fmt: skip


_VALUES: Mapping[str, Mapping[str, str]] = {
    "sex": _SEX, "phone_owner": _OWNER, "vneid_level": _LEVEL_OF_ID, "still_cash": REASONS
}  # fmt: skip


def told(file: Mapping[str, Any]) -> str:
    """The page of `app.statements.person_file.person_file` in lines."""
    return "\n".join(_lines(file))


def _lines(file: Mapping[str, Any]) -> Iterator[str]:
    who = file["identity"]
    day = day_in_words(who["birth"])
    day += "" if who["birth_precision"] == "day" else " (chỉ biết năm)"
    yield f"{file['person']}  {who['name']}, {_SEX.get(who['sex'], '')}, sinh {day}"
    yield f"  Dân tộc {who['ethnicity']}; {who['hamlet']}, {who['area']}"
    phone = f"{who['phone']} ({_OWNER[who['phone_owner']]})" if who["phone"] else "chưa có"
    yield f"  Căn cước {who['citizen_id']}; điện thoại {phone}"
    yield f"  Định danh điện tử (VNeID): {_LEVEL_OF_ID[who['vneid_level']]}"
    for name, says in (("died_on", "Đã chết ngày"), ("erased_at", "Đã xoá dữ liệu ngày"),
                       ("still_cash", "Còn nhận tiền mặt:")):  # fmt: skip
        if who[name]:
            yield f"  {says} {day_in_words(str(who[name])) if name != 'still_cash' else who[name]}"
    yield from _home(file)
    yield "Chế độ:"
    yield from map(_enrolment, file["enrolments"])
    yield "Nhận tiền:"
    yield from _money(file)
    sources = file["sources"]
    yield "Nguồn của từng mục:"
    for source in dict.fromkeys(one["source"] for one in sources.values()):
        named = [FIELD.get(name, name) for name in sources if sources[name]["source"] == source]
        yield f"  {_SOURCE[source]}: {', '.join(named)}"
    if file["history"]:
        yield "Nhật ký thay đổi:"
    for one in file["history"]:
        change = f"“{_value(one['field'], one['old'])}” → “{_value(one['field'], one['new'])}”"
        day = day_in_words(str(one["at"]))
        yield f"  {day}  {FIELD.get(one['field'], one['field'])}: {change} ({one['by']})"


def _value(field: str, told: str) -> str:
    """An earlier value as people read it; of a payee the number of the version is left out."""
    if field == "payee":
        return _PAYEE.get(told.partition(" ")[2], "")
    if field == "birth":
        return day_in_words(told)
    return _VALUES[field].get(told, told) if field in _VALUES else told


def _home(file: Mapping[str, Any]) -> Iterator[str]:
    home = file["household"]
    if home:
        head = ", chủ hộ" if home["is_head"] else ""
        yield f"  Hộ số {home['number']}{head}"
        for one in home["poverty"]:
            level = _LEVEL[one["level"]]
            yield f"    từ {in_words(one['from'])}: {level} (Quyết định {one['decision']})"
    for one in file["disability"]:
        yield f"  Khuyết tật {one['kind']}, mức {_DEGREE[one['degree']]} ({one['certificate']})"


def _enrolment(one: Mapping[str, Any]) -> str:
    stop = f" đến {in_words(one['stop'])}" if one["stop"] else ""
    signer = f", {one['signer']} ký" if one["signer"] else ""
    paper = f", tệp {one['document']}" if one["document"] else ""
    return (
        f"  {one['group']}, từ {in_words(one['start'])}{stop}: Quyết định {one['decision']}"
        f" ngày {day_in_words(str(one['decided_on']))}{signer}{paper}"
    )


def _money(file: Mapping[str, Any]) -> Iterator[str]:
    for rank, one in enumerate(file["destinations"], 1):
        account = f" {one['account']} {one['bank']}, chủ {one['holder']}" if one["account"] else ""
        verified = _VERIFIED[one["verified"]]
        yield f"  {rank}. {_KIND[one['kind']]}{account}: {verified}"
    payee = file["payee"]
    if payee:
        until = (
            f", đến hết {day_in_words(str(payee['valid_until']))}" if payee["valid_until"] else ""
        )
        yield (
            f"  Nhận thay: {payee['name']} {payee['citizen_id']}, {_PAYEE[payee['kind']]}"
            f" ({payee['relation']}), {payee['document']}{until}"
        )
