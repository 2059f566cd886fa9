"""What a socket's two ends agree on: close codes, and the largest frame."""

# RFC 6455 section 7.4 and the registry it opens. htmx's ws extension comes back after 1006, 1011, 1012
# and 1013 and after nothing else.
CLOSE_NORMAL = 1000
CLOSE_POLICY = 1008
CLOSE_TOO_BIG = 1009
CLOSE_FAILED = 1011
CLOSE_RESTART = 1012
CLOSE_OVERLOAD = 1013
CLOSE_NO_SESSION = 4401
CLOSE_NO_MEMBER = 4403

# The largest frame that is read, in bytes; a message of 4,000 characters needs a third of it at most.
FRAME_LIMIT = 64 * 1024
