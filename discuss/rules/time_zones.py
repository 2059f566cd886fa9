"""Time zones, as the tz database names them (https://www.iana.org/time-zones)."""

from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.utils.translation import gettext_lazy as _

from discuss.rules.text import Text

# Names that begin otherwise are old ones, or offsets without a place.
REGIONS: Mapping[str, Text] = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic Ocean"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific Ocean"),
}


@cache
def zone_of(name: str) -> ZoneInfo | None:
    """Return the zone of this name; None where there is none.

    All that were asked for are kept: Python itself keeps eight, and reads the others from the disk again.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@cache
def places() -> dict[str, list[str]]:
    """Return the names of zones that people choose from, by their region."""
    found: dict[str, list[str]] = {region: [] for region in REGIONS}
    for name in sorted(available_timezones()):
        region, _, place = name.partition("/")
        if place and region in found:
            found[region].append(name)
    return found


def place_of(name: str) -> str:
    """Return how people call the place of a zone."""
    return name.partition("/")[2].replace("_", " ").replace("/", ", ")
