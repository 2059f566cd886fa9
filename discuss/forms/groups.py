"""Groups: one that someone points at, what it is called, who is to own it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from discuss.forms.fields import DescriptionField, NameField
from discuss.models import Group, Membership, User
from discuss.rules.refusals import Code
from discuss.rules.text import name_key


class GroupForm(forms.Form):
    """A group that someone points at."""

    group = forms.ModelChoiceField(
        Group.objects.none(),
        to_field_name="uuid",
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": Code.GONE.label},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """`user` is who points at it: what they may not find is gone."""
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = Group.objects.findable_by(user)  # type: ignore[attr-defined]


class AboutForm(forms.Form):
    """A group's name and description; of a new one where no `group` is given."""

    name = NameField(label=_("Name"), max_length=60)
    description = DescriptionField(label=_("Description"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, group: Group | None = None, **kwargs: Any) -> None:
        self.user, self.group = user, group
        if group is not None:
            stored = {"name": group.name, "description": group.description}
            kwargs["initial"] = stored | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        # The name of a group that the person may not find is not said to be taken here (see Group.name_key).
        others = Group.objects.findable_by(self.user)
        if self.group:
            others = others.exclude(pk=self.group.pk)
        if others.filter(name_key=name_key(name)).exists():
            raise forms.ValidationError(Code.NAME_TAKEN.label)
        return name


class SuccessorForm(forms.Form):
    """Who is to own a group after `owner`."""

    successor = forms.ModelChoiceField(
        Membership.objects.none(), label=_("Successor"), empty_label=None
    )

    def __init__(self, *args: Any, owner: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Membership.objects.standing().filter(group=owner.group_id).exclude(pk=owner.pk)
        self.fields["successor"].queryset = others.select_related("user")  # type: ignore[attr-defined]
        self.fields["successor"].label_from_instance = lambda m: m.user.name  # type: ignore[attr-defined]
