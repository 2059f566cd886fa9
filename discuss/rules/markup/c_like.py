"""C, C++, C# and Java, as far as their words have colours. Each pattern looks at a character once."""

from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Keyword, Name, Number, String, Text

KEYWORDS = """
    abstract alignas alignof as asm async auto await base bool boolean break byte case catch
    char class co_await co_return co_yield concept const consteval constexpr continue decltype
    default delegate delete do double else enum event explicit export extends extern false final
    finally float for foreach friend goto if implements import in inline instanceof int
    interface internal is let lock long mutable namespace native new noexcept null nullptr
    object operator out override package params private protected public readonly record ref
    register requires return sealed short signed sizeof static static_assert string struct super
    switch synchronized template this throw throws transient true try typedef typeid typename
    typeof union unsigned using var virtual void volatile wchar_t while yield
"""


class CLikeLexer(RegexLexer):
    name = "C and its like"
    tokens = {
        "root": [
            (r"//[^\n]*", Comment),
            (r"/\*(?:[^*]|\*(?!/))*+(?:\*/)?", Comment),
            (r'"(?:\\.|[^"\\\n])*+"?', String),
            (r"'(?:\\.|[^'\\\n])*+'?", String),
            (r"#[ \t]{0,8}[a-z]+", Keyword),
            (r"@\w+", Name.Decorator),
            (r"\d[\w.]*", Number),
            (words(KEYWORDS.split(), prefix=r"\b", suffix=r"\b"), Keyword),
            (r"[^\W\d]\w*(?=\()", Name.Function),
            (r"\w+|\s+|.", Text),
        ]
    }
