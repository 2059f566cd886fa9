"""For how long things are done, as moderators choose it."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from discuss.rules.text import Text

type Lengths = Mapping[str, tuple[Text, timedelta | None]]

_SHORT: Lengths = {
    "10m": (_("10 minutes"), timedelta(minutes=10)),
    "1h": (_("1 hour"), timedelta(hours=1)),
    "6h": (_("6 hours"), timedelta(hours=6)),
}
_LONG: Lengths = {
    "1d": (_("1 day"), timedelta(days=1)),
    "3d": (_("3 days"), timedelta(days=3)),
    "7d": (_("7 days"), timedelta(days=7)),
    "28d": (_("28 days"), timedelta(days=28)),
}
_ENDLESS: Lengths = {
    "1y": (_("1 year"), timedelta(days=365)),
    "ever": (_("For good"), None),
}
# Act -> what may be chosen, by what stands for it in forms and at the command line.
LENGTHS: Mapping[str, Lengths] = {
    "time_out": {**_SHORT, **_LONG},
    "bar": {**_LONG, **_ENDLESS},
    "ban": {**_LONG, **_ENDLESS},
    "block_network": {**_SHORT, **_LONG, **_ENDLESS},
}

# How far back everything is hidden or erased that somebody wrote.
SPANS: Lengths = {
    "1h": (_("The last hour"), timedelta(hours=1)),
    "6h": (_("The last 6 hours"), timedelta(hours=6)),
    "1d": (_("The last day"), timedelta(days=1)),
    "3d": (_("The last 3 days"), timedelta(days=3)),
    "7d": (_("The last 7 days"), timedelta(days=7)),
    "28d": (_("The last 28 days"), timedelta(days=28)),
    "ever": (_("Everything"), None),
}
