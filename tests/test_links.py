import time

import pytest
from hypothesis import given, strategies as st

from discuss.rules.links import LINKS, Part, split_links
from discuss.rules.text import printable
from tests.texts import ANY_TEXT


@given(
    ANY_TEXT,
    st.sampled_from(
        ["http://example.org/", "https://a.b/?q=(x)", "javascript:alert(1)", "<b>", '"onclick=']
    ),
)
def test_the_parts_are_the_text_and_only_http_is_a_link(text: str, bait: str):
    text = f"{printable(text)} {bait} {printable(text)}"
    parts = split_links(text)
    assert "".join(part.text for part in parts) == text
    assert all(part.url.lower().startswith(("http://", "https://")) for part in parts if part.url)


# What comes along when an address is copied: isolates, marks of direction, spaces of no width.
UNSEEN_ENDS = "\u2066\u2068\u2069\u200e\u200f\u061c\u200b\u2060\ufeff\u00ad"
WIDE_ENDS = "」』】）》〉〕｝］〗〙〛。、，．！？：；｡､｣〟"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("see https://example.org.", "https://example.org"),
        ("(https://example.org/a_(b))", "https://example.org/a_(b)"),
        ("<https://example.org/>", "https://example.org/"),
        ("HTTPS://EXAMPLE.org/x", "HTTPS://EXAMPLE.org/x"),
        ("https://münchen.example.de/straße", "https://münchen.example.de/straße"),
        ("http://127.0.0.1:8000/a?b=c&d=e#f", "http://127.0.0.1:8000/a?b=c&d=e#f"),
        ('"https://example.org/"', "https://example.org/"),
        ("https://x_x_x.example.org/", "https://x_x_x.example.org/"),
        ("https://_x.example.org/a_b?c_d", "https://_x.example.org/a_b?c_d"),
        ("http://my_service:8000/", "http://my_service:8000/"),
        ("https://example.org/a_b_", "https://example.org/a_b_"),
        ("https://example.org/it’s/a", "https://example.org/it’s/a"),
        ("https://example.org/レオ・ナルド", "https://example.org/レオ・ナルド"),
        ("见https://example.org/a", "https://example.org/a"),
        ("https://example.org/a！？", "https://example.org/a"),
        ("https://example.org。", "https://example.org"),
        ("「https://example.org/a」を見て", "https://example.org/a"),
        ("https://example.org/a（又）", "https://example.org/a"),
        ("“https://example.org/a”", "https://example.org/a"),
        ("«https://example.org/a».", "https://example.org/a"),
        ("(„https://example.org/a“), or", "https://example.org/a"),
        ("https://example.org/a”).", "https://example.org/a"),
        ("https://example.org/a…", "https://example.org/a"),
        ("https://example.org/a؟ نعم", "https://example.org/a"),
        ("https://example.org/a۔", "https://example.org/a"),
        ("https://example.org/a।", "https://example.org/a"),
        ("https://example.org/a።", "https://example.org/a"),
        ("“https://example.org/a”和“b”", "https://example.org/a"),
        ("‘https://example.org/a’说", "https://example.org/a"),
        ("https://example.org/a…然后", "https://example.org/a"),
        ("https://example.org/a”のこと", "https://example.org/a"),
        ("https://example.org/l’été", "https://example.org/l’été"),
        ("https://example.org_.", "https://example.org"),
        ("https://example.org_, x", "https://example.org"),
        ("(https://example.org_)", "https://example.org"),
        *((f"{mark}https://example.org/a{mark}", "https://example.org/a") for mark in UNSEEN_ENDS),
        *((f"（「https://example.org/a{mark}", "https://example.org/a") for mark in WIDE_ENDS),
        *((f"https://example.org/a{mark}b", "https://example.org/a") for mark in WIDE_ENDS),
        *((f"https://example.org{mark}b", "https://example.org") for mark in WIDE_ENDS),
    ],
)
def test_an_address_is_a_link(text: str, url: str):
    links = [part for part in split_links(text) if part.url]
    assert links == [Part(url, url)]


