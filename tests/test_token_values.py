"""What a value of a look may be, and that nothing else is one: it ends up in a style sheet of every page."""

import re

import pytest
from hypothesis import given, strategies as st

from discuss.design.forms.token_sheets import TokenSheetForm, defaults, draft_of
from discuss.design.rules.colours import Wrong, read_colour
from discuss.design.rules.contrast import (
    DARK,
    LIGHT,
    PAIRS,
    THEMES,
    Pair,
    Palette,
    check_colour,
)
from discuss.design.rules.sheets import known_values, site_sheet, skin_files
from discuss.design.rules.tokens import COLOUR, COLOURS, KINDS, OPEN, TOKENS, tokens
from discuss.design.rules.values import LONGEST, clean
from tests.test_tokens import TOKENS as SHEET

ACCENT, RADIUS, FONT = OPEN["accent"], OPEN["radius"], OPEN["font"]
# What a style sheet is made of when it holds one value.
ONE_VALUE = re.compile(
    r"@layer site {\n  :root {\n    --discuss-[a-z0-9-]+: [^;{}@\\<>*!\n]+;\n  }\n}\n"
)


# --- which there are ------------------------------------------------------------------------------------


def test_the_list_is_that_of_the_style_sheet():
    assert list(TOKENS) == list(defaults())
    assert len(list(tokens())) == len(TOKENS)
    named = re.findall(r"--discuss-([\w-]+):", SHEET.split(":root {", 1)[1].split("\n  }", 1)[0])
    assert list(TOKENS) == named


def test_each_says_what_it_is_for_and_of_which_kind_it_is():
    for token in tokens():
        assert str(token.meaning)
        assert token.kind in KINDS
    dense = SHEET.split(':root[data-density="compact"] {', 1)[1].split("}", 1)[0]
    assert {token.name for token in tokens() if token.is_dense} == set(
        re.findall(r"--discuss-([\w-]+):", dense)
    )


@pytest.mark.parametrize("name", list(OPEN))
def test_what_it_is_now_may_be_said(name: str):
    value = defaults()[name]
    if value != "var(--discuss-touch)":
        assert clean(OPEN[name], value)


# --- colours --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "css"),
    [
        ("#2F6F62", "#2f6f62"),
        (" #abc ", "#abc"),
        ("#abcd", "#abcd"),
        ("RebeccaPurple", "rebeccapurple"),
        ("transparent", "transparent"),
        ("rgb(1 2 3)", "rgb(1 2 3)"),
        ("rgb(1,2,3)", "rgb(1, 2, 3)"),
        ("rgba(1, 2, 3, .5)", "rgba(1, 2, 3, .5)"),
        ("rgb(1 2 3/50%)", "rgb(1 2 3 / 50%)"),
        ("hsl(170deg 40% 31%)", "hsl(170deg 40% 31%)"),
        ("oklch(50% 0.07 170)", "oklch(50% 0.07 170)"),
        ("oklab(0.5 -.05 0.01 / none)", "oklab(0.5 -.05 0.01 / none)"),
        ("light-dark(#fff,black)", "light-dark(#fff, black)"),
        ("color-mix(in oklab,red 20%,blue)", "color-mix(in oklab, red 20%, blue)"),
        ("color-mix(in srgb, red, blue 5.5%)", "color-mix(in srgb, red, blue 5.5%)"),
        ("var( --discuss-ink-soft )", "var(--discuss-ink-soft)"),
        (
            "light-dark(white, color-mix(in oklab, var(--discuss-accent) 20%, black))",
            "light-dark(white, color-mix(in oklab, var(--discuss-accent) 20%, black))",
        ),
    ],
)
def test_a_colour_is_written_anew_from_what_it_says(text: str, css: str):
    assert clean(ACCENT, text) == css
    check_colour(css)
    # Once more it is the same.
    assert clean(ACCENT, css) == css


