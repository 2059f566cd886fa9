"""Every sample that is made of a template of others is rendered, and what is wrong with these is named."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import Node, VariableDoesNotExist
from django.template.base import Variable

from discuss.rendering import backend, contract
from discuss.rendering.audience import Audience
from discuss.rendering.bounds import TooMuchWork
from discuss.rendering.faults import Fault, fault_of, shown_path, witnessed
from discuss.rendering.overrides import Override, names_in, not_worn
from discuss.rendering.registry import FOLDER
from discuss.rendering.samples import SAMPLES


class _Missing(str):
    """Stands in for a variable that is not there: shown as nothing, and noted with its file and line."""

    def __new__(cls, faults: list[Fault]) -> "_Missing":
        made = super().__new__(cls, "%s")
        made.faults = faults
        return made

    faults: list[Fault]

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, name: object) -> str:
        frame: Any = sys._getframe(1)
        if not _is_of_nobody(frame.f_locals):
            while frame and not _is_tag(frame.f_locals.get("self")):
                frame = frame.f_back
            tag = frame and frame.f_locals["self"]
            if tag and not Path(tag.origin.name).is_relative_to(
                Path(settings.BASE_DIR, "templates")
            ):
                text = f"{name} is not given."
                self.faults.append(Fault(shown_path(tag.origin.name), tag.token.lineno or 0, text))
        return ""


def faults_of(skin: str, changed: list[Override]) -> list[Fault]:
    """Return what is wrong with these templates of a skin, or of the theme, wherever samples show them."""
    missing: list[Fault] = []
    names = {each.name for each in changed if not not_worn(each)}
    with backend.in_place_of(skin, string_if_invalid=_Missing(missing)) as templates:
        faults = [fault_of(error) for error in _unreadable(templates, names)]
        for sample in _samples_with(names, changed):
            errors = _errors_of(sample, skin)
            if any(isinstance(error, TooMuchWork) for error in errors):
                # The first time all that it includes was read, or the machine stood still.
                errors = _errors_of(sample, skin)
                templates.forgive()
            faults += map(fault_of, errors)
    return list(dict.fromkeys([*faults, *missing]))


def _errors_of(sample: Callable[[Audience], object], skin: str) -> list[Exception]:
    with witnessed() as errors:
        try:
            sample(Audience.everyone().wearing(skin))
        except Exception as error:  # a template may have any
            errors.append(error)
    return errors


def _unreadable(templates: backend.Templates, names: set[str]) -> Iterator[Exception]:
    for name in sorted(names):
        try:
            contract.look_at(templates.engine.get_template(name), backend.ours().engine)
        except Exception as error:
            yield error


def _samples_with(names: set[str], changed: list[Override]) -> Iterator[Any]:
    texts = {each.name: each.text for each in changed}
    for name, states in SAMPLES.items():
        if _is_made_of(f"{FOLDER}{name}.html", names, texts, set()):
            yield from states.values()


def _is_made_of(name: str, names: set[str], texts: dict[str, str], seen: set[str]) -> bool:
    """Whether this template is one of these, or includes or extends one."""
    if name in names:
        return True
    if name in seen:
        return False
    seen.add(name)
    file = Path(settings.BASE_DIR, "templates", name)
    text = (file.read_text() if file.is_file() else "") + texts.get(name, "")
    return any(_is_made_of(each, names, texts, seen) for each in names_in(text))


def _is_tag(value: object) -> bool:
    return isinstance(value, Node) and bool(value.token) and bool(getattr(value, "origin", None))


def _is_of_nobody(found: dict[str, Any]) -> bool:
    """Whether it is asked of what is None in this state, such as the author of a line who is gone."""
    variable = getattr(found.get("self"), "var", None)
    lookups = getattr(variable, "lookups", None) or ()
    for end in range(1, len(lookups)):
        try:
            if Variable(".".join(lookups[:end])).resolve(found["context"]) is None:
                return True
        except VariableDoesNotExist:
            return False
    return False
