"""A token sheet as staff write it: a field for each token, and beside each what is wrong in it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.translation import gettext

from discuss.design.rules.colours import Wrong
from discuss.design.rules.contrast import (
    PAIRS,
    THEMES,
    Contrast,
    Pair,
    Palette,
    check_colour,
)
from discuss.design.rules.defaults import values_in
from discuss.design.rules.tokens import COLOUR, COLOURS, KINDS, OPEN, PARTS, PREFIX, Token
from discuss.design.rules.values import LONGEST, clean
from discuss.skins import is_name

# Pairs that are named beside one field: the page has all of them in a table.
SAID = 3


class TokenField(forms.CharField):
    """The value of a token; nothing where tokens.css says it."""

    def __init__(self, token: Token) -> None:
        self.token = token
        widget = forms.TextInput(
            attrs={
                "placeholder": defaults().get(token.name, ""),
                "maxlength": LONGEST,
                "spellcheck": "false",
                "autocapitalize": "off",
                "aria-describedby": f"said-{token.name}",
            }
        )
        super().__init__(label=token.meaning, required=False, widget=widget)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            css = clean(self.token, text) if text else ""
            if css and self.token.kind == COLOUR:
                check_colour(css)
        except Wrong as wrong:
            raise forms.ValidationError(wrong.why) from None
        return css


@dataclass(frozen=True)
class Row:
    """A token in the form: its field, and what it shows in each theme where it is a colour."""

    token: Token
    field: forms.BoundField
    swatches: list[str]
    # How well it can be told from each ground, the least first.
    contrasts: list[Contrast]

    @property
    def kind(self) -> str:
        return str(KINDS[self.token.kind])


@dataclass(frozen=True)
class Rows:
    """The rows of a part of the form; it is open where something in it was written, or is wrong."""

    title: str
    rows: list[Row]
    is_open: bool


class TokenSheetForm(forms.Form):
    """All tokens that a token sheet may give values. It refuses what could not be read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {name: TokenField(token) for name, token in OPEN.items()}
        self.contrasts: list[Contrast] = []
        self._values: dict[str, str] = {}
        self.palette: Palette | None = None

    def clean(self) -> dict[str, Any]:
        """Refuse colours of which one cannot be read on the other, in either theme."""
        self._values = {
            name: self.cleaned_data[name] for name in OPEN if self.cleaned_data.get(name)
        }
        try:
            self.palette = Palette(colours_with(self._values))
            self.contrasts = self.palette.contrasts
        except Wrong as wrong:
            self.palette = None
            for name in self._values.keys() & COLOURS:
                if "var(" in self._values[name]:
                    self.add_error(name, str(wrong.why))
            return self.cleaned_data
        for contrast in sorted(self.contrasts, key=lambda each: each.ratio / each.pair.least):
            if not contrast.is_enough:
                for name in self._at_fault(contrast.pair):
                    if len(self.errors.get(name, ())) < SAID:
                        self.add_error(name, _too_little(contrast))
        return self.cleaned_data

    def values(self) -> dict[str, str]:
        """Return what was written and is a value of its token, readable or not, by the names of tokens."""
        return dict(self._values if self.is_bound else self.initial)

    def parts(self) -> Iterator[Rows]:
        """Yield the rows of the form, as the page shows them."""
        palette = self._shown_palette
        least: defaultdict[str, list[Contrast]] = defaultdict(list)
        for contrast in palette.contrasts:
            least[contrast.pair.front].append(contrast)
        for part in PARTS:
            rows = [
                Row(
                    token,
                    self[token.name],
                    [palette.hex(token.name, theme) for theme in THEMES]
                    if token.kind == COLOUR
                    else [],
                    sorted(least[token.name], key=lambda each: each.ratio)[:1],
                )
                for token in part.tokens
                if token.is_open
            ]
            is_open = any(row.field.value() or row.field.errors for row in rows)
            yield Rows(str(part.title), rows, is_open or part is PARTS[0] or part is PARTS[1])

    def shown_contrasts(self) -> list[Contrast]:
        """Return how all pairs do."""
        return self._shown_palette.contrasts

    @cached_property
    def _shown_palette(self) -> Palette:
        return self.palette or _palette_of(self.values())

    def _at_fault(self, pair: Pair) -> list[str]:
        """Return the fields beside which it is said: those of the pair, else those it is made of."""
        written = self.values()
        named = [name for name in (pair.front, pair.ground) if name in written]
        if named or self.palette is None:
            return named
        made_of = self.palette.made_of(pair.front) | self.palette.made_of(pair.ground) | {"surface"}
        return sorted(made_of & written.keys())


class ExportForm(forms.Form):
    """What a skin is to be called that is made of the look."""

    name = forms.CharField(max_length=30, required=False)

    def skin_name(self) -> str:
        self.full_clean()
        name: str = self.cleaned_data.get("name", "")
        return name if is_name(name) else "look"


def draft_of(said: Mapping[str, str]) -> dict[str, str]:
    """Return what an address says that tokens are; what is wrong in it counts as not said."""
    form = TokenSheetForm({name: said[name] for name in OPEN if name in said})
    form.full_clean()
    return form.values()


@cache
def _defaults_of(file: str, changed_at: float) -> dict[str, str]:
    return values_in(Path(file).read_text())


def defaults() -> dict[str, str]:
    """Return what tokens.css says, ours or a theme's."""
    ours = str(Path(settings.BASE_DIR, "static/discuss/tokens.css"))
    file = finders.find("discuss/tokens.css") or ours
    theirs = _defaults_of(file, Path(file).stat().st_mtime)
    return _defaults_of(ours, Path(ours).stat().st_mtime) | theirs


def colours_with(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values of all colours, with these in place of those of tokens.css."""
    return {
        name: values.get(name) or value for name, value in defaults().items() if name in COLOURS
    }


def _palette_of(values: Mapping[str, str]) -> Palette:
    """Return the colours of a token sheet, without those that are made of each other."""
    try:
        palette = Palette(colours_with(values))
        assert palette.contrasts  # noqa: S101
    except Wrong:
        return Palette(colours_with({}))
    return palette


def _too_little(contrast: Contrast) -> str:
    pair = contrast.pair
    said = {
        "front": _called(pair.front),
        "ground": _called(pair.ground),
        "ratio": contrast.shown,
        "theme": THEMES[contrast.theme],
        "least": f"{pair.least:g}",
    }
    return (
        gettext(
            "%(front)s on %(ground)s: %(ratio)s to 1 in %(theme)s. At least %(least)s is needed."
        )
        % said
    )


def _called(name: str) -> str:
    return f"{PREFIX}{name}" if name in COLOURS else name


__all__ = ["PAIRS", "ExportForm", "TokenSheetForm", "colours_with", "defaults", "draft_of"]
