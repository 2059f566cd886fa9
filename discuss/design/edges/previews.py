"""How the site would look: made-up pages in a token sheet that nobody has saved.

Its values stand in the address, read as those of a form are: what is wrong in them counts as not said.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from discuss.design.edges.views import STAGED_CSP
from discuss.design.forms.token_sheets import draft_of
from discuss.design.rendering.previews import GROUP, PAGES, preview
from discuss.design.rules.access import may_change_tokens
from discuss.design.rules.contrast import DARK, LIGHT
from discuss.design.rules.sheets import site_sheet

View = Callable[[HttpRequest], HttpResponse]


def for_staff(view: View) -> View:
    """Give a view to those who may change the token sheet; to others there is no such page."""

    @never_cache
    @require_safe
    @wraps(view)
    def show(request: HttpRequest) -> HttpResponse:
        if not may_change_tokens(request.user):
            raise Http404("There is no token sheet here.")
        return view(request)

    return show


@for_staff
@xframe_options_sameorigin
@csp_override(STAGED_CSP)
def tokens_page(request: HttpRequest) -> HttpResponse:
    """Show a made-up page, in light or in dark, as the values in the address would have it."""
    theme = DARK if request.GET.get("theme") == DARK else LIGHT
    page = request.GET.get("page", "")
    values = urlencode(draft_of(request.GET.dict()))
    sheet = f"{reverse('tokens_sheet')}?{values}"
    return HttpResponse(preview(request, page if page in PAGES else GROUP, theme, sheet))


@for_staff
def tokens_sheet(request: HttpRequest) -> HttpResponse:
    """Give the style sheet of the values in the address."""
    css = site_sheet(draft_of(request.GET.dict()))
    return HttpResponse(css, content_type="text/css; charset=utf-8")
