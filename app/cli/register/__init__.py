"""`ansinh register`: the people who receive benefits, and the lists that tell of them."""

from __future__ import annotations

import click


@click.group()
def register() -> None:
    """Danh bạ người hưởng: mẫu, kiểm tra, chênh lệch, nhập danh sách của xã."""
