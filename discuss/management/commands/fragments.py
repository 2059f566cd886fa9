"""`manage.py fragments`: what a theme can change."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from discuss.rendering.registry import VARIABLES, Fragment, fragments
from discuss.rendering.samples import SAMPLES


class Command(BaseCommand):
    help = "List the fragments of pages, or tell of one: what it is, what it is given, its blocks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="the fragment to tell of")

    def handle(self, *args: Any, **options: Any) -> None:
        known = {each.name: each for each in fragments()}
        if options["name"] is None:
            for each in known.values():
                self._tell_briefly(each)
        elif options["name"] in known:
            self._tell(known[options["name"]])
        else:
            raise CommandError(f"There is no fragment {options['name']}.")

    def _tell_briefly(self, fragment: Fragment) -> None:
        by = " (a theme's)" if fragment.is_overridden else ""
        self.stdout.write(f"{fragment.name}{by}: {fragment.meaning}")

    def _tell(self, fragment: Fragment) -> None:
        self._tell_briefly(fragment)
        self.stdout.write(f"file: templates/{fragment.template}")
        self.stdout.write(f"blocks: {', '.join(fragment.blocks) or 'none'}")
        self.stdout.write(
            f"states: {', '.join(SAMPLES.get(fragment.name, {})) or 'a part of others'}"
        )
        for name in fragment.given:
            self.stdout.write(f"  {name}: {VARIABLES.get(name, 'of every page')}")
