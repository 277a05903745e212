"""The environment variables that a script asks for while it is rendered.

What nobody has set comes from the `.env` files of the project. A variable whose name says that it is the account's
bucket, role, region or number has that of the endpoint behind AWS_ENDPOINT_URL; of any other one that a script cannot do
without, a text stands for it when the script is run a second time.
"""

import os
import re
import sys

from stand_ins import StandIn

ASSIGNMENT = re.compile(r"""^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^#\n]*?))\s*(?:#.*)?$""")
PLACEHOLDER = re.compile(r"<[^>]*>|\$\{|^(?:your|my|change|replace|todo)\b|^(?:your|my)[-_]|^x{3,}|\.\.\.", re.I)


def read_files(folders):
    """Sets what `.env` files of these folders give, the nearest first, and the environment lacks. AWS is left alone."""
    for folder in folders:
        try:
            with open(os.path.join(folder, ".env"), encoding="utf-8") as file:
                found = [ASSIGNMENT.match(line) for line in file]
        except (OSError, UnicodeDecodeError):
            continue
        for name, *values in (match.groups() for match in found if match):
            value = next((one for one in values if one is not None), "")
            if value and not name.startswith("AWS_") and not PLACEHOLDER.search(value):
                os.environ.setdefault(name, value)


def known_value(name, role, project):
    """What the account has under such a name, or None."""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    account = re.match(r"arn:aws[\w-]*:iam::(\d{12}):role/(?:.*/)?([^/]+)$", role or "")
    if re.search(r"(?:^|_)REGION(?:_NAME)?$", name, re.I):
        return region
    if re.search(r"PIPELINE_NAME$|^PIPELINE$", name, re.I):
        return project
    if not account:
        return None
    if re.search(r"ROLE(?:_?ARN)?$", name, re.I):
        return role
    if re.search(r"ROLE_?NAME$", name, re.I):
        return account[2]
    if re.search(r"(?:^|_)ACCOUNT(?:_?(?:ID|NUMBER))?$", name, re.I):
        return account[1]
    if region and re.search(r"BUCKET(?:_?NAME)?$", name, re.I):
        return f"sagemaker-{region}-{account[1]}"
    return None


class Variables:
    """Answers the user's own code about variables that are not set, and notes it."""

    def __init__(self, sources, missing, project, lenient):
        self.sources, self.missing, self.project, self.lenient = sources, missing, project, lenient
        self.unset = []

    def watch(self):
        kind = type(os.environ)
        read = kind.__getitem__

        def reading(environ, name):
            try:
                return read(environ, name)
            except KeyError:
                value = self.instead(name, sys._getframe(1), self.lenient) if environ is os.environ else None
                if value is None:
                    raise
                return value

        def getting(environ, name, default=None):
            try:
                return read(environ, name)
            except KeyError:
                frame = sys._getframe(1)
                if frame.f_code is os.getenv.__code__:
                    frame = frame.f_back
                return self.instead(name, frame, False) if default is None and environ is os.environ else default

        kind.__getitem__, kind.get = reading, getting

    def instead(self, name, frame, needed):
        if not isinstance(name, str) or self.sources.find(frame.f_code.co_filename.partition("#")[0]) is None:
            return None
        # Any profile is the endpoint's; a script that only asks for one goes on without.
        value = "default" if name == "AWS_PROFILE" and self.lenient else known_value(name, self.missing.role, self.project)
        if value is None and needed:
            value = StandIn(name)
        if value is None:
            self.unset.append(name)
        else:
            self.missing.note(f"The environment variable {name} is not set: {value} stands for it.")
        return value

    def note_unset(self, definition):
        """Tells the variables that are not set, where Python's None has got into a text of the definition."""
        if self.unset and re.search(r"(?<![\w])None(?![\w])", definition):
            self.missing.note(f"Environment variables that are not set: {', '.join(dict.fromkeys(self.unset))}.")
