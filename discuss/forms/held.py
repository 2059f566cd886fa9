"""Messages that wait for a moderator: which one, and what is decided."""

from typing import Any

from django import forms

from discuss.forms.fields import NumberField
from discuss.forms.quick import QuickForm
from discuss.models import Group, Held


class HeldForm(QuickForm):
    """One of one's own."""

    held = NumberField()


class DecisionForm(forms.Form):
    """What is decided about one that waits in the group."""

    held = forms.ModelChoiceField(Held.objects.none())
    decision = forms.ChoiceField(choices=[("approve", "approve"), ("discard", "discard")])

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = Held.objects.waiting().filter(group=group)
        self.fields["held"].queryset = waiting  # type: ignore[attr-defined]
