"""Pages that load again when a template or a style sheet is saved. While DEBUG is on alone."""

from django.http import HttpRequest, HttpResponse
from django_browser_reload.middleware import BrowserReloadMiddleware


class ReloadMiddleware(BrowserReloadMiddleware):
    """Adds the script of django-browser-reload to whole pages.

    It is told to one page of a browser, the last that was loaded: in a frame it would load that frame alone.
    """

    def maybe_inject(self, request: HttpRequest, response: HttpResponse) -> None:  # type: ignore[override]
        if response.get("X-Frame-Options") != "SAMEORIGIN":
            super().maybe_inject(request, response)
