"""What somebody says against an act, and the link by which whoever is banned does so."""

from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from discuss.forms.fields import TextField
from discuss.rules.reasons import NOTE_LENGTH
from discuss.rules.text import clean_message, validate_marks

_SALT = "discuss.appeal"


class OwnWordsField(TextField):
    default_validators = [validate_marks]

    def cleaned(self, raw: str) -> str:
        return clean_message(raw)


class AppealForm(forms.Form):
    """The field has the name of a message's: what was typed there is kept over a log-in."""

    text = OwnWordsField(
        label=_("What do you say against it?"),
        max_length=NOTE_LENGTH,
        help_text=_("Up to 500 characters. You can say this once."),
        error_messages={"required": _("Write something first.")},
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )


def token_of(act_id: int) -> str:
    """Return what stands for a ban in the link that its person is shown."""
    # The same each time: how long it opens anything is for the ban to say.
    return signing.Signer(salt=_SALT).sign_object(act_id)


def act_of(token: str) -> int | None:
    """Return the number of the ban that a link is about; None where it is not one of ours."""
    try:
        found: Any = signing.Signer(salt=_SALT).unsign_object(token)
    except signing.BadSignature:
        return None
    return found if isinstance(found, int) else None
