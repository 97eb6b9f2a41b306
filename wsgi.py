"""The web service for a WSGI server: `waitress-serve wsgi:app`."""

from app.config import load_settings
from app.web.application import create_app

app = create_app(load_settings())
