"""What a name looks like: two names of one skeleton can pass for each other (UTS 39, section 4)."""

import re
from functools import cache

from confusable_homoglyphs.utils import load

from discuss.rules.marks import normalized

# The data of UTS 39 compares letters of one width. These look like others in a word of them.
WIDE = dict(zip("丨〡工エ口ロ一丫ㄚ乂ㄨ匚凵ㄥㄒ", "lllloo-yyxxcult", strict=True))
# It compares no small letter with a capital, and case tells no two names apart.
SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True))
OWN = {**WIDE, **SMALL_CAPITALS, "ー": "-", "w": "vv", "ʍ": "m"}
# They hardly show: apostrophes and dots between letters, modifiers, and what only stretches or joins letters.
HARDLY_SEEN = re.compile(
    "[\u00b7\u0375\u0559\u05f3\u05f4\u0640\u07fa\u0f0b\u02b9-\u02ff\u2019\u2d7f\u30fb"
    "\ua717-\ua71f\ua788\ua78b\ua78c\ua78f\U00016fe4\U0001107f]"
)
# A dot that a letter has anyway. The capital I with a dot is a small i in Turkish.
DOTTED = re.compile("[Iij]\u0307")
# Rows of the data hold these beside letters that are written from right to left.
LEFT_TO_RIGHT = "\u200e"


def skeleton(name: str) -> str:
    """Return what a name looks like, whatever its case. It is for comparing, never for showing.

    A capital counts as what it looks like before it counts as its small letter: the Greek nu looks like
    `v` when it is small, and like `N` when it is not.
    """
    look, name = "", HARDLY_SEEN.sub("", name)
    while name != look:
        look = name
        dotless = DOTTED.sub(lambda match: match[0][0].lower(), normalized("NFD", look))
        name = normalized("NFD", dotless.translate(_prototypes())).casefold()
    return look


@cache
def _prototypes() -> dict[int, str]:
    """Return of each character that looks like others the one that stands for all of them.

    The library lists for each all that look like it, in both directions: one that stands for others has
    more of them, or is several letters. Of two alike either may.
    """
    alike = {
        one.strip(LEFT_TO_RIGHT): [other["c"].strip(LEFT_TO_RIGHT) for other in others]
        for one, others in load("confusables.json").items()
    }
    prototypes = {}
    for one, others in alike.items():
        if len(one) == len(others) == 1:
            (other,) = others
            if len(other) > 1 or len(alike[other]) > 1 or other < one:
                prototypes[ord(one)] = other
    return prototypes | {ord(one): other for one, other in OWN.items()}
