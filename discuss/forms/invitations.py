"""Invitations: how many people for how long, and one that someone points at."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from discuss.models import Group, Invitation


class InvitationForm(forms.Form):
    """For how many people an invitation is, and for how many days."""

    uses = forms.IntegerField(
        label=_("For how many people"), min_value=1, max_value=1000, initial=10
    )
    days = forms.TypedChoiceField(
        label=_("For how long"),
        choices=[(1, _("One day")), (7, _("One week")), (30, _("30 days"))],
        coerce=int,
        initial=7,
    )


class RevokedForm(forms.Form):
    """An invitation into the group that is to end."""

    revoke = forms.ModelChoiceField(Invitation.objects.none())

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = Invitation.objects.usable().filter(group=group)
        self.fields["revoke"].queryset = theirs  # type: ignore[attr-defined]
