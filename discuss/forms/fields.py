"""Fields: what becomes of each value that comes in."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from discuss.rules.text import (
    clean_display_name,
    clean_draft,
    clean_message,
    clean_name,
    clean_username,
    clean_words,
    validate_display_name,
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
                "required": _("Write something first."),
                "max_length": format_lazy(
                    _("A message has at most {most} characters; this one has %(show_value)s."),
                    most=lazy(number_format, str)(MESSAGE_LENGTH, force_grouping=True),
                ),
            },
            **kwargs,
        )

    def cleaned(self, raw: str) -> str:
        return clean_message(raw)


class DraftField(forms.CharField):
    """A message that is being written, as far as it is kept (discuss.rules.text.clean_draft)."""

    def to_python(self, value: Any) -> str:
        return clean_draft(value, LONGER * MESSAGE_LENGTH) if isinstance(value, str) else ""


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


class DisplayNameField(TextField):
    """What others call a person (discuss.rules.text.clean_display_name, validate_display_name)."""

    default_validators = [validate_display_name]

    def cleaned(self, raw: str) -> str:
        return clean_display_name(raw)


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
