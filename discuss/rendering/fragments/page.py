"""What every page may be told."""

from uuid import UUID

from django.forms import Form

from discuss.models import Membership, User
from discuss.rendering.audience import Audience
from discuss.rendering.fragments.at_hand import signs_version
from discuss.rendering.templates import render
from discuss.rules.text import Text, printable


def notice_shown(audience: Audience, *, text: Text, oob: bool = True) -> str:
    """What went wrong, to the one who did it."""
    return render("notice_shown", audience, text=printable(text), oob=oob)


def status_renewed(audience: Audience) -> str:
    """The sign of life: while it keeps coming, the page does not say that it is reconnecting."""
    return render("status_renewed", audience, signs_version=signs_version(), oob=True)


def session_ended(audience: Audience, *, text: Text, group_uuid: UUID | None = None) -> str:
    """The end of a page, of a group or (without `group_uuid`) the lobby, whose person is logged out."""
    return render("session_ended", audience, text=text, group_uuid=group_uuid)


def entrance_barred(audience: Audience, *, text: Text) -> str:
    """The end of a page that comes from where nobody may come in any more."""
    return render("entrance_barred", audience, text=text)


def reader_changed(audience: Audience, *, person: str, has_composer: bool) -> str:
    """The end of a page that was made for somebody else than the `person` who is logged in now."""
    return render("reader_changed", audience, person=person, has_composer=has_composer)


def person_renamed(audience: Audience, *, name: str) -> str:
    """A person's own name anew, on a page of theirs."""
    return render("person_renamed", audience, called=name)


def sheet_changed(audience: Audience, *, sheet: str) -> str:
    """The style sheet of the token sheet that all pages wear."""
    return render("sheet_changed", audience, sheet=sheet)


def verb_answered(
    audience: Audience, name: str, *, actor: Membership | User, form: Form, oob: bool = False
) -> str:
    """The answer that a verb names (discuss.verbs), to who asked for it: done, or with errors in the form.

    It takes the place of the form that asked, where that says so; not over a socket (`oob`).
    """
    version = signs_version()
    return render(name, audience, actor=actor, form=form, signs_version=version, oob=oob)
