"""Why an act is done, and for how long."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discuss.models import Role
from discuss.moderation.rules.lengths import LENGTHS
from discuss.rules.reasons import NOTE_LENGTH, Reason
from discuss.rules.text import validate_marks

REASONS = [("", _("No reason given")), *Reason.choices]


class ActForm(forms.Form):
    """What a moderator says besides. Fields that the act has no use for are left out."""

    length = forms.ChoiceField(label=_("For how long"))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(Role.MODERATOR, Role.MODERATOR.label), (Role.OWNER, Role.OWNER.label)],
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS, required=False)
    note = forms.CharField(
        label=_("Note"),
        max_length=NOTE_LENGTH,
        required=False,
        validators=[validate_marks],
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "dir": "auto"}),
    )

    def __init__(self, data: Any = None, *, name: str, lasts: bool, **kwargs: Any) -> None:
        """`name` is the act's, and `lasts` says whether it has an end."""
        # Several stand on one page.
        super().__init__(data, auto_id=f"{name}-%s", **kwargs)
        if lasts:
            choices = [(key, label) for key, (label, _length) in LENGTHS[name].items()]
            self.fields["length"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["length"]
        if name != "promote":
            del self.fields["role"]

    def why(self, name: str) -> dict[str, Any]:
        """Return what was said, once it is valid, as the act takes it."""
        values = dict(self.cleaned_data)
        length: timedelta | None = None
        if "length" in self.fields:
            _label, length = LENGTHS[name][values["length"]]
        return {
            "reason": values["reason"],
            "note": values["note"],
            "until": timezone.now() + length if length else None,
            "role": values.get("role", ""),
        }
