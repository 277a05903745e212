"""Places in S3 that a script reads and writes, in the order in which it does so."""

import re

from .texts import MARKS, UNKNOWN, is_known, known_part, mark_of, text_of, texts_in

SCHEME = re.compile(r"s3[an]?://")
ADDRESS = re.compile(r"s3[an]?://[^\s'\"]*")


def place(bucket, key):
    """The address of an object, or of all whose keys begin so."""
    return f"s3://{text_of(bucket)}/{'' if key is None else text_of(key)}"


def address(value):
    """A text as an address in S3; None where it is none for sure."""
    return SCHEME.sub("s3://", value, count=1) if isinstance(value, str) and SCHEME.match(value) else None


class Places:
    """What has been read and written so far."""

    def __init__(self):
        # What it cannot do without, and what it lists: each with whether it takes what it finds.
        self.needed, self.listings = [], []
        self.written, self.touched = [], set()

    def read(self, where, is_certain):
        found = mark_of(where)
        if found is not None:
            self.listings[found]["is_taken"] = True
        begin = self.open_place(where)
        if begin is not None and is_certain and begin not in self.needed:
            self.needed.append(begin)

    def list(self, where, is_certain):
        """The mark of what is found there."""
        begin = self.open_place(where) if is_certain else None
        self.listings.append({"place": begin, "is_taken": False})
        return chr(0xE000 + len(self.listings) - 1)

    def found_none(self, listing, is_certain):
        """It fails where the listing has found nothing."""
        begin = self.listings[mark_of(listing)]["place"]
        if begin is not None and is_certain and begin not in self.needed:
            self.needed.append(begin)

    def write(self, where):
        self.written.append(known_part(where))

    def hand_over(self, values):
        """What others are given they may write to."""
        self.touched.update(text for text in texts_in(values) if is_known(text))

    def open_place(self, where):
        """The known beginning of a place that nothing before may have written to; None where there is none."""
        if MARKS.search(where) and mark_of(where) is not None:
            return None
        begin = re.split(r"[*?\[{]", known_part(where), maxsplit=1)[0]
        bucket = re.match(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(/|$)", begin)
        if not bucket or (begin == f"s3://{bucket[1]}" and begin != where):
            return None
        if UNKNOWN in where:
            begin = begin[: begin.rindex("/") + 1]
        given = [one for text in self.touched for one in ADDRESS.findall(text)]
        others = [*self.written, *(SCHEME.sub("s3://", one) for one in given)]
        if bucket[1] in self.touched or any(begin.startswith(one) or one.startswith(begin) for one in others):
            return None
        return begin if "/" in begin[5:] else f"{begin}/"

    def result(self):
        """The places that it needs, and those that it only takes what it finds in."""
        taken = [one["place"] for one in self.listings if one["is_taken"] and one["place"] is not None]
        return {"needed": self.needed, "listed": [one for one in dict.fromkeys(taken) if one not in self.needed]}
