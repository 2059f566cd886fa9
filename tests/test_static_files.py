"""The style sheet that all pages name says what its parts say, in fewer bytes."""

import pytest

from project.static_files import without_comments


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("/* Words */\n:root {\n    --a: 1; /* more\n of them */\n}\n", " :root {\n--a: 1;  }\n"),
        ("a\n  b { margin: 1px/**/2px }", "a\nb { margin: 1px 2px }"),
        (
            'a::before { content: "/* \\" */ " \'/*\'; }\n\n\n  /* x */',
            'a::before { content: "/* \\" */ " \'/*\'; }\n ',
        ),
        (
            "a { background: url(a/*b.svg) url( 'c/*d.svg' ) } /* e */",
            "a { background: url(a/*b.svg) url( 'c/*d.svg' ) }  ",
        ),
        ("a { /* not closed", "a { /* not closed"),
        ("", ""),
    ],
)
def test_a_sheet_without_comments_says_the_same(css: str, expected: str):
    assert without_comments(css.encode()) == expected.encode()
