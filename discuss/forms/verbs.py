"""What every verb's form may need."""

from django import forms


class NothingForm(forms.Form):
    """For verbs that say it all."""


def first_error(form: forms.Form) -> str:
    return str(next(iter(form.errors.values()))[0])
