"""Emoji: their short codes, and messages that are nothing else."""

import re
from functools import cache

from discuss.rules.text import PICTURE, SEQUENCE, STYLE

# Short codes that follow each other, not in a word, a time or a name of C++.
CODES = re.compile(r"(?<![\w:]):(?:[a-z0-9_+-]+:)(?::[a-z0-9_+-]+:)*(?![\w:])")
CODE = re.compile(r":[a-z0-9_+-]+:")
# Emoji alone: so many of them at most, and so many characters.
ALONE = 8
ALONE_LENGTH = 120
ONLY_EMOJI = re.compile(
    f"(?:(?:{SEQUENCE.pattern}|[\U0001f1e6-\U0001f1ff]{{2}}"
    f"|{PICTURE}[\U0001f3fb-\U0001f3ff]?{STYLE}?)\\s*){{1,{ALONE}}}"
)


def with_emoji(text: str) -> str:
    """Return the text with emoji in the place of the short codes that are known."""
    return CODES.sub(lambda codes: CODE.sub(_emoji_of, codes[0]), text)


def is_emoji_alone(text: str) -> bool:
    """Whether a message is a few emoji or their short codes, and nothing else."""
    if len(text) > ALONE_LENGTH or text[:1].isalpha():
        return False
    return bool(ONLY_EMOJI.fullmatch(with_emoji(text)))


def _emoji_of(code: re.Match[str]) -> str:
    return _names().get(code[0], code[0])


@cache
def _names() -> dict[str, str]:
    """Return all emoji by their short codes. It takes 50 ms and 10 MB, so it waits for the first one."""
    from emoji import EMOJI_DATA, STATUS

    shown = {
        emoji: data
        for emoji, data in EMOJI_DATA.items()
        if data["status"] <= STATUS["fully_qualified"]
    }
    return {
        name: emoji
        for emoji, data in shown.items()
        for name in (data["en"], *data.get("alias", ()))
        if CODE.fullmatch(name)
    }
