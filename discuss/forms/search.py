"""What is searched for."""

from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from discuss.forms.fields import LONGER, NumberField
from discuss.models import SEARCH_LENGTH
from discuss.rules.text import clean_words


class Order(TextChoices):
    """In which order messages are shown that a search found."""

    NEWEST = "newest", _("Newest first")
    BEST = "best", _("Best first")


class SearchedField(forms.CharField):
    """What somebody typed to search for: of more than SEARCH_LENGTH characters, the first."""

    def to_python(self, value: Any) -> str:
        if not isinstance(value, str):
            return ""
        return clean_words(value[: LONGER * SEARCH_LENGTH], SEARCH_LENGTH)


class Search(NamedTuple):
    """What is wanted: `words` as they were typed, in all groups or one, and which page of it."""

    words: str
    group: UUID | None
    order: Order
    older: int | None
    page: int


class SearchForm(forms.Form):
    q = SearchedField(required=False)
    group = forms.UUIDField(required=False)
    order = forms.ChoiceField(choices=Order.choices, required=False)
    # Below which message the page begins, where the newest come first; else its number.
    older = NumberField(required=False)
    page = forms.IntegerField(min_value=1, max_value=1_000, required=False)

    def search(self) -> Search:
        """Return what is wanted: of each field what is right, whatever the others are."""
        self.full_clean()
        values = self.cleaned_data
        return Search(
            values.get("q") or "",
            values.get("group"),
            Order(values.get("order") or Order.NEWEST),
            values.get("older"),
            values.get("page") or 1,
        )
