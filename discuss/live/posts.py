"""What comes in by sockets to be posted, and the composer that answers each: together, or else alone."""

from typing import Any, NamedTuple

from django.forms import Form

from discuss import fragments
from discuss.actions import new_nonce
from discuss.fragments import Audience
from discuss.live.joined import Joined
from discuss.live.pool import in_actor, in_poster
from discuss.models import Membership
from discuss.verbs import GROUP_VERBS, perform, post_together


class Sent(NamedTuple):
    """A message as it came in, and who is to see the answer."""

    membership: Membership
    audience: Audience
    data: dict[str, Any]


class Answer(NamedTuple):
    """Whether the message is stored, and the composer that says so to its author."""

    is_stored: bool
    html: str


async def post(sent: Sent) -> Answer:
    """Post it, together with what else comes at this moment; raises what goes wrong here."""
    answer = await _together.ask(sent)
    return await in_actor(_post_alone, sent) if answer is None else answer


def _post_together(several: list[Sent]) -> list[Answer | None]:
    """Post what several people sent. None stands for one that is to be posted alone."""
    forms = post_together([(sent.membership, sent.data) for sent in several])
    answers: list[Answer | None] = []
    for sent, form in zip(several, forms, strict=True):
        try:
            answers.append(_answer(sent, form) if form else None)
        except Exception:
            # All of it is stored by now: it fails for this one alone, whose nonce makes that harmless.
            answers.append(None)
    return answers


def _post_alone(sent: Sent) -> Answer:
    return _answer(sent, perform(GROUP_VERBS["post"], sent.membership, sent.data))


def _answer(sent: Sent, form: Form) -> Answer:
    refused = form if form.errors else None
    html = fragments.composer_answered(
        sent.audience, group=sent.membership.group, form=refused, nonce=new_nonce()
    )
    return Answer(refused is None, html)


_together = Joined(in_poster, _post_together)
