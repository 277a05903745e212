"""Arrays as texts and back."""

import csv
import io
import json

import numpy as np

from . import content_types


def encode(array_like, content_type):
    """An array in a content type: bytes for NPY, else text."""
    if content_type == content_types.NPY:
        stream = io.BytesIO()
        np.save(stream, array_like)
        return stream.getvalue()
    if content_type == content_types.JSON:
        return json.dumps(array_like, default=lambda value: np.asarray(value).tolist())
    if content_type == content_types.CSV:
        rows = np.asarray(array_like)
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows(rows.reshape(len(rows), -1) if rows.ndim else [[rows]])
        return stream.getvalue()
    raise ValueError(f"Content type {content_type} is not supported by this framework.")


def decode(obj, content_type):
    """What a request has, as an array."""
    text = obj.decode() if isinstance(obj, bytes) and content_type != content_types.NPY else obj
    if content_type == content_types.NPY:
        return np.load(io.BytesIO(text), allow_pickle=False)
    if content_type == content_types.JSON:
        return np.array(json.loads(text))
    if content_type == content_types.CSV:
        return np.genfromtxt(io.StringIO(text), delimiter=",")
    raise ValueError(f"Content type {content_type} is not supported by this framework.")
