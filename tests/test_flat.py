"""A template without its blocks and inclusions shows the same to the letter."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.template.loader_tags import BlockNode, IncludeNode

from discuss.rendering import backend
from discuss.rendering.flat import flattened

ROOT = (
    "<p>{% block head %}Head {{ name }}{% block inner %}, inner{% endblock %}{% endblock %}</p>"
    "{% if name %}{% block if %}If{% endblock %}{% elif other %}{% block elif %}Elif{% endblock %}"
    "{% else %}{% block else %}Else{% endblock %}{% endif %}"
    "{% for each in many %}{% block each %}[{{ each }}{{ forloop.counter }}]{% endblock %}"
    "{% empty %}{% block none %}None{% endblock %}{% endfor %}"
    "{% with name='Cleo' %}{% block with %}{{ name }}{% endblock %}{% endwith %}"
    "{% block named %}{% url 'lobby' as there %}{{ there }}{% endblock %}({{ there }}){{ name }}"
)
EXTENDING = {
    "nothing": "",
    "a block": "{% block inner %}!{{ name }}{% endblock %}",
    "a block around another": "{% block head %}Mine{% endblock %}{% block inner %}lost{% endblock %}",
    "what is below": "{% block head %}<{{ block.super }}>{{ block.super }}{% endblock %}"
    "{% block inner %}({{ block.super }}){% endblock %}",
    "what is below, in a condition": "{% block if %}{% if other %}{% elif block.super %}"
    "{{ block.super|upper }}{% endif %}{% endblock %}",
    "blocks in branches": "{% block if %}1{% endblock %}{% block elif %}2{% endblock %}"
    "{% block else %}3{% endblock %}{% block each %}<{{ block.super }}>{% endblock %}"
    "{% block none %}4{% endblock %}",
    "a block of its own in one": "{% block head %}{% block new %}New {{ name }}{% endblock %}{% endblock %}",
    "a name in a block": "{% block head %}{% if name %}{% cycle 'a' 'b' as name %}{% endif %}{{ name }}"
    "{% endblock %}{% block with %}{{ block.super }}{% with name='Dora' %}{{ name }}{% endwith %}"
    "{% endblock %}",
    "an included one": "{% block inner %}{% include 'part' %}{% endblock %}",
    "what is nowhere": "{% block nowhere %}Nobody sees it{% endblock %}Nor this",
}
CONTEXTS: tuple[dict[str, object], ...] = (
    {"name": "Bob", "many": [1, 2]},
    {"other": True, "many": []},
    {"name": "<b>", "other": 1, "many": "x"},
    {},
)


def read(templates: dict[str, str], name: str) -> Template:
    loader = ("django.template.loaders.locmem.Loader", templates)
    libraries = {"i18n": "django.templatetags.i18n"}
    return Engine(loaders=[loader], libraries=libraries).get_template(name)


def shown(template: Template, context: dict[str, object]) -> str:
    return str(template.render(Context(context)))


@pytest.mark.parametrize("upper", EXTENDING.values(), ids=EXTENDING)
def test_it_shows_the_same(upper: str):
    for middle in EXTENDING.values():
        templates = {
            "root": ROOT,
            "middle": " {# Words #}\n{% extends 'root' %}" + middle,
            "upper": "Before {% extends 'middle' %}" + upper,
            "part": "{% block inner %}A part{% endblock %}",
        }
        for name in templates:
            template = read(templates, name)
            flat = flattened(template)
            assert not flat.nodelist.get_nodes_by_type(BlockNode)
            for context in CONTEXTS:
                expected = shown(template, context)
                assert shown(flat, context) == expected, (middle, name, context)
                assert shown(template, context) == expected, "it changed the template"


def test_what_only_a_rendering_knows_is_left_to_it():
    templates = {"root": ROOT, "open": "{% extends name %}{% block head %}Open{% endblock %}"}
    template = read(templates, "open")
    assert flattened(template) is template
    assert shown(flattened(template), {"name": "root"}).startswith("<p>Open</p>")


@pytest.mark.parametrize("below", ["nowhere", "broken", "itself"])
def test_what_extends_one_that_cannot_be_read_fails_when_it_is_rendered(below: str):
    templates = {"broken": "{% if %}", "itself": "{% extends 'itself' %}"}
    template = read({**templates, "upper": f"{{% extends '{below}' %}}"}, "upper")
    assert flattened(template) is template


def test_all_of_ours_are_shown_so():
    folder = Path(settings.BASE_DIR, "templates")
    names = [str(path.relative_to(folder)) for path in folder.rglob("*.html")]
    assert len(names) > 100
    others = []
    for name in names:
        found = backend.ours().get_template(name)
        if found.template.nodelist.get_nodes_by_type(BlockNode):
            others.append(name)
    assert others == []


# --- what is included -------------------------------------------------------------------------------

INCLUDED = {
    "words": "Part {{ name }}",
    "a block": "{% block inner %}A part of {{ name }}{% endblock %}",
    "a loop": "{% for each in many %}{{ each }}{{ forloop.counter }}{% empty %}none{% endfor %}",
    "the loop around it": "{{ forloop.counter }}{{ each }}",
    "a sentence": "{% load i18n %}{% translate 'Lobby' as name %}{{ name }}",
    "what begins anew each time": "{% cycle 'a' 'b' %}{% for each in many %}{% cycle 'c' 'd' %}{% endfor %}",
    "a name that stays in it": "{% url 'lobby' as name %}{{ name }}",
    "another one": "({% include 'deep' %})",
    "one that extends another": "{% extends 'root' %}{% block head %}{{ name }}{% endblock %}",
    "a name in a condition": "{% load i18n %}{% if name %}{% translate 'x' as name %}{% endif %}",
}
INCLUDING = (
    "{% include 'part' %}, {{ name }}",
    "{% include 'part' with name='Dora' %}, {{ name }}",
    "{% include 'part' with name='Dora' only %}, {{ name }}",
    "{% for each in many %}{% include 'part' %}{% endfor %}, {{ name }}",
    "{% with which='part' %}{% include which %}{% endwith %}, {{ name }}",
    "{% if other %}{% include 'part' %}{% else %}{% include './part' %}{% endif %}, {{ name }}",
)


@pytest.mark.parametrize("part", INCLUDED.values(), ids=INCLUDED)
@pytest.mark.parametrize("upper", INCLUDING)
def test_what_includes_one_shows_the_same(part: str, upper: str):
    deep = "{% if name %}Deep{% endif %}"
    template = read({"upper": upper, "part": part, "deep": deep, "root": ROOT}, "upper")
    flat = flattened(template)
    for context in CONTEXTS:
        expected = shown(template, context)
        assert shown(flat, context) == expected, context
        assert shown(template, context) == expected, "it changed the template"


def test_what_is_included_takes_the_place_of_its_inclusion():
    templates = {
        "upper": "{% if name %}{% include 'part' with other=name %}{% endif %}",
        "part": "{% include 'deep' %}",
        "deep": "{{ other }}",
    }
    flat = flattened(read(templates, "upper"))
    assert not flat.nodelist.get_nodes_by_type(IncludeNode)
    assert shown(flat, {"name": "Bob"}) == "Bob"


@pytest.mark.parametrize("part", ["{% if %}", "{% include 'upper' %}", "{% include 'part' %}"])
def test_what_cannot_be_included_is_left_to_its_rendering(part: str):
    template = read(
        {"upper": "{% if name %}{% include 'part' %}{% endif %}", "part": part}, "upper"
    )
    flat = flattened(template)
    assert shown(flat, {}) == ""
    with pytest.raises((TemplateSyntaxError, RecursionError)):
        shown(flat, {"name": "Bob"})


def test_many_inclusions_of_many_do_not_become_as_many_tags():
    templates = {str(n): f"{{% include '{n + 1}' %}}" * 10 for n in range(8)} | {"8": "x"}
    flat = flattened(read(templates, "0"))
    assert len(flat.nodelist.get_nodes_by_type(IncludeNode)) == 10**3
