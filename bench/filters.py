"""What filters cost: `.venv-test/bin/python -m bench.filters` prints two tables.

The first says what it takes to look for 1,000 words, each a rule of its own, in messages of 4,000 characters,
and what the most hostile rules and texts take. The second posts 100 messages together, in a database in a
temporary folder: without a rule, and with 1,000. All of it is computing time, the best of several tries.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from discuss.rules.filters import Folded, Rule, RuleSet
from tests.server import Server

TRIES = 20
RULES = 1_000
LENGTH = 4_000
DRAFTS = 100
TEXTS = {
    "English": "The quick brown fox jumps over the lazy dogs, and why not? ",
    "English, words with digits": "The qu1ck brOwn fox jumps over 4 lazy dogs, and why not? ",
    "French": "Voix ambiguë d'un cœur qui préfère les jattes de kiwis au zéphyr. ",
    "Russian": "Съешь ещё этих мягких французских булок, да выпей же чаю. ",
    "Arabic": "نص حكيم له سر قاطع وذو شأن عظيم مكتوب على ثوب أخضر. ",
    "Hindi": "ऋषियों को सताने वाले दुष्ट राक्षसों के राजा रावण का सर्वनाश। ",
    "Japanese": "色は匂えど散りぬるを、我が世誰ぞ常ならむ。有為の奥山今日越えて",
    "Korean": "키스의 고유조건은 입술끼리 만나야 하고 특별한 기술은 필요치 않다. ",
    "emoji": "👩‍👩‍👧 ok 🍆🏽 ",
}
# Each is a part of the next, so that at one place of a text all of them end.
HOSTILE = [Rule(n, "words", terms=("a" * n,), is_part=True) for n in range(1, 61)]


def main() -> None:
    rules = [Rule(n, "words", terms=(word,)) for n, word in enumerate(words())]
    ready = RuleSet(rules)
    made = timed(looking(ready, "The first text"))
    print(f"{RULES} rules are made ready in {made / 1000:.0f} ms, before the first text\n")
    print(f"| {LENGTH} characters | {RULES} words | {RULES} parts |\n|---|---|---|")
    parts = RuleSet(rule._replace(is_part=True) for rule in rules)
    for name, text in TEXTS.items():
        whole = (text * LENGTH)[:LENGTH]
        took = [f"{microseconds(looking(some, whole)):.0f} µs" for some in (ready, parts)]
        print(f"| {name} | {' | '.join(took)} |")
    hostile = RuleSet(HOSTILE)
    for text in ("a" * LENGTH, "a1" + "a" * (LENGTH - 2), "a1" * (LENGTH // 2)):
        most = microseconds(looking(hostile, text))
        print(f"| {text[:8]}… under the most hostile rules | | {most:.0f} µs |")
    print(flush=True)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.manage("migrate", "--no-input", "-v", "0")
        script = "from bench.filters import measure_posting; measure_posting()"
        print(server.manage("shell", "-v", "0", "-c", script), flush=True)


def words() -> Iterator[str]:
    """Yield made-up words; none of the texts has them."""
    yield from (f"{a}{b}{c}zax" for a in "bdfghklmnp" for b in "aeiouyäöüå" for c in "bdfghklmnp")


def looking(rules: RuleSet, text: str) -> Callable[[], object]:
    return lambda: rules.caught(Folded(text))


def microseconds(work: Callable[[], object], tries: int = TRIES) -> float:
    return min(timed(work) for _ in range(tries))


def timed(work: Callable[[], object]) -> float:
    begin = time.thread_time()
    work()
    return (time.thread_time() - begin) * 1_000_000


# --- in a process with Django and the database of the server above ------------------------------------------


def measure_posting() -> None:
    from discuss import actions
    from discuss.models import Filter, Group, Membership, User
    from discuss.reading.filters import known_filters

    people = [User.objects.create_user(f"person{n}") for n in range(10)]
    groups: list[Group] = [actions.create_group(people[0], name=f"Group {n}") for n in range(10)]
    for group in groups:
        for person in people[1:]:
            actions.join_group(person, group=group)
    members = list(Membership.objects.select_related("user", "group"))[:DRAFTS]

    def post() -> None:
        drafts = [
            actions.Draft(
                member, f"Message {n} of this batch, as people write", actions.new_nonce()
            )
            for n, member in enumerate(members)
        ]
        outcomes = actions.post_messages(drafts)
        assert all(isinstance(outcome, actions.Stored) for outcome in outcomes)

    print(f"| {DRAFTS} messages together | computing time |\n|---|---|")
    print(f"| without a rule | {microseconds(post, 40) / 1000:.2f} ms |")
    for word in words():
        Filter.objects.create(kind="words", name=word, terms=word, does="block", is_on=True)
    known_filters.renew()
    print(f"| {RULES} rules of the site, none broken | {microseconds(post, 40) / 1000:.2f} ms |")


if __name__ == "__main__":
    main()
