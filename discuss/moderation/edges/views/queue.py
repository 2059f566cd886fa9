"""The queue: the cases that somebody may work at."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from discuss.edges.views.pages import wants_live
from discuss.edges.views.people import Request, paced
from discuss.models import CaseKind, CaseState
from discuss.moderation.edges.networks import may_block
from discuss.moderation.forms.queue import QueueForm
from discuss.moderation.reading.queue import TO_DO, read_groups, read_queue
from discuss.moderation.reading.record_scopes import read_record_scope
from discuss.moderation.reading.scopes import read_scope
from discuss.moderation.rules.ranks import right_of
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rules.refusals import Code


@never_cache
@login_required
@paced
@require_safe
def queue(request: Request) -> HttpResponse:
    """List the cases, narrowed down as the address says."""
    scope = read_scope(request.user.pk)
    if not scope.is_any:
        return render(request, "403.html", {"exception": Code.NO_QUEUE.label}, status=403)
    query = QueueForm(request.GET).query()
    shown = read_queue(scope, query)
    audience = Audience.of(request.user)
    context = {
        "queue": shown,
        "query": query,
        "rows": [fragments.case_row(audience, row=row) for row in shown.rows],
        "beyond": shown.beyond,
        "groups": read_groups(scope),
        "states": [(TO_DO, CaseState.OPEN.label), *CaseState.choices],
        "kinds": CaseKind.choices,
        "is_live": wants_live(request),
        "blocks_networks": may_block(request.user),
        "sees_record": read_record_scope(request.user.pk).is_any,
        "writes_filters": request.user.is_staff and request.user.has_perm(right_of("filter")),
        "signs_version": fragments.signs_version(),
        "zone": audience.time_zone,
        "fingerprint": shown.fingerprint,
    }
    return render(request, "discuss/moderation/queue.html", context)


@never_cache
@require_safe
def live_queue(request: HttpRequest, case: int = 0) -> HttpResponse:
    """Give a page of the queue whose socket fell silent a new one."""
    context = {"socket": "/ws/moderation/", "signs_version": fragments.signs_version()}
    return render(request, "discuss/live_person.html", context)
