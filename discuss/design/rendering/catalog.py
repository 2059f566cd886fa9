"""What the gallery shows: each fragment with its states, its files, and what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.text import slugify

from discuss.design.rendering.swaps import Parts, parts_of
from discuss.rendering import outline, registry, templates
from discuss.rendering.audience import Audience
from discuss.rendering.backend import wearing
from discuss.rendering.contract import may_wear
from discuss.rendering.faults import Fault, fault_of, shown_path
from discuss.rendering.registry import VARIABLES, Fragment
from discuss.rendering.samples import SAMPLES
from discuss.rules.markup.code import words_of

# What Django gives to every page that is made for a request.
OF_EVERY_PAGE = {
    "csrf_token": "what proves that a form comes from this site; in pages alone",
    "user": "who looks at the page; in pages alone",
}


class Block(NamedTuple):
    """A block of a template, and the file whose block is shown."""

    name: str
    file: str


class Worn(NamedTuple):
    """The template of a look that takes the place of ours, and the blocks that it changes."""

    title: str
    file: str
    blocks: list[str]


class Listed(NamedTuple):
    """A fragment in the list: `states` are slugs and names, `fault` is what keeps it from being read.

    `ids` are those of its template and of what that includes; "x-" is how several begin.
    """

    fragment: Fragment
    states: Mapping[str, str]
    ids: list[str]
    fault: Fault | None

    @property
    def name(self) -> str:
        return self.fragment.name

    @property
    def meaning(self) -> list[str]:
        """What it is, in pieces, of which every second is code."""
        return self.fragment.meaning.split("`")

    @property
    def first_state(self) -> str:
        return next(iter(self.states), "")


class Sampled(NamedTuple):
    """A fragment in one state: as it is rendered, and what went wrong meanwhile."""

    slug: str
    name: str
    html: str
    parts: Parts
    faults: list[Fault]

    @property
    def words(self) -> list[tuple[str, str]]:
        """Its HTML as text, in pieces, each with the class of its colour where it has one."""
        lines = [line for line in self.html.splitlines() if line.strip()]
        return list(words_of("\n".join(lines), "html"))


def listed(words: Sequence[str] = ()) -> list[Listed]:
    """Return the fragments in which all of these words stand: name, meaning, variables, blocks."""
    return [each for each in map(find, registry.names()) if _matches(each, words)]


def find(name: str) -> Listed:
    """Return the fragment of this name, which has to be one of registry.names()."""
    states = {slugify(state): state for state in SAMPLES.get(name, {})}
    try:
        fragment = registry.fragment(name)
        # What is included is read as well: without it nothing is shown.
        found = outline.ids(fragment.template)
    except Exception as error:  # of a theme's, which may have any
        return Listed(registry.unreadable_fragment(name), states, [], fault_of(error))
    ids = sorted({re.sub(r"-+$", "-", each) for each in found})
    return Listed(fragment, states, ids, None)


def sampled(listed: Listed, slug: str, audience: Audience) -> Sampled:
    """Render the fragment in the state of this slug, which has to be one of its own."""
    name, state = listed.name, listed.states[slug]
    with templates.witnessed() as errors:
        try:
            html = SAMPLES[name][state](audience)
        except Exception as error:
            html = ""
            errors.append(error)
    faults = list(dict.fromkeys(fault_of(error) for error in errors))
    return Sampled(slug, state, html, parts_of(name, html), faults)


def variables(fragment: Fragment) -> list[tuple[str, list[str]]]:
    """Return what the fragment is given, each with what it means, of which every second piece is code."""
    meanings = {**OF_EVERY_PAGE, **VARIABLES}
    return [(name, meanings.get(name, "").split("`")) for name in fragment.given]


def files(fragment: Fragment) -> list[str]:
    """Return the fragment's files: the one that is shown, then those in whose place it is."""
    return [shown_path(file) for file in registry.files(fragment.template)]


def worn(fragment: Fragment) -> list[Worn]:
    """Return the looks that have a template of their own of this fragment."""
    found = []
    for name, skin in settings.SKINS.items():
        file = skin.templates / fragment.template
        if may_wear(fragment.template, name) and file.is_file():
            found.append(Worn(skin.title, shown_path(file), _blocks_of(fragment, name, file)))
    return found


def _blocks_of(fragment: Fragment, skin: str, file: Path) -> list[str]:
    """Return the blocks that this file has; none where it cannot be read, which is a fault of its own."""
    try:
        found = outline.block_files(fragment.template, wearing(skin).engine)
    except Exception:  # of a skin's, which may have any
        return []
    return [name for name, each in found.items() if Path(each) == file]


def blocks(listed: Listed) -> list[Block]:
    """Return the fragment's blocks, each with the file of the one that is shown."""
    if listed.fault:
        return []
    found = outline.block_files(listed.fragment.template)
    return [Block(name, shown_path(file)) for name, file in found.items()]


def _matches(listed: Listed, words: Sequence[str]) -> bool:
    fragment = listed.fragment
    said = " ".join([fragment.name, fragment.meaning, *fragment.given, *fragment.blocks])
    return all(word in said.casefold() for word in words)
