"""What people are told, as the pages of tests show it."""

from discuss.edges.consumers import page
from discuss.live import farewells
from discuss.rules.refusals import Code

GONE, NO_MEMBER = str(Code.GONE.label), str(Code.NOT_A_MEMBER.label)
LEFT, REMOVED = str(farewells.LEFT), str(farewells.REMOVED)
FAILED, NOT_UNDERSTOOD = str(page.FAILED), str(page.NOT_UNDERSTOOD)
