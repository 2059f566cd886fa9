"""Why an act is done, and for how long."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discuss.models import Role
from discuss.moderation.rules.lengths import LENGTHS, SPANS
from discuss.rules.reasons import NOTE_LENGTH, Reason
from discuss.rules.refusals import Code
from discuss.rules.text import validate_marks

REASONS = [("", _("No reason given")), *Reason.choices]


class ActForm(forms.Form):
    """What a moderator says besides. Fields that the act has no use for are left out."""

    length = forms.ChoiceField(label=_("For how long"))
    span = forms.ChoiceField(
        label=_("How far back"), choices=[(key, label) for key, (label, _) in SPANS.items()]
    )
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
    sure = forms.BooleanField(
        label=_("I know that nobody can take this back"),
        error_messages={"required": Code.NOT_SURE.label},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        name: str,
        lasts: bool,
        looks_back: bool = False,
        is_final: bool = False,
        **kwargs: Any,
    ) -> None:
        """`name` is the act's, and the others say what kind of an act it is (ActKind)."""
        # Several stand on one page.
        super().__init__(data, auto_id=f"{name}-%s", **kwargs)
        if lasts:
            choices = [(key, label) for key, (label, _length) in LENGTHS[name].items()]
            self.fields["length"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["length"]
        without = {"role": name != "promote", "span": not looks_back, "sure": not is_final}
        for field in (field for field, is_without in without.items() if is_without):
            del self.fields[field]
        if is_final and looks_back:
            # Nothing is erased because it was the first that could be chosen.
            choices = [("", "—"), *self.fields["span"].choices]  # type: ignore[attr-defined]
            self.fields["span"].choices = choices  # type: ignore[attr-defined]

    def said(self) -> list[tuple[str, str]]:
        """Return what was said so far, for a page that asks again, but whether one is sure."""
        return [(name, self.data.get(name, "")) for name in self.fields if name != "sure"]

    def why(self, name: str) -> dict[str, Any]:
        """Return what was said, once it is valid, as the act takes it."""
        values = dict(self.cleaned_data)
        length: timedelta | None = None
        if "length" in self.fields:
            _label, length = LENGTHS[name][values["length"]]
        span: timedelta | None = None
        if "span" in self.fields:
            _label, span = SPANS[values["span"]]
        return {
            "reason": values["reason"],
            "note": values["note"],
            "until": timezone.now() + length if length else None,
            "role": values.get("role", ""),
            "since": timezone.now() - span if span else None,
        }
