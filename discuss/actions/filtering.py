"""Filters at work: what a text breaks is found before any lock, and what comes of it is decided under it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from discuss.actions import waiting
from discuss.actions.record import write_act
from discuss.actions.tally import Tally
from discuss.models import (
    Act,
    Case,
    Entry,
    Filter,
    FilterHits,
    Held,
    Utterance,
)
from discuss.reading.filters import known_filters
from discuss.rules.filters import FilterKind, Folded, Rule, strongest
from discuss.rules.refusals import Code, Refused

# The act in the record: the site did it by itself. What came of it stands in its details.
ACT = "filter"
# Within this time what a rule refuses one person, or holds, makes one row of the record.
RECORDED_EVERY = timedelta(hours=1)
# What a refusal says, by what the rule looks for.
CODES = {
    FilterKind.WORDS: Code.FILTERED_WORDS,
    FilterKind.DENIED: Code.FILTERED_DENIED,
    FilterKind.ALLOWED: Code.FILTERED_ALLOWED,
    FilterKind.MENTIONS: Code.FILTERED_MENTIONS,
    FilterKind.CAPITALS: Code.FILTERED_CAPITALS,
    FilterKind.REPEATED: Code.FILTERED_REPEATED,
}


class Caught(NamedTuple):
    """The rules that a text may break, and what stands for it where one asks whether it was said before."""

    rules: Sequence[Rule]
    digest: str


class Whose(NamedTuple):
    """Who says something, where, and in which role, as it stands under the lock."""

    user_id: int | None
    group_id: int | None
    role: str


def has_rules(group_ids: Iterable[int]) -> bool:
    """Whether there are rules for what is said in one of these groups."""
    return any(map(known_filters.of_group, group_ids))


def find(group_id: int, fields: Mapping[str, Any]) -> Caught | None:
    """Return what rules a message may break, by the fields of its line; before any lock."""
    sets = known_filters.of_group(group_id)
    if not sets:
        return None
    text, mentions = Folded(fields["text"]), len((fields["details"] or {}).get("mentions", ()))
    rules = [rule for each in sets for rule in each.caught(text, mentions)]
    if not rules:
        return None
    is_asked = any(rule.kind == FilterKind.REPEATED for rule in rules)
    return Caught(rules, text.digest if is_asked else "")


def decide(caught: Caught, whose: Whose, now: datetime, *, was: str | None = None) -> Rule | None:
    """Return the rule that decides about a message, under the lock; each that is broken counts a hit.

    `was` is what an edited message said before. What goes into the log is remembered, where a rule asks
    whether it is said again.
    """
    is_said = bool(caught.digest) and (was is None or Folded(was).digest != caught.digest)
    rules = [rule for rule in caught.rules if rule.applies_to(whose.role)]
    broken = [
        rule
        for rule in rules
        if rule.kind != FilterKind.REPEATED or (is_said and _is_again(rule, caught, whose, now))
    ]
    count_hits(broken)
    deciding = strongest(broken)
    if is_said and not (deciding and deciding.stops):
        said = {"user_id": whose.user_id, "group_id": whose.group_id, "digest": caught.digest}
        Utterance.objects.create(at=now, **said)
    return deciding


def refusal_of(rule: Rule) -> Refused:
    """Return what whoever is refused by a rule is told."""
    return Refused(CODES[FilterKind(rule.kind)], filter=rule.name, most=rule.number)


def record_hit(rule: Rule, whose: Whose, **more: Any) -> None:
    """Write down that a rule did something; never the text."""
    details = {"rule": rule.pk, "name": rule.name, "did": rule.does}
    write_act(
        ACT, actor=None, user_id=whose.user_id, group_id=whose.group_id, details=details, **more
    )


def record_stopped(rule: Rule, whose: Whose, **more: Any) -> None:
    """Write down that a rule refused something, or held it: once an hour for a rule and a person.

    Each is counted as a hit. But a row of the record stays for good, and whoever tries again and again must
    not fill it.
    """
    since = timezone.now() - RECORDED_EVERY
    lately = Act.objects.filter(kind=ACT, user_id=whose.user_id, at__gt=since)
    if not lately.filter(details__rule=rule.pk).exists():
        record_hit(rule, whose, **more)


def record_stopped_edit(rule: Rule, whose: Whose, message: Entry) -> None:
    """Write down that an edit was refused, once it is rolled back."""
    with transaction.atomic():
        count_hits([rule])
        record_stopped(rule, whose, entry_id=message.pk)


# What opens a case about a line that a rule reports, and returns it: moderation's, which stands above
# (discuss/moderation/actions/reports.py).
_opens_case: list[Callable[[Entry, Rule], Case]] = []


def opens_case(open_case: Callable[[Entry, Rule], Case]) -> Callable[[Entry, Rule], Case]:
    """Have this function open the cases of lines that rules report."""
    _opens_case[:] = [open_case]
    return open_case


def report_lines(reported: Iterable[tuple[Entry, Rule]]) -> None:
    """Have a case opened about each of these lines, which nobody reported."""
    for line, rule in reported:
        (open_case,) = _opens_case
        case = open_case(line, rule)
        whose = Whose(line.author_id, line.group_id, "")
        # An edit may be caught again and again.
        before = Act.objects.filter(kind=ACT, entry_id=line.pk, details__rule=rule.pk)
        if not before.exists():
            record_hit(rule, whose, entry_id=line.pk, case_id=case.pk)


def hold(rule: Rule, whose: Whose, *, text: str, nonce: str, reply_to: int | None) -> Held:
    """Keep a message, which was not sent before, until a moderator approves it. Raises Refused."""
    user_id, group_id = whose.user_id or 0, whose.group_id or 0
    held = waiting.hold(
        group_id=group_id,
        user_id=user_id,
        text=text,
        nonce=nonce,
        reply_to=reply_to,
        why=ACT,
        rule=rule.pk,
    )
    record_stopped(rule, whose)
    return held


def refuse_name(name: str, *, user_id: int | None = None, group_id: int | None = None) -> None:
    """Refuse a name of a person or a group that a rule of the site does not let through.

    Called outside of the transaction that gives the name, since the record stays where that is rolled back.
    """
    sets = known_filters.of_site()
    text = Folded(name)
    rules = [r for each in sets for r in each.caught(text) if r.is_for_names and r.stops]
    if deciding := strongest(rules):
        with transaction.atomic():
            count_hits(rules)
            record_stopped(deciding, Whose(user_id, group_id, ""))
        raise refusal_of(deciding)


def _is_again(rule: Rule, caught: Caught, whose: Whose, now: datetime) -> bool:
    """Whether somebody has said this as often as the rule lets through."""
    said = Utterance.objects.filter(
        user=whose.user_id or 0, digest=caught.digest, at__gt=now - timedelta(seconds=rule.seconds)
    )
    if rule.group_id is not None:
        said = said.filter(group=rule.group_id)
    return said.count() >= rule.number


def clear_utterances(most: int) -> int:
    """Delete up to so many utterances for which no rule can ask any more, and return how many."""
    over = Utterance.objects.over().values("pk")[:most]
    return Utterance.objects.filter(pk__in=over).delete()[0]


# --- hits ---------------------------------------------------------------------------------------------

# How often each filter has hit and it is not written yet. A write with each message would have those who
# post at the same time wait for each other.
_hits = Tally()


def count_hits(rules: Iterable[Rule]) -> None:
    """Count these rules once each, if the transaction is committed."""
    if pks := [rule.pk for rule in rules]:
        transaction.on_commit(partial(_hits.add, pks))


def has_filter_hits() -> bool:
    """Whether there is something to write."""
    return bool(_hits)


def write_filter_hits() -> None:
    """Write how often each filter has hit since the last time."""
    day = timezone.now().date()
    with _hits.taken() as counted, transaction.atomic():
        keys = [pk for pk, _ in counted]
        there = set(Filter.objects.filter(pk__in=keys).values_list("pk", flat=True))
        for pk, count in counted:
            if pk in there and not FilterHits.objects.add(pk, day, count):
                _add_day(pk, day, count)


def _add_day(pk: int, day: date, hits: int) -> None:
    try:
        with transaction.atomic():
            FilterHits.objects.create(filter_id=pk, day=day, hits=hits)
    except IntegrityError:
        # Another process was first; or the filter is gone, and nothing is counted.
        FilterHits.objects.add(pk, day, hits)
