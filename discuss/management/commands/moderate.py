"""`manage.py moderate`: an act of moderation, as one of the staff."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from discuss.actions import Refused
from discuss.models import Group, Message, User
from discuss.moderation.actions import LINE, MEMBER, PERSON, Why, acts, perform_act
from discuss.moderation.actions.offers import form_of
from discuss.rules.reasons import Reason


class Command(BaseCommand):
    help = (
        "Do an act of moderation: it is recorded as done by the one of the staff whom --by names."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=sorted(_acts()))
        parser.add_argument("--by", required=True, help="the name of one of the staff")
        parser.add_argument("--message", type=int, help="the number of a message, as in the admin")
        parser.add_argument("--person", help="the name of a person")
        parser.add_argument("--group", type=UUID, help="the group's uuid, as in its address")
        parser.add_argument("--length", default="", help="for how long: 10m, 1h, 7d ... or ever")
        parser.add_argument("--role", default="moderator", help="which one a promotion gives")
        parser.add_argument("--reason", default="", choices=["", *Reason.values])
        parser.add_argument("--note", default="")

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        kind = acts[options["act"]]
        form = form_of(kind, {name: options[name] for name in ("length", "role", "reason", "note")})
        if not form.is_valid():
            raise CommandError("; ".join(f"{key}: {text[0]}" for key, text in form.errors.items()))
        whom = self._whom(kind.of, options)
        by = self._found(User, "staff", username=options["by"])
        try:
            done = perform_act(by, kind.name, **whom, why=Why(**form.why(kind.name)))
        except Refused as refused:
            raise CommandError(str(refused)) from None
        if verbosity:
            self.stdout.write(f"Done: {done}." if done else "There was nothing to do.")

    def _whom(self, of: str, options: dict[str, Any]) -> dict[str, Any]:
        if of == LINE:
            return {"entry": self._found(Message, "message", pk=options["message"])}
        whom = {"user": self._found(User, "person", username=options["person"])}
        if of == MEMBER:
            whom["group"] = self._found(Group, "group", uuid=options["group"])
        return whom

    def _found(self, model: Any, noun: str, **known: Any) -> Any:
        found = model.objects.filter(**known).first()
        if found is None:
            raise CommandError(f"There is no such {noun}.")
        return found


def _acts() -> list[str]:
    """Return the acts that are done to messages and people; those to cases have a page of their own."""
    return [name for name, kind in acts.items() if kind.of in {LINE, MEMBER, PERSON}]
