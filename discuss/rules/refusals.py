"""Why somebody may not do something: codes for programs and tests, and a sentence each for the person."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from discuss.rules.refused import Refused as Refused


class Code(TextChoices):
    """The code of each reason, and its sentence, which may name values: `%(name)s`."""

    GONE = "gone", _("This group is gone.")
    NAME_TAKEN = "name taken", _("There is a group of this name already.")
    NOT_A_MEMBER = "not a member", _("You are not a member of this group.")
    MODERATORS_ALONE = "moderators alone", _("In this group moderators alone write.")
    MUTED = "muted", _("You may not write in this group until %(until)s.")
    MUST_READ = "must read", _("Please read the warning of a moderator first.")
    NAME_WAITS = (
        "name waits",
        _("You may change your name once no time-out and no unread warning stands."),
    )
    BARRED = "barred", _("You may not come into this group any more.")
    BARRED_UNTIL = "barred until", _("You may not come into this group until %(until)s.")
    BANNED = "banned", _("You are banned from this site.")
    BANNED_FOR = "banned for", _("You are banned from this site. The reason: %(reason)s.")
    BANNED_UNTIL = "banned until", _("You are banned from this site until %(until)s.")
    BANNED_UNTIL_FOR = (
        "banned until for",
        _("You are banned from this site until %(until)s. The reason: %(reason)s."),
    )
    NO_MEMBER = "no member", _("They are no member of this group.")
    NO_LENGTH = "no length", _("Choose for how long: from 10 minutes to 28 days.")
    LOCKED = "locked", _("This group is locked: moderators alone write and react.")
    SLOW_MODE = "slow mode", _("Slow mode: you may write again in %(time)s.")
    NEWCOMER = "newcomer", _("You are new here: you may write in %(time)s.")
    HELD = "held", _("Your message waits for a moderator, who decides whether others see it.")
    HELD_TO_EDIT = (
        "held to edit",
        _("What you write waits for a moderator, so you cannot edit it yet. Write it anew."),
    )
    MANY_HELD = (
        "many held",
        _("Many of your messages wait for a moderator already. Write on when they are decided."),
    )
    MANY_TAKEN_BACK = (
        "many taken back",
        _(
            "You have taken back as many messages that waited as you may in a day. Try again tomorrow."
        ),
    )
    AUTHOR_GONE = "author gone", _("Its author is no member of this group any more.")
    NOT_POSTED = "not posted", _("This message could not be posted just now. Try again.")
    BEING_ERASED = (
        "being erased",
        _("Everything that its author wrote is being erased for good, and this message with it."),
    )
    NOT_TO_DECIDE = "not to decide", _("Only a moderator may decide about messages that wait.")
    NOT_ITS_AUTHOR = "not its author", _("Only its author may edit a message.")
    NOT_TO_HIDE = "not to hide", _("Only its author or a moderator may remove a message.")
    HIDDEN = "hidden", _("This message was removed.")
    NO_MESSAGE = "no message", _("There is no such message in this group.")
    NOT_TO_SEE = (
        "not to see",
        _("Only its author or a moderator may see what a message said before."),
    )
    NO_EMOJI = "no emoji", _("That is no emoji. Paste one, or write its short code, such as :tada:")
    MANY_REACTIONS = (
        "many reactions",
        _("This message has many different reactions already. Choose one of those."),
    )
    NOT_TO_PIN = "not to pin", _("Only an owner or a moderator may pin messages.")
    MANY_PINS = "many pins", _("This group has many pinned messages already: unpin one first.")
    OF_ANOTHER = (
        "of another",
        _("This page was made for somebody else. Load it again before you send anything."),
    )
    OWNERS_ONLY = "owners only", _("Only an owner may do this.")
    NOT_TO_LEAVE = "not to leave", _("You may not leave this group.")
    ONLY_OWNER = (
        "only owner",
        _("You are the only owner of this group: hand it over before you leave."),
    )
    ONLY_MEMBER = (
        "only member",
        _("You are the only member of this group: close it instead of leaving it."),
    )
    NOT_TO_REMOVE = "not to remove", _("You may not remove this member.")
    NOT_ON_YOURSELF = "not on yourself", _("You cannot do this to yourself, nor to what is yours.")
    NOT_TO_ACT = (
        "not to act",
        _("You may not do this: only somebody of a higher role than theirs may."),
    )
    OF_HIGHER = (
        "of higher",
        _(
            "Somebody of a higher role than yours did this: only they take it back, or their equals."
        ),
    )
    ALREADY_DECIDED = (
        "already decided",
        _("Moderators have looked at what you reported, and left it as it is."),
    )
    MANY_REPORTS = (
        "many reports",
        _("You have reported as much as you may today. Moderators will look at all of it."),
    )
    NO_QUEUE = "no queue", _("Only moderators may see what was reported.")
    NO_APPEAL = "no appeal", _("There is nothing here that you could appeal against.")
    APPEALED = "appealed", _("You have appealed against this already. One may do so once.")
    ACT_OVER = "act over", _("This is over: nothing of it is left to take back.")
    MANY_APPEALS = (
        "many appeals",
        _("Many of your appeals wait for a moderator already. Appeal when they are decided."),
    )
    MANY_PLAYS = "many plays", _("Many scenes are being played already. Try again later.")
    ONLY_A_PLAY = "only a play", _("The people here are made up: there is nobody to report.")
    NOBODY_DECIDES = (
        "nobody decides",
        _("Nobody else is here who could decide. Ask whoever runs this server."),
    )
    OWN_ACT = "own act", _("You did this yourself, so another moderator decides about it.")
    SAY_WHY = "say why", _("Give a reason, or write a note: whoever appealed reads why it stays.")
    NO_RECORD = "no record", _("Only moderators may see the record of what was done.")
    NOT_PUBLIC = (
        "not public",
        _("What moderators did in this group is for moderators alone to read."),
    )
    NO_CASE = "no case", _("There is no such case, or it is not for you to see.")
    CASE_CLOSED = "case closed", _("This case was closed meanwhile.")
    CASE_OPEN = "case open", _("This case is open again already.")
    CASE_TAKEN = (
        "case taken",
        _("%(name)s is on this case. Take it over first, if they do not go on with it."),
    )
    UNDER_WAY = (
        "under way",
        _("Something like this is under way already. Wait for its end, or stop it first."),
    )
    NOT_SURE = "not sure", _("Nobody can take this back, so say first that you are sure.")
    NOT_TO_HAND_OVER = "not to hand over", _("Only an owner may hand a group over.")
    NOT_TO_LET_IN = "not to let in", _("You may not let anybody into this group.")
    NOT_TO_INVITE = "not to invite", _("Only an owner or a moderator may invite people.")
    MANY_INVITATIONS = (
        "many invitations",
        _("This group has many invitations already: revoke one first."),
    )
    INVITATION_OVER = (
        "invitation over",
        _("This invitation is not good any more. Ask whoever sent it for a new one."),
    )
    CHANGED_MEANWHILE = (
        "changed meanwhile",
        _(
            "Somebody has changed this meanwhile. What they made of it is shown on this page by now."
        ),
    )
    STAFF_ONLY = "staff only", _("Only staff may do this.")
    NOT_ACTIVE = "not active", _("This account is not active.")
    ADMIN_THERE = "admin there", _("There is an admin already.")
    SUPERUSERS_ONLY = "superusers only", _("Only a superuser may do this.")
    STAFF_ACCOUNT = (
        "staff account",
        _("Only another superuser may close or delete an account of staff."),
    )
    ACCOUNT_OF_ANOTHER = (
        "account of another",
        _("Only staff may close or delete somebody else's account."),
    )
    USERNAME_TAKEN = (
        "username taken",
        _("Someone has this name, or one that looks like it, already."),
    )
    # What a filter catches. Each names the filter as whoever wrote it did.
    FILTERED_WORDS = (
        "filtered words",
        _("This holds words that are not wanted here (%(filter)s). Change them and try again."),
    )
    FILTERED_DENIED = (
        "filtered denied",
        _("This names a site that is not wanted here (%(filter)s). Leave it out and try again."),
    )
    FILTERED_ALLOWED = (
        "filtered allowed",
        _("This links to a site that is not one of those allowed here (%(filter)s)."),
    )
    FILTERED_MENTIONS = (
        "filtered mentions",
        _("This mentions too many people: at most %(most)s are allowed here (%(filter)s)."),
    )
    FILTERED_CAPITALS = (
        "filtered capitals",
        _("Much of this is in capitals (%(filter)s). Write it in small letters."),
    )
    FILTERED_REPEATED = (
        "filtered repeated",
        _("You have just said the same (%(filter)s). Say it again later, or say something else."),
    )
    NO_NETWORK = (
        "no network",
        _("That is no address and no network. Write one such as 203.0.113.7 or 2001:db8::/48."),
    )
    NETWORK_NOT_PUBLIC = (
        "network not public",
        _(
            "No stranger comes from there: these are addresses of a machine itself, or of a network inside,"
            " such as a proxy's."
        ),
    )
    NETWORK_WIDE = (
        "network wide",
        _("That is very wide: %(count)s addresses. Say below that you mean all of them."),
    )
    NETWORK_OWN = "network own", _("You come from there yourself.")
    NETWORK_OF_STAFF = (
        "network of staff",
        _(
            "Somebody of the staff comes from there. You may bar new accounts, and not all entrance."
        ),
    )
    NETWORK_CHANGED = (
        "network changed",
        _("Somebody else has just blocked this network, or taken that back."),
    )
    MANY_SIGN_UPS = (
        "many sign-ups",
        _("Very many new accounts wait for a moderator already. Try again another day."),
    )
    MANY_NETWORKS = (
        "many networks",
        _("Very many networks are blocked already: take one back first."),
    )
    OTHER_FILTERS = (
        "other filters",
        _("Somebody else has changed or deleted this filter meanwhile."),
    )
    MANY_FILTERS = "many filters", _("There are many filters here already: delete one first.")
