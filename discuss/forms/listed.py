"""What a page says of the messages that it lists."""

from django import forms

from discuss.forms.quick import QuickForm
from discuss.rules import listed
from discuss.rules.listed import MOST_SHOWN, How


class ResumeListedForm(QuickForm):
    """Which lines the page shows, as each was when it changed last, and how it shows them."""

    how = forms.ChoiceField(choices=[(each.value, "") for each in How])
    listed = forms.CharField(max_length=40 * MOST_SHOWN, required=False)

    def shown(self) -> dict[int, int] | None:
        """Return the keys of the lines, each with its change; None where it makes no sense."""
        if not self.is_valid():
            return None
        try:
            return listed.read(How(self.cleaned_data["how"]), self.cleaned_data["listed"])
        except ValueError:
            return None
