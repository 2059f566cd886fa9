"""Whom somebody wants to mention."""

from django import forms

from discuss.forms.fields import UsernameField, WordsField
from discuss.forms.messages import whole_texts
from discuss.rules.text import printable


class OfferForm(forms.Form):
    """How a name begins that somebody looks for."""

    q = WordsField(required=False)


class PickForm(forms.Form):
    """A name that goes into the text that somebody is writing; without one, the text is to be edited."""

    name = UsernameField(max_length=40, required=False)

    @property
    def text(self) -> str:
        """What was written so far: nothing of it is changed."""
        return printable("".join(whole_texts(self.data)[-1:]))
