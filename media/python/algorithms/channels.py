"""The data channels and hyperparameters of a training job, as the built-in algorithms of SageMaker take them.

Formats: CSV without a header (the label first), libsvm, Parquet (the label first) and RecordIO with protobuf records.
See https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html.
"""

import csv
import json
import os
import struct
import sys
from pathlib import Path

import numpy as np

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
MODEL = BASE / "model"
OUTPUT = BASE / "output" / "data"


class UserError(Exception):
    """A fault of the request or of the data; its message becomes the job's FailureReason."""


def run(train):
    """Runs `train` and writes down why it failed, if it did."""
    try:
        train()
    except Exception as error:
        kind = "" if isinstance(error, UserError) else f"{type(error).__name__}: "
        (BASE / "output").mkdir(parents=True, exist_ok=True)
        (BASE / "output" / "failure").write_text(f"{kind}{error}")
        if kind:
            raise
        sys.exit(f"Error: {error}")


def hyperparameters():
    """The hyperparameters as texts; those that begin with an underscore belong to tuning."""
    return json.loads((BASE / "input" / "config" / "hyperparameters.json").read_text())


def has(channel):
    return any(_files(channel))


def content_type(channel, default):
    """The channel's content type without its parameters, and these."""
    config = json.loads((BASE / "input" / "config" / "inputdataconfig.json").read_text())
    return parse_content_type(config.get(channel, {}).get("ContentType", default))


def parse_content_type(text):
    """The format that a content type names, and its parameters."""
    name, *parameters = (part.strip() for part in text.lower().split(";"))
    return name.removeprefix("text/x-").removeprefix("text/").removeprefix("application/x-"), dict(
        part.split("=", 1) for part in parameters if "=" in part
    )


def read(channel, default="csv", labels=1):
    """A channel as (features, labels): a 2-d array of floats, and a 1-d one or None where `labels` is 0.

    `labels` is what the format says where the content type has no label_size of its own.
    """
    kind, parameters = content_type(channel, default)
    files = list(_files(channel))
    if not files:
        raise UserError(f"No data in channel '{channel}'.")
    return read_files(files, kind, int(parameters.get("label_size", labels)))


def read_files(files, kind, labels):
    """Files of one format as (features, labels), likewise."""
    if kind == "csv":
        return _split(np.concatenate([_read_csv(path) for path in files]), labels)
    if kind == "parquet":
        import pyarrow.parquet as parquet

        tables = [parquet.read_table(path).to_pandas().to_numpy(dtype=float) for path in files]
        return _split(np.concatenate(tables), labels)
    if kind == "libsvm":
        from sklearn.datasets import load_svmlight_files

        parts = load_svmlight_files([str(path) for path in files])
        return np.concatenate([part.toarray() for part in parts[::2]]), np.concatenate(parts[1::2])
    if kind == "recordio-protobuf":
        records = [record for path in files for record in _read_records(path.read_bytes())]
        features = np.array([values for values, _ in records], dtype=float)
        return features, np.array([label for _, label in records], dtype=float) if labels else None
    raise UserError(f"'{kind}' is not a content type that is read here: csv, libsvm, parquet, recordio-protobuf.")


def _files(channel):
    return files_of(BASE / "input" / "data" / channel)


def files_of(folder):
    """The files of data below a folder, or the file itself."""
    if folder.is_file():
        return [folder]
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name[0] not in "._")


def _read_csv(path):
    return parse_csv(path.read_text(errors="replace"), path.name)


def parse_csv(text, name):
    """CSV of numbers without a header as a 2-d array."""
    first = text[: text.find("\n")] if "\n" in text else text
    try:
        delimiter = csv.Sniffer().sniff(first, ",;\t| ").delimiter
    except csv.Error:
        delimiter = ","
    try:
        return np.array([[float(cell or "nan") for cell in row] for row in csv.reader(text.splitlines(), delimiter=delimiter) if row])
    except ValueError as error:
        raise UserError(
            f"{name} is not CSV with numbers alone and without a header: {error}. Its first line: {first[:80]}"
        ) from None


def _split(table, labels):
    if not labels:
        return table, None
    return table[:, 1:], table[:, 0]


def _read_records(data):
    """Records of the RecordIO format: a magic number, a length, the record, padding to four bytes."""
    at = 0
    while at < len(data):
        magic, length = struct.unpack_from("<II", data, at)
        if magic != 0xCED7230A:
            raise UserError("The file is not in the RecordIO format.")
        yield _read_record(data[at + 8 : at + 8 + length])
        at += 8 + (length + 3) // 4 * 4


def _read_record(data):
    """(features, label) of the protobuf message `Record`: maps of tensors in the fields 1 and 2."""
    values, label = [], 0.0
    for number, content in _fields(data):
        if number not in (1, 2):
            continue
        tensor = next((inner for key, inner in _fields(content) if key == 2), b"")
        numbers = _tensor(tensor)
        if number == 1:
            values = numbers
        elif numbers:
            label = numbers[0]
    return values, label


def _tensor(value):
    """The numbers of a dense tensor in the message `Value`: float32 in field 2, float64 in 3, int32 in 7."""
    for kind, tensor in _fields(value):
        parts = [part for key, part in _fields(tensor) if key == 1]
        if any(key == 2 for key, _ in _fields(tensor)):
            raise UserError("Sparse tensors are not read here.")
        if kind == 2:
            return [number for part in parts for (number,) in struct.iter_unpack("<f", part)]
        if kind == 3:
            return [number for part in parts for (number,) in struct.iter_unpack("<d", part)]
        if kind == 7:
            return [float(number) for part in parts for number in _varints(part)]
    return []


def _fields(data):
    """Pairs of a number and the bytes of each field of a protobuf message."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 2:
            length, at = _varint(data, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            start = at
            _, at = _varint(data, at)
            yield key >> 3, data[start:at]
            continue
        yield key >> 3, data[at : at + length]
        at += length


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _varints(data):
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value
