"""Where an installation keeps its keys and files."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL

from app.config import Settings

KEYS = "keys"


def home_of(settings: Settings, url: URL, told: str) -> Path:
    """The folder: that of a SQLite file if keys lie beside it (a copied demo brings its own), else
    what a training database says (`told`), else the settings'."""
    is_file = url.get_backend_name() == "sqlite"
    beside = Path(url.database or "").parent if is_file else None
    if beside is not None and (beside / KEYS).exists():
        return beside
    return Path(told) if told else settings.home


def has_keys(settings: Settings, home: Path) -> bool:
    """Whether the keys are at hand, in a file or a setting."""
    return bool(settings.field_key) or (home / KEYS / "field.key").exists()
