"""Acts over everything that a person wrote: it is hidden, or erased, a few lines at a time.

To ask for it is one transaction with its record, and so is to stop it and to take it back. What is done from
then on is done in the name of that: whoever asked may have lost the right meanwhile. What the person writes
while it goes on is not touched. It ends with the account of the person, whose lines are someone's then.
"""

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discuss import doorbell
from discuss.actions.ranks import refuse_outranked
from discuss.models import Act, LongAct, LongKind, LongState
from discuss.models.long_act import LongActQuerySet
from discuss.moderation.actions.acts import MEMBER, PERSON, Doing, act
from discuss.moderation.actions.erasing import forget_for_good, keep_words
from discuss.moderation.actions.long_steps import cases_about, remaining, waiting
from discuss.rules.refusals import Code, Refused

# What goes on once it was asked for, and what is done to that.
BEGINNING = frozenset({"hide_all", "hide_all_on_site", "show_all", "show_all_on_site", "erase_all"})
TURNING = (
    *("stop_hiding", "show_all"),
    *("stop_hiding_on_site", "show_all_on_site", "stop_erasing"),
)
_HIDE, _HIDDEN = _("Hide everything they wrote"), _("Everything hidden")
_STOP, _STOPPED = _("Stop hiding"), _("Hiding stopped")
_SHOW, _SHOWN = _("Show all of that again"), _("Everything shown again")


@act("hide_all", of=MEMBER, label=_HIDE, done=_HIDDEN, undone_by="show_all", looks_back=True)
@act(
    "hide_all_on_site",
    of=PERSON,
    label=_("Hide everything they wrote, on the whole site"),
    done=_("Everything hidden, on the whole site"),
    right="hide_all",
    undone_by="show_all_on_site",
    looks_back=True,
)
def hide_all(doing: Doing) -> None:
    """Hide what somebody wrote until now, as each of it would be hidden by itself."""
    _begin(doing, LongKind.HIDE)


@act("stop_hiding", of=MEMBER, label=_STOP, done=_STOPPED, right="hide_all")
@act(
    "stop_hiding_on_site",
    of=PERSON,
    label=_("Stop hiding on the whole site"),
    done=_("Hiding on the whole site stopped"),
    right="hide_all",
)
def stop_hiding(doing: Doing) -> None:
    """Hide no more. What is hidden by then stays so, and is shown again as one."""
    _stop(doing, LongKind.HIDE)


@act("show_all", of=MEMBER, label=_SHOW, done=_SHOWN, right="hide_all", undoes="hide_all")
@act(
    "show_all_on_site",
    of=PERSON,
    label=_("Show all of that again, on the whole site"),
    done=_("Everything shown again, on the whole site"),
    right="hide_all",
    undoes="hide_all_on_site",
)
def show_all(doing: Doing) -> None:
    """Take back the latest of these acts, or the known one: what it hid is shown again, and nothing else."""
    standing = _works_of(doing).standing()
    if doing.why.undoes is not None:
        standing = standing.filter(act_id=doing.why.undoes)
    work = standing.order_by("-pk").first()
    if work is None:
        return
    _refuse_second(doing, except_for=work.pk)
    begins = {"at_group": work.group_id or 0, "below": None}
    _turn(work, LongState.UNDOING, **begins)
    doing.record(undoes=work.act_id, lines=work.done)
    doorbell.ring_long_act(work.pk, work.beat)


@act(
    "erase_all",
    of=PERSON,
    label=_("Erase everything they wrote, for good"),
    done=_("Everything erased"),
    right="erase",
    looks_back=True,
    is_final=True,
)
def erase_all(doing: Doing) -> None:
    """Erase what somebody wrote until now, on the whole site, with what waits for a decision."""
    _begin(doing, LongKind.ERASE)


@act(
    "stop_erasing",
    of=PERSON,
    label=_("Stop erasing"),
    done=_("Erasing stopped"),
    right="erase",
)
def stop_erasing(doing: Doing) -> None:
    """Erase no more. What is erased by then is gone."""
    _stop(doing, LongKind.ERASE)


def _begin(doing: Doing, kind: LongKind) -> None:
    if doing.user is None:
        return
    _refuse_second(doing)
    change = doing.change
    work = LongAct(kind=kind, user=doing.user, since=doing.why.since, upto=timezone.now())
    if change is not None:
        # Up to the head, which is locked: no line of a moment ago comes later.
        work.group_id = work.at_group = change.group_id
        work.below = change.number + 1
    work.total = remaining(work).count()
    if not work.total and not (kind == LongKind.ERASE and _has_words(work)):
        return
    since = work.since.isoformat() if work.since else None
    work.act_id = doing.record(since=since, lines=work.total).pk
    work.save()
    doorbell.ring_long_act(work.pk, work.beat)


def _has_words(work: LongAct) -> bool:
    """Whether there is something to erase that is in no log."""
    return waiting(work).exists() or keep_words(cases_about(work))


def _stop(doing: Doing, kind: LongKind) -> None:
    running = _works_of(doing).filter(kind=kind, state=LongState.RUNNING)
    work = running.first()
    if work is not None:
        refuse_outranked(doing.actor, Act.objects.filter(pk=work.act_id))
        _turn(work, LongState.STOPPED)
        doing.record(stops=work.act_id, lines=work.done)
        if kind == LongKind.ERASE:
            forget_for_good.enqueue()


def _turn(work: LongAct, state: LongState, **fields: int | None) -> None:
    """Have it go on otherwise, or end: no process takes the next step that it was about to take."""
    LongAct.objects.filter(pk=work.pk).update(state=state, beat=F("beat") + 1, **fields)
    work.refresh_from_db()


def _works_of(doing: Doing) -> LongActQuerySet:
    """Return what is or was done to this person at the same place: in the group, or on the whole site."""
    group_id = doing.change.group_id if doing.change else None
    return LongAct.objects.filter(user=doing.user, group=group_id)


def _refuse_second(doing: Doing, except_for: int = 0) -> None:
    if _works_of(doing).going_on().exclude(pk=except_for).exists():
        raise Refused(Code.UNDER_WAY)
