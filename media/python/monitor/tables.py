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
        yield prefix, "" if value is None else str(value)


def from_capture(text, sides):
    """What an endpoint has captured: a row for each record of a request, output beside input."""
    rows = []
    for line in text.splitlines():
        if not line.strip():
            continue
        captured = json.loads(line)["captureData"]
        parts = [_records(captured[side]) for side in sides if side in captured]
        rows.extend([cell for cells in group for cell in cells] for group in zip(*parts))
    return from_rows(rows, False)


def _records(side):
    data = side["data"]
    if side.get("encoding") == "BASE64":
        data = base64.b64decode(data).decode(errors="replace")
    if side.get("encoding") == "JSON":
        table = from_records(_listed(json.loads(data)))
        return [list(row) for row in zip(*table.values())]
    return [row for row in csv.reader(data.splitlines()) if row]
