"""Files of scenes: what one says, and what is wrong with one, by file, line and step."""

import re
from pathlib import Path
from textwrap import dedent

import pytest
from django.conf import settings
from pytest_django import Settings

from discuss.design.forms.scenes import WHY, SceneError, read_scene
from discuss.design.reading.scenes import find_script, scripts
from discuss.design.rules.scenes import AT_ONCE, NEEDS, USUAL, Scene, SceneFault

HEAD = """\
title = "Soup"
group = "Kitchen"
people = ["Ann", "Bob", "Cleo"]
"""
# 5 lines below HEAD begins the first step.
SAYS = """
[[step]]
does = "says"
who = "Ann"
text = "Hello"
name = "hello"
"""


def scene(text: str, head: str = HEAD) -> Scene:
    return read_scene(head + dedent(text), {"paper"})


def faults(text: str, head: str = HEAD) -> list[SceneFault]:
    with pytest.raises(SceneError) as error:
        scene(text, head)
    return error.value.faults


def test_a_scene_says_who_is_there_and_what_happens():
    found = scene(SAYS + '\n[[step]]\ndoes = "joins"\nwho = "Bob"\nafter = 300\n')
    assert found.people == ("Ann", "Bob", "Cleo")
    assert found.present == {"Ann", "Cleo"}
    says, joins = found.steps
    assert (says.number, says.line, says.does, says.after) == (1, 5, "says", USUAL)
    assert (joins.number, joins.line, joins.who, joins.after) == (2, 11, "Bob", 300)
    assert scene(SAYS, "pace = 70\n" + HEAD).steps[0].after == 70


def test_a_burst_comes_in_pieces_of_a_few_messages():
    steps = scene(
        '[[step]]\ndoes = "bursts"\ntimes = 12\ntext = "{n}"\nevery = 100\nafter = 90\n'
    ).steps
    assert [(step.first, step.times) for step in steps] == [(0, 5), (5, 5), (10, 2)]
    assert [step.after for step in steps] == [90, 100 * AT_ONCE, 100 * AT_ONCE]
    assert {step.number for step in steps} == {1}


def test_short_codes_of_emoji_are_emoji():
    react = '\n[[step]]\ndoes = "reacts"\nwho = "Bob"\nto = "hello"\nemoji = ":tada:"\n'
    assert scene(SAYS + react).steps[1].emoji == "🎉"


STEP = '\n[[step]]\nwho = "Bob"\n'


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ('does = "sings"', "does: one of joins, "),
        ("does = 3", "does: one of joins, "),
        ("", "does: one of joins, "),
        ('does = "says"', "“says” needs “text”."),
        ('does = "says"\ntext = 3', "text: This is text, between quotation marks."),
        ('does = "says"\ntext = ""', "text: Write something first."),
        (f'does = "says"\ntext = "{"x" * 4001}"', "text: A message has at most 4,000 characters"),
        ('does = "joins"\ntext = "x"', "“joins” has no “text”."),
        ('does = "says"\ntext = "x"\nafter = 1', "after: milliseconds, from 20 to 60000."),
        ('does = "says"\ntext = "x"\nafter = true', "after: milliseconds"),
        ('does = "says"\ntext = "x"\nafter = "1"', "after: milliseconds"),
        ('does = "reacts"\nto = "hello"\nemoji = "soup"', "emoji: That is no emoji."),
        ('does = "says"\ntext = "x"\nto = "soup"', "No message before has the name “soup”."),
        ('does = "says"\ntext = "x"\nname = "hello"', "A message before has the name “hello” already."),
        ('does = "edits"\ntext = "x"\nto = "hello"', "The message “hello” is by Ann."),
        ('does = "removes"\nto = "hello"', "The message “hello” is by Ann."),
        ('does = "leaves"\n[[step]]\ndoes = "types"\nwho = "Bob"', "Bob is not in the group here."),
        ('does = "types"\n[[step]]\ndoes = "joins"\nwho = "Bob"', "Bob is in the group already."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_step_is_said_with_its_line(step: str, said: str):
    found = faults(SAYS + STEP + step)
    assert any(fault.text.startswith(said) for fault in found), found
    number = 3 if "[[step]]" in step else 2
    assert {fault.step for fault in found} == {number}
    assert {fault.line for fault in found} == {11 if number == 2 else 14}


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ('does = "types"\nwho = "Dora"', "Dora is not among the people of the scene."),
        (
            'does = "leaves"\nwho = "Ann"',
            "Ann is the first of the people, owns the group, and stays.",
        ),
        ('does = "wears"\nskin = "gone"', "There is no skin “gone”."),
        ('does = "wears"\nskin = ["a"]', "There is no skin"),
        ('does = "bursts"\ntimes = 0\ntext = "x"', "times: a number from 1 to 2000."),
        ('does = "bursts"\ntimes = 3000\ntext = "x"', "times: a number from 1 to 2000."),
        ('does = "bursts"\ntimes = true\ntext = "x"', "times: a number from 1 to 2000."),
    ],
)
def test_so_is_what_no_step_can_do(step: str, said: str):
    (fault,) = faults("\n[[step]]\n" + step)
    assert fault.text.startswith(said)
    assert (fault.line, fault.step) == (5, 1)


