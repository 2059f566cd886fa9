"""Sheets: pages that show many samples at once, so that a browser looks at all of them in a minute.

A sheet is one of the gallery's made-up pages, into which samples were swapped as htmx does it: as many as
there are places for. Each element that came with a sample says so by `data-sample`.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import lxml.html
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.csp import LazyNonce, build_policy
from django.utils.text import slugify
from lxml.html import HtmlElement

from discuss.design.rendering import made_up_pages, stages
from discuss.design.rendering.inert import inert
from discuss.design.rendering.swaps import Parts, Swap, parts_of, place_of
from discuss.rendering import templates
from discuss.rendering.audience import Audience
from discuss.rendering.samples import SAMPLES
from tests.document import Document, elements, outer

MARK = "data-sample"
# The key of each line of the samples, and that of cases in a list. On a sheet there are many of them.
LINE, CASE = re.compile(r"\b12345\b"), re.compile(r"(?<=case-)5\b")
WHOLE = {"outerHTML", "innerHTML"}
# The style sheets that a page wears besides those that all have.
WORN = {"skin", "sheet"}
# What hides other things on a page: each stands on a sheet of its own.
HIDING = (
    "connection_lost/",
    "entrance_barred/",
    "listed_ended/",
    "membership_ended/",
    "queue_ended/",
    "rules_shown/locked",
    "rules_shown/of-moderators",
    "sanctions_changed/muted",
    "session_ended/",
    "status_renewed/",
)
# The pages that there are, of which a group's alone wears a skin.
STAGES = list(stages._TEMPLATES)


class Sheet(NamedTuple):
    """A page, the samples that stand on it (line/goes-on), and the policy under which it is shown."""

    stage: str
    names: list[str]
    html: str
    policy: str


class Placed(NamedTuple):
    """A sample that waits for a sheet: `frame` is what is swapped in."""

    name: str
    frame: str
    parts: Parts


def looks() -> list[str]:
    """Return the names of all looks: "" is that of the site, the others are skins."""
    return ["", *settings.SKINS]


def audience_of(look: str) -> Audience:
    """Return who sees a group that wears this."""
    return Audience.everyone().wearing(look)


def sheets(look: str) -> list[Sheet]:
    """Return the sheets of a look: those of a group; of the look of the site all."""
    waiting = [_placed(*each) for each in _samples(audience_of(look))]
    made = []
    for stage in [stages.GROUP] if look else STAGES:
        has = _Sheet(stage, look, _all_places(waiting)).ids
        mine = [
            each for each in waiting if _stands_on(stage, each.name) and each.parts.targets <= has
        ]
        waiting = [each for each in waiting if each not in mine]
        while mine:
            sheet = _Sheet(stage, look, _all_places(mine))
            mine = [each for each in mine if not sheet.takes(each)]
            assert sheet.names, f"These find no place on {stage}: {[each.name for each in mine]}"
            made.append(sheet.finished())
    assert look or not waiting, f"There is no page for {[each.name for each in waiting]}"
    return made


def _stands_on(stage: str, name: str) -> bool:
    """Whether a sample may stand there: rows of the lobby are broader than those beside a group."""
    return stage != stages.GROUP or "in-the-lobby" not in name


def _samples(audience: Audience) -> Iterator[tuple[str, str, str]]:
    """Yield each sample's fragment, state and html, with a key of its own."""
    for number, (name, state) in enumerate((n, s) for n in SAMPLES for s in SAMPLES[n]):
        key = str(20_000 + number)
        html = LINE.sub(key, SAMPLES[name][state](audience))
        yield name, state, CASE.sub(key, html) if name == "case_row" else html


