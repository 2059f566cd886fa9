"""Templates are read without what only indents them."""

from pathlib import Path

import pytest
from django.template import Context, Engine, TemplateSyntaxError

from discuss.rendering.loader import without_indentation

LOADERS = [("discuss.rendering.loader.Loader", ["django.template.loaders.filesystem.Loader"])]


def engine(folder: Path, *, debug: bool = False) -> Engine:
    return Engine(dirs=[str(folder)], loaders=LOADERS, debug=debug)


@pytest.mark.parametrize(
    ("html", "read"),
    [
        ("<p>\n    a\n\t b\n</p>\n", "<p>\na\nb\n</p>\n"),
        # Words stay apart, and what stands inside of a line is as it was.
        ("<b>a</b>\n  <i>b   c</i>", "<b>a</b>\n<i>b   c</i>"),
        ("  <PRE>\n  a\n   b</PRE>\n  c", "  <PRE>\n  a\n   b</PRE>\nc"),
        ("<pre class='x'>\n 1</pre>\n <textarea>\n 2</textarea>\n 3", None),
    ],
)
def test_indentation_goes_but_where_it_is_shown(html: str, read: str | None):
    read = read or "<pre class='x'>\n 1</pre>\n<textarea>\n 2</textarea>\n3"
    assert without_indentation(html) == read


def test_html_alone_is_read_so(tmp_path: Path):
    for name in ("a.html", "a.txt"):
        (tmp_path / name).write_text("a\n  {{ b }}")
    shown = [
        engine(tmp_path).get_template(name).render(Context({"b": "b\n  b"}))
        for name in ("a.html", "a.txt")
    ]
    # What people typed is no template.
    assert shown == ["a\nb\n  b", "a\n  b\n  b"]


def test_a_mistake_is_found_in_its_line(tmp_path: Path):
    (tmp_path / "a.html").write_text("<p>\n\n    a\n    {% nothing %}\n</p>")
    with pytest.raises(TemplateSyntaxError) as raised:
        engine(tmp_path, debug=True).get_template("a.html")
    assert raised.value.template_debug["line"] == 4  # type: ignore[attr-defined]
