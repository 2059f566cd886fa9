"""What cannot work is refused at the start, by Django's system checks; what a theme lacks is named."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import SuspiciousFileOperation
from django.template import Engine, TemplateDoesNotExist, TemplateSyntaxError

from discuss.old_tokens import find_old_names
from discuss.rendering import outline
from discuss.rendering.contract import PAGES
from discuss.skins import is_name

# What a template's file may do to whoever reads it: a fault of one page, which keeps no server from starting.
UNREADABLE = (TemplateSyntaxError, TemplateDoesNotExist, UnicodeDecodeError, OSError)


@register()
def several_processes_share_a_layer(**kwargs: Any) -> list[CheckMessage]:
    if settings.PROCESSES > 1 and not settings.REDIS_URL:
        return [
            Error(
                f"{settings.PROCESSES} processes (PROCESSES) cannot wake each other without REDIS_URL.",
                hint="Set REDIS_URL to a Redis that all of them reach, or run one process.",
                id="discuss.E001",
            )
        ]
    return []


@register(Tags.templates)
def pages_have_what_the_server_names(**kwargs: Any) -> list[CheckMessage]:
    """Name each id that a theme has lost."""
    found: list[CheckMessage] = []
    for page, wanted in PAGES.items():
        try:
            missing = wanted - outline.ids(page)
        except TemplateDoesNotExist as error:
            found.append(
                Warning(f"{page} needs a template that is missing: {error}", id="discuss.W004")
            )
            continue
        except UNREADABLE:
            continue  # templates_can_be_read() names it
        found += [
            Warning(
                f'{page} has no element with id="{name}".',
                hint='What must stay in a theme stands in docs/templates.md, "What must stay".',
                id="discuss.W001",
            )
            for name in sorted(missing)
        ]
    return found


@register(Tags.templates)
def templates_can_be_read(**kwargs: Any) -> list[CheckMessage]:
    """Name each static file that is missing, and each mistake for which a template cannot be read."""
    found: list[CheckMessage] = []
    for name in _template_names():
        try:
            named = outline.static_files(name)
        except UNREADABLE as error:
            found.append(Warning(f"{name} cannot be read: {error}", id="discuss.W002"))
            continue
        found += [
            Warning(
                f"{name} names a static file that is missing: {path}",
                hint="Pages are shown without it. Is its name right, and is it in static/ or theme/static/?",
                id="discuss.W003",
            )
            for path in named
            if not _is_there(path)
        ]
    return found


@register(Tags.templates)
def skins_are_whole(**kwargs: Any) -> list[CheckMessage]:
    """Name what a skin of the theme lacks."""
    found: list[CheckMessage] = []
    for folder in sorted(Path(settings.THEME_DIR, "skins").glob("*/")):
        if folder.name not in settings.SKINS:
            why = "its skin.toml names no title" if is_name(folder.name) else "its name is none"
            text = f"{folder} is no skin: {why}."
            found.append(Warning(text, id="discuss.W005"))
        elif not (folder / "static" / "skin.css").is_file():
            text = f"{folder} has no style sheet static/skin.css."
            found.append(Warning(text, id="discuss.W006"))
    return found


@register(Tags.templates)
def properties_have_their_names(**kwargs: Any) -> list[CheckMessage]:
    """Name each property that a theme calls as in the version before."""
    return [
        Warning(
            f"{found.file}:{found.line} names {found.name}, which is called {found.now} now.",
            hint="The old names work until the next version.",
            id="discuss.W007",
        )
        for found in find_old_names(Path(settings.THEME_DIR), settings.BASE_DIR / "static")
    ]


def _is_there(path: str) -> bool:
    """Whether a static file of this path is found; what an address has behind its path names no file."""
    try:
        return finders.find(unquote(urlsplit(path).path)) is not None
    except (SuspiciousFileOperation, ValueError):
        return False


def _template_names() -> list[str]:
    """Return the names of our own templates and of a theme's, without what an editor hides beside them."""
    folders = [Path(folder) for folder in Engine.get_default().dirs]
    files = {file.relative_to(folder) for folder in folders for file in folder.rglob("*.html")}
    return sorted(
        str(file) for file in files if not any(part.startswith(".") for part in file.parts)
    )
