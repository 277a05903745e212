"""Files of a channel as matrices, by the names that the XGBoost image has.

See https://github.com/aws/sagemaker-xgboost-container/blob/master/src/sagemaker_xgboost_container/data_utils.py.
"""

from pathlib import Path

import xgboost

from ._channels import channels

CSV = "csv"
LIBSVM = "libsvm"
PARQUET = "parquet"
RECORDIO_PROTOBUF = "recordio-protobuf"


def get_content_type(content_type_cfg_val):
    """The format of a content type; libsvm where there is none."""
    if content_type_cfg_val is None:
        return LIBSVM
    kind, parameters = channels.parse_content_type(content_type_cfg_val)
    if kind not in (CSV, LIBSVM, PARQUET, RECORDIO_PROTOBUF):
        raise channels.UserError(f"{content_type_cfg_val} is not an accepted ContentType.")
    if parameters.get("label_size", "1") != "1":
        raise channels.UserError(f"{content_type_cfg_val} is not an accepted ContentType: label_size is not 1.")
    return kind


def get_dmatrix(data_path, content_type, csv_weights=0, is_pipe=False):
    """The matrix of a file or of a folder's files, the label first; None where there are none."""
    if is_pipe:
        raise channels.UserError("Local gives files in File mode, not in Pipe mode.")
    kind = get_content_type(content_type)
    paths = data_path if isinstance(data_path, list) else [data_path]
    files = [file for path in paths for file in channels.files_of(Path(path))]
    if not files:
        return None
    features, labels = channels.read_files(files, kind, 1)
    if kind == CSV and csv_weights == 1:
        return xgboost.DMatrix(features[:, 1:], label=labels, weight=features[:, 0])
    return xgboost.DMatrix(features, label=labels)


def get_csv_dmatrix(path, csv_weights, is_pipe=False):
    return get_dmatrix(path, CSV, csv_weights, is_pipe)


def get_libsvm_dmatrix(files_path, is_pipe=False):
    return get_dmatrix(files_path, LIBSVM, 0, is_pipe)


def get_parquet_dmatrix(path, is_pipe=False):
    return get_dmatrix(path, PARQUET, 0, is_pipe)


def get_recordio_protobuf_dmatrix(path, is_pipe=False):
    return get_dmatrix(path, RECORDIO_PROTOBUF, 0, is_pipe)
