"""Untrusted input becomes values: why something is done, for how long, to whom."""
