"""What nobody takes back is asked for twice: why, and whether one is sure."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from discuss.edges.views.people import Request
from discuss.models import Membership, User
from discuss.moderation.actions import ActKind
from discuss.moderation.forms import ActForm
from discuss.moderation.rules.lengths import SPANS
from discuss.rules.refusals import Code
from discuss.rules.text import Text


def is_sure(request: HttpRequest) -> bool:
    """Whether whoever asks for it has said so on the page that asked."""
    return request.method == "POST" and "sure" in request.POST


def span_of(kind: ActKind, chosen: str) -> Text:
    """Return how far back an act goes that somebody is asked about; empty of one that does not."""
    return SPANS[chosen][0] if kind.looks_back else ""


def ask(
    request: Request,
    kind: ActKind,
    form: ActForm,
    actor: Membership | User | None,
    *,
    way_back: str,
    **whom: Any,
) -> HttpResponse:
    """Ask why it is done; and once that is said, whether it shall be done. Nothing is done here."""
    if actor is None:
        refused = {"exception": Code.NOT_TO_ACT.label}
        return render(request, "403.html", refused, status=403)
    # The one thing that is missing is what is asked for the second time.
    is_said = form.is_bound and not form.is_valid() and set(form.errors) == {"sure"}
    context = {
        **whom,
        "way_back": way_back,
        "kind": kind,
        "form": form,
        "address": request.path,
        "said": form.said() if is_said else [],
        "span": span_of(kind, form.cleaned_data.get("span", "")) if is_said else "",
        "is_second": is_said,
    }
    has_errors = form.is_bound and not is_said
    return render(
        request, "discuss/moderation/asked.html", context, status=400 if has_errors else 200
    )
