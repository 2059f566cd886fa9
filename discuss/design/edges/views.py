"""The gallery's pages. Nothing on them acts, and no database is asked for more than who is looking.

They are not paced as other pages are: one of them frames dozens of others.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.csp import CSP
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from discuss.design.forms import SearchForm, ShowingForm
from discuss.design.rendering import catalog, stages
from discuss.design.rendering.catalog import Listed, Sampled
from discuss.design.rendering.inert import inert
from discuss.design.rendering.made_up_pages import of_every_page, reader
from discuss.design.rendering.whole_pages import PAGES
from discuss.design.rules.access import may_see_gallery
from discuss.design.rules.showings import AUTHOR, DARK, LIGHT, READERS, THEMES, WIDTHS, Showing
from discuss.rendering import registry, templates
from discuss.rendering.audience import Audience
from discuss.rendering.faults import fault_of

# A sample's page is framed by the gallery, and no form on it leads anywhere.
STAGED_CSP = settings.SECURE_CSP | {
    "frame-ancestors": [CSP.SELF],
    "frame-src": [CSP.NONE],
    "form-action": [CSP.NONE],
    "connect-src": [CSP.SELF],
}

type View = Callable[..., HttpResponse]


def for_designers(view: View) -> View:
    """Give a view to those whom the gallery is for; to others there is no such page."""

    @never_cache
    @wraps(view)
    def show(request: HttpRequest, **named: str) -> HttpResponse:
        if not may_see_gallery(request.user, is_debug=settings.DEBUG):
            raise Http404("There is no gallery here.")
        return require_safe(view)(request, **named)

    return show


def of_a_sample(view: Callable[[HttpRequest, Listed, Sampled], HttpResponse]) -> View:
    """Give a view the fragment and the state that the address names."""

    @for_designers
    @xframe_options_sameorigin
    @csp_override(STAGED_CSP)
    @wraps(view)
    def show(request: HttpRequest, fragment: str, state: str) -> HttpResponse:
        listed = _find(fragment)
        if state not in listed.states:
            raise Http404("There is no such state.")
        audience = audience_of(ShowingForm(request.GET).showing())
        return view(request, listed, catalog.sampled(listed, state, audience))

    return show


@for_designers
def gallery(request: HttpRequest) -> HttpResponse:
    """List all fragments, or those in which some words stand."""
    words = SearchForm(request.GET).words()
    found = catalog.listed(words)
    showing = ShowingForm(request.GET).showing()
    context = {
        "pages": [page for page in PAGES.values() if page.says(words)],
        "showing": showing,
        "skins": settings.SKINS,
        "found": [each for each in found if each.states],
        "parts": [each for each in found if not each.states],
        "found_count": len(found),
        "count": len(registry.names()),
        "searched": request.GET.get("q", ""),
        "both": [theme for theme in THEMES if theme[0] in {LIGHT, DARK}],
    }
    return _show(request, "gallery", context)


@for_designers
def fragment(request: HttpRequest, fragment: str) -> HttpResponse:
    """Show what a fragment is, and all its states or one of them."""
    listed = _find(fragment)
    asked = ShowingForm(request.GET)
    showing = asked.showing()
    if showing.state not in listed.states:
        showing = showing._replace(state="")
    audience = audience_of(showing)
    samples = [catalog.sampled(listed, slug, audience) for slug in listed.states]
    faults = [listed.fault] if listed.fault else []
    faults += [fault for sample in samples for fault in sample.faults]
    names = registry.names()
    place = names.index(listed.name)
    context = {
        "listed": listed,
        "showing": showing,
        "widths": WIDTHS,
        "themes": THEMES,
        "shown_themes": [each for each in THEMES if each[0] in showing.themes],
        "readers": READERS,
        "skins": settings.SKINS,
        "shown_skins": asked.skins(),
        "samples": [each for each in samples if showing.state in {"", each.slug}],
        "faults": list(dict.fromkeys(faults)),
        "variables": catalog.variables(listed.fragment),
        "files": catalog.files(listed.fragment),
        "worn": catalog.worn(listed.fragment),
        "blocks": catalog.blocks(listed),
        "swaps": list(dict.fromkeys(swap for each in samples for swap in each.parts.swaps)),
        "before": names[place - 1] if place else "",
        "after": names[place + 1] if place + 1 < len(names) else "",
    }
    return _show(request, "fragment", context)


@of_a_sample
def sample(request: HttpRequest, listed: Listed, sampled: Sampled) -> HttpResponse:
    """Show a made-up page, into which htmx swaps the sample; an error in its place where there is one."""
    showing = ShowingForm(request.GET).showing()
    person = reader(showing.reader == AUTHOR, showing.themes[0])
    try:
        stage = stages.stage_of(request, sampled, audience_of(showing), person, showing.worn)
    except Exception as error:  # a theme's template may have any
        context: dict[str, Any] = {**of_every_page(person), "faults": [fault_of(error)]}
        return _show(request, "stage_fault", context)
    return HttpResponse(
        stages.staged(request, stage, listed, sampled, is_marked=showing.mark, skin=showing.worn)
    )


@of_a_sample
def sample_alone(request: HttpRequest, listed: Listed, sampled: Sampled) -> HttpResponse:
    """Give the page of a sample what it asks for: the fragment, in which nothing acts."""
    return HttpResponse(inert(sampled.html))


def audience_of(showing: Showing) -> Audience:
    """Return those to whom samples are shown."""
    return Audience.of(None).wearing(showing.worn)


def _find(name: str) -> Listed:
    if name not in registry.names():
        raise Http404("There is no such fragment.")
    return catalog.find(name)


def _show(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    return HttpResponse(render_ours(request, name, context))


def render_ours(request: HttpRequest, name: str, context: dict[str, Any]) -> str:
    """Render a page of the gallery by our own templates: a theme with a mistake leaves it as it is."""
    if settings.DEBUG:  # somebody may be changing it
        templates.ours.cache_clear()
    return templates.ours().get_template(f"discuss/design/{name}.html").render(context, request)
