"""How often somebody may do something."""

# What one person may do, and how often one address may open a socket, unless the setting RATE_LIMITS says
# otherwise (discuss/limits.py).
OF_PEOPLE = {
    "post": "20+5/s",
    # To react to messages, and to take that away.
    "react": "30+5/s",
    # What all people of one group do together: a crowd of new accounts is many people.
    "group_post": "200+50/s",
    "group_react": "200+50/s",
    "group_membership": "100+10/s",
    # To join and to leave: each is a line in a log that is others' too.
    "membership": "10/m",
    # What is reported. How much that may be in a day: moderation/rules/report_limits.py.
    "report": "5+6/h",
    "group": "10/h",
    # What moderators decide.
    "moderate": "60+2/s",
    # Of what in a group one is told.
    "level": "20+1/s",
    # Names that are offered while somebody looks for one, and put into what they write.
    "names": "40+10/s",
    # New display names: each changes all lines of the person.
    "name": "5/h",
    "invitation": "20/h",
    # What stands in the composer, to be kept: some moments after the last letter.
    "draft": "20+2/s",
    # Signs that somebody is typing.
    "typing": "10+1/s",
    "older": "10+5/s",
    "lobby": "10+5/s",
    # Searches of messages.
    "search": "20+1/s",
    # Requests of one browser, of those of an address who have no session, and of all of an address whose
    # session was not found before; and sockets that a browser opens. What is more waits.
    "request": "40+10/s",
    "request_stranger": "200+20/s",
    "request_address": "500+100/s",
    "handshake": "60+10/s",
    # Pages that a person loads.
    "view": "30+5/s",
    # Sockets of pages that a person opens, and of those that come back.
    "page": "60+1/s",
    # Whoever is refused so often is sent away.
    "refusal": "100+10/s",
    # Sockets of strangers, by address.
    "connection": "200+20/s",
}
# Wrong tries, of an address and as discuss/accounts/tries.py says; and accounts that an address makes.
OF_ACCOUNTS = {
    "login": "60/m/ip",
    # A try counts as a wrong one while its password is looked at: many may come in from one office at once.
    "login_failed_address": "30/m/ip",
    "login_failed": "5/5m/key",
    "login_failed_name": "100/h/key",
    "login_failed_browser": "5/5m/key",
    "signup": "20/m/ip",
    "sign_up_code": "10/5m/ip",
}
