"""Texts of people who mean ill: what a page must show as text, whatever it looks like."""

from collections.abc import Iterator
from itertools import product

LENGTH = 4_000

SCRIPTS = (
    "alert(1)",
    "window.taken = 1",
    "fetch('https://evil.example/')",
    "document.title = 'taken'",
)
HTMX = (
    *(
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "boost",
        "confirm",
        "disable",
        "disabled-elt",
        "disinherit",
    ),
    *(
        "encoding",
        "ext",
        "headers",
        "history",
        "history-elt",
        "include",
        "indicator",
        "inherit",
        "on",
    ),
    *(
        "on:click",
        "on:load",
        "on::load",
        "on-load",
        "params",
        "preserve",
        "prompt",
        "push-url",
        "replace-url",
    ),
    *(
        "request",
        "select",
        "select-oob",
        "swap",
        "swap-oob",
        "sync",
        "target",
        "trigger",
        "validate",
        "vals",
    ),
    *("vars", "ws", "sse"),
)
WS = ("ws-connect", "ws-send", "sse-connect", "sse-swap")
ATTRIBUTES = (
    *(f"{prefix}{name}" for prefix in ("hx-", "data-hx-") for name in HTMX),
    *(f"{prefix}{name}" for prefix in ("", "data-") for name in WS),
    *(
        "onclick",
        "onerror",
        "onload",
        "onfocus",
        "onmouseover",
        "ontoggle",
        "onbegin",
        "onanimationstart",
    ),
    *(
        "style",
        "id",
        "class",
        "name",
        "is",
        "slot",
        "data-author",
        "popover",
        "autofocus",
        "tabindex",
        "srcdoc",
    ),
    *(
        "form",
        "formaction",
        "action",
        "background",
        "poster",
        "srcset",
        "xlink:href",
        "ping",
        "nonce",
    ),
)
ELEMENTS = (
    *(
        "script",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "form",
        "button",
        "input",
        "img",
        "video",
        "audio",
    ),
    *(
        "style",
        "link",
        "meta",
        "base",
        "template",
        "noscript",
        "details",
        "dialog",
        "marquee",
        "table",
        "title",
    ),
    *(
        "textarea",
        "select",
        "xmp",
        "plaintext",
        "body",
        "html",
        "head",
        "frameset",
        "isindex",
        "portal",
        "p",
    ),
)
# What an address may begin with that is none.
SCHEMES = (
    *(
        "javascript:",
        "JaVaScRiPt:",
        "java\tscript:",
        "java\nscript:",
        " javascript:",
        "\x01javascript:",
    ),
    *(
        "javascript&colon;",
        "javascript&#58;",
        "javascript&#x3a;",
        "&#106;avascript:",
        "&#x6A;avascript:",
    ),
    *(
        "java&Tab;script:",
        "java&NewLine;script:",
        "javascript\\:",
        "%6Aavascript:",
        "javascript://x/%0a",
    ),
    *(
        "data:text/html,",
        "data:text/html;base64,",
        "DATA:image/svg+xml,",
        "vbscript:",
        "file:///",
        "blob:",
    ),
    *(
        "about:",
        "view-source:",
        "ws://",
        "ftp://",
        "mailto:",
        "tel:",
        "//",
        "/",
        "./",
        "?",
        "#",
        "\\\\",
    ),
    *("http:javascript:", "https:/", "https:\\\\", "https://a@", "https://a:b@", "x-https://"),
)
RAW = (
    "<!-- <script>alert(1)</script> -->",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><? xml ?>",
    "<!DOCTYPE html><!ENTITY x SYSTEM 'file:///etc/passwd'>&x;",
    "</div></li></ol></main><h1 id=log>out</h1>",
    "</code></pre><script>alert(1)</script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<svg><style><!--</style><img src=x onerror=alert(1)>--></style>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<a href="javascript&colon;alert(1)">x</a>',
    '<img src="x` `<script>alert(1)</script>"` `>',
    "<script\x0csrc=//evil.example></script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<<script>alert(1)//<</script>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% csrf_token %}{# x #}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\u2028<script>alert(1)</script>\u2029",
    "\ufeff\u200b<script>alert(1)</script>",
    "<a\u00a0href=javascript:alert(1)>x</a>",
)
# Where a payload stands; {} is it.
PLACES = (
    "{}",
    "**{}**",
    "*a {} b* _c {} d_",
    "~~{}~~",
    "`{}`",
    "``` {}\ncode\n```",
    "```{}\ncode\n```",
    "~~~ html {}\n{}\n~~~",
    "```html\n{}\n```",
    "> {}\n> **a**",
    "- {}\n- *a*",
    "1. {}\n   > {}",
    "# {}",
    "[{}](https://example.org/)",
    "[a](https://example.org/{})",
    "[a](<https://example.org/{}>)",
    '[a](https://example.org/ "{}")',
    "[a]({})",
    "[a](<{}>)",
    "![{}](https://example.org/a.png)",
    "![a]({})",
    "<{}>",
    "<https://example.org/{}>",
    '[a][b]\n\n[b]: {} "{}"',
    "https://example.org/{} *a*",
    "https://{}.example/ *a*",
    "*[a*]({})*",
    "\\[a]({}) \\`{}\\`",
    ":{}: :tada:",
)


