"""Every text that people see goes through gettext: a language made here finds what does not."""

import ast
from collections.abc import Iterable, Iterator
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from django.conf import settings as project_settings
from django.contrib.auth.models import Permission
from django.db.models import TextChoices
from django.template import Context, Node, Template
from django.test import Client
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import trans_real
from pytest_django import Settings

from discuss.edges.consumers import page
from discuss.forms import MessageForm, first_error
from discuss.limits import too_fast, too_many_pages
from discuss.live import farewells
from discuss.live.person_frames import LOBBY_TITLE
from discuss.models import Kind, User
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rendering.samples import made_up
from discuss.rules.marks import normalized
from discuss.rules.reactions import OFFERED, emoji_name
from discuss.rules.refusals import Code, Refused
from discuss.rules.text import printable
from tests import foreign as foreign_pages, strays
from tests.cast import Cast, log_in
from tests.pseudo import CODE, OPEN, Pseudo, pseudo
from tests.test_grid import browsers as browsers, cellar as cellar

EN = Audience("en", "UTC")
PROGRAMS = Path(project_settings.BASE_DIR, "discuss")
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
        '{% with address=soup.address|add:"salt/" %}{{ address }}{% endwith %}',
    ],
)
def test_what_is_given_to_gettext_is_no_fault(source: str):
    assert strays.in_template(source) == []


# --- in the language that nobody speaks -----------------------------------------------------------------

# What people wrote, and names: of people, groups, the site and its addresses.
NAMES = [
    "ann",
    "bob",
    "cleo",
    "mod",
    "eve",
    "dan",
    "eva",
    "gus",
    "dora",
    "zoe",
    "boss",
    "Kitchen",
    "Cellar",
    "Garden",
    "Attic",
    "DiscussIt",
]
WORDS = ["Bats", "Soup", "Bread", "Salt", "Pepper", "nowhere", "o"]
OTHERS = [
    "What is for dinner",
    "Wine and spiders",
    "Dust",
    "@here",
    "http://testserver",
    "http://127.0.0.1:8000",
    # The names of emoji are those of a package, which knows some languages.
    *(emoji_name(each, "en") for each in (*OFFERED, *made_up.FURTHER)),
    *(f"{name}@example.org" for name in ("ann", "a", "b", "c")),
]
# What was typed comes back, without what cannot be sent.
TYPED = [
    form(printable(each))
    for wrong in foreign_pages.WRONG
    for each in wrong.values()
    for form in (str, partial(normalized, "NFC"))
]
# And what the samples of fragments say that is made up.
PARTS = [made_up.LONG[:200], made_up.LONG, made_up.UNBROKEN, made_up.ARABIC, made_up.HEBREW]
PARTS += [name for each in made_up.GROUPS for name in (each.name, each.description)]
PARTS += [name for user in made_up.PEOPLE for name in (user.username, user.display_name)]
PARTS += [
    word
    for entry in made_up.LINES.values()
    for word in lxml.html.fragment_fromstring(entry.text_html, create_parent="p").itertext()
]
PARTS += [row.last.text for row in made_up.OWN_ROWS if row.last]
PARTS += [each.note for each in made_up.WARNED.warnings if each.note]
INITIALS = [name[0].upper() for name in [*PARTS, *NAMES] if name]
WRITTEN = [each for each in [*PARTS, *NAMES, *INITIALS, *WORDS, *OTHERS, *TYPED] if each]


