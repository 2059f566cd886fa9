"""Pages of moderation, and the addresses that acts are sent to."""
