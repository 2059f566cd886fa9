"""What every template can say of the site, fragments and error pages included: no request is needed."""

from collections.abc import Iterable

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from discuss.rules import faces, reactions
from discuss.site import site
from discuss.token_sheet import token_sheet

register = template.Library()
register.filter("initials", faces.initials)
register.filter("hue", faces.hue_of)


@register.filter
def emoji_name(emoji: str) -> str:
    """Return what an emoji is called, in the language of who reads it."""
    return reactions.emoji_name(emoji, get_language() or settings.LANGUAGE_CODE)


@register.filter
def emoji_key(emoji: str) -> str:
    """Return what stands for the emoji in the id of an element, which a selector has to name."""
    return "-".join(f"{ord(character):x}" for character in emoji)


@register.filter
def keys(people: Iterable[int]) -> str:
    """Return the keys of people, as `data-by` has them.

    For speed only (bench.fragments): a loop of the template takes 4 us for each of them, this 0.3.
    """
    return SafeString(" ".join(map(str, people)))


@register.filter
def skin_title(name: str) -> str:
    """Return what a skin is called; its name where it is none any more."""
    skin = settings.SKINS.get(name)
    return gettext(skin.title) if skin else name


@register.simple_tag
def site_name() -> str:
    """Return what the site is called."""
    return site.name


@register.simple_tag
def style_sheets() -> list[str]:
    """Return the names of every page's style sheets: one, but where somebody is working at them."""
    return _sheets("discuss/all.css")


@register.simple_tag
def desk_style_sheets() -> list[str]:
    """Return the names of the style sheets that moderators' pages have besides."""
    return _sheets("discuss/desk.css")


def _sheets(joined: str) -> list[str]:
    parts: list[str] = settings.JOINED_STYLE_SHEETS[joined]
    return parts if settings.DEBUG else [joined]


@register.simple_tag
def skin_sheet(name: str) -> str:
    """Return the address of the style sheet of a skin."""
    return static(f"skins/{name}/skin.css")


@register.simple_tag
def worn_sheet() -> str:
    """Return the digest of the token sheet that pages wear; nothing where staff wrote none."""
    return token_sheet.digest


@register.simple_tag
def site_words() -> str:
    """Return the line about the site; nothing where there is none."""
    return site.words


@register.simple_tag
def sign_up_mode() -> str:
    """Return who may sign up: "open", "code", "invited" or "closed"."""
    mode: str = settings.SIGN_UP
    return mode


@register.simple_tag
def are_sign_ups_held() -> bool:
    """Return whether new accounts wait for a moderator."""
    return bool(settings.HELD_SIGN_UPS)


@register.simple_tag
def is_sign_up_offered() -> bool:
    """Return whether pages lead to the sign-up: not where a stranger could do nothing there."""
    return settings.SIGN_UP in {"open", "code"}


@register.simple_tag
def public_url() -> str:
    """Return the address under which people reach the site."""
    url: str = settings.PUBLIC_URL
    return url
