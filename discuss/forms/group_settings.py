"""The settings of a group."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy as _

from discuss.forms.settings import NO_CHOICE
from discuss.models.group import Hosts, Posting
from discuss.rules.spans import DAY, HOUR, MINUTE, span
from discuss.rules.text import Text

_span = lazy(span, str)
# What there is to choose from, each in the unit of its column; 0 is none.
SLOW_MODES = (
    0,
    5,
    10,
    15,
    30,
    60,
    *(MINUTE * n for n in (2, 5, 10, 15, 30)),
    HOUR,
    2 * HOUR,
    6 * HOUR,
)
WAITS = (0, 5, 10, 30, 60, 24 * 60, 3 * 24 * 60, 7 * 24 * 60)
AGES = (0, 1, 3, 7, 30, 90)


class Spans(forms.TypedChoiceField):
    """One of some spans of time. `unit` is what they are counted in, in seconds."""

    def __init__(
        self, spans: Iterable[int], *, unit: int, none: Text, some: Text, **kwargs: Any
    ) -> None:
        """`some` names the span, as `{span}`; `none` is said where there is none."""
        choices = [
            (number, format_lazy(some, span=_span(number * unit)) if number else none)
            for number in spans
        ]
        super().__init__(choices=choices, coerce=int, error_messages=NO_CHOICE, **kwargs)


def skins() -> list[tuple[str, Text]]:
    """Return the skins that a group can wear."""
    none: Text = _("As the site")
    # Those that ship are translated, as all else is.
    return [("", none), *((name, _(skin.title)) for name, skin in settings.SKINS.items())]


def _described_skins() -> list[tuple[str, Text]]:
    """Return the same, each with what it says of itself."""
    words = {name: skin.words for name, skin in settings.SKINS.items()}
    return [(name, _described(title, words.get(name, ""))) for name, title in skins()]


def _describe(title: Text, words: str) -> str:
    return (
        format_html('{} <small class="more">{}</small>', title, gettext(words))
        if words
        else str(title)
    )


_described = lazy(_describe, str)


class LooksForm(forms.Form):
    """How a group looks."""

    skin = forms.ChoiceField(
        label=_("Skin"),
        choices=_described_skins,
        widget=forms.RadioSelect,
        required=False,
        error_messages=NO_CHOICE,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        worn = self.initial.get("skin")
        if worn and worn not in settings.SKINS:
            # One that is not there at the moment is kept by whoever changes something else.
            self.fields["skin"].choices = [*_described_skins(), (worn, worn)]  # type: ignore[attr-defined]

    @property
    def has_skins(self) -> bool:
        """Whether there is anything to choose from."""
        return bool(settings.SKINS)


class GroupSettingsForm(forms.Form):
    """Who writes in a group, and when; who invites and who pins; and who reads what moderators did."""

    posting = forms.ChoiceField(
        label=_("Who writes"), choices=Posting.choices, error_messages=NO_CHOICE
    )
    is_locked = forms.BooleanField(
        label=_("Locked"),
        required=False,
        help_text=_("Nobody but moderators writes or reacts for now."),
    )
    slow_mode = Spans(
        SLOW_MODES,
        unit=1,
        label=_("Slow mode"),
        none=_("Off"),
        some=_("{span} between two messages of one person"),
    )
    newcomers_wait = Spans(
        WAITS,
        unit=MINUTE,
        label=_("New members write"),
        none=_("At once"),
        some=_("{span} after they came"),
    )
    held_days = Spans(
        AGES,
        unit=DAY,
        label=_("Messages of new accounts"),
        none=_("Are shown at once"),
        some=_("Wait for approval, for {span}"),
    )
    invites = forms.ChoiceField(
        label=_("Who invites people"), choices=Hosts.choices, error_messages=NO_CHOICE
    )
    pins = forms.ChoiceField(
        label=_("Who pins messages"), choices=Hosts.choices, error_messages=NO_CHOICE
    )
    record_is_public = forms.BooleanField(
        label=_("Members read what moderators did"),
        required=False,
        help_text=_("What, when and why, and who was timed out, removed or barred; not by whom."),
    )
