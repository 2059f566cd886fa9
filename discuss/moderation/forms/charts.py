"""Of which days and which group charts are."""

from uuid import UUID

from django import forms

# Days that somebody chooses from.
SPANS = (7, 28, 90)


class ChartsForm(forms.Form):
    """What the charts are narrowed down to: of each field what is right, whatever the others are."""

    days = forms.TypedChoiceField(choices=[(str(n), "") for n in SPANS], coerce=int, required=False)
    group = forms.UUIDField(required=False)

    @property
    def chosen(self) -> tuple[int, UUID | None]:
        """How many days, and which group."""
        self.full_clean()
        return self.cleaned_data.get("days") or SPANS[1], self.cleaned_data.get("group")
