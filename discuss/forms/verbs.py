"""What every verb's form may need."""

from django import forms
from django.forms.utils import ErrorList
from django.utils.functional import lazy

from discuss.rules.text import Text


class NothingForm(forms.Form):
    """For verbs that say it all."""


def first_error(form: forms.Form) -> Text:
    """Return what to tell who sent the form."""
    return _first(next(iter(form.errors.values())))


def _to_text(errors: ErrorList) -> str:
    return str(errors[0])


_first = lazy(_to_text, str)
