"""Texts of which a part is not known: what is unknown stands in them as a mark, so that they are texts all the same."""

import re

UNKNOWN = "\0"
# What was found by a listing has the mark of that listing: the first is this one.
FOUND = 0xE000
MARKS = re.compile("[\0\ue000-\uf8ff]")


def is_known(value):
    """Whether all of a value is known: a constant, or a text without marks."""
    return value is None or isinstance(value, (bool, int, float)) or (isinstance(value, str) and not MARKS.search(value))


def text_of(value):
    """A value as it stands in a text."""
    return value if isinstance(value, str) else str(value) if is_known(value) else UNKNOWN


def known_part(text):
    """A text up to what is not known of it."""
    return MARKS.split(text, maxsplit=1)[0]


def mark_of(text):
    """The number of the listing that a text came from, or None."""
    found = re.search("[\ue000-\uf8ff]", text) if isinstance(text, str) else None
    return None if found is None else ord(found.group()) - FOUND


def texts_in(value):
    """The texts that a value holds, however deep."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for one in value for text in texts_in(one)] if isinstance(value, (list, tuple)) else []
