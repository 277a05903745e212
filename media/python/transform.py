"""Runs a batch transform: every record of the input files through the model, the answers into `.out` files.

    transform.py CONFIG

The configuration is a JSON file made of the job's request. An object whose records fail gets no `.out` file; the others
keep theirs, and the job fails at its end.

See https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html
"""
import csv
import gzip
import io
import json
import os
import re
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import serving

STEP = re.compile(r"\.(\*|[A-Za-z_][\w-]*)|\[([^\]]*)\]")


def select(path, value):
    """What a JSONPath of the service's subset selects: $ .name * ['a','b'] [1,3] [-1] [2:5]."""
    if not path.startswith("$"):
        raise ValueError(f"The filter '{path}' must begin with $.")
    rest = path[1:]
    while rest:
        match = STEP.match(rest)
        if not match:
            raise ValueError(f"The filter '{path}' cannot be read at '{rest}'.")
        rest = rest[match.end() :]
        value = step(value, match.group(1), match.group(2), path)
    return value


def step(value, name, index, path):
    if name == "*" or index == "*":
        return list(value.values()) if isinstance(value, dict) else value
    if name is not None:
        return value[name]
    parts = [part.strip() for part in index.split(",")]
    if parts[0][:1] in ("'", '"'):
        names = [part[1:-1] for part in parts]
        return value[names[0]] if len(names) == 1 else {each: value[each] for each in names}
    if not isinstance(value, list):
        raise ValueError(f"The filter '{path}' has a place, and the record is no list.")
    if ":" in index:
        first, last = (int(part) if part.strip() else None for part in index.split(":"))
        return value[first:last]
    places = [value[int(part)] for part in parts]
    return places[0] if len(places) == 1 else places


def is_csv(kind):
    return serving.plain_type(kind) == "text/csv"


def parse(text, kind):
    """A record as a value: a row of CSV is a list."""
    if is_csv(kind):
        return next(csv.reader(io.StringIO(text)), [])
    return json.loads(text)


def write(value, kind):
    if is_csv(kind):
        stream = io.StringIO()
        csv.writer(stream, lineterminator="").writerow(value if isinstance(value, list) else [value])
        return stream.getvalue()
    return json.dumps(value)


def joined(record, answer, kind):
    """An input record with its answer, as the service joins them."""
    if is_csv(kind):
        return record + (answer if isinstance(answer, list) else [answer])
    if isinstance(record, dict):
        return {**record, "SageMakerOutput": answer}
    return {"SageMakerInput": record, "SageMakerOutput": answer}


def kind_of(data):
    """The content type of an object that comes without one, by how it begins."""
    if data.lstrip()[:1] in (b"{", b"["):
        return serving.JSON
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    first = next((line for line in text.splitlines() if line.strip()), "")
    return serving.LIBSVM[0] if re.fullmatch(r"\s*[-+\d.eE]+(?:\s+\d+:[-+\d.eE]+)+\s*", first) else serving.CSV


def content_type_of(config, files):
    """The content type that the job names; where it names none, the containers differ in what they take it for."""
    if config["content_type"] or not files:
        return config["content_type"] or serving.JSON
    data = files[0].read_bytes()
    kind = kind_of(gzip.decompress(data) if config["compression"] == "Gzip" else data)
    print(f"The job names no ContentType: its input is read as {kind}.", flush=True)
    return kind


