"""Why somebody reports something."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from discuss.forms import DescriptionField, LineForm
from discuss.rules.reasons import NOTE_LENGTH, Reason


class WhyForm(forms.Form):
    """A reason from the list, and what the person wants to say besides."""

    reason = forms.ChoiceField(label=_("What is wrong?"), choices=Reason.choices)
    note = DescriptionField(
        label=_("What moderators should know"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


class ReportForm(WhyForm, LineForm):
    """A report of a message."""

    field_order = ["reason", "note"]

    def clean(self) -> dict[str, Any]:
        return LineForm.clean(self)
