"""What an address of the gallery says. What is wrong in it counts as not said."""

from typing import Any

from django import forms
from django.conf import settings

from discuss.design.rules.showings import (
    ALL,
    READERS,
    SPEEDS,
    THEMES,
    WIDTHS,
    Playing,
    Showing,
)
from discuss.forms import NumberField


class ShowingForm(forms.Form):
    """What the address of a page of the gallery says."""

    width = NumberField(required=False)
    theme = forms.ChoiceField(choices=THEMES, required=False)
    reader = forms.ChoiceField(choices=READERS, required=False)
    state = forms.SlugField(required=False)
    skin = forms.SlugField(required=False)
    mark = forms.BooleanField(required=False)

    def skins(self) -> list[str]:
        """Return which skins are shown: one, or all and none."""
        skin = self.showing().skin
        return ["", *settings.SKINS] if skin == ALL else [skin]

    def showing(self) -> Showing:
        self.full_clean()
        said: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        showing = Showing(**said)
        if showing.skin not in {ALL, *settings.SKINS}:
            showing = showing._replace(skin="")
        return showing if showing.width in WIDTHS else showing._replace(width=Showing().width)


class PlayForm(forms.Form):
    """What the page of scenes asks for: a button, and how it is shown."""

    do = forms.ChoiceField(
        choices=[
            (each, each) for each in ("start", "play", "pause", "step", "tick", "show", "end")
        ],
        required=False,
    )
    scene = forms.SlugField(required=False)
    speed = forms.ChoiceField(choices=SPEEDS, required=False)
    skin = forms.SlugField(required=False)
    width = NumberField(required=False)
    theme = forms.ChoiceField(choices=[THEMES[0], THEMES[1]], required=False)
    expected = NumberField(required=False)
    is_running = forms.BooleanField(required=False)

    def playing(self) -> Playing:
        self.full_clean()
        said = {name: value for name, value in self.cleaned_data.items() if value}
        playing = Playing(**said)
        if playing.skin not in settings.SKINS:
            playing = playing._replace(skin="")
        return playing if playing.width in WIDTHS else playing._replace(width=Playing().width)


class SearchForm(forms.Form):
    """What to look for in the gallery."""

    q = forms.CharField(max_length=100, required=False)

    def words(self) -> list[str]:
        self.full_clean()
        found: list[str] = self.cleaned_data.get("q", "").casefold().split()
        return found
