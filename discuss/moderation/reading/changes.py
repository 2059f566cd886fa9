"""What was before an act and what is after it, as its details in the record say, in words."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, gettext_lazy as _

from discuss.forms import GroupSettingsForm
from discuss.models import Role
from discuss.rules.filters import Does, Exempt, FilterKind
from discuss.rules.moments import Moment
from discuss.rules.networks import Bars
from discuss.rules.text import Text

# Lines of a filter may be hundreds; all of them are in what is exported.
LONGEST = 120
# Columns of filters, and what their codes stand for.
_LABELS: Mapping[str, Text] = {
    "name": _("Name"),
    "kind": _("What it looks for"),
    "terms": _("Words or hosts"),
    "is_part": _("Inside of longer words, too"),
    "number": _("Number"),
    "seconds": _("Seconds"),
    "does": _("What it does"),
    "exempt": _("To whom it does not apply"),
    "is_for_names": _("Names of people and groups, too"),
    "role": _("Role"),
    "network": _("Network"),
    "bars": _("What it bars"),
}
_CODES: Mapping[str, Mapping[str, Text]] = {
    "kind": dict(FilterKind.choices),
    "does": dict(Does.choices),
    "exempt": dict(Exempt.choices),
    "bars": dict(Bars.choices),
}


class Changed(NamedTuple):
    """Something that an act changed: what it is called, if it is one of several, and what it was and is."""

    label: Text
    before: Text
    after: Text


def changes_of(details: Mapping[str, Any]) -> list[Changed]:
    """Return what changed by an act, of what its details tell."""
    before, after = details.get("before"), details.get("after")
    if isinstance(before, dict) or isinstance(after, dict):
        was, now = before or {}, after or {}
        names = [name for name in {**was, **now} if was.get(name) != now.get(name)]
        return [_changed(name, was.get(name), now.get(name)) for name in names]
    if "setting" in details:
        return [_changed(str(details["setting"]), before, after)]
    if details.get("role"):
        return [_changed("role", details["role"], None)]
    if before is None and after is None:
        return []
    return [_changed("", before, after)]


def _changed(name: str, before: Any, after: Any) -> Changed:
    field = GroupSettingsForm.base_fields.get(name)
    label = field.label if field else _LABELS.get(name, name)
    return Changed(label or "", _in_words(name, before), _in_words(name, after))


def _in_words(name: str, value: Any) -> Text:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    field: Any = GroupSettingsForm.base_fields.get(name)
    choices = dict(field.choices) if field and hasattr(field, "choices") else _CODES.get(name, {})
    if value in choices:
        label: Text = choices[value]
        return label
    if value in Role.values:
        return Role(value).label
    words = ", ".join(str(value).split("\n"))
    try:
        moment = parse_datetime(words)
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo:
        return str(Moment(moment))
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