@pytest.fixture
def foreign(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Have the site speak the pseudo-language; gather the names of the templates that are rendered."""
    monkeypatch.setitem(vars(trans_real)["_translations"], CODE, Pseudo())
    settings.LANGUAGE_CODE = CODE
    rendered: set[str] = set()
    seen: dict[int, Any] = {}

    def render(template: Template, context: Context) -> SafeString:
        rendered.add(str(template.name))
        if id(template.nodelist) not in seen:
            seen[id(template.nodelist)] = template.nodelist
            # What it extends is in it (discuss/rendering/flat.py).
            nodes = template.nodelist.get_nodes_by_type(Node)
            rendered.update(str(node.origin.template_name) for node in nodes)
        return template.nodelist.render(context)

    monkeypatch.setattr(Template, "_render", render)
    return rendered


def strays_of(pages: Iterable[tuple[str, str]], *stored: str) -> dict[str, str]:
    """Return what stands in no brackets, each with the first page where it does."""
    found: dict[str, str] = {}
    for asked, html in pages:
        for each in strays.in_page(html, written=[*WRITTEN, *stored]):
            found.setdefault(each, asked)
    return found


@pytest.mark.django_db
@pytest.mark.timeout(300)
def test_no_page_and_no_fragment_says_anything_that_gettext_did_not(
    cast: Cast, browsers: dict[str, Client], foreign: set[str]
):
    found = strays_of(foreign_pages.account_pages())
    foreign_pages.talk(cast)
    found |= strays_of(foreign_pages.pages(cast, browsers))
    found |= strays_of(foreign_pages.error_pages(cast))
    found |= strays_of(foreign_pages.contexts(cast))
    found |= strays_of(foreign_pages.doors(cast))
    found |= strays_of(foreign_pages.sign_ups())
    found |= strays_of(foreign_pages.networks(cast))
    found |= strays_of(foreign_pages.gallery_pages())
    found |= strays_of(foreign_pages.scenes())
    found |= strays_of(foreign_pages.token_sheet_pages())
    found |= strays_of(foreign_pages.fragments_of())
    found |= strays_of(foreign_pages.long_acts(cast))
    # What allauth says where somebody has no password to enter.
    assert found.keys() <= {"Reauthentication not available"}
    # So nothing of ours can be forgotten here.
    # But for what says nothing itself, and what the admin alone shows: it is looked at below.
    others = ("allauth/elements/", "admin/search_form.html", "admin/index.html")
    missing = {name for name in {*FILES} - foreign if not name.startswith(others)}
    assert missing == set()


@pytest.mark.django_db
def test_the_admin_says_nothing_either(cast: Cast, foreign: set[str]):
    foreign_pages.talk(cast)
    boss = log_in(User.objects.create_superuser("boss"))
    # What stands in the database: kinds of events, and the names of rights, which Django writes there.
    stored = [
        str(cast.kitchen.uuid),
        *Kind.values,
        *Permission.objects.values_list("name", flat=True),
    ]
    found = strays_of(foreign_pages.admin_pages(boss), *stored)
    # What pictures say that are Django's, and what a package calls itself among the rights.
    assert found.keys() <= {"True", "False", "Search", "Tasks Database Backend ||"}


# --- what people are told by programs ---------------------------------------------------------------------


@pytest.mark.parametrize("code", Code)
def test_a_refusal_is_said_in_the_language_of_who_is_refused(foreign: set[str], code: Code):
    refusal = Refused(code)
    with translation.override("en"):
        html = fragments.notice_shown(Audience(CODE, "UTC"), text=refusal.text)
        assert pseudo(str(refusal)) in unescape(html)
        assert str(refusal) in unescape(fragments.notice_shown(EN, text=refusal.text))


def test_the_values_of_a_refusal_are_in_its_sentence():
    class Own(TextChoices):
        FULL = "full", "There are %(n)s members in it."

    assert str(Refused(Own.FULL, n=3)) == "There are 3 members in it."


@pytest.mark.django_db
def test_what_is_told_becomes_text_where_it_is_shown(cast: Cast, foreign: set[str]):
    """A worker's thread has a language of its own."""
    with translation.override("en"):
        form = MessageForm({"text": " ", "nonce": "nonce-123"})
        told = [first_error(form), page.FAILED, farewells.LEFT, too_fast(3), too_many_pages()]
        for text in told:
            assert OPEN not in fragments.notice_shown(EN, text=text)
            assert OPEN in fragments.notice_shown(Audience(CODE, "UTC"), text=text)
        title = fragments.title_changed(Audience(CODE, "UTC"), title=LOBBY_TITLE, unread="")
        assert pseudo("Groups") in title


def bare_texts(tree: ast.AST) -> Iterator[str]:
    """Yield the texts that people are told or shown, and that are not given to gettext."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            first = node.args[:1] if called.split(".")[-1] in {"ValidationError", "notify"} else []
            if called.startswith("messages.") or called.endswith(".message_user"):
                first = node.args[1:2]
            if called.endswith(".add_error"):
                first = node.args[1:2]
            given = [*first, *(each.value for each in node.keywords if each.arg in SHOWN)]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in SHOWN:
            given = [node.value]
        elif isinstance(node, ast.ClassDef) and "TextChoices" in map(ast.unparse, node.bases):
            members = [each.value for each in node.body if isinstance(each, ast.Assign)]
            given = [each.elts[1] if isinstance(each, ast.Tuple) else each for each in members]
        else:
            continue
        for each in given:
            text = each.left if isinstance(each, ast.BinOp) else each
            if isinstance(text, ast.Constant | ast.JoinedStr) and ast.unparse(text) != "''":
                yield ast.unparse(each)


# Names of what is shown: arguments, and attributes of classes.
SHOWN = {
    "after_deletion",
    "description",
    "description_plural",
    "help_text",
    "label",
    "search_help_text",
    "title",
    "verbose_name",
    "verbose_name_plural",
}


def test_no_program_tells_people_anything_that_is_not_given_to_gettext():
    found = {
        str(file.relative_to(PROGRAMS)): texts
        for file in PROGRAMS.rglob("*.py")
        if "migrations" not in file.parts
        and (texts := list(bare_texts(ast.parse(file.read_text()))))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "ValidationError('Soup')",
        "forms.ValidationError(f'{n} soups', 'soup')",
        "self.notify('Soup')",
        "messages.error(request, 'Soup')",
        "form.add_error(None, 'Soup')",
        "Field(label='Soup')",
        "class Admin:\n    title = 'Soup'",
        "class Dish(models.TextChoices):\n    SOUP = 'soup'".replace("models.", ""),
    ],
)
def test_it_is_found_however_it_is_told(source: str):
    assert list(bare_texts(ast.parse(source)))
