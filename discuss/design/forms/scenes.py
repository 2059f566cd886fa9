"""A scene's file becomes a scene, or a list of what is wrong with it."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from discuss.design.rules import scenes
from discuss.design.rules.scenes import NEEDS, Scene, SceneFault, Step
from discuss.forms import DescriptionField, NameField
from discuss.forms.fields import MessageField
from discuss.forms.reactions import EmojiField

_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*step[ \t]*\]\]", re.M)
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_OF_SCENE = frozenset({"title", "words", "group", "about", "people", "pace", "step"})
# Why a step cannot be done when it comes (scenes.out_of_order).
WHY = {
    "nobody": gettext_lazy("%(who)s is not among the people of the scene."),
    "here": gettext_lazy("%(who)s is in the group already."),
    "away": gettext_lazy("%(who)s is not in the group here."),
    "owner": gettext_lazy("%(who)s is the first of the people, owns the group, and stays."),
    "unnamed": gettext_lazy("No message before has the name “%(to)s”."),
    "removed": gettext_lazy("The message “%(to)s” is removed here."),
    "not its author": gettext_lazy("The message “%(to)s” is by %(who)s."),
    "named twice": gettext_lazy("A message before has the name “%(name)s” already."),
}


class SceneError(Exception):
    """A scene's file that is none: all that is wrong with it."""

    def __init__(self, faults: list[SceneFault]) -> None:
        super().__init__(faults)
        self.faults = faults


def read_scene(text: str, skins: Collection[str]) -> Scene:
    """Return the scene that a file says; `skins` are those that a group can wear. Raises SceneError."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        # Else it is "at end of document".
        line = int(found[1]) if found else len(text.splitlines())
        fault = SceneFault(line, 0, str(error))
        raise SceneError([fault]) from None
    faults = list(_wrong_about(said))
    raw = said.get("step")
    if not isinstance(raw, list) or not raw or not all(isinstance(each, dict) for each in raw):
        faults.append(SceneFault(0, 0, _("A scene has steps: [[step]], several of them.")))
        raw = []
    pace = _milliseconds(said.get("pace"), scenes.USUAL)
    if pace is None:
        faults.append(SceneFault(0, 0, _wrong_time("pace")))
    lines = _lines_of_steps(text, len(raw))
    steps: list[Step] = []
    for number, (line, each) in enumerate(zip(lines, raw, strict=True), start=1):
        wrong = list(_wrong_in(each, skins))
        faults += [SceneFault(line, number, why) for why in wrong]
        if not wrong:
            steps += _steps_of(each, number, line, pace or scenes.USUAL)
    if faults:
        raise SceneError(faults)
    scene = Scene(
        title=said["title"],
        words=said.get("words", ""),
        group=said["group"],
        about=said.get("about", ""),
        people=tuple(said["people"]),
        steps=tuple(steps),
    )
    faults = [
        SceneFault(step.line, step.number, str(WHY[code]) % values)
        for step, code, values in scenes.out_of_order(scene)
    ]
    faults += [SceneFault(0, 0, why) for why in _too_much(scene, len(raw))]
    if faults:
        raise SceneError(faults)
    return scene


def _wrong_about(said: Mapping[str, Any]) -> Iterator[SceneFault]:
    """Yield what is wrong above the steps."""
    for name in sorted(said.keys() - _OF_SCENE):
        yield SceneFault(0, 0, _("A scene has no “%(name)s”.") % {"name": name})
    fields: dict[str, forms.Field] = {
        "title": forms.CharField(max_length=60),
        "words": forms.CharField(max_length=200, required=False),
        "group": NameField(max_length=60),
        "about": DescriptionField(max_length=200, required=False),
    }
    for name, field in fields.items():
        if why := _wrong_value(field, said.get(name)):
            yield SceneFault(0, 0, f"{name}: {why}")
    people = said.get("people")
    if not (
        isinstance(people, list)
        and 1 < len(people) <= scenes.MOST_PEOPLE
        and all(isinstance(who, str) and 0 < len(who.strip()) <= 40 for who in people)
        and len(set(people)) == len(people)
    ):
        most = {"most": scenes.MOST_PEOPLE}
        yield SceneFault(0, 0, _("people: a list of 2 to %(most)s different names.") % most)


def _wrong_in(step: Mapping[str, Any], skins: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with a step by itself."""
    does = step.get("does")
    if not isinstance(does, str) or does not in NEEDS:
        yield _("does: one of %(all)s.") % {"all": ", ".join(NEEDS)}
        return
    needed, more = NEEDS[does]
    for name in sorted(needed - step.keys()):
        yield _("“%(does)s” needs “%(name)s”.") % {"does": does, "name": name}
    for name in sorted(step.keys() - needed - more - {"does", "after"}):
        yield _("“%(does)s” has no “%(name)s”.") % {"does": does, "name": name}
    fields: dict[str, forms.Field] = {
        "who": forms.CharField(max_length=40),
        "text": MessageField(),
        "to": forms.CharField(max_length=40),
        "name": forms.CharField(max_length=40),
        "emoji": EmojiField(),
    }
    for name in fields.keys() & step.keys():
        if why := _wrong_value(fields[name], step[name]):
            yield f"{name}: {why}"
    for name in {"after", "every"} & step.keys():
        if _milliseconds(step[name], 0) is None:
            yield _wrong_time(name)
    times = step.get("times", 1)
    if not (type(times) is int and 0 < times <= scenes.MOST_MESSAGES):
        yield _("times: a number from 1 to %(most)s.") % {"most": scenes.MOST_MESSAGES}
    skin = step.get("skin", "")
    if not isinstance(skin, str) or skin not in {"", *skins}:
        yield _("There is no skin “%(skin)s”.") % {"skin": skin}


def _steps_of(said: Mapping[str, Any], number: int, line: int, pace: int) -> Iterator[Step]:
    values = {name: value for name, value in said.items() if name not in {"after", "every"}}
    if "text" in values:
        values["text"] = MessageField().clean(values["text"])
    if "emoji" in values:
        values["emoji"] = EmojiField().clean(values["emoji"])
    step = Step(number=number, line=line, after=said.get("after", pace), **values)
    if step.does == "bursts":
        yield from scenes.split_burst(step, said.get("every", scenes.EVERY))
    else:
        yield step


def _too_much(scene: Scene, count: int) -> Iterator[str]:
    if count > scenes.MOST_STEPS:
        yield _("A scene has at most %(most)s steps.") % {"most": scenes.MOST_STEPS}
    if scenes.count_messages(scene.steps) > scenes.MOST_MESSAGES:
        yield _("A scene has at most %(most)s messages.") % {"most": scenes.MOST_MESSAGES}


def _wrong_value(field: forms.Field, value: Any) -> str:
    """Return why a field does not take this value; nothing where it does."""
    if value is not None and not isinstance(value, str):
        return _("This is text, between quotation marks.")
    try:
        field.clean(value)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _milliseconds(value: Any, usual: int) -> int | None:
    """Return the time that is said, the usual one where none is, and None where it is none."""
    if value is None:
        return usual
    return value if type(value) is int and scenes.LEAST <= value <= scenes.MOST else None


def _wrong_time(name: str) -> str:
    bounds = {"name": name, "least": scenes.LEAST, "most": scenes.MOST}
    return _("%(name)s: milliseconds, from %(least)s to %(most)s.") % bounds


def _lines_of_steps(text: str, count: int) -> list[int]:
    """Return in which line each step begins; 0 where they are written in some other way."""
    found = [text.count("\n", 0, match.start()) + 1 for match in _HEADER.finditer(text)]
    return found if len(found) == count else [0] * count
