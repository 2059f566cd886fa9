"""A token sheet as text: the style sheet that pages wear, and the files of a skin."""

import json
from collections.abc import Iterator, Mapping

from discuss.design.rules.colours import Wrong
from discuss.design.rules.tokens import OPEN, Token
from discuss.design.rules.values import clean

# Where compact pages have values of their own, they keep them.
_ROOMY = ':root:not([data-density="compact"])'


def known_values(stored: object) -> dict[str, str]:
    """Return what is stored as far as it can be said: whatever else somebody put there is left out."""
    if not isinstance(stored, dict):
        return {}
    values = {}
    for name, token in OPEN.items():
        if isinstance(value := stored.get(name), str):
            try:
                values[name] = clean(token, value)
            except Wrong:
                continue
    return values


def site_sheet(values: Mapping[str, str]) -> str:
    """Return the style sheet of the site; nothing where no token has a value."""
    return _sheet("site", known_values(dict(values)))


def skin_files(name: str, title: str, words: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return the files of a skin of this name that gives tokens these values, by their paths."""
    said = f"title = {_toml(title)}\nwords = {_toml(words)}\n"
    sheet = _sheet("skin", known_values(dict(values))) or "@layer skin {\n}\n"
    return {f"{name}/skin.toml": said, f"{name}/static/skin.css": sheet}


def _sheet(layer: str, values: Mapping[str, str]) -> str:
    rules = list(_rules(values))
    return f"@layer {layer} {{\n{''.join(rules)}}}\n" if rules else ""


def _rules(values: Mapping[str, str]) -> Iterator[str]:
    for selector, is_dense in ((":root", False), (_ROOMY, True)):
        lines = [
            f"    {token.property}: {values[token.name]};\n"
            for token in _given(values)
            if token.is_dense == is_dense
        ]
        if lines:
            yield f"  {selector} {{\n{''.join(lines)}  }}\n"


def _given(values: Mapping[str, str]) -> list[Token]:
    return [token for name, token in OPEN.items() if name in values]


def _toml(text: str) -> str:
    """Return a TOML string on one line: JSON's escapes are among those of TOML (https://toml.io/en/v1.0.0)."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
