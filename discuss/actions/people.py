"""What happens to people as such: their sessions end, their account goes."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from discuss import doorbell
from discuss.actions.deletions import begin_deletion
from discuss.actions.plays import end_play
from discuss.actions.ranks import in_force, latest, refuse_outranked
from discuss.actions.record import write_act, write_end_of_ban
from discuss.actions.telling import tell_groups
from discuss.actions.waiting import ADMIT, TURN_AWAY, end_wait
from discuss.models import Ban, Deletion, HeldSignUp, Kind, Session, User
from discuss.rules.refusals import Code, Refused

# As the record says that staff closed an account, and opened it again.
CLOSED, OPENED = "close_account", "open_account"
# Sessions that end in one transaction.
SESSIONS_AT_ONCE = 200


def announce_standing(user: User) -> None:
    """Have every process look again at who this person is: after log-out, a new password, deactivation."""
    doorbell.ring_person(user.pk)


def change_settings(user: User, **values: str) -> None:
    """Have pages be as the person likes them. Their open pages come back, where they show it otherwise."""
    with transaction.atomic():
        # Locked by nobody: of two who save at once the later wins.
        is_other = ~Q(**values)
        if User.objects.filter(is_other, pk=user.pk).update(**values):
            doorbell.ring_person(user.pk)


def log_everyone_out() -> int:
    """End all sessions, and return how many there were. Open pages are closed."""
    ended = 0
    # Little by little, because writers wait for each other.
    while keys := list(Session.objects.values_list("pk", flat=True)[:SESSIONS_AT_ONCE]):
        with transaction.atomic():
            sessions = Session.objects.filter(pk__in=keys)
            people = set(sessions.exclude(user=None).values_list("user", flat=True))
            ended += sessions.delete()[0]
            for user_id in people:
                doorbell.ring_person(user_id)
    return ended


def make_first_admin(user: User) -> None:
    """Save somebody new as the first superuser.

    Raises Refused where there is one, and ValidationError where somebody else has got the name meanwhile.
    """
    try:
        with transaction.atomic():
            # Of two who come at once the second finds the first.
            User.objects.lock_names()
            if User.objects.filter(is_superuser=True).exists():
                raise Refused(Code.ADMIN_THERE)
            user.is_staff = user.is_superuser = True
            user.save()
    except IntegrityError:
        User.objects.refuse_taken(user.username)
        raise


def announce_account(staff: User | None, *, user: User) -> None:
    """Have each of the person's groups told that `staff` closed their account, or opened it again.

    It is None where a ban has ended by itself.

    Called in the transaction that saves `is_active`. The list of members is told with the line.
    """
    kind = Kind.ACCOUNT_REOPENED if user.is_active else Kind.ACCOUNT_CLOSED
    tell_groups(kind, author=staff, subject=user)


def record_account(staff: User, *, user: User) -> None:
    """Write down that `staff` closed this account, or opened it again, and announce it. Raises Refused.

    Called in the transaction that saves `is_active`.
    """
    if user.is_active:
        where = {"group_id": None, "user_id": user.pk}
        refuse_outranked(staff, in_force(CLOSED, OPENED, where, timezone.now()))
        _refuse_turned_away(staff, user)
        _drop_ban(staff, user)
    case_id = end_wait(user, outcome=ADMIT) if user.is_active else None
    if case_id is None:
        write_act(OPENED if user.is_active else CLOSED, actor=staff, user_id=user.pk)
    else:
        # It had not been open before.
        write_act(ADMIT, actor=staff, user_id=user.pk, case_id=case_id or None)
    announce_account(staff, user=user)


def _refuse_turned_away(staff: User, user: User) -> None:
    """Refuse whoever lets in a new account that somebody of a higher rank refused. Raises Refused."""
    if HeldSignUp.objects.exclude(refused_at=None).filter(user=user).exists():
        refuse_outranked(staff, latest(TURN_AWAY, {"user_id": user.pk}))


def close_account(actor: User, *, user: User) -> bool:
    """Let the person do nothing any more, until the account is opened again. Raises Refused.

    Returns whether it was open, or banned: then no end of the ban opens it any more.
    """
    return _set_active(actor, user, is_active=False)


def open_account(actor: User, *, user: User) -> bool:
    """Let the person in again; return whether the account was closed. Raises Refused."""
    return _set_active(actor, user, is_active=True)


def _set_active(actor: User, user: User, *, is_active: bool) -> bool:
    with transaction.atomic():
        person = decided_about(user)
        if person is None or (person.is_active == is_active and not _is_banned(person)):
            return False
        acting = admit_decider(actor, person)
        if person.is_active == is_active:
            _drop_ban(acting, person)
            write_act(OPENED if is_active else CLOSED, actor=acting, user_id=person.pk)
            return True
        person.is_active = is_active
        person.save(update_fields=["is_active"])
        record_account(acting, user=person)
        announce_standing(person)
        return True


def _is_banned(person: User) -> bool:
    return Ban.objects.filter(user=person).exists()


def _drop_ban(acting: User, person: User) -> None:
    """Have no ban decide any more about an account that is opened or closed. Raises Refused."""
    if Ban.objects.filter(user=person).delete()[0]:
        write_end_of_ban(acting, user=person)


def decided_about(user: User) -> User | None:
    """Lock a person and return them as they are now; None where they are being deleted.

    Of two who decide about somebody at once the second finds it done.
    """
    person = User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
    return None if Deletion.objects.filter(user=user.pk).exists() else person


def delete_user(actor: User, *, user: User) -> None:
    """Close the account for good, as the person or as staff. Its lines stay, as someone's.

    From now on the person can do nothing. Groups and lines follow, and the account itself goes at last: until
    then nobody else can have the name that stands at the lines. Raises Refused.
    """
    with transaction.atomic():
        deleted = decided_about(user)
        if deleted is None:
            return
        acting = admit_decider(actor, deleted)
        if acting != deleted:
            write_act("delete_account", actor=acting, user_id=deleted.pk)
        User.objects.filter(pk=deleted.pk).update(is_active=False)
        end_wait(deleted, outcome=TURN_AWAY)
        end_play(deleted)
        begin_deletion(Deletion(user=deleted), actor=actor)
        doorbell.ring_person(deleted.pk)


def admit_decider(actor: User, person: User) -> User:
    """Refuse who may not: superusers alone decide about staff, and nobody of them about themselves."""
    acting = User.objects.filter(pk=actor.pk, is_active=True).first()
    if acting is None:
        raise Refused(Code.NOT_ACTIVE)
    is_own = acting == person
    if person.is_staff or person.is_superuser:
        if is_own or not acting.is_superuser:
            raise Refused(Code.STAFF_ACCOUNT)
    elif not is_own and not acting.is_staff:
        raise Refused(Code.ACCOUNT_OF_ANOTHER)
    return acting