HOSTILE = [
    "red; } body { display: none",
    "red}",
    "red;",
    "red !important",
    "url(//evil.example/x)",
    "url('x')",
    "image-set('x' 1x)",
    "light-dark(url(x), red)",
    "color-mix(in oklab, url(x), red)",
    "@import 'x'",
    "red/**/",
    "/*red*/",
    "re/**/d",
    "r\\65 d",
    "\\75rl(x)",
    "red\nblue",
    "red\x00",
    "red blue",
    "<style>",
    "</style><script>",
    "expression(alert(1))",
    "env(x)",
    "attr(x)",
    "var(--accent)",
    "var(--discuss-nothing)",
    "var(--discuss-accent, url(x))",
    "var(--discuss-radius)",
    "color(display-p3 1 0 0)",
    "color-mix(in lab, red, blue)",
    "color-mix(in oklab, red 0%, blue 0%)",
    "color-mix(in oklab, red 120%, blue)",
    "color-mix(in oklab, red -1%, blue)",
    "color-mix(in oklab, red)",
    "light-dark(red)",
    "light-dark(red, blue, green)",
    "light-dark(" * 6 + "red, red" + ")" * 6,
    "rgb(1 2)",
    "rgb(1 2 3 4)",
    "rgb(1, 2 3)",
    "rgb(1 2 3",
    "rgb(calc(1) 2 3)",
    "oklch(1, 2, 3)",
    "#ggg",
    "#12345",
    "#",
    "inherit",
    "currentcolor",
    "CanvasText",
    "nocolour",
    "1px",
    "--discuss-accent",
    "",
    " ",
    "ｒｅｄ",
    "r\u200bed",
    "rgb(" + "1" * 20 + " 2 3)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_colour_is_refused(text: str):
    with pytest.raises(Wrong):
        check_colour(clean(ACCENT, text))
    assert draft_of({"accent": text}) == {}


def test_a_long_one_is_not_even_read():
    with pytest.raises(Wrong, match="at most 160 characters"):
        clean(ACCENT, "light-dark(" + "#" * LONGEST)


@given(
    st.text(
        alphabet=st.sampled_from(" #;{}()/*\\,.%'\"@!<>-abcdefilmnrtuvx0123456789\n\0"), max_size=40
    )
)
def test_no_text_at_all_becomes_more_than_one_value(text: str):
    for token in (ACCENT, RADIUS, FONT):
        try:
            css = clean(token, text)
        except Wrong:
            continue
        assert ONE_VALUE.fullmatch(site_sheet({token.name: css}))
        assert "/*" not in css
        assert "url" not in css or token is FONT


@given(
    st.recursive(
        st.sampled_from(["red", "#abc", "var(--discuss-ink)", "rgb(1 2 3)"]),
        lambda inner: st.tuples(inner, inner).map(lambda two: f"light-dark({two[0]}, {two[1]})"),
        max_leaves=6,
    )
)
def test_whatever_is_read_is_written_so_that_it_is_read_again(text: str):
    try:
        colour = read_colour(text)
    except Wrong:
        return
    assert read_colour(colour.css) == colour


# --- lengths, numbers, fonts ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "css"),
    [
        ("radius", "0", "0rem"),
        ("radius", "12PX", "12px"),
        ("radius", ".50rem", "0.5rem"),
        ("measure", "60ch", "60ch"),
        ("text", "1.1250rem", "1.125rem"),
        ("leading", "1.50", "1.5"),
        ("font", 'Georgia,"Noto Serif" , serif', 'Georgia, "Noto Serif", serif'),
        ("mono", "ui-monospace", "ui-monospace"),
    ],
)
def test_what_is_measured_is_written_in_one_way(name: str, text: str, css: str):
    assert clean(OPEN[name], text) == css


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("radius", "1"),
        ("radius", "-1px"),
        ("radius", "41px"),
        ("radius", "1rem;"),
        ("radius", "1e3px"),
        ("radius", "calc(1px)"),
        ("radius", "var(--discuss-gap)"),
        ("radius", "1vw"),
        # It would not follow who wants larger letters.
        ("text", "16px"),
        ("text", "0.5rem"),
        ("leading", "3"),
        ("leading", "1.5em"),
        ("leading", "-1"),
        ("font", "Georgia"),
        ("font", "Georgia;serif"),
        ("font", 'Georgia"; x: "y", serif'),
        ("font", '"a\\"b", serif'),
        ("font", "url(x), serif"),
        ("font", ", serif"),
        ("font", '"}", serif'),
        ("font", f'"{"x" * 50}", serif'),
    ],
)
def test_what_is_no_measure_of_its_kind_is_refused(name: str, text: str):
    with pytest.raises(Wrong):
        clean(OPEN[name], text)


# --- contrast ---------------------------------------------------------------------------------------------


def ratio(front: str, ground: str, theme: str = LIGHT) -> float:
    values = defaults() | {"ink": front, "surface": ground}
    palette = Palette({name: values[name] for name in COLOURS})
    return palette.contrast(Pair("ink", "surface"), theme).ratio


@pytest.mark.parametrize(
    ("front", "ground", "expected"),
    [
        # Of https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio and of well-known checkers.
        ("black", "white", 21.0),
        ("white", "white", 1.0),
        ("#777", "#fff", 4.48),
        ("#767676", "#fff", 4.54),
        ("#949494", "#fff", 3.03),
        ("#ff0000", "#fff", 4.0),
        ("blue", "white", 8.59),
        # Half of black on white is #808080.
        ("rgb(0 0 0 / 50%)", "white", 3.95),
        ("hsl(0 0% 46.27%)", "white", 4.54),
        ("color-mix(in srgb, black, white)", "white", 3.95),
        ("color-mix(in srgb, black 100%, white)", "white", 21.0),
    ],
)
def test_contrast_is_as_is_known(front: str, ground: str, expected: float):
    assert ratio(front, ground) == pytest.approx(expected, abs=0.05)
    both = f"light-dark(white, {front})"
    assert ratio(both, f"light-dark(white, {ground})", DARK) == pytest.approx(expected, abs=0.05)
    assert ratio(both, f"light-dark(white, {ground})", LIGHT) == pytest.approx(1.0)


