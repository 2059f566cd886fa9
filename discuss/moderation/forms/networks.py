"""Which network is blocked, what that bars, and for how long."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from discuss.forms.fields import TextField
from discuss.models.network import NETWORK_LENGTH
from discuss.moderation.forms.acts import ActForm
from discuss.rules.networks import Bars, Network, network_of
from discuss.rules.refusals import Code, Refused

# The usual one: addresses get other owners.
LENGTH = "7d"


class NetworkField(TextField):
    """An address, or a network of some."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=NETWORK_LENGTH, **kwargs)

    def cleaned(self, raw: str) -> str:
        return raw.strip()

    def clean(self, value: Any) -> Network:
        try:
            return network_of(super().clean(value))
        except Refused as refusal:
            raise forms.ValidationError(refusal.text, str(refusal.code)) from None


class UnblockForm(ActForm):
    """Which network is let in again, and why."""

    network = NetworkField(
        label=_("Address or network"),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "dir": "ltr",
            }
        ),
        help_text=_(
            "Such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/48. A lone IPv6 address stands for its /64,"
            " all of which one customer has."
        ),
    )

    field_order = ["network"]

    def __init__(
        self,
        data: Any = None,
        *,
        name: str = "unblock_network",
        lasts: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, name=name, lasts=lasts, **kwargs)


class BlockForm(UnblockForm):
    """What is said where a network is blocked."""

    bars = forms.ChoiceField(
        label=_("What it bars"),
        choices=Bars.choices,
        widget=forms.RadioSelect,
        initial=Bars.SIGN_UPS,
        required=False,
    )
    # Asked for where a network is wide.
    is_sure = forms.BooleanField(label=_("I mean all of these addresses"), required=False)

    field_order = ["network", "bars", "length", "reason", "note", "is_sure"]

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, name="block_network", lasts=True, **kwargs)
        self.fields["length"].initial = LENGTH

    def clean_bars(self) -> str:
        return self.cleaned_data["bars"] or Bars.SIGN_UPS

    @property
    def asks_twice(self) -> bool:
        """Whether the network is a wide one, so that the page has to ask once more."""
        return self.has_error("network", str(Code.NETWORK_WIDE))

    def refuse(self, refused: Refused) -> None:
        """Say beside the field why the network is not blocked."""
        self.add_error("network", forms.ValidationError(refused.text, str(refused.code)))

    def values(self) -> dict[str, Any]:
        """Return what the action takes besides the reason."""
        return {name: self.cleaned_data[name] for name in ("network", "bars", "is_sure")}
