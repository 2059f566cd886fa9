"""What people choose for themselves."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from discuss.forms.fields import DisplayNameField
from discuss.models import User
from discuss.models.user import ColorScheme, Composer, Density, Sound, TextSize
from discuss.rules.text import Text
from discuss.rules.time_zones import REGIONS, place_of, places

type Choices = list[tuple[Text, Text | list[tuple[str, str]]]]

NO_CHOICE = {"invalid_choice": _("Choose one of these.")}


def _zones() -> Choices:
    """Return the zones that people choose from, below the names of their regions."""
    of_server = format_lazy(_("As the server ({zone})"), zone=settings.TIME_ZONE)
    by_region = [
        (REGIONS[region], [(name, place_of(name)) for name in names])
        for region, names in places().items()
    ]
    return [("", of_server), ("UTC", "UTC"), *by_region]


class LongSelect(forms.Select):
    """A choice among hundreds."""

    template_name = "discuss/long_select.html"


class YouForm(forms.Form):
    """What is a person's own besides email and password."""

    display_name = DisplayNameField(
        label=_("Display name"),
        max_length=40,
        required=False,
        help_text=_(
            "What others see instead of your username, such as your whole name. Your groups are told."
        ),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=_zones,
        widget=LongSelect,
        required=False,
        error_messages=NO_CHOICE,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(user, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        self.fields["display_name"].widget.attrs["autocomplete"] = "name"
        self.fields["time_zone"].help_text = format_lazy(
            _("Days and times are shown in it. It is {time} for you now."),
            time=date_format(timezone.localtime(), "H:i"),
        )


class AppearanceForm(forms.Form):
    """How pages look to a person."""

    color_scheme = forms.ChoiceField(
        label=_("Colours"),
        choices=ColorScheme.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages=NO_CHOICE,
    )
    text_size = forms.ChoiceField(
        label=_("Text"),
        choices=TextSize.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages=NO_CHOICE,
    )
    density = forms.ChoiceField(
        label=_("Space"),
        choices=Density.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages=NO_CHOICE,
    )

    composer = forms.ChoiceField(
        label=_("Field to write in"),
        choices=Composer.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages=NO_CHOICE,
        help_text=_(
            "Enter sends a line. Where there are several it begins a new one, and the button sends."
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(user, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)


class SoundForm(forms.Form):
    """What a person hears."""

    sound = forms.ChoiceField(
        label=_("When somebody mentions you"),
        choices=Sound.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages=NO_CHOICE,
        help_text=_(
            "It sounds in one open page, while you do not read the group. Browsers play it once you have"
            " clicked or typed in that page."
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(user, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
