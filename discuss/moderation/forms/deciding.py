"""What a moderator decides about a case: which act, why, and for how long."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discuss.forms import DescriptionField, NumberField
from discuss.moderation.rules.lengths import SPANS
from discuss.rules.reasons import NOTE_LENGTH, Reason


class Length(TextChoices):
    """For how long something lasts that has an end, in minutes; and for good."""

    TEN_MINUTES = "10", _("10 minutes")
    AN_HOUR = "60", _("1 hour")
    A_DAY = "1440", _("1 day")
    A_WEEK = "10080", _("7 days")
    FOUR_WEEKS = "40320", _("28 days")
    FOR_GOOD = "", _("For good")


class DecisionForm(forms.Form):
    """An act of those that are offered.

    `lasting` are those that may have an end, and `looking_back` those of which one has to say how far back.
    """

    act = forms.ChoiceField()
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", "—"), *Reason.choices], required=False
    )
    note = DescriptionField(
        label=_("Note, for the record and the person"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    length = forms.ChoiceField(
        label=_("For how long, if it has an end"),
        choices=Length.choices,
        required=False,
        initial=Length.A_DAY,
    )
    span = forms.ChoiceField(
        label=_("How far back, if it is about all they wrote"),
        choices=[("", "—"), *((key, label) for key, (label, _length) in SPANS.items())],
        required=False,
    )
    # What nobody takes back is asked for twice.
    sure = forms.BooleanField(required=False)
    # A case stays open where somebody wants to do something else for it, too.
    stays_open = forms.BooleanField(label=_("Leave the case open"), required=False)

    def __init__(
        self,
        *args: Any,
        offered: Collection[tuple[str, Any]],
        lasting: Collection[str] = (),
        looking_back: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["act"].choices = offered  # type: ignore[attr-defined]
        self._lasting, self._looking_back = lasting, looking_back

    def clean_span(self) -> str:
        """Refuse to guess how far back: what is erased then is gone."""
        span = str(self.cleaned_data["span"])
        if self.cleaned_data.get("act") in self._looking_back and not span:
            raise forms.ValidationError(_("Choose how far back."))
        return span

    @property
    def until(self) -> datetime | None:
        """When it ends; nothing for good, and for what has no end."""
        length = self.cleaned_data.get("length")
        if not length or self.cleaned_data["act"] not in self._lasting:
            return None
        return timezone.now() + timedelta(minutes=int(length))

    @property
    def since(self) -> datetime | None:
        """From when on lines count, for what is done to what somebody wrote; nothing for all of it."""
        _label, length = SPANS[self.cleaned_data["span"] or "ever"]
        return timezone.now() - length if length else None


class TakingForm(forms.Form):
    """From whom a case is taken over, as its page showed it."""

    over = NumberField(required=False)
