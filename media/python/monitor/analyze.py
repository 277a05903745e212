"""What the image sagemaker-model-monitor-analyzer does, by its own variables, for data and model quality.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-pre-and-post-processing.html (variables of a job).
"""

import json
import os
import re
import sys
from pathlib import Path

import captured
import data_quality
import emit
import model_quality
import tables

# The column of what is true, where it comes from another place than the rest.
TRUTH = "groundTruthData"


def main():
    output = Path(os.environ.get("output_path", "/opt/ml/processing/output"))
    output.mkdir(parents=True, exist_ok=True)
    baseline = _json("baseline_constraints", "constraints")
    if os.environ.get("analysis_type") == "MODEL_QUALITY":
        stats = _model_statistics(_table(None))
        found = model_quality.violations(stats, baseline) if baseline else None
        made = model_quality.constraints(stats)
        emit.metrics(emit.of_quality(stats))
    else:
        table = _table([feature["name"] for feature in baseline["features"]] if baseline else None)
        stats = data_quality.statistics(table)
        before = _json("baseline_statistics", "statistics")
        found = data_quality.violations(table, stats, baseline, before) if baseline else None
        made = data_quality.constraints(stats)
        emit.metrics(emit.of_features(stats, data_quality.drifts(stats, baseline or {}, before)))
    _write(output / "statistics.json", stats)
    _write(output / "constraints.json", made)
    if found is not None:
        _write(output / "constraint_violations.json", found)
        problems = found["violations"]
        for problem in problems:
            print(problem["description"], flush=True)
        emit.outcome(len(problems))


def _table(names):
    if not captured.is_captured():
        return tables.read(os.environ["dataset_source"], json.loads(os.environ.get("dataset_format") or "null"))
    if "ground_truth_source" not in os.environ:
        return captured.read(names)
    output, _, truth = captured.with_truth()
    os.environ.setdefault("ground_truth_attribute", TRUTH)
    return {**output, TRUTH: truth}


def _model_statistics(table):
    kind = os.environ.get("problem_type", "")
    if kind not in model_quality.KINDS:
        raise tables.UserError(f"problem_type must be one of {', '.join(model_quality.KINDS)}, not '{kind}'.")
    truth, found, chances = (_column(table, name) for name in ("ground_truth_attribute", "inference_attribute", "probability_attribute"))
    threshold = os.environ.get("probability_threshold_attribute")
    if found is None and chances is not None:
        found = ["1" if float(value) > float(threshold or 0.5) else "0" for value in chances]
    if truth is None or found is None:
        raise tables.UserError("Model quality needs ground_truth_attribute, and inference_attribute or probability_attribute.")
    return model_quality.statistics(kind, truth, found, chances)


def _column(table, variable):
    name = os.environ.get(variable)
    if not name:
        return None
    # `predictions[0].score` is written as the tables write it.
    for candidate in (name, f"_c{name}", re.sub(r"[\[\]]", "", name), name.split(".")[-1]):
        if candidate in table:
            return table[candidate]
    raise tables.UserError(f"There is no column '{name}', which {variable} names. Columns: {', '.join(table)}.")


def _json(variable, name):
    """The baseline file that a variable leads to: itself, or the one with this name in the folder."""
    place = os.environ.get(variable)
    if not place:
        return None
    files = tables.files_below(place)
    chosen = next((path for path in files if path.name.startswith(name)), files[0] if files else None)
    return json.loads(chosen.read_text()) if chosen else None


def _write(path, value):
    path.write_text(json.dumps(value, indent=1))


if __name__ == "__main__":
    try:
        main()
    except (tables.UserError, KeyError) as error:
        text = str(error) if isinstance(error, tables.UserError) else f"The variable {error} is not set."
        place = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")) / "output"
        place.mkdir(parents=True, exist_ok=True)
        (place / "failure").write_text(text)
        sys.exit(f"Error: {text}")
