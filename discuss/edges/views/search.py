"""Searching messages, by plain addresses: a search can be sent to somebody, who finds what they may read."""

import math
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from discuss import actions
from discuss.edges.views.pages import listing
from discuss.edges.views.people import Request, paced
from discuss.forms.search import Order, Search, SearchForm
from discuss.limits import limits, too_fast
from discuss.reading.search import (
    Results,
    Scope,
    best_hits,
    newest_hits,
    read_recent,
    read_scope,
)
from discuss.rules.listed import How
from discuss.rules.queries import Query, QueryError, read_query

# Steps in which a search puts new lines into the index at most: a server leaves none but the latest.
INDEX_STEPS = 10


@never_cache
@login_required
@paced
@require_safe
def search(request: Request) -> HttpResponse:
    """Show what was found, or before somebody asks what can be asked."""
    asked = SearchForm(request.GET).search()
    scope = read_scope(request.user, asked.group)
    context: dict[str, Any] = {"asked": asked, "scope": scope, "orders": Order.choices}
    wait = 0.0
    if asked.words:
        try:
            query = read_query(asked.words)
            wait = limits.take("search", request.user.pk)
            if wait:
                context["problem"] = too_fast(wait)
            else:
                context["results"] = _found(request, scope, query, asked)
        except QueryError as error:
            context["problem"] = error.code.label % {"typed": error.typed}
    else:
        context["recent"] = read_recent(request.user)
    results = context.get("results")
    context |= listing(request, How.WORDS, [hit.entry for hit in results.hits] if results else [])
    response = render(request, "discuss/search.html", context, status=429 if wait else 200)
    if wait:
        response["Retry-After"] = str(math.ceil(wait))
    return response


def _found(request: Request, scope: Scope, query: Query, asked: Search) -> Results:
    # A link on another site is nobody's search (https://www.w3.org/TR/fetch-metadata/).
    is_ours = request.headers.get("Sec-Fetch-Site", "none") in {"same-origin", "none"}
    if asked.older is None and asked.page == 1 and is_ours:
        actions.remember_search(request.user, words=asked.words)
    # What was posted just now, too.
    for _ in range(INDEX_STEPS):
        if not actions.index_new():
            break
    if asked.order == Order.BEST:
        return best_hits(scope, query, page=asked.page)
    return newest_hits(scope, query, below=asked.older)


@login_required
@require_POST
def forget_searches(request: Request) -> HttpResponse:
    """Forget what the person searched for."""
    actions.forget_searches(request.user)
    return redirect(reverse("search"))
