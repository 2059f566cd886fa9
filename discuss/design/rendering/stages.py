"""A page around a sample: the real templates of a page, made up, and inert."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest

from discuss.design.rendering import made_up_pages
from discuss.design.rendering.catalog import Listed, Sampled
from discuss.design.rendering.inert import inert
from discuss.design.rendering.swaps import Found, Parts, find, place_of
from discuss.models import User
from discuss.rendering import templates
from discuss.rendering.audience import Audience

GROUP, LOBBY, QUEUE, CASE, HELD = "group", "lobby", "queue", "case", "held"
VERSIONS = "versions"
_TEMPLATES = {
    GROUP: "discuss/group.html",
    LOBBY: "discuss/lobby.html",
    QUEUE: "discuss/moderation/queue.html",
    CASE: "discuss/moderation/case.html",
    HELD: "discuss/held.html",
    VERSIONS: "discuss/history.html",
}
_END = "</body>"
# What stands for the sample in what is put there.
_BELOW = "stands-for-the-sample"

type Fill = Callable[[Audience, Parts, User], dict[str, Any]]
_FILLED: dict[str, Fill] = {
    GROUP: made_up_pages.group,
    LOBBY: lambda audience, parts, _: made_up_pages.lobby(audience, parts),
    QUEUE: lambda audience, parts, _: made_up_pages.queue(audience, parts),
    CASE: lambda audience, parts, _: made_up_pages.case(),
    HELD: lambda audience, parts, _: made_up_pages.held(audience, parts),
    VERSIONS: lambda audience, parts, _: made_up_pages.versions(audience),
}


class Stage(NamedTuple):
    """A made-up page, inert, and where on it the sample's places are."""

    name: str
    html: str
    found: Found


def stage_of(
    request: HttpRequest, sample: Sampled, audience: Audience, person: User, skin: str = ""
) -> Stage:
    """Return the page on which all places of the sample are, or the one that has most of them.

    One of a group wears this `skin`.
    """
    targets = sample.parts.targets
    best, most = Stage("", "", Found(frozenset(), [], False)), -1
    for name in _order(sample):
        html = _made_up(request, name, sample.parts, audience, person, skin)
        # To read the whole page takes as long as to render it.
        count = sum(f'id="{each}"' in html for each in targets)
        if count <= most:
            continue
        best, most = Stage(name, inert(html), find(html, targets)), count
        # On a phone one's own groups are in the lobby alone.
        is_elsewhere = name == GROUP and best.found.is_in_own_groups
        if count == len(targets) and not is_elsewhere:
            return best
        if is_elsewhere:
            most -= 1
    return best


def staged(
    request: HttpRequest,
    stage: Stage,
    listed: Listed,
    sampled: Sampled,
    *,
    is_marked: bool,
    skin: str = "",
) -> str:
    """Return the page with what has htmx swap the sample into it, at its end."""
    template = templates.ours().get_template("discuss/design/swap.html")
    context = {
        "stage": stage,
        "listed": listed,
        "sampled": sampled,
        "below": _BELOW,
        "is_marked": is_marked,
        "skin": skin,
        "place": place_of(listed.name, sampled.html),
    }
    swap = template.render(context, request).replace(_BELOW, inert(sampled.html))
    head, end, rest = stage.html.rpartition(_END)
    return f"{head}{swap}{end}{rest}" if end else f"{rest}{swap}"


def _order(sample: Sampled) -> list[str]:
    """Return the pages to be tried, the likeliest first."""
    return [LOBBY, GROUP] if "lobby" in sample.name else [*_TEMPLATES]


def _made_up(
    request: HttpRequest, name: str, parts: Parts, audience: Audience, person: User, skin: str
) -> str:
    context = {**made_up_pages.of_every_page(person), **_FILLED[name](audience, parts, person)}
    if name == GROUP:
        context["skin"] = skin
    page = templates.template_of(_TEMPLATES[name], audience.skin if name == GROUP else "")
    with templates.seen_by(audience), templates.witnessed() as errors:
        html = page.render(context, request)
    if errors:
        # People are shown what is below.
        raise errors[0]
    return html
