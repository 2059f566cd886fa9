"""Which rows of the record somebody wants to see."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discuss.forms import NumberField
from discuss.models import User
from discuss.models.group_query import GroupQuerySet
from discuss.moderation.reading.record import RecordQuery
from discuss.rules.text import KEY_LENGTH, Text, name_key

# What is typed of a name.
_TYPED = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
LATEST_DAY = date(9000, 1, 1)


class NamedField(forms.CharField):
    """Something by its name, which becomes its number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=KEY_LENGTH, **kwargs)


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(required=False, widget=widget, input_formats=["%Y-%m-%d"], **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        # Else there would be no moment before or after it.
        if day and not date(1970, 1, 1) < day < LATEST_DAY:
            raise forms.ValidationError(self.error_messages["invalid"], "invalid")
        return day


class RecordForm(forms.Form):
    """What the record is narrowed down to. `groups` are those that the person may ask for.

    What is wrong is said at its field, and then no row is shown: fewer filters would be another answer.
    """

    group = NamedField(label=_("Group"))
    person = NamedField(label=_("Done to"))
    by = NamedField(label=_("Done by"))
    kind = forms.ChoiceField(label=_("What was done"), required=False)
    since = DayField(label=_("From"))
    until = DayField(label=_("To"))
    rule = NumberField(label=_("Filter"), required=False)
    before = NumberField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, groups: GroupQuerySet, kinds: Collection[tuple[str, Text]]
    ) -> None:
        super().__init__(data, auto_id="record-%s")
        self._groups = groups
        self.fields["kind"].choices = [("", _("Anything")), *kinds]  # type: ignore[attr-defined]
        for name in ("group", "person", "by"):
            self.fields[name].widget.attrs |= {**_TYPED, "dir": "auto"}
        self.fields["group"].widget.attrs["list"] = "record-groups"

    def clean_group(self) -> int | None:
        typed = self.cleaned_data["group"]
        if not typed:
            return None
        found = self._groups.filter(name_key=name_key(typed)).first()
        if found is None:
            raise forms.ValidationError(_("There is no group of this name whose record you see."))
        return int(found.pk)

    def clean_person(self) -> int | None:
        return self._person("person")

    def clean_by(self) -> int | None:
        return self._person("by")

    def _person(self, name: str) -> int | None:
        typed = self.cleaned_data[name]
        if not typed:
            return None
        found = User.objects.filter(username_key=name_key(typed.removeprefix("@"))).first()
        if found is None:
            raise forms.ValidationError(_("There is nobody of this name."))
        return int(found.pk)

    def query(self) -> RecordQuery:
        """Return what is asked for, once it is valid: whole days of the person's own."""
        values = self.cleaned_data
        until = values["until"]
        return RecordQuery(
            values["group"],
            values["person"],
            values["by"],
            values["kind"],
            _begin(values["since"]),
            _begin(until + timedelta(days=1)) if until else None,
            values["rule"],
            values["before"] or 0,
        )


def _begin(day: date | None) -> datetime | None:
    """Return the moment at which a day begins, where the person is."""
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
