"""Texts for property tests, of what someone who means ill may send."""

from hypothesis import strategies as st

BIDI_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e"
# What texts are made of when someone means ill, besides everything else that Unicode has.
NASTY = st.sampled_from(
    f"\x00\x07\t\n\r\x85\u2028 ée\u0301\u2066\ud800\udfff\u200b\ufe0f\u034f\u3164가\u1161{BIDI_OVERRIDES}"
    "\u200c\u200d👩🏽❤\U0001faea\ue000\ufdd0🏴\U000e0067\U000e007f1\u20e3स\u094dی\u0e33"
)
ANY_TEXT = st.text(st.one_of(st.characters(exclude_categories=()), NASTY), max_size=60)
