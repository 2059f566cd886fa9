"""What somebody reacts to a message with."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from discuss.forms.lines import LineForm
from discuss.rules.reactions import one_emoji
from discuss.rules.refusals import Code

# More than the longest short code has.
_LENGTH = 100


class EmojiField(forms.CharField):
    """One emoji, or its short code; it becomes the emoji as Unicode spells it out."""

    default_error_messages = {"required": Code.NO_EMOJI.label}

    def clean(self, value: Any) -> str:
        emoji = one_emoji(value) if isinstance(value, str) and len(value) <= _LENGTH else ""
        if not emoji:
            raise forms.ValidationError(Code.NO_EMOJI.label, Code.NO_EMOJI)
        return emoji


class ReactionForm(LineForm):
    emoji = EmojiField(label=_("Another emoji"))
