"""The token sheet of the site, under an address that changes with it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from discuss.design.rules.sheets import site_sheet
from discuss.reading.token_sheet import read_values
from discuss.token_sheet import digest_of, token_sheet as known


@require_safe
def token_sheet(request: HttpRequest, digest: str) -> HttpResponse:
    """Give the style sheet, to be kept for ever. It is nobody's secret: the page of the log-in wears it."""
    css = known.css_of(digest)
    if css is None:
        # Another process may have shown the page, and know more. What is the latest, the keeper decides.
        css = site_sheet(read_values())
    if digest_of(css) != digest:
        raise Http404("There is no such token sheet.")
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    patch_cache_control(response, public=True, max_age=365 * 24 * 3600, immutable=True)
    return response
