"""What filters look for besides words: links, mentions, capitals."""

import pytest

from discuss.rules.filters import Does, Folded, Rule, RuleSet, strongest


def catches(text: str, kind: str, mentions: int = 0, **of_rule) -> bool:
    return bool(RuleSet([Rule(1, kind, **of_rule)]).caught(Folded(text), mentions))


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.com",
        "see http://EVIL.com/page?x=1.",
        "https://www.evil.com:8000/",
        "https://a.b.evil.com",
        "evil.com",
        "(www.evil.com)",
        "me@evil.com",
        "https://evil.com@good.com/",
        "https://good.com@evil.com/",
        "https://ｅｖｉｌ.com",
        "https://evil。com",
        "https://ev\u00adil.com",
        "https://ev\u200bil.com",
        "https://%65vil.com/",
        "[click](https://evil.com/)",
        "<https://evil.com./>",
        "good.com,evil.com",
    ],
)
def test_a_host_is_denied_with_all_below_it(text: str):
    assert catches(text, "denied", terms=("other.org", "Evil.com"))


@pytest.mark.parametrize(
    "text",
    [
        "evil",
        "https://notevil.com",
        "https://evil.com.au",
        "https://evil.org",
        "evil .com",
        "devil.com",
    ],
)
def test_other_hosts_are_not(text: str):
    assert not catches(text, "denied", terms=("evil.com",))


def test_hosts_of_other_alphabets_are_denied_in_both_their_forms():
    for text in ("https://bücher.example/", "https://xn--bcher-kva.example/", "BÜCHER.example"):
        for term in ("bücher.example", "xn--bcher-kva.example"):
            assert catches(text, "denied", terms=(term,)), (text, term)


@pytest.mark.parametrize(
    ("text", "is_caught"),
    [
        ("no link at all, but evil.com", False),
        ("https://good.com/path", False),
        ("https://docs.good.com", False),
        ("https://GOOD.com.", False),
        ("https://good.com, https://evil.com", True),
        ("https://good.com@evil.com/", True),
        ("https://notgood.com", True),
        ("https://goоd.com", True),
        ("[good.com](http://evil.com)", True),
        ("https:/\\evil.com", False),
    ],
)
def test_of_links_those_to_other_hosts_are_caught(text: str, is_caught: bool):
    assert catches(text, "allowed", terms=("good.com", "other.org")) is is_caught


def test_more_mentions_than_the_rule_lets_through_are_caught():
    assert not catches("Hi", "mentions", 3, number=3)
    assert catches("Hi", "mentions", 4, number=3)


@pytest.mark.parametrize(
    ("text", "is_caught"),
    [
        ("THIS IS SHOUTED", True),
        ("ЭТО КРИЧАТ ЗДЕСЬ", True),
        ("This Is Not Shouted", False),
        ("OK", False),
        ("NASA + ESA", False),
        ("これは日本語の文章です。ABC", False),
        ("1234567890!", False),
    ],
)
def test_shouting_is_caught_and_short_words_are_not(text: str, is_caught: bool):
    assert catches(text, "capitals", number=70) is is_caught


def test_two_texts_that_say_the_same_have_one_digest():
    same = ["Buy now!", "buy  NOW", "b\u200buy, now"]
    assert len({Folded(text).digest for text in same}) == 1
    assert Folded("Buy now").digest != Folded("Buy it now").digest
    assert Folded("!!!").digest != Folded("???").digest


def test_what_does_the_most_decides():
    rules = [Rule(n, "words", does=does) for n, does in enumerate(reversed(Does))]
    assert strongest(rules) == rules[-1]
    assert strongest(rules[:2]) == rules[1]
    older, newer = (Rule(n, "words", does="hold") for n in (4, 5))
    assert strongest([newer, older]) == older
    assert strongest([]) is None


@pytest.mark.parametrize(
    ("exempt", "roles"),
    [("", "member moderator owner"), ("owner", "member moderator"), ("moderator", "member")],
)
def test_some_roles_are_exempt(exempt: str, roles: str):
    rule = Rule(1, "words", exempt=exempt)
    assert [r for r in ("member", "moderator", "owner") if rule.applies_to(r)] == roles.split()