def _placed(name: str, state: str, html: str) -> Placed:
    label = f"{name}/{slugify(state)}"
    parts = parts_of(name, html)
    # What is taken away is nothing to look at, and the look of a sheet stays.
    swaps = [swap for swap in parts.swaps if swap.how != "delete" and swap.target[1:] not in WORN]
    tops = [
        each
        for each in elements(html)
        if not (each.get("hx-swap-oob") or "").startswith("delete") and each.get("id") not in WORN
    ]
    place = place_of(name, html)
    if place is not None:
        for top in tops:
            top.set("hx-swap-oob", f"{place.how}:{place.target}")
        if place.how != "outerHTML":
            tops = [_within(place, tops)]
    for top in tops:
        how = (top.get("hx-swap-oob") or "").partition(":")[0]
        for each in [top] if how in {"true", "outerHTML"} else list(top):
            each.set(MARK, label)
    ids = [each for each in parts.ids if each not in WORN]
    return Placed(label, "".join(map(outer, tops)), Parts(swaps, ids))


def _within(place: Swap, tops: list[HtmlElement]) -> HtmlElement:
    """Return one element with these in it: what htmx puts somewhere is what is in it."""
    around = lxml.html.fragment_fromstring("<div></div>")
    around.set("hx-swap-oob", f"{place.how}:{place.target}")
    for top in tops:
        del top.attrib["hx-swap-oob"]
        around.append(top)
    return around


def _all_places(placed: Iterable[Placed]) -> Parts:
    """Return where these go, for a page that has all those places."""
    swaps = [swap for each in placed for swap in each.parts.swaps]
    # For what comes above its lines the page would have two of them.
    return Parts([swap for swap in swaps if swap.how != "afterbegin"], [])


class _Sheet:
    """A sheet that is being filled."""

    def __init__(self, stage: str, look: str, parts: Parts) -> None:
        self.stage = stage
        self.names: list[str] = []
        self.nonce = LazyNonce()
        html = inert(made_up_page(stage, look, parts, self.nonce))
        self.document = Document(html)
        self.ids = set(self.document.document.xpath("//@id"))

    def takes(self, placed: Placed) -> bool:
        """Swap the sample in, if there is a place for it that no other has."""
        if self.names and any(each.startswith(HIDING) for each in (*self.names, placed.name)):
            return False
        found = [(swap, self._place(swap)) for swap in placed.parts.swaps]
        if not all(place is not None and _is_free(place, swap.how) for swap, place in found):
            return False
        gone = [place for swap, place in found if swap.how in WHOLE]
        there = [self.document.find(f"#{each}")[0] for each in placed.parts.brought & self.ids]
        there = [
            each for each in there if not any(up in gone for up in (each, *each.iterancestors()))
        ]
        if not all(_is_free(each, "outerHTML") for each in there):
            return False
        # What a sample brings is not on the page before.
        for each in there:
            each.drop_tree()
        self.document.swap(placed.frame)
        self.ids = set(self.document.document.xpath("//@id"))
        self.names.append(placed.name)
        return True

    def _place(self, swap: Swap) -> HtmlElement | None:
        return next(iter(self.document.find(swap.target)), None)

    def finished(self) -> Sheet:
        html = lxml.html.tostring(self.document.document, encoding="unicode")
        policy = build_policy(settings.SECURE_CSP, self.nonce)
        return Sheet(self.stage, self.names, f"<!DOCTYPE html>\n{html}", policy)


def _is_free(place: HtmlElement, how: str) -> bool:
    """Whether a swap there takes nothing away that came with a sample, and goes into none."""
    inside = place.xpath(f".//*[@{MARK}]") if how in WHOLE else ()
    return not inside and not place.xpath(f"ancestor-or-self::*[@{MARK}]")


def made_up_page(
    stage: str,
    look: str = "",
    parts: Parts = Parts([], []),  # noqa: B008  # it is not changed
    nonce: LazyNonce | None = None,
) -> str:
    """Return a page as its templates make it up, with all places of these parts."""
    audience = audience_of(look)
    request: HttpRequest = RequestFactory().get(
        "/", headers={"host": urlsplit(settings.PUBLIC_URL).netloc}
    )
    request.user = AnonymousUser()
    request._csp_nonce = LazyNonce() if nonce is None else nonce  # type: ignore[attr-defined]  # as Django's middleware does
    person = made_up_pages.reader(is_author=True, theme="")
    context = {
        **made_up_pages.of_every_page(person),
        **stages._FILLED[stage](audience, parts, person),
        "skin": look,
    }
    with templates.seen_by(audience):
        return render_to_string(stages._TEMPLATES[stage], context, request)
