"""What pages of moderation read."""
