"""A template without its blocks shows the same to the letter."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Engine, Template
from django.template.loader_tags import BlockNode

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
