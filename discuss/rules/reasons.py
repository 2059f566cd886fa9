"""Why somebody reports something, and why a moderator acts: a list, and a note besides."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from discuss.rules.text import Text

# Characters of the note that may go with a reason.
NOTE_LENGTH = 500


class Reason(TextChoices):
    """What is wrong. Reports and acts have the same list, so that one can be given for the other."""

    SPAM = "spam", _("Spam or advertising")
    INSULT = "insult", _("Insults or harassment")
    HATE = "hate", _("Hatred against a group of people")
    VIOLENCE = "violence", _("Violence, or a threat of it")
    SEXUAL = "sexual", _("Sexual content")
    PRIVATE = "private", _("Private facts about somebody")
    FALSE_NAME = "false name", _("Somebody passes for somebody else")
    OFF_TOPIC = "off topic", _("It does not belong here")
    FLOOD = "flood", _("Too much at once")
    OTHER = "other", _("Something else")


def label_of(code: str) -> Text:
    """Return what a reason is called; nothing where there is none, or one of another version."""
    return Reason(code).label if code in Reason else ""
