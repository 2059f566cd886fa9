"""What people write, and how a page numbers it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from discuss.forms.fields import DraftField, MessageField
from discuss.forms.quick import QuickForm


class MessageForm(QuickForm):
    text = MessageField()
    nonce = forms.RegexField(
        r"\A[A-Za-z0-9_-]{8,40}\Z", error_messages={"invalid": _("Send this again.")}
    )


class SentForm(QuickForm):
    """How a page numbers its messages: what tells it from others, and how many it has had answered."""

    nonce = forms.RegexField(r"\A[A-Za-z0-9_-]{8,32}\Z")
    answered = forms.IntegerField(min_value=0, max_value=9_999_999)


class DraftForm(SentForm):
    """What stands in a page's composer, which follows the messages that it has had answered."""

    text = DraftField(required=False)
