"""Colours for code: its words, with the names that Pygments has for their kinds."""

from collections.abc import Iterator
from functools import cache
from itertools import islice

from pygments import lexers
from pygments.lexer import Lexer
from pygments.token import Token, _TokenType

from discuss.rules.markup.c_like import CLikeLexer

# Names of languages as people write them, and Pygments' lexers. No language is guessed, and no lexer is
# here that takes long for anything: a regular expression cannot be broken off. Pygments' own for C, C++,
# C#, Java, Makefiles and INI files take 0.1 to 1 s for 2,000 spaces or the like.
LANGUAGES = {
    name: lexer
    for lexer, names in {
        "BashLexer": "bash sh shell zsh",
        "BashSessionLexer": "console shell-session",
        "CssLexer": "css",
        "DiffLexer": "diff patch udiff",
        "DjangoLexer": "django jinja jinja2",
        "DockerLexer": "docker dockerfile containerfile",
        "GoLexer": "go golang",
        "HtmlLexer": "html",
        "JavascriptLexer": "javascript js mjs",
        "JsonLexer": "json",
        "KotlinLexer": "kotlin kt",
        "LuaLexer": "lua",
        "NginxConfLexer": "nginx",
        "PhpLexer": "php",
        "PythonLexer": "python py python3",
        "PythonTracebackLexer": "traceback pytb",
        "RubyLexer": "ruby rb",
        "RustLexer": "rust rs",
        "SqlLexer": "sql",
        "SwiftLexer": "swift",
        "TOMLLexer": "toml",
        "TypeScriptLexer": "typescript ts",
        "XmlLexer": "xml svg",
        "YamlLexer": "yaml yml",
        "CLikeLexer": "c h cpp c++ cc hpp csharp c# cs java",
        "": "text txt plain plaintext output log none ini cfg conf make makefile",
    }.items()
    for name in names.split()
}
# The kinds that have a colour, by the class of their elements. A kind within another one comes first.
CLASSES = {
    Token.Comment: "c",
    Token.Keyword: "k",
    Token.Operator.Word: "k",
    Token.Literal.String: "s",
    Token.Literal.Number: "m",
    Token.Name.Function: "nf",
    Token.Name.Class: "nf",
    Token.Name.Tag: "nt",
    Token.Name.Attribute: "na",
    Token.Name.Builtin: "nb",
    Token.Name.Decorator: "nb",
    Token.Generic.Deleted: "gd",
    Token.Generic.Inserted: "gi",
    Token.Generic.Heading: "gh",
    Token.Generic.Subheading: "gh",
}
# Words of a block that get a colour, and characters that are looked at; the rest is as it is.
WORDS = 600
CHARACTERS = 1_500


def is_language(name: str) -> bool:
    return name.lower() in LANGUAGES


def words_of(code: str, language: str) -> Iterator[tuple[str, str]]:
    """Yield the code in pieces, each with its class; most have none."""
    name = LANGUAGES.get(language.lower())
    place = 0
    if name:
        looked_at = code[:CHARACTERS]
        for _, kind, word in islice(_lexer(name).get_tokens_unprocessed(looked_at), WORDS):
            # Whatever a lexer does, all of the code is shown, once.
            if not looked_at.startswith(word, place):
                break
            place += len(word)
            yield word, _class_of(kind)
    yield code[place:], ""


@cache
def _lexer(name: str) -> Lexer:
    # To look it up by its name among all is slower, and asks for other packages' lexers, too.
    lexer: Lexer = CLikeLexer() if name == "CLikeLexer" else getattr(lexers, name)()
    return lexer


@cache
def _class_of(kind: _TokenType) -> str:
    found: _TokenType | None = kind
    while found is not None:
        if found in CLASSES:
            return CLASSES[found]
        found = found.parent
    return ""
