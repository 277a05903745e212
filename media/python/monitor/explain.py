"""Explanations of a model in the form of SageMaker Clarify, and how far they have drifted from a baseline.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-analysis-results.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-feature-attribution-drift.html
"""

import csv
import math
import os
from pathlib import Path

import bias
import shap
import tables

# The order of features must still be worth so much of that of the baseline.
LEAST = 0.9
METHOD = "kernel_shap"


def explanations(config, features, predictor, output):
    """SHAP values of all rows, written to `explanations_shap`, and over all of them, which are given back."""
    settings = config["methods"]["shap"]
    rows = [list(row) for row in zip(*features.values())]
    if not rows:
        raise tables.UserError("Job inputs had no data")
    aggregation = settings.get("agg_method", "mean_abs")
    if aggregation not in shap.AGGREGATIONS:
        raise tables.UserError(f"shap.agg_method must be one of {', '.join(shap.AGGREGATIONS)}, not '{aggregation}'.")
    background = _background(settings, rows)
    if any(len(row) != len(features) for row in background):
        raise tables.UserError(f"shap.baseline must have a value for each of the {len(features)} features: {', '.join(features)}.")
    score = (lambda each: [[_logit(value) for value in row] for row in predictor.scores(each)]) if settings.get("use_logit") else predictor.scores
    explainer = shap.Explainer(score, background, settings.get("num_samples"), settings.get("seed"))
    print(f"SHAP values of {len(rows)} rows: {len(features)} features, {len(explainer.coalitions)} coalitions, {len(background)} rows of baseline.", flush=True)
    found = [explainer.explain(row) for row in rows]
    labels = _labels(config, len(explainer.expected))
    _write(output / "explanations_shap", features, labels, found, background, settings)
    made = {}
    for index, label in enumerate(labels):
        values = {name: shap.AGGREGATIONS[aggregation]([row[index][place] for row in found]) for place, name in enumerate(features)}
        made[label] = {"global_shap_values": values, "expected_value": explainer.expected[index]}
        for name, value in values.items():
            print(f"{label} {name}: {value}", flush=True)
    return {METHOD: made}


def violations(analysis, baseline):
    """Labels whose features have another order of attributions than in a baseline."""
    before, problems = _of(baseline), []
    for label, each in _of(analysis).items():
        known = before.get(label, {}).get("global_shap_values")
        if not known:
            continue
        names = list(known)
        score = bias.ndcg([known[name] for name in names], [each["global_shap_values"].get(name, 0) for name in names])
        if score < LEAST:
            problems.append(
                {
                    "label": label,
                    "metric_name": "shap",
                    "constraint_check_type": "feature_attribution_drift_check",
                    "description": f"Feature attribution drift {score} exceeds threshold {LEAST}",
                }
            )
    return problems


def emitted(analysis):
    """What CloudWatch is told."""
    for label, each in _of(analysis).items():
        about = {"ExplainabilityMethod": "KernelShap", "Label": label}
        for name, value in each["global_shap_values"].items():
            yield f"feature_{name}", value, {**about, "ValueType": "GlobalShapValues"}
        yield "ExpectedValue", each["expected_value"], {**about, "ValueType": "ExpectedValue"}


def _of(analysis):
    return analysis.get("explanations", {}).get(METHOD, {})


def _labels(config, count):
    headers = config.get("predictor", {}).get("label_headers") or config.get("label_headers")
    return [str(name) for name in headers] if headers and len(headers) == count else [f"label{index}" for index in range(count)]


def _background(settings, rows):
    """The rows that features are taken from that are not there."""
    given = settings.get("baseline")
    if isinstance(given, list) and given:
        return given if isinstance(given[0], list) else [given]
    if isinstance(given, str):
        place = Path(os.environ.get("MLOPS_FLOW_SHAP_BASELINE", ""))
        files = tables.files_below(str(place)) if os.environ.get("MLOPS_FLOW_SHAP_BASELINE") else []
        if not files:
            raise tables.UserError(f"The baseline {given} is not there.")
        return [row for path in files for row in csv.reader(path.read_text().splitlines()) if row]
    if settings.get("num_clusters", 1) != 1:
        raise tables.UserError("Local makes no clusters of a data set: give the rows of shap.baseline.")
    return [shap.center(rows)]


def _write(folder, features, labels, found, background, settings):
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "baseline.csv").open("w", newline="") as file:
        csv.writer(file).writerows([list(features), *background])
    if settings.get("save_local_shap_values", True):
        with (folder / "out.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([f"{name}_{label}" for label in labels for name in features])
            writer.writerows([value for values in row for value in values] for row in found)


def _logit(chance):
    inside = min(max(chance, 1e-7), 1 - 1e-7)
    return math.log(inside / (1 - inside))
