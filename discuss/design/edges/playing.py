"""The page on which scenes are played: a real page of a group in a frame, and what plays it beside.

Its clock is htmx: what it shows of a play asks for the next step when it is due. So nothing goes on where
nobody looks on, and every process can take a step.
"""

from functools import wraps
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods

from discuss.design.actions import playing as acts
from discuss.design.edges.views import View, for_designers, render_ours
from discuss.design.forms import PlayForm
from discuss.design.reading.scenes import Script, find_script, scripts
from discuss.design.rules.access import may_see_gallery
from discuss.design.rules.scenes import Scene
from discuss.design.rules.showings import DARK, LIGHT, SPEEDS, THEMES, WIDTHS, Playing
from discuss.edges.views.group import FRAMED_CSP, group_context, shown
from discuss.edges.views.people import membership_of
from discuss.models import Play
from discuss.rendering.faults import shown_path
from discuss.rules.refusals import Refused

# Milliseconds that a page has to come before the first step.
FIRST_PAUSE = 1_500
# Seconds that one request goes on with steps, where there is no pause between them.
GOES_ON_FOR = 0.2
# Steps that are shown before the next one, and from it on.
BEFORE, AFTER = 2, 6
# Buttons that begin a play where there is none of this scene.
BEGIN = frozenset({"start", "play", "step"})


class Fault(NamedTuple):
    """What is wrong with a scene: 0 where no line or no step is known."""

    file: str
    line: int
    step: int
    text: str


def for_players(view: View) -> View:
    """Give a view that acts to those whom the gallery is for; to others there is no such page."""

    @never_cache
    @wraps(view)
    def show(request: HttpRequest, **named: str) -> HttpResponse:
        if not may_see_gallery(request.user, is_debug=settings.DEBUG):
            raise Http404("There is no gallery here.")
        return require_http_methods(["GET", "HEAD", "POST"])(view)(request, **named)

    return show


@for_players
def play(request: Any) -> HttpResponse:
    """Show the scenes and the play of this person; do what a button asks for."""
    is_asked = request.method == "POST"
    wanted = PlayForm(request.POST if is_asked else request.GET).playing()
    found = Play.objects.select_related("group", "user").filter(user=request.user).first()
    script = find_script(wanted.scene or (found.scene if found else ""))
    if not is_asked:
        files = scripts()
        script = script or next(iter(files.values()), None)
        context = _context(found, script, wanted._replace(is_running=False), [])
        return HttpResponse(render_ours(request, "play", {**context, "scripts": files}))
    faults: list[Fault] = []
    try:
        found, wanted = _act(request, found, script, wanted)
    except Refused as refusal:
        faults.append(_fault_of(script, found, str(refusal)))
        # What began in vain is gone, and what there was before is there.
        found = Play.objects.select_related("group", "user").filter(user=request.user).first()
        wanted = wanted._replace(is_running=False)
    if "HX-Request" not in request.headers:
        said = {
            name: getattr(wanted, name) for name in ("scene", "speed", "skin", "width", "theme")
        }
        return HttpResponseRedirect(f"{reverse('play')}?{urlencode(said)}")
    context = _context(found, script, wanted, faults)
    context["is_stage_new"] = wanted.do in {"start", "show", "end"}
    return HttpResponse(render_ours(request, "play_now", context))


@for_designers
@xframe_options_sameorigin
@csp_override(FRAMED_CSP)
def play_page(request: Any) -> HttpResponse:
    """Show the page of the group in which the person's scene is played, as they see every group."""
    found = Play.objects.select_related("group").filter(user=request.user).first()
    membership = membership_of(request.user, found.group.uuid) if found and found.group else None
    if membership is None:
        raise Http404("There is no play.")
    theme = request.GET.get("theme")
    if theme in {LIGHT, DARK}:
        # For this page; it is not stored.
        request.user.color_scheme = theme
    return shown(request, "discuss/group.html", group_context(request, membership), membership)


def _act(
    request: Any, found: Play | None, script: Script | None, wanted: Playing
) -> tuple[Play | None, Playing]:
    """Do what the button says; return the play as it is now, and how it goes on. Raises Refused."""
    if wanted.do == "end":
        acts.end(request.user)
        return None, wanted._replace(is_running=False)
    scene = script.scene if script else None
    if scene is None or script is None:
        return found, wanted._replace(is_running=False)
    is_over = found is not None and found.step >= len(scene.steps)
    is_other = found is None or found.scene != script.name or found.group is None
    if wanted.do == "start" or (
        wanted.do in BEGIN and (is_other or (is_over and wanted.do == "play"))
    ):
        found = acts.begin(request.user, name=script.name, scene=scene, skin=wanted.skin)
        is_step = wanted.do == "step"
        return found, wanted._replace(do="start", expected=0, is_running=not is_step)
    if found is None or is_other:
        return found, wanted._replace(is_running=False)
    if wanted.do == "play":
        return found, wanted._replace(is_running=True)
    if wanted.do == "pause":
        return found, wanted._replace(is_running=False)
    if wanted.do == "step":
        acts.take_step(found, scene, expected=wanted.expected)
        return found, wanted._replace(is_running=False)
    if wanted.do == "tick":
        _go_on(found, scene, wanted)
    return found, wanted


def _go_on(found: Play, scene: Scene, wanted: Playing) -> None:
    begun, expected = monotonic(), wanted.expected
    while acts.take_step(found, scene, expected=expected) and wanted.is_at_once:
        expected += 1
        if monotonic() - begun > GOES_ON_FOR or scene.steps[found.step - 1].does == "disconnects":
            return


def _context(
    found: Play | None, script: Script | None, wanted: Playing, faults: list[Fault]
) -> dict[str, Any]:
    scene = script.scene if script else None
    is_ours = found is not None and script is not None and found.scene == script.name
    done = found.step if found and is_ours else 0
    steps = scene.steps if scene else ()
    is_running = bool(wanted.is_running and is_ours and done < len(steps) and not faults)
    pause = wanted.pause_before(steps[done].after) if done < len(steps) else 0
    if script:
        faults = [
            *faults,
            *(_shown(script, each.line, each.step, each.text) for each in script.faults),
        ]
    return {
        "play": found,
        "script": script,
        "scene": scene,
        "path": shown_path(script.path) if script else "",
        "playing": wanted._replace(is_running=is_running),
        "done": min(done, len(steps)),
        "count": len(steps),
        "steps": list(enumerate(steps))[max(0, done - BEFORE) : done + AFTER],
        "pause": max(pause, FIRST_PAUSE) if wanted.do == "start" else pause,
        "faults": faults,
        "speeds": SPEEDS,
        "skins": settings.SKINS,
        "widths": WIDTHS,
        "themes": [each for each in THEMES if each[0] in {LIGHT, DARK}],
    }


def _fault_of(script: Script | None, found: Play | None, text: str) -> Fault:
    """Return what a step was refused, at the place where the step is written."""
    if (
        script is None
        or script.scene is None
        or found is None
        or not 0 < found.step <= len(script.scene.steps)
    ):
        return Fault("", 0, 0, text)
    step = script.scene.steps[found.step - 1]
    return _shown(script, step.line, step.number, text)


def _shown(script: Script, line: int, step: int, text: str) -> Fault:
    return Fault(shown_path(script.path), line, step, text)
