"""The data of a monitoring job: what an endpoint has captured in a window, joined with the truth where there is one."""

import importlib.util
import json
import os
from types import SimpleNamespace

import tables

OUTPUT, INPUT = "endpointOutput", "endpointInput"


def is_captured():
    return "sagemakerCaptureJson" in os.environ.get("dataset_format", "")


def read(names=None):
    """All captured records as one table.

    Without names of their own the columns are those of the baseline by their order, predictions first, as the service
    has it: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-create-baseline.html
    @param names the columns of the baseline
    """
    script = os.environ.get("record_preprocessor_script")
    if script:
        return _named([tables.from_records(_processed(script))], names)
    output, given = side(OUTPUT), side(INPUT)
    width = len(names or ())
    if len(output) + len(given) != width and len(given) == width:
        output = {}
    return _named([output, given], names)


def side(name, keep=None):
    """One side of all records in the window."""
    start, end = os.environ.get("start_time"), os.environ.get("end_time")
    parts = [tables.captured(text, name, start, end, keep) for text in _texts("dataset_source")]
    columns = list(dict.fromkeys(column for part in parts for column in part))
    sizes = [max((len(values) for values in part.values()), default=0) for part in parts]
    table = {column: [value for part, size in zip(parts, sizes) for value in part.get(column, [""] * size)] for column in columns}
    if name == INPUT and keep is None and not any(table.values()):
        raise tables.UserError("Job inputs had no data")
    return table


def with_truth():
    """The tables of outputs and inputs with the truth of each, by `inferenceId` where it is there, else `eventId`.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
    """
    truths = {}
    for text in _texts("ground_truth_source"):
        for line in filter(str.strip, text.splitlines()):
            event = json.loads(line)
            rows = tables.records_of(event["groundTruthData"])
            truths[event["eventMetadata"]["eventId"]] = [str(value) for row in rows for value in row_values(row)]
    found = []

    def keep(about):
        return _truth_of(about, truths) is not None

    def collect(about):
        truth = _truth_of(about, truths)
        if truth is not None:
            found.extend(truth)
        return truth is not None

    output, given = side(OUTPUT, collect), side(INPUT, keep)
    if not found:
        raise tables.UserError("No captured request has a ground truth: compare the ids of both.")
    return output, given, found


def row_values(row):
    return row.values() if isinstance(row, dict) else row if isinstance(row, list) else [row]


def _truth_of(about, truths):
    return truths.get(about.get("inferenceId"), truths.get(about.get("eventId")))


def _texts(variable):
    return [path.read_text(errors="replace") for path in tables.files_below(os.environ[variable])]


def _named(parts, names):
    """Columns that have only a place get the names that are left, in their order."""
    table = tables.joined(parts)
    free = iter([name for name in names or () if name not in table])
    made = {}
    for name, values in table.items():
        made[next(free, name) if names and tables.is_place(name) else name] = values
    return made


def _processed(script):
    """What a script of the user's makes of each request: `preprocess_handler(inference_record)`.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-pre-processing.html
    """
    spec = importlib.util.spec_from_file_location("record_preprocessor", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    start, end = os.environ.get("start_time"), os.environ.get("end_time")
    for text in _texts("dataset_source"):
        for line in filter(str.strip, text.splitlines()):
            event = json.loads(line)
            about, data = event.get("eventMetadata", {}), event["captureData"]
            at = about.get("inferenceTime", "")
            if (start and at < start) or (end and at >= end):
                continue
            sides = {
                key: SimpleNamespace(data=tables.body(data[name]), encoding=data[name].get("encoding"), observed_content_type=data[name].get("observedContentType"))
                for key, name in (("endpoint_input", INPUT), ("endpoint_output", OUTPUT))
                if name in data
            }
            record = SimpleNamespace(**sides, event_metadata=SimpleNamespace(event_id=about.get("eventId"), event_time=at, inference_id=about.get("inferenceId")))
            made = module.preprocess_handler(record)
            yield from made if isinstance(made, list) else [made] if made else []
