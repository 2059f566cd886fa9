"""One emoji: what people react with, and what it is called."""

from functools import cache
from typing import Any

# The joined hands of two people, the longest emoji that there is, has ten characters.
EMOJI_LENGTH = 10
# Different emoji at one message.
MOST_EMOJI = 20
# Those that are offered at one click.
OFFERED = ("👍", "❤️", "😂", "🎉", "👀", "🙏")
# What picks the look of a picture. Of an emoji with and without it, one is stored.
STYLE = "\ufe0f"


def one_emoji(raw: str) -> str:
    """Return the emoji that `raw` is, or names by its short code; "" where it is none.

    It is returned as Unicode spells it out in full (UTS 51), and known where the package `emoji` knows it.
    """
    text = raw.strip()
    return _by_code().get(text.lower(), "") or _by_look().get(text.replace(STYLE, ""), "")


@cache
def emoji_name(emoji: str, language: str) -> str:
    """Return what an emoji is called: in this language where the package knows it, else in English."""
    import emoji as package

    data = _known().get(emoji, {})
    spoken = language.partition("-")[0]
    if spoken in package.LANGUAGES:
        package.config.load_language(spoken)
    name = data.get(spoken) or data.get("en") or emoji
    return str(name).strip(":").replace("_", " ")


def _known() -> dict[str, dict[str, Any]]:
    """Return all emoji. The package takes 50 ms and 10 MB, so it waits until somebody reacts."""
    from emoji import EMOJI_DATA

    return EMOJI_DATA


@cache
def _by_look() -> dict[str, str]:
    from emoji import STATUS

    spelled_out = STATUS["fully_qualified"]
    known = _known().items()
    return {
        emoji.replace(STYLE, ""): emoji for emoji, data in known if data["status"] == spelled_out
    }


@cache
def _by_code() -> dict[str, str]:
    return {
        name: emoji
        for emoji in _by_look().values()
        for name in (_known()[emoji]["en"], *_known()[emoji].get("alias", ()))
    }
