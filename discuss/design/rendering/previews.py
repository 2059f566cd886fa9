"""A made-up page in a token sheet that is being written."""

import re
from copy import copy
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from discuss.design.rendering import made_up_pages
from discuss.design.rendering.inert import inert
from discuss.design.rendering.swaps import Parts
from discuss.models import Entry
from discuss.rendering import fragments, templates
from discuss.rendering.audience import Audience
from discuss.rendering.samples.made_up import ANN, BOB, LINES

GROUP, LOBBY = "group", "lobby"
PAGES = {GROUP: "discuss/group.html", LOBBY: "discuss/lobby.html"}
# What the lines of a group's page show besides, and whether they are of who looks on.
_MORE = {"formatted": False, "reply": True, "reacted to": True, "mentions": False}
# Where a page names the token sheet that is worn (templates/discuss/fragments/sheet_worn.html).
_PLACE = re.compile(r'<(?:link|meta)\s+id="sheet"[^>]*>')


def preview(request: HttpRequest, page: str, theme: str, sheet: str) -> str:
    """Return the page with this style sheet in place of the token sheet that is worn; nothing on it acts."""
    audience, nothing = Audience.of(None), Parts([], [])
    person = made_up_pages.reader(True, theme)
    context: dict[str, Any] = made_up_pages.of_every_page(person)
    if page == GROUP:
        context |= made_up_pages.group(audience, nothing, person)
        context["lines"] += [fragments.line(each, audience) for each in _more()]
    else:
        context |= made_up_pages.lobby(audience, nothing)
    with templates.seen_by(audience):
        html = render_to_string(PAGES[page], context, request)
    return inert(_PLACE.sub(f'<link rel="stylesheet" href="{sheet.replace("&", "&amp;")}">', html))


def _more() -> list[Entry]:
    """Return lines in which more can be seen than in the others of a made-up group."""
    lines = {name: copy(LINES[name]) for name in _MORE}
    for name, line in lines.items():
        line.author = ANN if _MORE[name] else BOB
    return list(lines.values())
