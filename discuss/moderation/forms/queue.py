"""Which cases a page of the queue lists."""

from django import forms

from discuss.forms import NumberField
from discuss.models import CaseKind, CaseState
from discuss.moderation.reading.held import HeldQuery
from discuss.moderation.reading.queue import TO_DO, QueueQuery


class QueueForm(forms.Form):
    """What the queue is narrowed down to: of each field what is right, whatever the others are."""

    group = forms.UUIDField(required=False)
    state = forms.ChoiceField(choices=[(TO_DO, ""), *CaseState.choices], required=False)
    kind = forms.ChoiceField(choices=CaseKind.choices, required=False)
    beyond = NumberField(required=False)

    def query(self) -> QueueQuery:
        self.full_clean()
        values = self.cleaned_data
        return QueueQuery(
            values.get("group"),
            values.get("state") or TO_DO,
            values.get("kind") or "",
            values.get("beyond") or 0,
        )


class ResumeQueueForm(QueueForm):
    """What a page shows, and what that looked like: of a case its key, of the queue a list page.

    Or what waits in a group.
    """

    case = NumberField(required=False)
    # The group of which it lists what waits.
    held_of = forms.UUIDField(required=False)
    fingerprint = forms.CharField(max_length=16, required=False)

    def shows(self) -> QueueQuery | HeldQuery | int:
        query = self.query()
        if group := self.cleaned_data.get("held_of"):
            return HeldQuery(group)
        return self.cleaned_data.get("case") or query

    def fingerprint_given(self) -> str:
        self.full_clean()
        return self.cleaned_data.get("fingerprint") or ""
