"""What people write, and how a page numbers it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from discuss.forms.fields import DraftField, MessageField, NumberField
from discuss.forms.quick import QuickForm


def whole_texts(data: Mapping[str, Any]) -> list[str]:
    """Return the messages in a page's fields, in order: each is a line, and what stands above and below it.

    Above it stands a text into which a name was put; it is one with the line. Drafts of the version before
    have no fields for these two; they stand before those that have them.
    """
    texts = _listed(data, "text")
    heads, further = (_as_many(_listed(data, name), len(texts)) for name in ("head", "further"))
    parts = zip(heads, texts, further, strict=False)
    return ["\n".join(filter(None, (head + text, more))) for head, text, more in parts]


def _as_many(values: list[str], count: int) -> list[str]:
    """Return so many values: those that are missing stand first, and are empty."""
    return [*[""] * max(count - len(values), 0), *values]


def _listed(data: Mapping[str, Any], name: str) -> list[str]:
    """Return the values of a field that may be there several times; one that is no text is empty."""
    getlist = getattr(data, "getlist", None)
    values = getlist(name) if getlist else data.get(name, [])
    values = values if isinstance(values, list) else [values]
    return [value if isinstance(value, str) else "" for value in values]


class MessageForm(QuickForm):
    text = MessageField()
    nonce = forms.RegexField(
        r"\A[A-Za-z0-9_-]{8,40}\Z", error_messages={"invalid": _("Send this again.")}
    )
    # The position of the message that it answers, if it does.
    reply_to = NumberField(required=False)


class SentForm(QuickForm):
    """How a page numbers its messages: what tells it from others, and how many it has had answered.

    `shown` names the draft that it was loaded with (discuss.rules.drafts).
    """

    nonce = forms.RegexField(r"\A[A-Za-z0-9_-]{8,32}\Z")
    answered = forms.IntegerField(min_value=0, max_value=9_999_999)
    shown = forms.CharField(max_length=16, required=False)


class DraftForm(SentForm):
    """What stands in a page's composer: `answered` are all messages before it, answered or not."""

    text = DraftField(required=False)
    reply_to = NumberField(required=False)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "DraftForm":
        """Return the form of a page's fields: each draft, sent or not, has one that says what it answers."""
        form = cls({**data, "text": "".join(whole_texts(data)[-1:])})
        replies = _listed(data, "reply_to")
        form.data = {**form.data, "reply_to": "".join(replies[-1:])}
        if form.is_valid():
            form.cleaned_data["answered"] += max(len(replies) - 1, 0)
        return form