def test_a_mixture_of_less_than_a_whole_is_see_through():
    values = defaults() | {"ink": "color-mix(in srgb, black 25%, black 25%)", "surface": "white"}
    palette = Palette({name: values[name] for name in COLOURS})
    assert palette.hex("ink", LIGHT) in {"#808080", "#7f7f7f"}


def test_what_ships_can_be_read_in_both_themes():
    palette = Palette({name: defaults()[name] for name in COLOURS})
    assert len(palette.contrasts) == len(PAIRS) * len(THEMES)
    assert [each for each in palette.contrasts if not each.is_enough] == []


def test_what_falls_short_by_a_little_is_not_rounded_up():
    values = defaults() | {"ink": "#777", "surface": "white"}
    found = Palette({name: values[name] for name in COLOURS}).contrast(
        Pair("ink", "surface"), LIGHT
    )
    assert (found.shown, found.is_enough) == ("4.4", False)


def errors_of(**values: str) -> dict[str, list[str]]:
    form = TokenSheetForm(values)
    return {name: [*map(str, errors)] for name, errors in form.errors.items()}


def test_it_is_refused_beside_the_field_by_pair_ratio_and_theme():
    errors = errors_of(accent="light-dark(#2f6f62, #333)", radius="1rem")
    assert [*errors] == ["accent"]
    assert len(errors["accent"]) == 3
    assert errors["accent"][0].startswith("--discuss-accent on --discuss-")
    assert "to 1 in dark. At least 4.5 is needed." in errors["accent"][0]


def test_what_follows_from_another_is_said_beside_that():
    # The letters on the ground of a mention are made of --discuss-warn-ink.
    errors = errors_of(**{"warn-soft": "light-dark(#5c4300, #f5d98f)"})
    assert [*errors] == ["warn-soft"]
    assert any("--discuss-warn-ink on --discuss-warn-soft" in each for each in errors["warn-soft"])


def test_white_letters_stand_on_people():
    assert (
        "white on --discuss-hue-3: 1.0 to 1 in light" in errors_of(**{"hue-3": "white"})["hue-3"][0]
    )


def test_controls_take_less_than_text():
    assert errors_of(focus="#8a8a8a") == {}
    assert "At least 3 is needed." in errors_of(focus="#bbb")["focus"][0]


def test_colours_that_are_made_of_each_other_are_refused():
    errors = errors_of(ink="var(--discuss-ink-soft)", **{"ink-soft": "var(--discuss-ink)"})
    assert {name: error for name, (error,) in errors.items()} == dict.fromkeys(
        ["ink", "ink-soft"], "These colours are made of each other."
    )
    form = TokenSheetForm({"ink": "var(--discuss-ink)"})
    assert not form.is_valid()
    assert list(form.parts())


def test_one_whose_accent_is_another_is_right():
    assert errors_of(accent="light-dark(#7a2f6f, #d59acb)", radius="0", font="Georgia, serif") == {}


# --- as text ----------------------------------------------------------------------------------------------


def test_compact_pages_keep_their_room():
    assert site_sheet({"gap": "2rem", "ink": "#000"}) == (
        "@layer site {\n"
        "  :root {\n    --discuss-ink: #000;\n  }\n"
        '  :root:not([data-density="compact"]) {\n    --discuss-gap: 2rem;\n  }\n'
        "}\n"
    )


@pytest.mark.parametrize(
    "stored",
    [None, [], {"ink": 1}, {"ink": "red; }"}, {"touch": "1px"}, {"nothing": "red"}, {"ink": ""}],
)
def test_whatever_stands_in_the_database_is_read_again(stored: object):
    assert known_values(stored) == {}
    assert site_sheet(known_values(stored)) == ""


def test_a_skin_is_named_without_tricks():
    files = skin_files("soup", 'Soup"\nwords = "x', "A \\ bowl", {"ink": "#000"})
    assert files["soup/skin.toml"] == 'title = "Soup\\"\\nwords = \\"x"\nwords = "A \\\\ bowl"\n'
    assert files["soup/static/skin.css"].startswith(
        "@layer skin {\n  :root {\n    --discuss-ink: #000;"
    )
    assert all(token.kind == COLOUR for token in tokens() if token.name in COLOURS)
