"""Vietnamese names of the peoples of Cao Bằng, put together at random: nobody's name."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Peoples:
    """Name parts of one people; the middle and given names come as (male, female)."""

    ethnicity: str
    families: tuple[str, ...]
    middles: tuple[tuple[str, ...], tuple[str, ...]]
    givens: tuple[tuple[str, ...], tuple[str, ...]]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_MIDDLES = (
    _words("Văn Văn Văn Văn Đức Xuân Quang Ngọc Minh Công Hữu Thế Đình Ích Trung"),
    _words("Thị Thị Thị Thị Thị Thị Thu Kim Ngọc Bích Thanh Hồng Minh"),
)
_GIVENS = (
    _words(
        "An Bình Bảo Cường Chiến Chung Dũng Dương Đạt Đông Đồng Giang Hải Hào Hiếu Hoan Hoàn Hùng "
        "Huấn Hưng Khánh Khoa Kiên Lâm Lập Long Lợi Luân Lực Mạnh Nam Nghĩa Ngôn Phong Phúc Phương "
        "Quân Quyết Sơn Tài Tâm Thái Thắng Thành Thiện Thịnh Thuận Tiến Toàn Tuấn Tùng Tuyên Vinh "
        "Vượng Xuân Yên"
    ),
    _words(
        "Ánh Bích Bông Chanh Chiêm Dung Duyên Điệp Giang Hà Hạnh Hằng Hiền Hoa Hoài Hồng Huế Huệ "
        "Hương Hường Khuyên Lan Lành Lệ Liên Liễu Loan Luyến Lý Mai Minh Mơ Nga Ngân Ngọc Nguyệt "
        "Nhung Oanh Phấn Phương Phượng Sen Tâm Thảo Thắm Thêm Thoa Thơm Thu Thủy Thương Tuyết Vân "
        "Vui Xuân Yến"
    ),
)

TAY = Peoples(
    "Tày",
    _words("Nông Hoàng Bế Lương Đàm Triệu Hà La Ma Nguyễn Lục Đinh Vi Lưu Phan Đoàn Nông Hoàng"),
    _MIDDLES,
    _GIVENS,
)
NUNG = Peoples(
    "Nùng",
    _words("Nông Lương Hoàng Triệu Lục Mông Vi Long Chu Phùng Lý Lâm Mã Sầm Tô Hứa Hồ Nông Lương"),
    _MIDDLES,
    _GIVENS,
)
KINH = Peoples(
    "Kinh",
    _words("Nguyễn Nguyễn Nguyễn Trần Lê Phạm Hoàng Vũ Đặng Bùi Đỗ Ngô Dương Phan Trịnh"),
    _MIDDLES,
    _GIVENS,
)
MONG = Peoples(
    "Mông",
    _words("Vàng Lầu Giàng Thào Sùng Lý Hờ Ma Dương Hoàng Đào Mùa Ly"),
    (_words("A A Văn Seo Mí Chẩn"), _words("Thị Thị Thị Seo")),
    (
        _words("Páo Dình Chứ Lử Sình Pó Vừ Dơ Súa Tủa Chính Sính Của Hồng Páo Páo Dũng Sử Nhà"),
        _words("Mỷ Dở Máy Sua Chợ Dính Dua Sáo Mai Día Pà Ly Sung Chía Mùa Dợ Xuân"),
    ),
)
DAO = Peoples(
    "Dao",
    _words("Triệu Đặng Bàn Lý Chảo Phàn Tẩn Phùng Hoàng Dương"),
    (_words("Văn Văn Phụ Chòi Tòn Vần Sành Chàn"), _words("Thị Mùi Mùi Thị Lở")),
    (
        _words("Pu Chiêu Vảng Phin Khé Kinh Quý Tá Sinh Chìu Phú Lụa Kiềm Quyên Thanh Nhậy Hín"),
        _words("Ghến Pham Nải Mụi Khé Chài Mẩy Phấy Diết Liều Nhậy Coi Viện Chiêu Phin"),
    ),
)
SAN_CHAY = Peoples(
    "Sán Chay", _words("Hoàng Trần Lý Ninh La Lâm Tô Hà"), _MIDDLES, _GIVENS
)  # fmt: skip
LO_LO = Peoples("Lô Lô", _words("Chi Lò Lang Hoàng Dương Lâm"), _MIDDLES, _GIVENS)

# Shares of hundred, by census order of size; the west of the province is more Mông and Dao.
_EAST = (TAY,) * 47 + (NUNG,) * 38 + (KINH,) * 7 + (DAO,) * 4 + (MONG,) * 3 + (SAN_CHAY,)
_WEST = (
    (TAY,) * 26 + (NUNG,) * 20 + (MONG,) * 26 + (DAO,) * 20 + (SAN_CHAY,) * 4
    + (LO_LO,) * 2 + (KINH,) * 2
)  # fmt: skip


def draw_peoples(rng: Random, *, is_west: bool) -> Peoples:
    """A people, by the mix of that half of the province."""
    mix = _WEST if is_west else _EAST
    return mix[int(rng.random() * len(mix))]


def draw_name(rng: Random, peoples: Peoples, sex: str, family: str = "") -> str:
    """A full name for sex 'M' or 'F', with this family name when one is given."""
    female = sex == "F"
    parts = (peoples.families, peoples.middles[female], peoples.givens[female])
    chosen = [words[int(rng.random() * len(words))] for words in parts]
    return " ".join([family or chosen[0], *chosen[1:]])
