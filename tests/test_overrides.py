"""What overrides ours says for which text of ours it was written; the check names what does not fit."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template.autoreload import reset_loaders
from pytest_django import Settings

from discuss import checks
from discuss.rendering import bounds, contract, fragments, kept, overrides, templates
from discuss.rendering.audience import Audience
from discuss.rendering.outline import blocks
from discuss.rendering.overrides import WHOLE, blocks_of, digests, stale_in
from discuss.rendering.registry import names
from discuss.rendering.samples import trial
from discuss.rendering.samples.made_up import LINES
from discuss.skins import Skin
from tests.test_theme import Theme, theme as theme

LINE = "discuss/fragments/line.html"
COUNT = "discuss/fragments/members_count.html"
EXTENDS = f'{{% extends "{LINE}" %}}'
EVERYONE = Audience.everyone()

type Lay = Callable[[str, str], Path]


@pytest.fixture
def soup(settings: Settings, tmp_path: Path) -> Lay:
    """Write a template of the skin "soup", which is the only one."""

    def lay(name: str, text: str) -> Path:
        file = tmp_path / "skins" / "soup" / "templates" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        settings.SKINS = {"soup": Skin("Soup", "", tmp_path / "skins" / "soup")}
        return file

    return lay


def named() -> list[str]:
    found = [*checks.overrides_fit(), *checks.overrides_can_be_shown()]
    return [f"{check.id} {check.msg}" for check in found]


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("fragments", *arguments, stdout=out)
    return out.getvalue()


# --- blocks -----------------------------------------------------------------------------------------


def test_a_block_is_found_with_its_line_and_what_is_around_it():
    text = (
        "{# {% block no %} #}\n{% block a %}\n  x {% block b %}y{% endblock %}\n"
        "{% endblock a %}{% block c %}{% endblock %}"
    )
    found = blocks_of(text)
    assert {name: (block.line, block.depth) for name, block in found.items()} == {
        "a": (2, 0),
        "b": (3, 1),
        "c": (4, 0),
    }


def test_a_digest_is_of_what_is_said_and_not_of_how_it_is_indented():
    one, other, third = (
        blocks_of(f"{{% block a %}}{text}{{% endblock %}}")["a"].digest
        for text in ("<p>\n  x</p>", "<p> x</p>{# why #}", "<p>y</p>")
    )
    assert one == other != third


@pytest.mark.parametrize("name", names())
def test_ours_have_the_blocks_that_are_rendered(name: str):
    path = f"discuss/fragments/{name}.html"
    assert [*digests(path)] == [WHOLE, *blocks(path)]


def test_what_ships_says_for_what_it_was_written_and_nothing_is_wrong_with_it():
    shipped = overrides.overrides()
    assert {each.skin for each in shipped} == {"dense"}
    for each in shipped:
        assert not stale_in(each), "Look at it, and write its new digest into it."
        assert not overrides.unsigned_in(each)
    assert named() == []
    assert trial.faults_of("dense", shipped) == []


# --- what is behind ---------------------------------------------------------------------------------


def test_what_was_written_for_another_text_of_ours_is_named(soup: Lay):
    file = soup(
        LINE,
        f"{EXTENDS}\n{{% block byline %}}x{{% endblock %}}\n{{# written for byline 123456 #}}\n",
    )
    now = digests(LINE)["byline"]
    assert named() == [
        f"discuss.W009 {file}, line 2: byline was written for 123456, and ours is {now} now."
    ]
    assert f"stale: {file}, line 2: byline" in told()
    assert "line (soup's): One line of the log." in told()
    assert "stale: byline (was 123456)" in told("line")
    told("--sign")
    assert file.read_text().endswith(f"\n{{# written for byline {now} #}}\n")
    assert file.read_text().count("written for") == 1
    assert named() == []


def test_a_template_that_extends_nothing_is_written_for_all_of_ours(theme: Theme, tmp_path: Path):
    theme(
        COUNT,
        '<h2 id="members-count"{% if oob %} hx-swap-oob="true"{% endif %}>{{ member_count }}</h2>',
    )
    told("--sign")
    text = (tmp_path / COUNT).read_text()
    assert f"written for {WHOLE} {digests(COUNT)[WHOLE]}" in text
    assert named() == []
    (tmp_path / COUNT).write_text(text.replace(digests(COUNT)[WHOLE], "123456"))
    (message,) = named()
    assert "line 1: all was written for 123456" in message
    # What it says of itself is not what it is.
    assert "members_count (a theme's): How many members there are." in told()


# --- what does not fit ------------------------------------------------------------------------------


def test_a_block_that_is_in_none_of_ours_is_named_with_its_line(theme: Theme, tmp_path: Path):
    theme(
        LINE, f"{EXTENDS}\n\n{{% block biline %}}{{% block own %}}{{% endblock %}}{{% endblock %}}"
    )
    assert named() == [
        f"discuss.W008 {tmp_path / LINE}, line 3: there is no block biline in what it extends."
    ]


def test_a_block_of_what_a_page_extends_is_known(theme: Theme):
    theme(
        "discuss/group.html",
        '{% extends "discuss/group.html" %}{% block styles %}{{ block.super }}{% endblock %}',
    )
    assert named() == []


def test_a_template_that_a_skin_may_not_have_is_named(soup: Lay):
    file = soup("discuss/group.html", "")
    assert named() == [
        f"discuss.W012 {file}: a skin has no template of that name, so it is left alone."
    ]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("{% block byline %}\n{{ soup }}{% endblock %}", 2, "soup is not given."),
        (
            "{% block byline %}\n\n{{ entry.soup.hot }}{% endblock %}",
            3,
            "entry.soup.hot is not given.",
        ),
        ("{% block meta %}{% url 'x' %}{% endblock %}", 1, "NoReverseMatch"),
        ("{% block meta %}{% if %}{% endblock %}", 1, "TemplateSyntaxError"),
        ("{% block line_menu %}{% endblock %}", 1, "it has lost #more-"),
        ("{% block meta %}{{ entry.group.memberships.count }}{% endblock %}", 1, "QueryRefused"),
    ],
)
@pytest.mark.parametrize("of_skin", [True, False])
@pytest.mark.django_db
def test_what_is_wrong_in_any_state_is_named_with_its_line(
    theme: Theme, soup: Lay, settings: Settings, text: str, line: int, what: str, of_skin: bool
):
    settings.SKINS = {}
    (soup if of_skin else theme)(LINE, EXTENDS + text)
    (found,) = named()
    assert found.startswith("discuss.W011 ")
    assert f"{LINE}, line {line}: " in found
    assert what in found


@pytest.mark.parametrize(("still", "named_as_slow"), [(1, False), (10_000, True)])
def test_what_takes_too_long_is_named_if_it_does_so_again(
    theme: Theme, monkeypatch: pytest.MonkeyPatch, still: int, named_as_slow: bool
):
    looks = iter(range(10_000))

    def clock() -> float:
        """Stand still, as a machine may that is a guest of another one, and then no more."""
        return 10.0 * min(next(looks), still)

    theme(LINE, f"{EXTENDS}{{% block author %}}soup{{% endblock %}}")
    monkeypatch.setattr(bounds, "STEPS", 1)
    monkeypatch.setattr(bounds, "thread_time", clock)
    found = named()
    assert any("TooMuchWork" in each for each in found) == named_as_slow
    assert bool(found) == named_as_slow


def test_what_nobody_has_in_some_state_is_not_missing(theme: Theme):
    theme(LINE, f"{EXTENDS}{{% block author %}}{{{{ entry.author.name }}}}{{% endblock %}}")
    assert named() == []


# --- names of before --------------------------------------------------------------------------------


@pytest.mark.parametrize("of_skin", [True, False])
def test_a_block_of_a_name_of_before_works_and_says_so(
    theme: Theme,
    soup: Lay,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    of_skin: bool,
):
    monkeypatch.setitem(contract.RENAMED_BLOCKS, LINE, {"head": "byline"})
    kept.forget()
    reset_loaders()
    (soup if of_skin else theme)(
        LINE, f"{EXTENDS}\n{{% block head %}}<i>Spoon</i>{{{{ block.super }}}}{{% endblock %}}"
    )
    audience = EVERYONE.wearing("soup" if of_skin else "")
    html = fragments.line(LINES["message"], audience)
    assert "<i>Spoon</i>" in html
    assert 'class="author"' in html
    assert caplog.text.count("The block head in") == 1
    (message,) = named()
    assert message.startswith("discuss.W010 ")
    assert message.endswith("line 2: the block head is called byline by now.")


def test_no_block_is_renamed_to_one_that_is_not_there():
    for name, renamed in contract.RENAMED_BLOCKS.items():
        assert set(renamed.values()) <= set(blocks(name))
        assert not set(renamed) & set(blocks(name))
        assert templates.ours().get_template(name)
