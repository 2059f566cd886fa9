"""The only place where untrusted input becomes values, from a form over HTTP and from a frame alike."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator

from discuss.models import Group, Membership
from discuss.reading.lobby import ListQuery
from discuss.rules.text import (
    clean_message,
    clean_name,
    clean_username,
    clean_words,
    name_key,
    validate_marks,
    validate_name,
    validate_username,
)

MESSAGE_LENGTH = 4000
WORDS_LENGTH = 100
# How many times longer a text may be as it was typed: a syllable of Hangul may come as three letters.
LONGER = 3
# The highest number a log can reach in either database (BIGINT).
LAST_NUMBER = 2**63 - 1


class TextField(forms.CharField):
    """Text that people write: refused by its length before anything is done with it.

    Subclasses say what is done with it. `max_length` is that of the cleaned text.
    """

    max_length: int

    def to_python(self, value: Any) -> str:
        if not isinstance(value, str):
            return ""
        if len(value) > LONGER * self.max_length:
            message = self.error_messages.get("max_length", MaxLengthValidator.message)
            values = {"limit_value": self.max_length, "show_value": len(value)}
            raise forms.ValidationError(message, "max_length", values)
        return self.cleaned(value)

    def cleaned(self, raw: str) -> str:
        raise NotImplementedError


class MessageField(TextField):
    """A message: 1 to MESSAGE_LENGTH characters once cleaned (discuss.rules.text.clean_message)."""

    default_validators = [validate_marks]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=MESSAGE_LENGTH,
            error_messages={
                "required": "Write something first.",
                "max_length": f"A message has at most {MESSAGE_LENGTH:,} characters; "
                "this one has %(show_value)s.",
            },
            **kwargs,
        )

    def cleaned(self, raw: str) -> str:
        return clean_message(raw)


class NameField(TextField):
    """A name that other people see (discuss.rules.text.clean_name, validate_name)."""

    default_validators = [validate_name]

    def cleaned(self, raw: str) -> str:
        return clean_name(raw)


class UsernameField(TextField):
    """A person's name (discuss.rules.text.clean_username, validate_username)."""

    default_validators = [validate_username]

    def cleaned(self, raw: str) -> str:
        return clean_username(raw.strip())


class DescriptionField(TextField):
    """A line of text below a name."""

    default_validators = [validate_marks]

    def cleaned(self, raw: str) -> str:
        return " ".join(clean_message(raw).split())


class WordsField(forms.CharField):
    """Search words: of more than WORDS_LENGTH characters, the first."""

    def to_python(self, value: Any) -> str:
        if not isinstance(value, str):
            return ""
        return clean_words(value[: LONGER * WORDS_LENGTH], WORDS_LENGTH)


class NumberField(forms.IntegerField):
    """A number of the log."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=LAST_NUMBER, **kwargs)


class MessageForm(forms.Form):
    text = MessageField()
    nonce = forms.RegexField(
        r"\A[A-Za-z0-9_-]{8,40}\Z", error_messages={"invalid": "Send this again."}
    )


class SentForm(forms.Form):
    """How a page numbers its messages: what tells it from others, and how many it has had answered."""

    nonce = forms.RegexField(r"\A[A-Za-z0-9_-]{8,32}\Z")
    answered = forms.IntegerField(min_value=0, max_value=9_999_999)


class ResumeForm(forms.Form):
    """Where a group's page stands: what it has seen, of which database, its oldest line, and which members.

    That is the fingerprint of the list. Who has none is written the whole list.
    """

    cursor = NumberField()
    epoch = forms.CharField(max_length=16)
    oldest = NumberField()
    members = forms.CharField(max_length=16, required=False)


class OlderForm(forms.Form):
    oldest = NumberField()


class ReadForm(forms.Form):
    """How far a page was read: the position for which its end stands."""

    read = NumberField()


class OwnForm(forms.Form):
    """What a page shows of its person's own groups: the fingerprint of the list (OwnGroups)."""

    own = forms.CharField(max_length=16, required=False)

    def fingerprint(self) -> str:
        """Return it; nothing where it makes no sense."""
        return self.cleaned_data["own"] if self.is_valid() else ""


class ResumeLobbyForm(forms.Form):
    """Which part of the list a page of the lobby shows, and what it looked like."""

    q = WordsField(required=False)
    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)
    fingerprint = forms.CharField(max_length=16, required=False)

    def query(self) -> ListQuery:
        """Return the wanted part of the list: of each field what is right, whatever the others are."""
        self.full_clean()
        values = self.cleaned_data
        return ListQuery(values.get("q") or "", values.get("page") or 1)


class GroupForm(forms.Form):
    """A group that someone points at."""

    group = forms.ModelChoiceField(
        Group.objects.all(),
        to_field_name="uuid",
        error_messages={"invalid_choice": "This group is gone."},
    )


class AboutForm(forms.Form):
    """A group's name and description; of a new one where no `group` is given."""

    name = NameField(max_length=60)
    description = DescriptionField(max_length=200, required=False)

    def __init__(self, *args: Any, group: Group | None = None, **kwargs: Any) -> None:
        self.group = group
        if group is not None:
            stored = {"name": group.name, "description": group.description}
            kwargs["initial"] = stored | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = Group.objects.exclude(pk=self.group.pk) if self.group else Group.objects.all()
        if others.filter(name_key=name_key(name)).exists():
            raise forms.ValidationError("There is a group of this name already.")
        return name


class SuccessorForm(forms.Form):
    """Who is to own a group after `owner`."""

    successor = forms.ModelChoiceField(Membership.objects.none(), empty_label=None)

    def __init__(self, *args: Any, owner: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Membership.objects.standing().filter(group=owner.group_id).exclude(pk=owner.pk)
        self.fields["successor"].queryset = others.select_related("user")  # type: ignore[attr-defined]
        self.fields["successor"].label_from_instance = lambda m: m.user.username  # type: ignore[attr-defined]


class NothingForm(forms.Form):
    """For verbs that say it all."""


def first_error(form: forms.Form) -> str:
    return str(next(iter(form.errors.values()))[0])
