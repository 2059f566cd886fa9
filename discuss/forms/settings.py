"""What people choose for themselves."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from discuss.forms.fields import DisplayNameField
from discuss.models import User
from discuss.models.user import ColorScheme, Composer, Density, Skins, Sound, TextSize
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


def one_of(choices: type[TextChoices], label: Text, help_text: Text = "") -> forms.ChoiceField:
    """Return a field in which a person chooses one of a few."""
    return forms.ChoiceField(
        label=label,
        choices=choices.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages=NO_CHOICE,
        help_text=help_text,
    )


class LongSelect(forms.Select):
    """A choice among hundreds."""

    template_name = "discuss/long_select.html"


class YouForm(forms.Form):
    """What is a person's own besides email and password.

    Their name and time, how pages look to them, and what they hear.
    """

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
    color_scheme = one_of(ColorScheme, _("Colours"))
    text_size = one_of(TextSize, _("Text"))
    density = one_of(Density, _("Space"))
    skins = one_of(Skins, _("Looks of groups"))
    composer = one_of(
        Composer,
        _("Field to write in"),
        help_text=_(
            "Enter sends a line. Where there are several it begins a new one, and the button sends."
        ),
    )
    sound = one_of(
        Sound,
        _("When somebody mentions you"),
        help_text=_(
            "It sounds in one open page, while you do not read the group. Browsers play it once you have"
            " clicked or typed in that page."
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(user, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        self.fields["display_name"].widget.attrs["autocomplete"] = "name"
        self.fields["time_zone"].help_text = format_lazy(
            _("Days and times are shown in it. It is {time} for you now."),
            time=date_format(timezone.localtime(), "H:i"),
        )

    def chosen(self) -> dict[str, str]:
        """Return what was sent. What was not stays as it is: a page of the version before sends a part."""
        return {name: value for name, value in self.cleaned_data.items() if name in self.data}
