"""What cannot work is refused at the start, by Django's system checks; what a theme lacks is named."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import SuspiciousFileOperation
from django.template import Engine, TemplateDoesNotExist, TemplateSyntaxError

from discuss.design.forms.token_sheets import defaults
from discuss.design.rules.contrast import Contrast
from discuss.design.rules.mistakes import files_in, hard_to_read, known_properties, mistakes_in
from discuss.design.rules.tokens import PREFIX, TOKENS
from discuss.old_tokens import find_old_names
from discuss.rendering import outline
from discuss.rendering.contract import PAGES, RENAMED_BLOCKS
from discuss.rendering.faults import shown_path
from discuss.rendering.overrides import (
    Override,
    not_worn,
    overrides,
    renamed_in,
    stale_in,
    unknown_in,
)
from discuss.rendering.samples import trial
from discuss.skins import is_name, unknown_words

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
                hint='What must stay in a theme stands in docs/designers.md, "What must stay".',
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
                hint="Pages are shown without it. It has to be in static/ of the site, a theme or a skin.",
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
        for word in unknown_words(folder / "skin.toml"):
            text = f"{folder / 'skin.toml'} says {word}: a skin has a title and words."
            found.append(Warning(text, id="discuss.W016"))
    return found


@register(Tags.templates)
def style_sheets_do_what_they_say(**kwargs: Any) -> list[CheckMessage]:
    """Name what browsers pass over in the style sheets of a theme and its skins, and what is hard to read."""
    theme = Path(settings.THEME_DIR)
    theirs = [*theme.glob("static/**/*.css"), *theme.glob("skins/*/static/**/*.css")]
    ours = Path(settings.BASE_DIR, "static").rglob("*.css") if theirs else ()
    known = frozenset[str]().union(*(known_properties(sheet.read_text()) for sheet in ours))
    found: list[CheckMessage] = []
    for file in theirs:
        try:
            css = file.read_text()
        except (OSError, UnicodeDecodeError) as error:
            found.append(Warning(f"{file} cannot be read: {error}", id="discuss.W002"))
            continue
        for mistake in mistakes_in(css, known):
            text = f"{file}:{mistake.line}: {mistake.text}"
            found.append(Warning(text, id="discuss.W013"))
        for line, name in files_in(css):
            if not _is_beside(file, name):
                text = f"{file}:{line} names {name}, which is not there."
                found.append(Warning(text, id="discuss.W014"))
        if file.is_relative_to(theme / "skins"):
            found += [_hard_to_read(file, *each) for each in hard_to_read(css, defaults())]
    return found


def _hard_to_read(file: Path, line: int, contrast: Contrast) -> CheckMessage:
    front, ground = (f"{PREFIX}{name}" if name in TOKENS else name for name in contrast.pair[:2])
    text = (
        f"{file}:{line}: {front} has a contrast of {contrast.shown} to 1 with {ground} where it is"
        f" {contrast.theme}, and needs {contrast.pair.least:g}."
    )
    return Warning(text, id="discuss.W015")


def _is_beside(file: Path, name: str) -> bool:
    """Whether the file is there that a style sheet names, in its own folder or in that of the site."""
    path = unquote(urlsplit(name).path)
    ours = Path(settings.BASE_DIR, "static")
    theme = Path(settings.THEME_DIR, "static")
    at_site = ours / file.parent.relative_to(theme) / path if file.is_relative_to(theme) else None
    return (file.parent / path).is_file() or bool(at_site and at_site.is_file())


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


@register(Tags.templates)
def overrides_fit(**kwargs: Any) -> list[CheckMessage]:
    """Name what a template of a theme, or of a skin, says that ours does not, or not any more."""
    found: list[CheckMessage] = []
    for each in overrides():
        if not_worn(each):
            text = f"{shown_path(each.file)}: a skin has no template of that name, so it is left alone."
            hint = 'Which ones it may have stands in docs/designers.md, "Skins".'
            found.append(Warning(text, hint=hint, id="discuss.W012"))
            continue
        for name, block in unknown_in(each).items():
            text = f"{_place(each, block.line)}: there is no block {name} in what it extends."
            found.append(Warning(text, id="discuss.W008"))
        for stale in stale_in(each):
            place, now = _place(each, stale.line), stale.digest
            text = f"{place}: {stale.block} was written for {stale.was}, and ours is {now} now."
            hint = "Look at ours, change yours, and run `manage.py fragments --sign`."
            found.append(Warning(text, hint=hint, id="discuss.W009"))
        for name, block in renamed_in(each).items():
            now = RENAMED_BLOCKS[each.name][name]
            text = f"{_place(each, block.line)}: the block {name} is called {now} by now."
            hint = "The name of before works until the next release."
            found.append(Warning(text, hint=hint, id="discuss.W010"))
    return found


@register(Tags.templates)
def overrides_can_be_shown(**kwargs: Any) -> list[CheckMessage]:
    """Name what is wrong with a template of a theme, or of its skins, in any of its states. It renders them.

    Those that come with DiscussIt are tried by its tests, and would cost each start half a second. Above a
    site's own they are tried, too.
    """
    found = overrides()
    if all(each.file.is_relative_to(Path(settings.BASE_DIR, "skins")) for each in found):
        return []
    by_skin: dict[str, list[Override]] = {}
    for each in found:
        by_skin.setdefault(each.skin, []).append(each)
    # What is wrong in a theme is so in the skins above it.
    faults = [fault for skin, some in by_skin.items() for fault in trial.faults_of(skin, some)]
    hint = "Where it cannot be shown, what is below is shown in its place."
    return [
        Warning(f"{file}, line {line}: {text}", hint=hint, id="discuss.W011")
        for file, line, text in dict.fromkeys(faults)
    ]


def _place(override: Override, line: int) -> str:
    return f"{shown_path(override.file)}, line {line}"


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
