"""The settings of a group: who writes there and when, who invites and who pins, and how it looks."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from discuss.actions.change import next_change, require, role_of, user_of
from discuss.actions.record import write_act
from discuss.models import Group, Kind, Membership, User
from discuss.rules.refusals import Code

# Columns of a group. Each that differs is an event, and a row of the record.
SETTINGS = (
    "posting",
    "is_locked",
    "slow_mode",
    "newcomers_wait",
    "held_days",
    "invites",
    "pins",
    "skin",
    "record_is_public",
)


def change_group_settings(
    actor: Membership | User, *, group: Group, settings: Mapping[str, Any]
) -> None:
    """Give settings of the group other values, by their names, as an owner or as staff. Raises Refused."""
    with transaction.atomic():
        for name in SETTINGS:
            if name in settings:
                _set(actor, group, name, settings[name])


def _set(actor: Membership | User, group: Group, name: str, value: Any) -> None:
    with next_change(group.pk) as change:
        keeper = change.admit_host(actor)
        require("change", role_of(keeper), code=Code.OWNERS_ONLY)
        present = Group.objects.get(pk=group.pk)
        before = getattr(present, name)
        if before == value:
            change.withdraw()
            return
        setattr(present, name, value)
        present.save(update_fields=[name])
        by = user_of(keeper)
        change.add_line(Kind.SET, author=by, details={"setting": name, "to": value})
        details = {"setting": name, "before": before, "after": value}
        write_act("change_settings", actor=keeper, group_id=group.pk, details=details)
