"""Tables of texts by column, from the formats that Model Monitor and Clarify read."""

import base64
import csv
import json
from pathlib import Path


class UserError(Exception):
    """A fault of the configuration or of the data; its message becomes the reason of the failure."""


def files_below(source):
    root = Path(source.removeprefix("file://"))
    paths = [root] if root.is_file() else sorted(path for path in root.rglob("*") if path.is_file())
    return [path for path in paths if path.name[0] not in "._"]


def read(source, format_):
    """All files below `source` as one table. @param format_ the value of the variable dataset_format"""
    (kind, options), *_ = (format_ or {"csv": {"header": True}}).items()
    options = options or {}
    tables = [_read_file(path, kind, options) for path in files_below(source)]
    tables = [table for table in tables if any(table.values())]
    if not tables:
        raise UserError("Job inputs had no data")
    names = list(tables[0])
    for table in tables[1:]:
        if list(table) != names:
            raise UserError("The files of the data set have different columns.")
    return {name: [value for table in tables for value in table[name]] for name in names}


def _read_file(path, kind, options):
    text = path.read_text(errors="replace")
    if kind == "csv":
        return from_rows(list(csv.reader(text.splitlines())), options.get("header", False))
    if kind == "json":
        lines = text.splitlines() if options.get("line", options.get("lines", True)) else [text]
        return from_records([record for line in lines if line.strip() for record in _listed(json.loads(line))])
    if kind in ("sagemakerCaptureJson", "sagemakerMergeJson"):
        return from_capture(text, options.get("captureIndexNames") or ["endpointInput", "endpointOutput"])
    raise UserError(f"The format {kind} is not read here: csv, json, sagemakerCaptureJson.")


def _listed(value):
    return value if isinstance(value, list) else [value]


def from_rows(rows, header):
    rows = [row for row in rows if row]
    if not rows:
        return {}
    names = rows[0] if header else [f"_c{index}" for index in range(len(rows[0]))]
    body = rows[1:] if header else rows
    return {name: [row[index] if index < len(row) else "" for row in body] for index, name in enumerate(names)}


def from_records(records):
    flat = [dict(_flat(record, "")) for record in records]
    names = list(dict.fromkeys(name for record in flat for name in record))
    return {name: [record.get(name, "") for record in flat] for name in names}


def _flat(value, prefix):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{prefix}.{key}" if prefix else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _flat(inner, f"{prefix}{index}" if prefix else f"_c{index}")
    else:
        yield prefix or "_c0", "" if value is None else str(value)


def from_capture(text, sides):
    """What an endpoint has captured: a row for each record of a request, output beside input."""
    return joined([captured(text, side) for side in sides])


def captured(text, side, start=None, end=None, keep=None):
    """One side of what an endpoint has captured, `endpointInput` or `endpointOutput`, as a table.

    @param start, end times as `inferenceTime` has them; what lies outside is left out
    @param keep takes the metadata of a request, and says how often each of its records is taken
    """
    records = []
    for line in text.splitlines():
        if not line.strip():
            continue
        event = json.loads(line)
        part, about = event["captureData"].get(side), event.get("eventMetadata", {})
        at = about.get("inferenceTime", "")
        if part is None or (start and at and at < start) or (end and at and at >= end):
            continue
        if keep is None or keep(about):
            records.extend(records_of(part))
    return from_records(records)


def joined(tables):
    """Tables side by side; columns that have only a place are counted through."""
    made, count = {}, 0
    for table in tables:
        for name, values in table.items():
            if is_place(name):
                name, count = f"_c{count}", count + 1
            made[name] = values
    shortest = min((len(values) for values in made.values()), default=0)
    return {name: values[:shortest] for name, values in made.items()}


def is_place(name):
    return name.startswith("_c") and name[2:].isdigit()


def records_of(side):
    """The records of one body: rows of CSV, or what a JSON holds, the items of its only list among them."""
    data = body(side)
    if side.get("encoding") == "JSON":
        value = json.loads(data)
        if isinstance(value, dict) and len(value) == 1 and isinstance(next(iter(value.values())), list):
            value = next(iter(value.values()))
        return _listed(value)
    return [row for row in csv.reader(data.splitlines()) if row]


def body(side):
    """The text of one side of a captured request."""
    data = side["data"]
    return base64.b64decode(data).decode(errors="replace") if side.get("encoding") == "BASE64" else data
