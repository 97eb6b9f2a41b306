"""`ansinh register`: the people who receive benefits, and the lists that tell of them."""

from __future__ import annotations

import click


@click.group()
def register() -> None:
    """Danh bạ người hưởng: danh sách của xã; tìm, xem, sửa, xuất, xoá dữ liệu một người."""
