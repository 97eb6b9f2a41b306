"""A group of many commands whose help shows them in chapters, each with its whole sentence."""

from __future__ import annotations

from typing import ClassVar

import click

_SENTENCE_MAX = 200


class Chapters(click.Group):
    """`chapters` gives each heading its commands, in their order; every command stands in one."""

    chapters: ClassVar[dict[str, tuple[str, ...]]] = {}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One list under each heading."""
        for heading, names in self.chapters.items():
            with formatter.section(heading):
                formatter.write_dl(
                    [(one, self.commands[one].get_short_help_str(_SENTENCE_MAX)) for one in names]
                )