class Transform:
    def __init__(self, config, model):
        self.config = config
        self.model = model
        self.kind = config["content_type"]
        self.accept = config["accept"] or (serving.CSV if serving.plain_type(self.kind) in serving.LIBSVM else self.kind)
        self.filters = config["input_filter"] not in (None, "$")
        self.processes = config["join"] == "Input" or config["output_filter"] not in (None, "$")

    def run(self, path, output):
        data = path.read_bytes()
        if self.config["compression"] == "Gzip":
            data = gzip.decompress(data)
        batches = list(self.batches(data))
        with ThreadPoolExecutor(max_workers=self.config["concurrency"]) as pool:
            answers = list(pool.map(self.answer, batches))
        output.parent.mkdir(parents=True, exist_ok=True)
        end = b"\n" if self.config["assemble"] == "Line" else b""
        with output.open("wb") as file:
            for answer in answers:
                file.write(answer if answer.endswith(end) else answer + end)

    def batches(self, data):
        """The payloads of the requests: lists of records, or the whole object."""
        if self.config["split"] != "Line":
            self.refuse_large(len(data))
            yield data
            return
        records, size = [], 0
        single = self.config["strategy"] == "SingleRecord"
        for line in data.decode("utf-8").splitlines():
            length = len(line.encode("utf-8")) + 1
            self.refuse_large(length)
            if records and (single or size + length > self.config["max_payload"]):
                yield records
                records, size = [], 0
            records.append(line)
            size += length
        if records:
            yield records

    def refuse_large(self, size):
        if size > self.config["max_payload"]:
            raise ValueError(f"A record has {size} bytes, and MaxPayloadInMB allows {self.config['max_payload']}.")

    def answer(self, batch):
        lines = batch if isinstance(batch, list) else None
        sent = lines
        if self.filters:
            source = lines if lines is not None else [batch.decode("utf-8")]
            sent = [write(select(self.config["input_filter"], parse(line, self.kind)), self.kind) for line in source]
        payload = batch if sent is None else "\n".join(sent).encode("utf-8")
        body, _ = self.model.answer(payload, self.kind, self.accept, {})
        if not isinstance(body, (bytes, bytearray)):
            body = (body if isinstance(body, str) else json.dumps(body, default=serving.listed)).encode("utf-8")
        if not self.processes:
            return bytes(body)
        return self.process(lines if lines is not None else [batch.decode("utf-8")], bytes(body).decode("utf-8"))

    def process(self, records, text):
        """Joins answers to their records and filters them."""
        answers = self.split(text, len(records))
        results = []
        for record, answer in zip(records, answers):
            value = joined(parse(record, self.kind), answer, self.kind) if self.config["join"] == "Input" else answer
            results.append(write(select(self.config["output_filter"] or "$", value), self.accept))
        return "\n".join(results).encode("utf-8")

    def split(self, text, count):
        if is_csv(self.accept) or self.config["split"] == "Line":
            lines = [line for line in text.splitlines() if line.strip()]
            if len(lines) == count:
                return [parse(line, self.accept) for line in lines]
        if not is_csv(self.accept):
            value = json.loads(text)
            if count == 1:
                return [value]
            if isinstance(value, list) and len(value) == count:
                return value
        raise ValueError(f"{count} records were sent, and the model did not answer with as many.")


def main(path):
    config = json.loads(Path(path).read_text(encoding="utf-8"))
    model = serving.Model(os.environ["SM_MODEL_DIR"], serving.framework_of(os.environ.get("MLOPS_FLOW_IMAGE") or ""))
    parameters = model.execution_parameters_fn() if model.execution_parameters_fn else {}
    config["concurrency"] = config["concurrency"] or int(parameters.get("MaxConcurrentTransforms") or 1)
    source, target = Path(config["input"]), Path(config["output"])
    files = sorted(each for each in source.rglob("*") if each.is_file())
    transform = Transform({**config, "content_type": content_type_of(config, files)}, model)
    failed = []
    for file in files:
        name = file.relative_to(source).as_posix()
        try:
            transform.run(file, target / f"{name}.out")
            print(f"{name}: done", flush=True)
        except Exception as error:
            traceback.print_exc()
            failed.append(f"{name}: {error}")
    if failed:
        Path(config["failure"]).write_text("; ".join(failed), encoding="utf-8")
        sys.exit(1)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except serving.NoHandler as problem:
        print(f"Error: {problem}", flush=True)
        sys.exit(3)
