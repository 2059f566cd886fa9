"""Writing filters: a group's owners for their group, staff with the right for the whole site."""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from discuss import doorbell
from discuss.actions.change import require, role_of, user_of, without_number
from discuss.actions.record import write_act
from discuss.models import Filter, Group, Membership, User
from discuss.moderation.rules.ranks import right_of
from discuss.reading.filters import known_filters
from discuss.rules.refusals import Code, Refused

# Filters of one group, or of the site; and the lines that all of them have together. Each process keeps them
# ready in memory.
MOST = 200
MOST_TERMS = {"group": 1_000, "site": 10_000}
# What of a filter stands in the record, as it was and as it is.
TOLD = ("name", "kind", "terms", "is_part", "number", "seconds", "does", "exempt", "is_for_names")


def make_filter(actor: Membership | User, *, group: Group | None, **values: Any) -> Filter:
    """Write a filter, which is not switched on yet. Raises Refused."""
    with transaction.atomic():
        admitted = _admit(actor, group.pk if group else None)
        made = Filter(group=group, **values)
        _refuse_many(made)
        made.save()
        _record("filter_made", admitted, made, after=_told(made))
        return made


def change_filter(actor: Membership | User, *, filter: Filter, **values: Any) -> Filter:
    """Have a filter look for something else, or do something else; it stays on or off. Raises Refused."""
    with transaction.atomic():
        admitted, changed = _reached(actor, filter)
        before = _told(changed)
        for name, value in values.items():
            setattr(changed, name, value)
        if (after := _told(changed)) != before:
            _refuse_many(changed)
            _save(changed, *values)
            _record("filter_changed", admitted, changed, before=before, after=after)
        return changed


def switch_filter(actor: Membership | User, *, filter: Filter, is_on: bool) -> None:
    """Switch a filter on or off. Raises Refused."""
    with transaction.atomic():
        admitted, switched = _reached(actor, filter)
        if switched.is_on != is_on:
            switched.is_on = is_on
            _save(switched, "is_on")
            _record(f"filter_{'on' if is_on else 'off'}", admitted, switched, after=_told(switched))


def delete_filter(actor: Membership | User, *, filter: Filter) -> None:
    """Delete a filter with what it has counted. Raises Refused."""
    with transaction.atomic():
        admitted, deleted = _reached(actor, filter)
        _record("filter_deleted", admitted, deleted, before=_told(deleted))
        deleted.delete()
        _renew()


def _admit(actor: Membership | User, group_id: int | None) -> Membership | User:
    """Lock the group, if there is one, and return who may write filters there. Raises Refused."""
    if group_id is None or isinstance(actor, User):
        staff = User.objects.filter(pk=user_of(actor).pk, is_active=True, is_staff=True).first()
        if staff is None or not staff.has_perm(right_of("filter")):
            raise Refused(Code.STAFF_ONLY)
        require("filter", role_of(staff), code=Code.STAFF_ONLY)
        return staff
    owner = without_number(group_id).admit_writer(actor)
    require("filter", owner.role, code=Code.OWNERS_ONLY)
    return owner


def _reached(actor: Membership | User, written: Filter) -> tuple[Membership | User, Filter]:
    admitted = _admit(actor, written.group_id)
    there = Filter.objects.select_for_update(no_key=True)
    found = there.filter(pk=written.pk, group=written.group_id).first()
    if found is None:
        raise Refused(Code.OTHER_FILTERS)
    return admitted, found


def _refuse_many(written: Filter) -> None:
    """Refuse a filter beside which there are very many already. Raises Refused."""
    others = Filter.objects.filter(group=written.group_id).exclude(pk=written.pk)
    terms = [written.terms, *others.values_list("terms", flat=True)]
    most = MOST_TERMS["group" if written.group_id else "site"]
    if len(terms) > MOST or sum(each.count("\n") + 1 for each in terms) > most:
        raise Refused(Code.MANY_FILTERS)


def _save(changed: Filter, *names: str) -> None:
    changed.version += 1
    changed.changed_at = timezone.now()
    changed.save(update_fields=[*names, "version", "changed_at"])
    _renew()


def _renew() -> None:
    # Whoever did it finds it on their next page, which may be here sooner than the bell.
    transaction.on_commit(partial(known_filters.renew))
    doorbell.ring_filters()


def _told(written: Filter) -> dict[str, Any]:
    return {name: getattr(written, name) for name in TOLD}


def _record(kind: str, admitted: Membership | User, about: Filter, **details: Any) -> None:
    details = {"rule": about.pk, **details}
    write_act(kind, actor=admitted, group_id=about.group_id, details=details)
