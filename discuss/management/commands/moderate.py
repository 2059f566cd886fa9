"""`manage.py moderate`: an act of moderation, as one of the staff."""

import time
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from discuss.actions import Refused
from discuss.models import Act, Group, LongAct, Message, User
from discuss.moderation.actions import (
    LINE,
    MEMBER,
    NETWORK,
    PERSON,
    Why,
    acts,
    block_network,
    perform_act,
    take_long_steps,
    unblock_network,
)
from discuss.moderation.actions.long_acts import BEGINNING
from discuss.moderation.actions.networks import BLOCK
from discuss.moderation.actions.offers import form_of
from discuss.moderation.forms import ActForm
from discuss.moderation.forms.networks import BlockForm, UnblockForm
from discuss.moderation.rules.lengths import SPANS
from discuss.rules.networks import Bars
from discuss.rules.reasons import Reason

# What a form is told of all that is said at the command line.
SAID = ("length", "span", "role", "reason", "note", "sure")


class Command(BaseCommand):
    help = (
        "Do an act of moderation: it is recorded as done by the one of the staff whom --by names."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=sorted(_acts()))
        parser.add_argument("--by", required=True, help="the name of one of the staff")
        parser.add_argument("--message", type=int, help="the number of a message, as in the admin")
        parser.add_argument("--person", help="the name of a person")
        parser.add_argument("--network", help="an address or a network, such as 203.0.113.0/24")
        parser.add_argument(
            "--bars",
            default=Bars.SIGN_UPS.value,
            choices=Bars.values,
            help="what a network is barred from (default: %(default)s)",
        )
        parser.add_argument("--group", type=UUID, help="the group's uuid, as in its address")
        parser.add_argument("--length", default="", help="for how long: 10m, 1h, 7d ... or ever")
        parser.add_argument(
            "--span", default="", choices=["", *SPANS], help="how far back what they wrote is meant"
        )
        parser.add_argument(
            "--sure",
            action="store_true",
            help="that you know that nobody can take this back, or that a wide network is meant",
        )
        parser.add_argument("--role", default="moderator", help="which one a promotion gives")
        parser.add_argument("--reason", default="", choices=["", *Reason.values])
        parser.add_argument("--note", default="")

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        kind = acts[options["act"]]
        if kind.of == NETWORK:
            form = _network_form(kind.name, options)
        else:
            form = form_of(kind, {name: options[name] for name in SAID if options[name]})
        if not form.is_valid():
            raise CommandError("; ".join(f"{key}: {text[0]}" for key, text in form.errors.items()))
        whom = self._whom(kind.of, options)
        by = self._found(User, "staff", username=options["by"])
        why = Why(**form.why(kind.name))
        try:
            if isinstance(form, BlockForm):
                done = block_network(by, why=why, **form.values())
            elif isinstance(form, UnblockForm):
                done = unblock_network(by, network=form.cleaned_data["network"], why=why)
            else:
                done = perform_act(by, kind.name, **whom, why=why)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        if verbosity:
            self.stdout.write(f"Done: {done}." if done else "There was nothing to do.")
        if done and kind.name in BEGINNING:
            self._take_steps(done, verbosity)

    def _take_steps(self, done: Act, verbosity: int) -> None:
        """Do it to all lines, as a server would; broken off, it is left to one."""
        work = LongAct.objects.filter(act_id__in=[done.pk, done.undoes_id]).first()
        if work is not None:
            for pause in take_long_steps(work):
                time.sleep(pause)
            work.refresh_from_db()
            if verbosity:
                self.stdout.write(f"Messages: {work.restored if done.undoes_id else work.done}.")

    def _whom(self, of: str, options: dict[str, Any]) -> dict[str, Any]:
        if of == NETWORK:
            return {}
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
    """Return the acts but those that are done to cases, which have a page of their own."""
    return [name for name, kind in acts.items() if kind.of in {LINE, MEMBER, PERSON, NETWORK}]


def _network_form(name: str, options: dict[str, Any]) -> ActForm:
    told = {each: options[each] for each in ("network", "bars", "length", "reason", "note")}
    form = BlockForm if name == BLOCK else UnblockForm
    return form({**told, "is_sure": options["sure"]})
