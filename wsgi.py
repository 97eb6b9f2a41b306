"""Services for a WSGI server, each made when it is asked for: `waitress-serve wsgi:app` are the
pages, `waitress-serve wsgi:hooks` takes providers' calls in."""

from typing import Any

from app.config import load_settings


def __getattr__(name: str) -> Any:
    if name == "app":
        from app.web.application import create_app

        return create_app(load_settings())
    if name == "hooks":
        from app.hooks.server import create_hooks

        return create_hooks(load_settings())
    raise AttributeError(name)
