"""Which language a text is in, and whether the other detectors can read it."""

READABLE = ("en", "uk", "ru", "es")
