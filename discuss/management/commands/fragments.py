"""`manage.py fragments`: what a theme or a skin can change, which has, and which is behind."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from discuss.rendering import outline
from discuss.rendering.faults import shown_path
from discuss.rendering.overrides import (
    WHOLE,
    Override,
    digests,
    overrides,
    sign,
    stale_in,
    unsigned_in,
)
from discuss.rendering.registry import VARIABLES, Fragment, fragments
from discuss.rendering.samples import SAMPLES


class Command(BaseCommand):
    help = "List the fragments of pages, or tell of one: what it is, what it is given, its blocks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="the fragment to tell of")
        parser.add_argument(
            "--sign",
            action="store_true",
            help="write into each template of the theme and its skins for what of ours it was written",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        others = overrides()
        if options["sign"]:
            self._sign([each for each in others if _is_theirs(each)])
            return
        known = {each.name: each for each in fragments()}
        if options["name"] is None:
            for each in known.values():
                self._tell_briefly(each, _of(each, others))
            self._tell_of_others(others)
        elif options["name"] in known:
            fragment = known[options["name"]]
            self._tell(fragment, _of(fragment, others))
        else:
            raise CommandError(f"There is no fragment {options['name']}.")

    def _sign(self, others: list[Override]) -> None:
        for each in others:
            sign(each)
            blocks = ", ".join(each.changed)
            told = f"signed: {blocks}, as it is today" if blocks else "changes no block of ours"
            self.stdout.write(f"{shown_path(each.file)}: {told}.")

    def _tell_briefly(self, fragment: Fragment, others: list[Override]) -> None:
        owners = ["a theme's"] if fragment.is_overridden else []
        owners += [f"{each.skin}'s" for each in others if each.skin]
        by = f" ({', '.join(owners)})" if owners else ""
        self.stdout.write(f"{fragment.name}{by}: {fragment.meaning}")

    def _tell_of_others(self, others: list[Override]) -> None:
        """Name the templates that are behind ours, of fragments and of all others."""
        for each in others:
            for stale in stale_in(each):
                self.stdout.write(
                    f"stale: {shown_path(each.file)}, line {stale.line}: {stale.block}"
                )

    def _tell(self, fragment: Fragment, others: list[Override]) -> None:
        self._tell_briefly(fragment, others)
        self.stdout.write(f"file: templates/{fragment.template}")
        self.stdout.write(f"blocks: {', '.join(fragment.blocks) or 'none'}")
        self.stdout.write(
            f"states: {', '.join(SAMPLES.get(fragment.name, {})) or 'a part of others'}"
        )
        ids = ", ".join(f"#{each}" for each in sorted(outline.ids(fragment.template)))
        self.stdout.write(f"ids: {ids or 'none'}")
        for name in fragment.given:
            self.stdout.write(f"  {name}: {VARIABLES.get(name, 'of every page')}")
        self._tell_of_blocks(fragment, others)

    def _tell_of_blocks(self, fragment: Fragment, others: list[Override]) -> None:
        if Path(settings.BASE_DIR, "templates", fragment.template).is_file():
            for block, digest in digests(fragment.template).items():
                what = "all of it" if block == WHOLE else f"block {block}"
                self.stdout.write(f"  {what}: {{# written for {block} {digest} #}}")
        for each in others:
            self.stdout.write(
                f"{each.owner}: {shown_path(each.file)} changes {', '.join(each.changed)}"
            )
            stale = [f"{one.block} (was {one.was})" for one in stale_in(each)]
            for what, blocks in (("stale", stale), ("does not say for what", unsigned_in(each))):
                if blocks:
                    self.stdout.write(f"  {what}: {', '.join(blocks)}")


def _of(fragment: Fragment, others: list[Override]) -> list[Override]:
    return [each for each in others if each.name == fragment.template]


def _is_theirs(override: Override) -> bool:
    """Whether it is no part of what ships."""
    return not override.file.is_relative_to(Path(settings.BASE_DIR, "skins"))