def payloads() -> Iterator[str]:
    """Yield what is hostile by itself."""
    yield from RAW
    for scheme, script in product(SCHEMES, SCRIPTS[:2]):
        yield scheme + script
    handlers = "href=javascript:alert(1) onerror=alert(1) onload=alert(1)"
    for element in ELEMENTS:
        yield f"<{element} src=x {handlers}>alert(1)</{element}>"
        yield f"<{element}/onfocus=alert(1)/autofocus"
    for name in ATTRIBUTES:
        yield f'<p {name}="{SCRIPTS[1]}">x</p>'
        yield f"\" {name}='/' x=\""
    for script in SCRIPTS:
        yield f"<script>{script}</script>"
        yield f"<svg/onload={script}>"


def texts() -> Iterator[str]:
    """Yield each payload in each place."""
    for payload, place in product(payloads(), PLACES):
        yield place.replace("{}", payload)


def long_texts() -> Iterator[str]:
    """Yield texts as long as may be, of one thing again and again, and of what parsers are slow at."""
    characters = [chr(code) for code in (*range(32, 127), 10, 9, 0xA0, 0xE9, 0x4E2D, 0x1F389)]
    units = (
        *(
            "*a ",
            "a* ",
            "*a_ ",
            "**a* ",
            "*_",
            "*a **b ",
            "a* b** ",
            "~~a ",
            "*a* ",
            "_a_ ",
            "**a** ",
            "\\*a ",
        ),
        *(
            "[a](",
            "[]( ",
            "[a](https://x.org/) ",
            "[a](<",
            "![a](x)",
            "[a][b] ",
            "[a]: https://x.org\n",
            "[*a](",
            "](",
        ),
        *(
            "`a ",
            "`` ` ",
            "`*a` ",
            "> ",
            ">> ",
            "> a\n",
            ">\n",
            "- ",
            "- a\n",
            "1. a\n",
            "1) a\n",
            "# a\n",
            "- > ",
        ),
        *(
            "```\n",
            "~~~\n",
            "```py\n",
            "- ```\n",
            "> ```\n",
            ":a:",
            ":tada:",
            ": :",
            "https://",
            "https://a.b/ ",
            "*a\n\n",
        ),
        *(
            "<!-- ",
            "<a ",
            "&amp;",
            "&#x41; ",
            "a\n",
            "- a\n\n",
            "   - a\n     ",
            "\t- a\n",
            "中*",
            "(*a*)",
            "a@b.c ",
        ),
    )
    for unit in (*characters, *units):
        yield (unit * LENGTH)[:LENGTH]
        # Else nothing of it may be markup.
        yield ("*a* " + unit * LENGTH)[:LENGTH]
    for text in (
        "*" * 1999 + "a" + "*" * 2000,
        "**a " * 500 + "b** " * 500,
        "*a _b **c __d ~~e " * 220,
        "[" * 1900 + "a" + "](https://x.org)" * 130,
        ">" * 3999 + "a",
        "- " * 1999 + "a",
        "".join(" " * depth + "- a\n" for depth in range(88)),
        "".join(" " * 2 * depth + "- a\n" for depth in range(60)),
        "".join(">" * depth + " a\n" for depth in range(87)),
        "".join("`" * width + " a " for width in range(86)),
        "[a](https://x.org/" + "(" * 1900 + ")" * 1900 + ")",
        "*https://x.org/a* " * 220,
        "a" + " " * 3990 + "\n*a*",
        "\n" * 3990 + "*a*",
        "> a\n" + ">\n" * 1900,
        "1. a\n" + "   b\n" * 600,
        "```\n" + "\n" * 3900,
        "```py\n" + "a=1;" * 990,
        "```html\n" + "<a b=c>" * 560,
    ):
        yield text[:LENGTH]
