"""What an address of the gallery says. What is wrong in it counts as not said."""

from typing import Any

from django import forms

from discuss.design.rules.showings import READERS, THEMES, WIDTHS, Showing
from discuss.forms import NumberField


class ShowingForm(forms.Form):
    """What the address of a page of the gallery says."""

    width = NumberField(required=False)
    theme = forms.ChoiceField(choices=THEMES, required=False)
    reader = forms.ChoiceField(choices=READERS, required=False)
    state = forms.SlugField(required=False)
    mark = forms.BooleanField(required=False)

    def showing(self) -> Showing:
        self.full_clean()
        said: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        showing = Showing(**said)
        return showing if showing.width in WIDTHS else showing._replace(width=Showing().width)


class SearchForm(forms.Form):
    """What to look for in the gallery."""

    q = forms.CharField(max_length=100, required=False)

    def words(self) -> list[str]:
        self.full_clean()
        found: list[str] = self.cleaned_data.get("q", "").casefold().split()
        return found
