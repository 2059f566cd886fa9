"""What people write is text, whatever it looks like."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.person import Person, composer, has_focus, messages, refused, send, waiting
from tests.browser.stage import Stage

Appear = Callable[..., Person]


MARKUP = (
    "<script>document.title = 'taken'</script>",
    '<img src=x onerror="document.title = 1">',
    '<b hx-get="/" hx-trigger="load">bold</b>',
    "{{ 7 * 7 }} {% csrf_token %} &amp; &lt;",
    '<div hx-swap-oob="innerHTML:#log">empty</div>',
    "</p></li></ol><h1>out</h1>",
    "<style>* { display: none }</style>",
)


def test_markup_is_shown_as_it_was_typed(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    said: list[str] = []
    for text in MARKUP:
        for each in (text, "after it"):
            send(ann, each)
            said.append(each)
        for page in (ann, bob):
            expect(messages(page)).to_have_text(said)
            expect(page).to_have_title("Kitchen · DiscussIt")
    expect(messages(bobs.enter(group))).to_have_text(said)


def test_names_with_markup_are_shown_as_they_are(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    name = '<b onclick="x">Bold & "quoted"</b>'
    group = stage.group(name, members=[anns.user], description="<i>slanted</i>")
    ann = anns.enter()
    expect(ann.locator("#group-list h3")).to_have_text([name])
    ann.locator("#own-groups li").get_by_role("link").click()
    expect(ann.get_by_role("heading", level=1)).to_have_text(name)
    expect(ann).to_have_title(f"{name} · DiscussIt")
    expect(ann.locator("#group-about .description")).to_have_text("<i>slanted</i>")
    assert ann.url.endswith(group.get_absolute_url())


def test_a_web_address_becomes_a_link_that_tells_its_target_nothing(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann")
    ann = anns.enter(stage.group(members=[anns.user]))
    send(ann, "see https://example.org/a?b=c&d=<e> and javascript:alert(1)")
    links = messages(ann).get_by_role("link")
    expect(links).to_have_count(1)
    expect(links).to_have_attribute("rel", "noopener nofollow")
    expect(links).to_have_attribute("target", "_blank")
    expect(links).to_have_attribute("href", "https://example.org/a?b=c&d=")


def test_an_override_of_the_direction_does_not_turn_the_line(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    send(ann, "invoice\u202egpj.exe")
    expect(messages(bob)).to_have_text(["invoicegpj.exe"])
    send(ann, "שלום עולם")
    right, left = messages(bob).nth(1), messages(bob).nth(0)
    assert right.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert left.evaluate("e => getComputedStyle(e).direction") == "ltr"


def test_nothing_but_white_space_is_told_and_leaves_the_field(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    ann = anns.enter(stage.group(members=[anns.user]))
    composer(ann).fill("    ")
    composer(ann).press("Enter")
    notice = ann.get_by_role("alert").filter(has_text="Write something first.")
    expect(notice).to_be_visible()
    expect(waiting(ann)).to_have_count(0)
    has_focus(composer(ann))
    send(ann, "better")
    expect(notice).to_have_count(0)


def test_what_is_too_long_stays_in_the_field_and_is_said_by_the_browser(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann")
    ann = anns.enter(stage.group(members=[anns.user]))
    composer(ann).fill("x" * 66_000)
    composer(ann).press("Enter")
    assert composer(ann).evaluate("field => field.validity.patternMismatch")
    expect(composer(ann)).to_have_value("x" * 66_000)
    has_focus(composer(ann))
    send(ann, "x" * 4000)
    expect(messages(ann)).to_have_text(["x" * 4000])


def test_what_is_refused_stays_below_the_log_with_the_reason_and_can_be_sent_again(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    # The browser itself would not send so much.
    composer(ann).evaluate("field => field.removeAttribute('pattern')")
    composer(ann).fill("x" * 4001)
    composer(ann).press("Enter")
    expect(refused(ann).get_by_role("alert")).to_contain_text("at most 4,000 characters")
    has_focus(composer(ann))
    send(ann, "meanwhile")
    field = refused(ann).get_by_role("textbox")
    expect(field).to_have_value("x" * 4001)
    refused(ann).get_by_role("button", name="Send again").click()
    expect(refused(ann).get_by_role("alert")).to_contain_text("at most 4,000 characters")
    field.fill("shorter")
    refused(ann).get_by_role("button", name="Send again").click()
    expect(refused(ann)).to_have_count(0)
    for page in (ann, bob):
        expect(messages(page)).to_have_text(["meanwhile", "shorter"])