def test_what_was_removed_can_be_answered_and_nothing_else():
    removes = '\n[[step]]\ndoes = "removes"\nwho = "Ann"\nto = "hello"\n'
    answers = '\n[[step]]\ndoes = "says"\nwho = "Bob"\nto = "hello"\ntext = "x"\n'
    assert len(scene(SAYS + removes + answers).steps) == 3
    (fault,) = faults(SAYS + removes + removes)
    assert fault.text == "The message “hello” is removed here."


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (HEAD.replace("title", "name"), "A scene has no “name”."),
        (HEAD.replace('"Soup"', "3"), "title: This is text"),
        (HEAD.replace('group = "Kitchen"', ""), "group: "),
        (HEAD.replace(', "Bob", "Cleo"', ""), "people: a list of 2 to 12 different names."),
        (HEAD.replace('"Bob"', '"Ann"'), "people: a list"),
        (HEAD.replace('"Bob"', "3"), "people: a list"),
        (HEAD.replace('["Ann", "Bob", "Cleo"]', '"Ann"'), "people: a list"),
        ("pace = 5\n" + HEAD, "pace: milliseconds, from 20 to 60000."),
    ],
)
def test_what_is_wrong_above_the_steps_is_said_too(head: str, said: str):
    assert any(fault.text.startswith(said) for fault in faults(SAYS, head))


@pytest.mark.parametrize("text", ["", "step = 3", "step = []", "step = [3]"])
def test_a_scene_without_steps_is_none(text: str):
    assert faults(text) == [SceneFault(0, 0, "A scene has steps: [[step]], several of them.")]


def test_too_much_is_too_much():
    burst = '\n[[step]]\ndoes = "bursts"\ntimes = 2000\ntext = "x"\n'
    assert faults(SAYS + burst)[0].text == "A scene has at most 2000 messages."
    assert faults('\n[[step]]\ndoes = "types"\nwho = "Ann"\n' * 501)[0].text == (
        "A scene has at most 500 steps."
    )


def test_what_is_no_toml_is_said_with_its_line():
    (fault,) = faults('\n[[step]]\ndoes = says"\n')
    assert (fault.line, fault.step) == (6, 0)
    assert "at line 6" in fault.text


def test_steps_that_are_written_otherwise_have_numbers_alone():
    (fault,) = faults('step = [{does = "types", who = "Dora"}]')
    assert (fault.line, fault.step) == (0, 1)


# --- the files --------------------------------------------------------------------------------------


def test_our_own_scenes_are_whole_and_show_all_that_there_is():
    found = scripts()
    assert {"burst", "evening", "everything"} <= found.keys()
    assert [script.faults for script in found.values()] == [[] for _ in found]
    shown = {step.does for script in found.values() if script.scene for step in script.scene.steps}
    assert shown == NEEDS.keys()
    burst = found["burst"].scene
    assert burst
    assert sum(step.times for step in burst.steps) == 200


def test_scenes_of_the_theme_come_first_and_a_broken_one_is_there_with_what_is_wrong(
    settings: Settings, tmp_path: Path
):
    settings.SCENE_DIRS = [tmp_path, *settings.SCENE_DIRS]
    (tmp_path / "evening.toml").write_text(HEAD + SAYS)
    (tmp_path / "broken.toml").write_text("title =")
    (tmp_path / "latin.toml").write_bytes(b'title = "\xe4"')
    (tmp_path / "Not a name.toml").write_text(HEAD + SAYS)
    (tmp_path / "long.toml").write_text("#" * 400_001)
    found = scripts()
    assert found["evening"].title == "Soup"
    assert found["broken"].scene is None
    assert found["broken"].faults[0].line == 1
    assert found["latin"].faults
    assert found["long"].faults == [SceneFault(0, 0, "This file is too long.")]
    assert "Not a name" not in found
    assert find_script("evening") == found["evening"]
    assert find_script("../evening") is None
    assert find_script("soup") is None


def test_the_one_of_the_docs_is_whole():
    docs = Path(settings.BASE_DIR, "docs", "designers.md").read_text()
    (toml,) = re.findall(r"```toml\n(.*?)```", docs, re.S)
    assert [step.does for step in read_scene(toml, ()).steps] == ["says", "reacts"]
    for does in NEEDS:
        assert f'`"{does}"`' in docs


def test_each_reason_has_a_sentence():
    assert all(str(why) for why in WHY.values())
