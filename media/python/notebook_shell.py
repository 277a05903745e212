"""What cells of a notebook do beside Python, as far as the definition may depend on it: `!aws s3 cp` and `sync` with the
S3 of this environment, `!mkdir`, and `%%writefile` of a file that is not there. Nothing else of a shell is run.
"""

import os
import re
import shlex

RUN = re.compile(r"!\s*(?:aws\s+s3\s+(?:cp|sync)|mkdir)\b")
S3 = re.compile(r"s3://([^/]+)/?(.*)")


def statement_for(line):
    """The Python that stands for a line that begins with `!`, or None where it is not run."""
    return f"__shell__({line.strip()[1:].strip()!r}, globals())" if RUN.match(line.strip()) else None


def cell_for(text):
    """The Python that stands for a cell that begins with `%%writefile`, or None."""
    match = re.match(r"\s*%%writefile[ \t]+(?!-)(\S+)[ \t]*\n(.*)", text, re.S)
    return f"__write__({match[1]!r}, {match[2]!r}, globals())" if match else None


def expanded(text, names):
    """The text with `{expression}` and `$name` as a notebook replaces them; what it cannot have stays."""

    def value(match):
        try:
            return str(eval(match[1] or match[2], names))
        except Exception:
            return match[0]

    return re.sub(r"\{([^{}]+)\}|\$(\w+)", value, text)


class Shell:
    """The commands, each of which ends without an error as it does in a notebook; what was missing is noted."""

    def __init__(self, note):
        self.note = note

    def run(self, command, names):
        try:
            words = [word for word in shlex.split(expanded(command, names)) if word not in ("2>&1", ">/dev/null")]
        except ValueError:
            return
        if words[0] == "mkdir":
            for folder in words[1:]:
                if not folder.startswith("-"):
                    os.makedirs(folder, exist_ok=True)
            return
        places = [word for word in words[3:] if not word.startswith("-")][:2]
        if len(places) != 2:
            return
        try:
            self.copy(*places, whole=words[2] == "sync" or "--recursive" in words)
        except Exception as error:
            self.note(f"!{' '.join(words[:3])} {places[0]}: {error}.")

    def write(self, path, text, names):
        path = expanded(path, names)
        if os.path.exists(path):
            return
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        print(f"Wrote {path}.")

    def copy(self, source, target, whole):
        import boto3

        s3 = boto3.client("s3")
        for come_from, relative in parts_of(s3, source, whole):
            goes_to = joined(target, relative, whole)
            there, here = S3.fullmatch(come_from), S3.fullmatch(goes_to)
            if there and here:
                s3.copy_object(Bucket=here[1], Key=here[2], CopySource={"Bucket": there[1], "Key": there[2]})
            elif there:
                os.makedirs(os.path.dirname(goes_to) or ".", exist_ok=True)
                s3.download_file(there[1], there[2], goes_to)
            elif here:
                s3.upload_file(come_from, here[1], here[2])


def parts_of(s3, source, whole):
    """The files of a place, each with its path from there."""
    remote = S3.fullmatch(source)
    if not whole:
        return [(source, source.rstrip("/").rpartition("/")[2])]
    if not remote:
        files = [os.path.join(folder, name) for folder, _, names in os.walk(source) for name in names]
        return [(file, os.path.relpath(file, source)) for file in files]
    prefix = remote[2] if remote[2].endswith("/") or not remote[2] else f"{remote[2]}/"
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=remote[1], Prefix=prefix)
    keys = [one["Key"] for page in pages for one in page.get("Contents", []) if not one["Key"].endswith("/")]
    if not keys:
        raise FileNotFoundError("nothing is there")
    return [(f"s3://{remote[1]}/{key}", key[len(prefix) :]) for key in keys]


def joined(target, relative, whole):
    """Where a file goes: into a folder, or under the very name that is given for one."""
    is_folder = whole or target.endswith("/") or target in (".", "..") or (not target.startswith("s3://") and os.path.isdir(target))
    if re.fullmatch(r"s3://[^/]+", target):
        is_folder = True
    return f"{target.rstrip('/')}/{relative}" if is_folder else target
