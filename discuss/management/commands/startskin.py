"""`manage.py startskin`: a skin to begin with."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.text import slugify

from discuss.skins import is_name

SAID = """title = "{title}"
words = "What it looks like, in a sentence."
"""
SHEET = """/* {title}: what it looks like, in a sentence. */
@layer skin {{
  :root {{
    /* One colour makes a skin. It needs a contrast of 4.5 to 1 with --discuss-surface. */
    --discuss-accent: light-dark(#7a2f6f, #d59acb);
    /* The others to begin with, as all pages have them: take the marks of the comment away. */
    /* --discuss-paper: light-dark(#f7f5f0, #171917); */
    /* --discuss-surface: light-dark(#fffdf9, #1f2220); */
    /* --discuss-raised: light-dark(#f0ede5, #292d2a); */
    /* --discuss-ink: light-dark(#23261f, #e9e8e2); */
    /* --discuss-ink-soft: light-dark(#5d6158, #a9ada4); */
    /* --discuss-line: light-dark(#dfdace, #363b37); */
    /* --discuss-bubble: transparent; */
    /* --discuss-own-bubble: var(--discuss-accent-soft); */
    /* --discuss-font: Georgia, "Noto Serif", "DejaVu Serif", serif; */
    /* --discuss-radius: 0.75rem; */
    /* --discuss-between: 0.625rem; */
  }}

  /* One's own messages: --is-own is 1 there, and 0 elsewhere. */
  .line .text {{ border-inline-start: calc(var(--is-own) * 2px) solid var(--discuss-accent); }}
}}
"""


class Command(BaseCommand):
    help = "Begin a skin that groups can wear: a folder skins/NAME of the theme, with a style sheet in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="up to 30 of a to z, 0 to 9 and -")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        if not is_name(name):
            near = f" Take {slug!r}." if is_name(slug := slugify(name)[:30]) else ""
            raise CommandError(
                f"A skin's name is up to 30 of a to z, 0 to 9 and -, not {name!r}.{near}"
            )
        folder = Path(settings.THEME_DIR, "skins", name)
        if folder.exists():
            raise CommandError(f"{folder} is there already.")
        title = name.replace("-", " ").capitalize()
        sheet = folder / "static" / "skin.css"
        sheet.parent.mkdir(parents=True)
        sheet.write_text(SHEET.format(title=title))
        (folder / "skin.toml").write_text(SAID.format(title=title))
        self.stdout.write(
            f"Change {sheet}, start the server again, and choose {title} in the settings of a group."
            f" The gallery shows it at {settings.PUBLIC_URL}/design/?skin={name}."
            f" Templates of its own go into {folder / 'templates'}."
        )
