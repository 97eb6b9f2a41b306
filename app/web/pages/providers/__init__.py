"""With whom money is paid: providers, their contracts and charges, and how each is reached.

Finance adds and changes by two; administrators and auditors look, and administrators try a line.
"""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.providers import channels, contracts, listing

BLUEPRINTS = (listing.pages, contracts.pages, channels.pages)
MENU = (Entry("providers.index", "providers", ("releaser", "auditor", "admin"), 85),)
