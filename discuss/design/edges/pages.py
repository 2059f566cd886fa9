"""The gallery's whole pages: what each is, in all its states."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override

from discuss.design.edges.views import STAGED_CSP, audience_of, for_designers, render_ours
from discuss.design.forms import ShowingForm
from discuss.design.rendering import pages
from discuss.design.rendering.made_up_pages import of_every_page, reader
from discuss.design.rendering.pages import WholePage
from discuss.design.rendering.whole_pages import PAGES
from discuss.design.rules.showings import THEMES, WIDTHS
from discuss.rendering import registry
from discuss.rendering.faults import fault_of, shown_path


@for_designers
def whole_page(request: HttpRequest, page: str) -> HttpResponse:
    """Show a page in all its states, or in one."""
    shown = _find(page)
    asked = ShowingForm(request.GET)
    showing = asked.showing()
    if showing.state not in shown.states:
        showing = showing._replace(state="")
    names = list(PAGES)
    place = names.index(shown.name)
    context = {
        "page": shown,
        "showing": showing,
        "states": {slug: state for slug, (state, _) in shown.states.items()},
        "shown_states": [
            (slug, state)
            for slug, (state, _) in shown.states.items()
            if showing.state in {"", slug}
        ],
        "files": [shown_path(file) for file in registry.files(shown.template)],
        "widths": WIDTHS,
        "themes": THEMES,
        "shown_themes": [each for each in THEMES if each[0] in showing.themes],
        "skins": settings.SKINS if shown.is_of_group else {},
        "shown_skins": asked.skins() if shown.is_of_group else [""],
        "before": names[place - 1] if place else "",
        "after": names[place + 1] if place + 1 < len(names) else "",
    }
    return HttpResponse(render_ours(request, "page", context))


@for_designers
@xframe_options_sameorigin
@csp_override(STAGED_CSP)
def whole_page_state(request: HttpRequest, page: str, state: str) -> HttpResponse:
    """Show the page itself in a state; an error in its place where there is one."""
    shown = _find(page)
    if state not in shown.states:
        raise Http404("There is no such state.")
    showing = ShowingForm(request.GET).showing()
    try:
        html = pages.rendered(
            request,
            shown,
            state,
            theme=showing.themes[0],
            audience=audience_of(showing),
            skin=showing.worn,
        )
    except Exception as error:  # a theme's template may have any
        person = reader(False, showing.themes[0])
        context: dict[str, Any] = {**of_every_page(person), "faults": [fault_of(error)]}
        html = render_ours(request, "stage_fault", context)
    return HttpResponse(html)


def _find(name: str) -> WholePage:
    if name not in PAGES:
        raise Http404("There is no such page.")
    return PAGES[name]
