"""Requests as matrices, by the names that the XGBoost image has.

See https://github.com/aws/sagemaker-xgboost-container/blob/master/src/sagemaker_xgboost_container/encoder.py.
"""

import json
import tempfile
from pathlib import Path

import xgboost

from ._channels import channels


def csv_to_dmatrix(input, dtype=None):
    """Rows of numbers without labels."""
    text = input.decode() if isinstance(input, (bytes, bytearray)) else input
    rows = channels.parse_csv(text.strip(), "The request")
    return xgboost.DMatrix(rows if dtype is None else rows.astype(dtype))


def libsvm_to_dmatrix(string_like):
    """Rows of libsvm; their labels are not looked at."""
    return _matrix_of(string_like, "libsvm")


def recordio_protobuf_to_dmatrix(string_like):
    """Records of RecordIO; their labels are not looked at."""
    return _matrix_of(string_like, "recordio-protobuf")


def _matrix_of(data, kind):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "request"
        path.write_bytes(data.encode() if isinstance(data, str) else bytes(data))
        features, _ = channels.read_files([path], kind, 1)
    return xgboost.DMatrix(features)


_DECODERS = {"csv": csv_to_dmatrix, "libsvm": libsvm_to_dmatrix, "recordio-protobuf": recordio_protobuf_to_dmatrix}


def decode(obj, content_type):
    """A request of one of the image's content types as a matrix."""
    kind, _ = channels.parse_content_type(content_type)
    if kind not in _DECODERS:
        raise ValueError(f"Content type {content_type} is not supported by this framework.")
    return _DECODERS[kind](obj)


def json_to_jsonlines(json_data):
    """The entries of a JSON object's one list, each on a line of its own, as bytes."""
    answer = json_data if isinstance(json_data, dict) else json.loads(json_data)
    if len(answer) != 1:
        raise ValueError("JSON response is not compatible for conversion to jsonlines.")
    (entries,) = answer.values()
    return "".join(f"{json.dumps(entry)}\n" for entry in entries).encode()
