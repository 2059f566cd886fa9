"""What somebody types is not lost where it is refused, or where they have to log in first."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from discuss.edges.views.people import Request
from discuss.forms import whole_texts
from discuss.rules.text import printable

# The fields of messages, and of a group's name and description.
FIELDS = ("text", "name", "description")
# Where a session keeps what was typed, for which address, and whose page it was typed in.
KEPT = "what was typed"


def typed_in(request: HttpRequest) -> dict[str, str]:
    """Return what the form's fields hold, by name; several messages that wait become one."""
    values = {name: request.POST.getlist(name) for name in FIELDS}
    values["text"] = whole_texts(request.POST)
    held = {name: " ".join(filter(None, several)) for name, several in values.items()}
    return {name: printable(value) for name, value in held.items() if value}


def keep_typed(request: HttpRequest, address: str) -> None:
    """Keep it for the page of this address; somebody logged out has a session, too."""
    if typed := typed_in(request):
        request.session[KEPT] = {
            "address": address,
            "reader": request.POST.get("reader", ""),
            "typed": typed,
            "reply_to": request.POST.get("reply_to", ""),
        }


def typed_before(request: Request, address: str) -> dict[str, str]:
    """Return what was kept for the page of this address, once, and to no other person.

    Where it answers a message, `reply_to` is that one's position.
    """
    kept = request.session.get(KEPT)
    if request.method != "GET" or not kept or kept["address"] != address:
        return {}
    del request.session[KEPT]
    if _is_of_another(request, kept["reader"]):
        return {}
    reply_to = kept.get("reply_to")
    typed: dict[str, str] = kept["typed"]
    return {**typed, "reply_to": reply_to} if reply_to else typed


def is_of_another(request: HttpRequest) -> bool:
    """Whether the form stands on a page that was made for somebody else than who is logged in."""
    return request.user.is_authenticated and _is_of_another(request, request.POST.get("reader", ""))


def is_made_for_another(request: Request) -> bool:
    """Whether htmx asks for something on a page that was made for somebody else."""
    return _is_of_another(request, request.GET.get("reader", ""))


def _is_of_another(request: HttpRequest, reader: str) -> bool:
    return bool(reader) and reader != str(request.user.pk)


def after_log_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Have people log in first; what they had typed into the view's form is there when they return."""

    @wraps(view)
    def enter(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        keep_typed(request, request.path)
        return redirect_to_login(request.get_full_path())

    return enter
