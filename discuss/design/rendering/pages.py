"""Whole pages, each in some states: who writes templates sees all of them without being locked out for it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.text import slugify

from discuss.design.rendering import made_up_pages
from discuss.design.rendering.inert import inert
from discuss.models import User
from discuss.rendering import templates
from discuss.rendering.audience import Audience
from discuss.rules.text import Text

MAIL = "discuss/design/mail.html"

type Fill = Callable[[User, Audience], dict[str, Any]]


class WholePage(NamedTuple):
    """A page: its template, what it is, and its states, by their slugs: a name, and what it is given then.

    Strangers see it, or people who are logged in; and it is of a group, and wears its skin, or it does not.
    """

    name: str
    template: str
    title: Text
    states: Mapping[str, tuple[str, Fill]]
    is_of_stranger: bool = False
    is_of_group: bool = False

    @property
    def first_state(self) -> str:
        return next(iter(self.states))

    @property
    def is_mail(self) -> bool:
        return self.template.endswith(".txt")

    def says(self, words: list[str]) -> bool:
        """Whether all of these words stand in what is said of it."""
        states = (state for state, _ in self.states.values())
        said = f"{self.name} {self.title} {self.template} {' '.join(states)}".casefold()
        return all(word in said for word in words)


def rendered(
    request: HttpRequest, page: WholePage, state: str, *, theme: str, audience: Audience, skin: str
) -> str:
    """Return the page in the state of this slug, inert. Raises what a theme's template raises."""
    person = made_up_pages.reader(False, theme)
    context = {**made_up_pages.of_every_page(person), **page.states[state][1](person, audience)}
    if page.is_of_stranger:
        stranger: Any = AnonymousUser()
        stranger.color_scheme = theme
        context["user"] = stranger
    if page.is_of_group:
        context["skin"] = skin
    with templates.seen_by(audience), templates.witnessed() as errors:
        if not page.is_mail:
            worn = audience.skin if page.is_of_group else ""
            html = templates.template_of(page.template, worn).render(context, request)
        else:
            # A mail is for whom it was written, whoever is logged in.
            context["user"] = person
            subject, text = (
                render_to_string(page.template.replace("_message.", f"_{part}."), context)
                for part in ("subject", "message")
            )
    if errors:
        # People are shown what is below.
        raise errors[0]
    if not page.is_mail:
        head, end, rest = inert(html).rpartition("</body>")
        still = templates.ours().get_template("discuss/design/still.html")
        return f"{head}{still.render(context, request)}{end}{rest}"
    shown = {"subject": " ".join(subject.split()), "text": text.strip(), "user": person}
    return templates.ours().get_template(MAIL).render({**context, **shown}, request)


def states(**fills: Fill) -> dict[str, tuple[str, Fill]]:
    """Return states by their slugs."""
    named = {name.replace("_", " "): fill for name, fill in fills.items()}
    return {slugify(name): (name, fill) for name, fill in named.items()}


def given(**values: Any) -> Fill:
    """Return what gives a page these values, whoever looks at it."""
    return lambda person, audience: values
