"""The gallery: every fragment in every state, on pages that are made up, for those who write templates."""
