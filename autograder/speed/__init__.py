"""The speed tier: what is timed, by whose clock, and what a time is worth."""
