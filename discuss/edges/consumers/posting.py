"""What comes in by sockets to be posted, and what answers each message: together, or else alone."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any, NamedTuple

from django.forms import Form, ValidationError

from discuss import actions
from discuss.actions import AGAIN, Draft, Undecided
from discuss.db.batching import Batcher
from discuss.db.workers import in_actor, in_poster
from discuss.forms import SentForm, first_error, whole_texts
from discuss.models import Membership
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rendering.fragments import DRAFTS_AT_ONCE, Refusal
from discuss.rules.drafts import Ended, Place
from discuss.rules.refusals import Code
from discuss.rules.text import Text, printable
from discuss.verbs import may_go_on, perform, verbs_of

type Posted = Form | Undecided


class Sent(NamedTuple):
    """A message as it came in: the `number`th of its page, whose author sees the answer."""

    membership: Membership
    audience: Audience
    number: int
    data: dict[str, Any]
    # Whether the page may have more than this frame could hold.
    has_more: bool = False


class Answer(NamedTuple):
    """What answers a message: a fragment, and a notice for its author."""

    html: str
    notice: Text = ""
    is_stored: bool = False


class Unanswered:
    """Tells what is new in the frames of a page, which sends what was not answered again and again."""

    def __init__(self) -> None:
        self._nonce = ""
        self._taken = 0
        self._shown = ""

    def ended(self, number: int, text: str) -> Ended:
        """Return what of the page's drafts this message of it is."""
        return Ended(Place(self._nonce, number), text, self._shown)

    def news(self, data: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any], bool]]:
        """Yield the number of each new message, its fields, and whether the page may have more to send.

        Raises ValueError where the frame makes no sense.
        """
        if "answered" not in data:
            # Of a program, which numbers nothing.
            yield 0, data, False
            return
        form = SentForm(data)
        if not form.is_valid():
            raise ValueError(form.errors)
        nonce, answered = form.cleaned_data["nonce"], form.cleaned_data["answered"]
        if nonce != self._nonce:
            self._nonce, self._taken = nonce, 0
        self._shown = form.cleaned_data["shown"]
        # A page of the version before answers no messages.
        texts = whole_texts(data)[:DRAFTS_AT_ONCE]
        drafts = zip(texts, chain(_values(data, "reply_to"), repeat("")), strict=False)
        for number, (text, reply_to) in enumerate(drafts, answered + 1):
            if number > self._taken:
                self._taken = number
                is_last = number == answered + DRAFTS_AT_ONCE
                fields = {"text": text, "nonce": f"{nonce}-{number}", "reply_to": reply_to}
                yield number, fields, is_last


def _values(data: Mapping[str, Any], name: str) -> list[Any]:
    """Return what each draft of a frame has in the field of this name."""
    values = data.get(name, [])
    return (values if isinstance(values, list) else [values])[:DRAFTS_AT_ONCE]


async def post(sent: Sent) -> Answer:
    """Post it, together with what else comes at this moment; raises what goes wrong here."""
    answer = await _together.ask(sent)
    return await in_actor(_post_alone, sent) if answer is AGAIN else answer


def post_together(asked: Sequence[tuple[Membership, Mapping[str, Any]]]) -> list[Posted]:
    """Post what several members sent at one moment.

    Returns for each its form, as `perform` does, or AGAIN where it has to be performed alone.
    """
    verb = verbs_of(Membership)["post"]
    filled = [verb.form(data) for _, data in asked]
    drafts = {
        number: Draft(member, **form.cleaned_data)
        for number, ((member, _), form) in enumerate(zip(asked, filled, strict=True))
        if form.is_valid() and may_go_on(form, verb, member)
    }
    answers: list[Posted] = list(filled)
    outcomes = actions.post_messages(list(drafts.values()))
    for number, outcome in zip(drafts, outcomes, strict=True):
        if isinstance(outcome, actions.Refused):
            filled[number].add_error(None, ValidationError(outcome.text, outcome.code))
        elif outcome is AGAIN:
            answers[number] = AGAIN
    return answers


def refused(sent: Sent, reason: Text, *, keeps_reply: bool = True) -> Answer:
    """Answer that it is not stored, or that nobody knows: its author keeps the text and may send it again.

    Where it cannot be a reply, it is none when it is sent again.
    """
    text, nonce = printable(sent.data.get("text")), printable(sent.data.get("nonce"))
    reply_to = printable(sent.data.get("reply_to")) if keeps_reply else ""
    if not text.strip():
        return Answer(_answered(sent), reason)
    return Answer(_answered(sent, Refusal(sent.membership.group, text, nonce, reason, reply_to)))


def _post_together(several: list[Sent]) -> list[Answer | Undecided]:
    """Post what several people sent; AGAIN stands for what is to be posted alone."""
    forms = post_together([(sent.membership, sent.data) for sent in several])
    answers: list[Answer | Undecided] = []
    for sent, form in zip(several, forms, strict=True):
        try:
            answers.append(AGAIN if form is AGAIN else _answer(sent, form))
        except Exception:
            # All of it is stored by now: it fails for this one alone, whose nonce makes that harmless.
            answers.append(AGAIN)
    return answers


def _post_alone(sent: Sent) -> Answer:
    form = perform(verbs_of(Membership)["post"], sent.membership, sent.data, is_counted=True)
    return _answer(sent, form)


def _answer(sent: Sent, form: Form) -> Answer:
    if form.errors:
        is_no_reply = "reply_to" in form.errors or form.has_error("__all__", Code.NO_MESSAGE)
        return refused(sent, first_error(form), keeps_reply=not is_no_reply)
    return Answer(_answered(sent), is_stored=True)


def _answered(sent: Sent, refusal: Refusal | None = None) -> str:
    return fragments.message_answered(
        sent.audience, answered=sent.number, has_more=sent.has_more, refusal=refusal
    )


_together = Batcher("posts", in_poster, _post_together, is_urgent=True)
