"""What an open page says of itself: where it stands, and what it shows."""

from collections.abc import Mapping
from typing import Any

from django import forms

from discuss.forms.fields import NumberField, WordsField
from discuss.forms.quick import QuickForm
from discuss.reading.lobby import ListQuery


class ResumeForm(QuickForm):
    """Where a group's page stands: what it has seen, of which database, its oldest line, and which members.

    That is the fingerprint of the list. Who has none is written the whole list.
    """

    cursor = NumberField()
    epoch = forms.CharField(max_length=16)
    oldest = NumberField()
    members = forms.CharField(max_length=16, required=False)
    # Nothing where the page shows the end of the log, as all of the version before do.
    newest = NumberField(required=False)


class UnshownForm:
    """Of which kinds lines are that the page cannot show, since a process of another version made it."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        said = data.get("unshown", ())
        # htmx sends one as text, and several as a list.
        self._said = said if isinstance(said, list) else [said]

    def kinds(self) -> list[str]:
        """Return them; none of what makes no sense."""
        return [kind for kind in self._said if isinstance(kind, str)]


class OlderForm(QuickForm):
    oldest = NumberField()


def read_position(value: str | None) -> int | None:
    """Return the position that an address names; None where it names none."""
    if value is None:
        return None
    form = OlderForm({"oldest": value})
    return form.cleaned_data["oldest"] if form.is_valid() else None


class NewerForm(QuickForm):
    newest = NumberField()


class ReadForm(QuickForm):
    """How far a page was read: the position for which its end stands."""

    read = NumberField()


class OwnForm(QuickForm):
    """What a page shows of its person's own groups: the fingerprint of the list (OwnGroups)."""

    own = forms.CharField(max_length=16, required=False)

    @property
    def is_given(self) -> bool:
        """Whether the page says anything of it: one of the version before does not."""
        return "own" in self.data

    def fingerprint(self) -> str:
        """Return it; nothing where it makes no sense."""
        return self.cleaned_data["own"] if self.is_valid() else ""


class HeaderForm(QuickForm):
    """What a page's header says of what waits for its person."""

    duties = forms.CharField(max_length=40, required=False)

    @property
    def is_given(self) -> bool:
        """Whether the page has a place for it: one of the version before has none."""
        return "duties" in self.data

    def told(self) -> str:
        """Return it; nothing where it makes no sense."""
        return self.cleaned_data["duties"] if self.is_valid() else ""


class ResumeLobbyForm(QuickForm):
    """Which part of the list a page of the lobby shows, and what it looked like."""

    q = WordsField(required=False)
    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)
    fingerprint = forms.CharField(max_length=16, required=False)

    def query(self) -> ListQuery:
        """Return the wanted part of the list: of each field what is right, whatever the others are."""
        self.full_clean()
        values = self.cleaned_data
        return ListQuery(values.get("q") or "", values.get("page") or 1)
