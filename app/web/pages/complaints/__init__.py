"""What people complain of, ask and praise: the list by its days, one of them, writing one down;
the monthly samples that ask whether money arrived.
"""

from __future__ import annotations

from app.web.access import SEES
from app.web.menu import Entry
from app.web.pages.complaints import answering, listing, opening, sampling, saying
from app.web.reading import waits

BLUEPRINTS = (listing.pages, answering.pages, opening.pages, sampling.pages, saying.pages)
MENU = (Entry("complaints.index", "complaints", SEES, 67, waits.complaints),)
