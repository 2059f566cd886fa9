"""Working at cases: taking one, deciding about it, and opening it again."""

from django.db import transaction
from django.utils import timezone

from discuss import doorbell
from discuss.actions.people import decided_about
from discuss.actions.record import write_act
from discuss.actions.sign_ups import hold_sign_up_again
from discuss.models import Act, Case, CaseKind, CaseState, Group, Membership, User
from discuss.moderation.actions.acts import LINE, PERSON, Why, acts
from discuss.moderation.actions.appeals import ON_APPEAL, decide_appeal
from discuss.moderation.actions.on_cases import ON_CASE, ON_HELD, ON_SIGN_UP, REOPEN
from discuss.moderation.actions.performing import perform_act
from discuss.moderation.reading.scopes import cases_in, read_scope
from discuss.rules.refusals import Code, Refused


def take_case(user: User, *, case_id: int, over: int | None = None) -> None:
    """Say that one is on it. A case that somebody is on is taken over from them (`over`). Raises Refused."""
    with transaction.atomic():
        case = _seen(user, case_id)
        if case.taken_by_id == user.pk:
            return
        _refuse_taken(case, user, over=over)
        case.state, case.taken_by, case.taken_at = CaseState.TAKEN, user, timezone.now()
        _save(case)


def let_case_go(user: User, *, case_id: int) -> None:
    """Say that one is not on it any more. Raises Refused."""
    with transaction.atomic():
        case = _seen(user, case_id)
        if case.taken_by_id == user.pk:
            case.state, case.taken_by, case.taken_at = CaseState.OPEN, None, None
            _save(case)


def decide_case(
    user: User, *, case_id: int, name: str, why: Why, closes: bool = True
) -> Act | None:
    """Do the act `name` for a case and close it, all of it or nothing. Returns its row of the record.

    Raises Refused: where somebody has closed it meanwhile, where somebody else is on it, and whoever may not.
    """
    with transaction.atomic():
        # The locks come in the order in which a report takes them: the group's, then the case's.
        case = _found(user, case_id)
        if case.kind == CaseKind.APPEAL or name in ON_APPEAL:
            return _decide_appeal(user, case, name, why)
        if name in ON_HELD:
            return _decide_held(user, case, name, why)
        if (name in ON_SIGN_UP) or case.kind == CaseKind.SIGN_UP:
            return _decide_sign_up(user, case, name, why)
        done = _perform(user, case, name, why._replace(case_id=case_id))
        case = _seen(user, case_id)
        _refuse_taken(case, user)
        # What waits has to be decided about, whatever is done to its author.
        if (closes and case.kind != CaseKind.HELD) or name in ON_CASE:
            case.state, case.outcome, case.closed_at = CaseState.CLOSED, name, timezone.now()
        _save(case)
        return done


def reopen_case(user: User, *, case_id: int, note: str = "") -> None:
    """Open a closed case again; reporters hear of it once it is closed again. Raises Refused."""
    with transaction.atomic():
        case = _found(user, case_id)
        if case.kind in {CaseKind.HELD, CaseKind.APPEAL}:
            # What was decided there is a line of the log, or gone; and one appeals once.
            raise Refused(Code.CASE_CLOSED)
        if case.kind == CaseKind.SIGN_UP:
            _hold_again(user, case, note)
        else:
            _perform(user, case, REOPEN, Why(note=note, case_id=case_id))
        case = _seen(user, case_id, is_closed=True)
        same = Case.objects.filter(kind=case.kind, group=case.group_id, user=case.user_id)
        same = same.filter(entry=case.entry_id).exclude(state=CaseState.CLOSED)
        if same.exists():
            raise Refused(Code.CASE_OPEN)
        case.state, case.outcome, case.closed_at = CaseState.OPEN, "", None
        case.taken_by, case.taken_at = None, None
        _save(case)
        case.reports.update(told_at=None)


def _found(user: User, case_id: int) -> Case:
    """Return a case that the person may see, or raise Refused."""
    found = cases_in(read_scope(user.pk)).select_related("group", "user", "taken_by", "entry")
    case = found.filter(pk=case_id).first()
    if case is None:
        raise Refused(Code.NO_CASE)
    return case


def _seen(user: User, case_id: int, *, is_closed: bool = False) -> Case:
    """Lock a case that the person may see, and return it as it is now. Raises Refused."""
    if not Case.objects.select_for_update().filter(pk=case_id).exists():
        raise Refused(Code.NO_CASE)
    case = _found(user, case_id)
    if (case.state == CaseState.CLOSED) != is_closed:
        raise Refused(Code.CASE_OPEN if is_closed else Code.CASE_CLOSED)
    return case


def _refuse_taken(case: Case, user: User, *, over: int | None = None) -> None:
    if case.taken_by_id not in (None, user.pk, over) and case.taken_by is not None:
        raise Refused(Code.CASE_TAKEN, name=case.taken_by.name)


def _perform(user: User, case: Case, name: str, why: Why) -> Act | None:
    kind = acts[name]
    actor = acting_in(user, case.group)
    if kind.of == LINE:
        entry = case.entry
        if entry is None:
            raise Refused(Code.NO_MESSAGE)
        return perform_act(actor, name, entry=entry, why=why)
    if kind.of == PERSON:
        return perform_act(actor, name, user=case.user, why=why)
    return perform_act(actor, name, user=case.user, group=case.group, why=why)


def _decide_held(user: User, case: Case, name: str, why: Why) -> Act | None:
    """Post what waits or discard it, which closes the case."""
    _refuse_taken(case, user)
    if case.held is None:
        raise Refused(Code.CASE_CLOSED)
    actor = acting_in(user, case.group)
    return ON_HELD[name](actor, held=case.held, reason=why.reason, note=why.note)


def _decide_sign_up(user: User, case: Case, name: str, why: Why) -> Act | None:
    """Let somebody in or refuse them, which closes the case."""
    person = case.user
    if person is None or name not in ON_SIGN_UP:
        raise Refused(Code.CASE_CLOSED)
    # The locks come in the order in which the decision takes them. Another one may have decided meanwhile.
    decided_about(person)
    case = _seen(user, case.pk)
    _refuse_taken(case, user)
    return ON_SIGN_UP[name](user, user=person, reason=why.reason, note=why.note)


def _hold_again(user: User, case: Case, note: str) -> None:
    """Have a refused account wait again; who was let in is banned, if they are to be out."""
    if case.user is None or not hold_sign_up_again(user, user=case.user):
        raise Refused(Code.CASE_CLOSED)
    write_act(REOPEN, actor=user, user_id=case.user.pk, case_id=case.pk, note=note)


def _decide_appeal(user: User, case: Case, name: str, why: Why) -> Act | None:
    """Do what an appeal asks for, or leave it, and close the case."""
    done, outcome = decide_appeal(acting_in(user, case.group), case=case, name=name, why=why)
    case = _seen(user, case.pk)
    _refuse_taken(case, user)
    case.state, case.outcome, case.closed_at = CaseState.CLOSED, outcome, timezone.now()
    _save(case)
    return done


def acting_in(user: User, group: Group | None) -> Membership | User:
    """Return by what somebody acts: staff as staff, others by their membership."""
    if read_scope(user.pk).is_staff:
        return user
    member = Membership.objects.select_related("user", "group").filter(group=group, user=user)
    return member.first() or user


def _save(case: Case) -> None:
    case.save(update_fields=["state", "taken_by", "taken_at", "outcome", "closed_at"])
    doorbell.ring_queue(case.group_id or 0)
