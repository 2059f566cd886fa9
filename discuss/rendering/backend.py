"""Templates of a skin, of a theme, and ours: where one has a fault, what is below is shown in its place."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from functools import cache, cached_property
from pathlib import Path
from threading import local
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.template import Engine, Origin, Template, engines
from django.template.backends.django import DjangoTemplates

from discuss.rendering import contract, faults, loader
from discuss.rendering.flat import flattened
from discuss.rendering.guarded import GuardedTemplate
from discuss.rendering.loader import Loader, is_in

_LOADERS = (
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
)
# Seconds for which nothing is asked of a template that took too long twice within them.
# Once may be the machine's doing: a virtual one that stands still counts that as computing.
ASIDE_FOR = 600.0
# What was quick so often since is forgiven.
QUICK_ENOUGH = 100
_looking = local()
# Templates that stand in for those of a skin, or of the theme.
_instead: ContextVar["Templates | None"] = ContextVar("instead", default=None)


class Templates(DjangoTemplates):
    """The templates of a skin or of a theme, above ours.

    Its `engine` finds them as they are, for whoever looks at them. What is shown comes of `careful`, which
    takes the next one in the place of one that cannot be read, or that has lost what has to stay.
    """

    def __init__(self, params: dict[str, Any], skin: str = "") -> None:
        super().__init__({**params, "OPTIONS": _options(params, skin)})
        self.skin = skin
        # Until when a template is remembered that took too long, and how often it was quick since.
        self._slow: dict[str, tuple[float, int]] = {}
        self._aside: dict[str, float] = {}
        self._found: dict[str, GuardedTemplate] = {}
        self._readings = -1
        # Pages that were looked at, and whether they have all that they have to have.
        self._whole: WeakKeyDictionary[Template, bool] = WeakKeyDictionary()

    @cached_property
    def careful(self) -> Engine:
        engine = copy(self.engine)
        engine.__dict__.pop("template_loaders", None)
        for each in engine.template_loaders:
            if isinstance(each, Loader):
                each.look, each.tell = self._look, self._tell_of_refused
        return engine

    @cached_property
    def has_others(self) -> bool:
        """Whether it has any templates that are not ours."""
        mine = Path(settings.BASE_DIR, "templates")
        return bool(self.skin) or any(Path(d) != mine and Path(d).is_dir() for d in self.dirs)

    @property
    def below(self) -> "Templates":
        return wearing("") if self.skin else ours()

    @property
    def owner(self) -> str:
        return f"the skin {self.skin}" if self.skin else "the theme"

    def get_template(self, template_name: str) -> GuardedTemplate:
        """Return a template that is shown whatever is wrong with it. Raises TemplateDoesNotExist.

        For speed only (bench case small-groups) it is found once: Django looks for 5 us.
        """
        if self._is_aside(template_name):
            return self.below.get_template(template_name)
        if self._readings != loader.readings():
            self._readings = loader.readings()
            self._found.clear()
        if template_name not in self._found:
            self._found[template_name] = self._find(template_name)
        return self._found[template_name]

    def _find(self, template_name: str) -> GuardedTemplate:
        if not self.has_others:
            return GuardedTemplate(flattened(self.engine.get_template(template_name)), self)
        if not self._is_whole(template_name):
            return self.below.get_template(template_name)
        return GuardedTemplate(flattened(self.careful.get_template(template_name)), self)

    def took_too_long(self, template_name: str) -> None:
        """Ask nothing of this template for some time, if it is not the first time: it costs too much."""
        now = monotonic()
        until, _ = self._slow.get(template_name, (0.0, 0))
        if now < until:
            self._aside[template_name] = now + ASIDE_FOR
        self._slow[template_name] = now + ASIDE_FOR, 0

    def was_quick(self, template_name: str) -> None:
        """Forgive a template that it took too long, once it was quick often enough."""
        # Several threads render at a time: what one has looked for, another may have taken.
        if self._slow and (slow := self._slow.pop(template_name, None)):
            until, times = slow
            if times + 1 < QUICK_ENOUGH:
                self._slow[template_name] = until, times + 1

    def forgive(self) -> None:
        """Forget which templates took too long, but for those that are set aside."""
        self._slow.clear()

    def tell_of_fault(self, template_name: str, error: Exception) -> None:
        faults.tell_of_fault(f"{template_name} of {self.owner}, or one that it includes,", error)

    def look_at(self, template: Template) -> None:
        """Raise Lacking for a template that has lost what has to stay of ours of its name."""
        contract.look_at(template, ours().engine)

    def _is_aside(self, template_name: str) -> bool:
        return bool(self._aside) and monotonic() < self._aside.get(template_name, 0.0)

    def _is_whole(self, template_name: str) -> bool:
        """Whether a page has all that it has to have: that may be missing in what it extends, or includes."""
        if self.skin or template_name not in contract.PAGES:
            return True
        template = self.careful.get_template(template_name)
        if template not in self._whole:
            missing = contract.missing_in_page(template)
            self._whole[template] = not missing
            if missing:
                error = contract.Lacking(f"it has lost {missing}", str(template.origin.name), 1)
                self.tell_of_fault(template_name, error)
        return self._whole[template]

    def _look(self, template: Template) -> None:
        """Raise Lacking for a template that has lost what is in ours."""
        if not _is_others(template.origin, self) or template.name in contract.PAGES:
            return
        at = vars(_looking).setdefault("at", set())
        if template.origin.name in at:
            return  # it includes itself
        at.add(template.origin.name)
        try:
            self.look_at(template)
        finally:
            at.remove(template.origin.name)

    def _tell_of_refused(self, origin: Origin, error: Exception) -> None:
        if not _is_others(origin, self):
            raise error
        faults.tell_of_fault(f"{origin.template_name!s} of {self.owner}", error)


def _is_others(origin: Origin, templates: Templates) -> bool:
    """Whether a template is of one of the folders that are not ours."""
    if templates.skin and is_in(origin, settings.SKINS[templates.skin].templates):
        return True
    mine = Path(settings.BASE_DIR, "templates")
    return any(is_in(origin, Path(d)) for d in templates.dirs if Path(d) != mine)


def _options(params: dict[str, Any], skin: str) -> dict[str, Any]:
    """Return the options of an engine with the templates of this skin before the others."""
    if not skin:
        return dict(params["OPTIONS"])
    loaders = (("discuss.rendering.loader.SkinLoader", skin), *_LOADERS)
    return {**params["OPTIONS"], "loaders": [("discuss.rendering.loader.Loader", loaders)]}


def wearing(skin: str) -> Templates:
    """Return the templates of a skin; of the theme, where there is one, without a skin."""
    tried = _instead.get()
    if tried is not None and skin == tried.skin:
        return tried
    return _of_skin(skin) if skin else _of_theme()


@contextmanager
def in_place_of(skin: str, **options: Any) -> Iterator[Templates]:
    """Have other templates of this skin be used in here, with these options of an engine."""
    params = _params()
    params["OPTIONS"] = {**params["OPTIONS"], **options}
    tried = Templates({**params, "NAME": "tried"}, skin)
    token = _instead.set(tried)
    try:
        yield tried
    finally:
        _instead.reset(token)


@cache
def _of_theme() -> "Templates":
    return next(each for each in engines.all() if isinstance(each, Templates))


@cache
def _of_skin(skin: str) -> Templates:
    return Templates(_params(NAME=f"skin {skin}"), skin)


@cache
def ours() -> Templates:
    """Return what finds our own templates alone."""
    return Templates(_params(NAME="ours", DIRS=[Path(settings.BASE_DIR, "templates")]))


def _params(**others: Any) -> dict[str, Any]:
    params: dict[str, Any] = {"APP_DIRS": False, **settings.TEMPLATES[0], **others}
    return {name: value for name, value in params.items() if name != "BACKEND"}


@receiver(setting_changed)
def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting in {"TEMPLATES", "SKINS"}:
        _of_skin.cache_clear()
        _of_theme.cache_clear()
