"""click's own words in Vietnamese, in the way click takes them: as a catalogue of gettext.

`locale/vi/LC_MESSAGES/messages.po` is the text, `messages.mo` what is made of it.
"""

from __future__ import annotations

import gettext
import os
from pathlib import Path

FOLDER = Path(__file__).parent / "locale"
DOMAIN = "messages"


def speak_vietnamese() -> None:
    """Say usage errors and the frame of the help in Vietnamese, whatever the machine speaks."""
    os.environ["LANGUAGE"] = "vi"
    gettext.bindtextdomain(DOMAIN, FOLDER)
