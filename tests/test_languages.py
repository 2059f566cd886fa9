"""Every text that people see goes through gettext: a language made here finds what does not."""

from pathlib import Path

import pytest
from django.conf import settings as project_settings

from tests import strays

TEMPLATES = Path(project_settings.BASE_DIR, "templates")
# It extends nothing and loads nothing, so that it is shown when nothing else can be.
BY_ITSELF = "500.html"
FILES = sorted(
    str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.*") if file.name != BY_ITSELF
)


@pytest.mark.parametrize("name", FILES)
def test_a_template_gives_all_that_it_says_to_gettext(name: str):
    assert strays.in_template((TEMPLATES / name).read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Soup</p>",
        '<p title="Soup">',
        '<input type="submit" value="Soup">',
        '{{ name|default:"Soup" }}',
        "{{ n }} {{ n|pluralize }}",
        '{% firstof name "Soup" %}',
        '{% include "soup.html" with name="Soup" %}',
        '{% if "a" %}Soup{% endif %}',
        "{% blocktranslate %}Soup{% endblocktranslate %} of the day",
        '<style>p { --content: "Soup"; }</style>',
    ],
)
def test_it_is_found_wherever_it_stands(source: str):
    assert strays.in_template(source)


@pytest.mark.parametrize(
    "source",
    [
        '{% translate "Soup" %}{# Soup #}',
        "{% blocktranslate %}Soup{% endblocktranslate %}",
        '{{ name|default:_("Soup") }}{{ x|date:"H:i" }} · 1',
        '<p class="soup" id="soup">{% include "soup.html" %}</p>',
    ],
)
def test_what_is_given_to_gettext_is_no_fault(source: str):
    assert strays.in_template(source) == []