def test_several_addresses_are_told_apart_without_spaces_between_them():
    text = "（https://example.org/a）、https://x_y.example.org/b。http://c_d/！"
    assert [part.url for part in split_links(text) if part.url] == [
        "https://example.org/a",
        "https://x_y.example.org/b",
        "http://c_d/",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,http",
        "mailto:ann@example.org http",
        "//example.org http",
        "ftp://example.org http",
        "example.org http",
        "ann@example.org http",
        "http:// https:",
        "https://_",
        "xhttps://example.org",
    ],
)
def test_everything_else_is_text(text: str):
    assert [part.url for part in split_links(text)] == [""]


@pytest.mark.parametrize(
    "text",
    [
        "http://" * 571,
        "http://a" + "(" * 3990,
        "http://" + "a." * 1990,
        "https://a/" + "[" * 1900 + "]" * 1900,
        "http://" + "-" * 3990,
        "http://a?" + "&a=" * 1300,
        "http://a/" + '"' * 3900,
        "http" * 1000,
        "http://" + "_" * 3990,
        "http://a/" + "”" * 3900 + "a",
        "http://a/" + "”)" * 1900 + "a",
        "。http://" * 500,
    ],
)
def test_no_message_takes_long_to_look_through(text: str):
    begin = time.process_time()
    split_links(text)
    # No measure of speed: a pattern that runs wild computes for minutes at these.
    assert time.process_time() - begin < 20


def test_so_many_addresses_are_links_and_all_others_text():
    text = " ".join(f"https://example.org/{number}" for number in range(LINKS + 5))
    parts = split_links(text)
    urls = [part.url for part in parts if part.url]
    assert urls == [f"https://example.org/{number}" for number in range(LINKS)]
    assert "".join(part.text for part in parts) == text


def test_an_address_in_an_address_is_never_cut_in_two():
    nested = "https://archive.example/https://example.org/"
    text = "http://a " * (LINKS - 1) + nested
    parts = split_links(text)
    assert [part.url for part in parts if part.url] == ["http://a"] * (LINKS - 1)
    assert "".join(part.text for part in parts) == text
    assert split_links(f"x {nested}")[1] == Part(nested, nested)


@pytest.mark.parametrize(
    "text",
    [
        "https://bank.example@evil.example/",
        "https://bank.example:443@evil.example/",
        "https://bank.example\u2060@evil.example/",
        "https://ann:secret@example.org/",
        "https://ann_b:c_d@example.org/",
    ],
)
def test_what_pretends_to_be_a_host_makes_no_link(text: str):
    assert not any("@" in part.url for part in split_links(text))
    assert "".join(part.text for part in split_links(text)) == text


@pytest.mark.parametrize("hidden", "\u200c\u200d\u034f\u180e\ufe0f\u115f\u2800\u00ad\u2066")
def test_a_host_that_holds_what_cannot_be_seen_makes_no_link(hidden: str):
    text = f"https://pay{hidden}pal.example/"
    assert not any(hidden in part.url for part in split_links(text))
    assert "pal" not in "".join(part.url for part in split_links(text))


@pytest.mark.parametrize("slash", "\u2044\u2215\u29f8")
def test_what_looks_like_the_end_of_a_host_is_shown_for_what_it_is(slash: str):
    parts = split_links(f"https://bank.example{slash}login.evil.example/")
    assert not any(slash in part.text for part in parts if part.url)


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("b\u0430nk.example", "xn--bnk-6cd.example"),
        ("b\u0430nk.example:443", "xn--bnk-6cd.example:443"),
        ("www.p\u0430ypal.com", "www.xn--pypal-4ve.com"),
        ("münchen.example", "münchen.example"),
        ("пример.испытание", "пример.испытание"),
        ("例え.テスト", "例え.テスト"),
        ("あいうカタカナ漢字abc.example", "あいうカタカナ漢字abc.example"),
        ("한국어.example", "한국어.example"),
        ("a-1.example", "a-1.example"),
    ],
)
def test_a_host_in_disguise_is_shown_for_what_it_is(host: str, shown: str):
    url = f"https://{host}/a"
    assert split_links(url) == (Part(f"https://{shown}/a", url),)
