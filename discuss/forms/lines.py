"""What is done to a line of the log: which one, and with what."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from discuss.forms.fields import MessageField, NumberField
from discuss.models import Entry, Membership
from discuss.rules.refusals import Code


class LineForm(forms.Form):
    """A line of the member's group, by its position. The cleaned data has the `entry` in its place."""

    line = NumberField(widget=forms.HiddenInput)
    # None where there is no such line.
    entry: Entry | None = None

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._member = member

    def clean_line(self) -> None:
        lines = Entry.objects.filter(group=self._member.group_id)
        self.entry = lines.filter(position=self.cleaned_data["line"]).first()
        if self.entry is None:
            raise forms.ValidationError(Code.NO_MESSAGE.label, Code.NO_MESSAGE)
        self.entry.group_uuid = self._member.group.uuid

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned.pop("line", None)
        return {**cleaned, "entry": self.entry}


class EditForm(LineForm):
    text = MessageField(label=_("Your message"))
