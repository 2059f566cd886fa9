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
    """How a page numbers its messages: what tells it from others, and how many it has had answered."""

    nonce = forms.RegexField(r"\A[A-Za-z0-9_-]{8,32}\Z")
    answered = forms.IntegerField(min_value=0, max_value=9_999_999)


class DraftForm(SentForm):
    """What stands in a page's composer, which follows the messages that it has had answered."""

    text = DraftField(required=False)
