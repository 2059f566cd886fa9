"""What a member says of their own place in a group."""

from django import forms

from discuss.models import Level


class LevelForm(forms.Form):
    """Of what in a group somebody wants to be told."""

    level = forms.ChoiceField(choices=Level.choices)
