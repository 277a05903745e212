"""What the image sagemaker-clarify-processing does for bias and SHAP values: `analysis_config.json` and a data set to
`analysis.json`.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-configure-analysis.html. Predictions are read from
the data set (`predicted_label`), or asked of the model that `predictor` names.
"""

import csv
import json
import math
import os
import sys
from pathlib import Path

import bias
import captured
import data_quality
import emit
import explain
import tables
from predictor import Predictor

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
INPUT = BASE / "processing" / "input"
OUTPUT = Path(os.environ.get("output_path") or BASE / "processing" / "output")

# The column of the predictions of an endpoint.
PREDICTED = "predicted_label_of_endpoint"

NAMES = {
    "CI": "Class Imbalance (CI)", "DPL": "Difference in Positive Proportions in Labels (DPL)",
    "KL": "Kullback-Liebler Divergence (KL)", "JS": "Jensen-Shannon Divergence (JS)", "LP": "L-p Norm (LP)",
    "TVD": "Total Variation Distance (TVD)", "KS": "Kolmogorov-Smirnov Distance (KS)",
    "CDDL": "Conditional Demographic Disparity in Labels (CDDL)",
    "DPPL": "Difference in Positive Proportions in Predicted Labels (DPPL)", "DI": "Disparate Impact (DI)",
    "DCA": "Difference in Conditional Acceptance (DCA)", "DCR": "Difference in Conditional Rejection (DCR)",
    "RD": "Recall Difference (RD)", "SD": "Specificity Difference (SD)",
    "DAR": "Difference in Acceptance Rates (DAR)", "DRR": "Difference in Rejection Rates (DRR)",
    "AD": "Accuracy Difference (AD)", "TE": "Treatment Equality (TE)", "GE": "Generalized Entropy (GE)",
    "CDDPL": "Conditional Demographic Disparity in Predicted Labels (CDDPL)",
}  # fmt: skip


def main():
    config = json.loads(_configuration().read_text())
    methods = config.get("methods", {})
    wanted = [name for name in ("pre_training_bias", "post_training_bias") if name in methods]
    others = [name for name in methods if name not in (*wanted, "report", "shap")]
    if others:
        raise tables.UserError(f"Local does not compute {', '.join(others)}, only pre_training_bias, post_training_bias and shap.")
    monitors_bias = captured.is_captured() and bool(wanted)
    table = _monitored(config) if monitors_bias else _captured(config) if captured.is_captured() else _table(config)
    analysis = {"version": "1.0"}
    if wanted:
        _bias(config, table, wanted, analysis)
    if "shap" in methods:
        features = _features(config, table)
        analysis["explanations"] = explain.explanations(config, features, Predictor(config.get("predictor", {}), list(features)), OUTPUT)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / "analysis.json").write_text(json.dumps(analysis, indent=1))
    emit.metrics([*_emit(analysis), *explain.emitted(analysis)])
    _compare(analysis, wanted)


def _bias(config, table, wanted, analysis):
    methods = config["methods"]
    label = config["label"]
    labels = _is_wished(table[_name(table, label)], config.get("label_values_or_threshold"))
    found = _predicted(config, table) if "post_training_bias" in wanted else None
    group = table[_name(table, config["group_variable"])] if "group_variable" in config else None
    for method in wanted:
        facets = {}
        for facet in config["facet"]:
            column = _name(table, facet["name_or_index"])
            values = facet.get("value_or_threshold") or sorted(set(table[column]))
            in_d = _is_wished(table[column], values)
            every = bias.pre_training(in_d, labels, group) if method == "pre_training_bias" else bias.post_training(in_d, labels, found, group)
            chosen = methods[method].get("methods", "all")
            metrics = [
                {"name": name, "description": NAMES[name], "value": _finite(value)}
                for name, value in every.items()
                if chosen == "all" or name in chosen
            ]
            text = ",".join(str(value) for value in values) if isinstance(values, list) else str(values)
            facets.setdefault(column, []).append({"value_or_threshold": text, "metrics": metrics})
            for metric in metrics:
                print(f"{metric['description']}: {metric['value']}", flush=True)
        analysis[f"{method}_metrics"] = {
            "label": str(label),
            "label_value_or_threshold": ",".join(str(value) for value in config.get("label_values_or_threshold") or []),
            "facets": facets,
        }


def _predicted(config, table):
    """Whether each row is predicted as wished: by a column of the data set, else by the model."""
    wished = config.get("label_values_or_threshold")
    column = _name(table, config["predicted_label"]) if "predicted_label" in config else None
    if column is not None:
        return _is_wished(table[column], wished)
    features = _features(config, table)
    predictor = Predictor(config.get("predictor", {}), list(features))
    return _is_wished(predictor.labels(_rows(features), config.get("probability_threshold")), wished)


def _features(config, table):
    """The columns that the model is given: all but labels, joined sources and what is excluded."""
    out = [config.get("label"), config.get("predicted_label"), config.get("joinsource_name_or_index"), *(config.get("excluded_columns") or [])]
    names = {_name(table, each) for each in out if each is not None}
    return {name: values for name, values in table.items() if name not in names}


def _rows(columns):
    return [list(row) for row in zip(*columns.values())]


def _compare(analysis, methods):
    place = os.environ.get("baseline_constraints")
    if not place:
        return
    baseline = json.loads(tables.files_below(place)[0].read_text())
    problems = []
    for method in methods:
        key = f"{method}_metrics"
        problems += bias.violations(analysis[key]["facets"], baseline.get(key, {}).get("facets", {}))["violations"]
    problems += explain.violations(analysis, baseline)
    (OUTPUT / "constraint_violations.json").write_text(json.dumps({"version": "1.0", "violations": problems}, indent=1))
    if captured.is_captured():
        emit.outcome(len(problems))


def _configuration():
    given = os.environ.get("analysis_config")
    found = tables.files_below(given or str(INPUT))
    # The container knows the input by its name; the job may have put it anywhere below its inputs.
    named = [path for path in found if given or (path.suffix == ".json" and path.name.startswith("analysis_config"))]
    if not named:
        raise tables.UserError("There is no analysis_config.json among the inputs of the job.")
    return named[0]


def _monitored(config):
    """What an endpoint has captured, with the truth as the label and the prediction in a column of its own."""
    if "ground_truth_source" not in os.environ:
        raise tables.UserError("Bias of an endpoint is measured beside the ground truth: a ModelBias schedule has it, by GroundTruthS3Input.")
    output, given, truth = captured.with_truth()
    label = config["label"]
    headers = config.get("headers") or [*(f"_c{index}" for index in range(len(given))), label]
    names = [name for name in headers if name != label]
    made = {names[index] if tables.is_place(name) and index < len(names) else name: values for index, (name, values) in enumerate(given.items())}
    attribute = os.environ.get("inference_attribute", "0")
    predicted = next((output[name] for name in (attribute, f"_c{attribute}", attribute.split(".")[-1]) if name in output), None)
    if predicted is None:
        raise tables.UserError(f"There is no '{attribute}' in the answers, which InferenceAttribute names. They have {', '.join(output)}.")
    config["predicted_label"] = PREDICTED
    # In the place that the configuration's headers give it.
    columns = {**made, label: truth}
    return {**{name: columns[name] for name in headers if name in columns}, **columns, PREDICTED: predicted}


def _captured(config):
    """What an endpoint was asked; its columns get the names of the headers."""
    headers = [name for name in config.get("headers") or [] if name != config.get("label")]
    given = captured.side(captured.INPUT)
    if not given:
        raise tables.UserError("The captured requests have no input that could be read: capture it as CSV or JSON.")
    names = iter(headers)
    return {next(names, name) if tables.is_place(name) else name: values for name, values in given.items()}


def _emit(analysis):
    for key, stage in (("pre_training_bias_metrics", "DataBias"), ("post_training_bias_metrics", "ModelBias")):
        about = analysis.get(key)
        for facet, values in (about or {"facets": {}})["facets"].items():
            for each in values:
                for metric in each["metrics"]:
                    more = {"BiasStage": stage, "Label": about["label"], "LabelValue": about["label_value_or_threshold"], "Facet": facet, "FacetValue": each["value_or_threshold"]}
                    yield f"bias_metric_{metric['name']}", metric["value"], more


def _table(config):
    kind = config.get("dataset_type", "text/csv")
    if kind != "text/csv":
        format_ = {"json": {"line": "lines" in kind}}
        return tables.read(str(INPUT / "data"), format_)
    rows = [row for path in tables.files_below(str(INPUT / "data")) for row in csv.reader(path.read_text().splitlines())]
    headers = config.get("headers")
    return tables.from_rows([headers, *rows] if headers else rows, True)


def _name(table, name_or_index):
    names = list(table)
    if isinstance(name_or_index, int):
        return names[name_or_index] if name_or_index < len(names) else None
    return name_or_index if name_or_index in table else None


def _is_wished(values, wanted):
    """One of some values, or above a threshold: numbers that are not whole, or many of them, are measured."""
    wanted = wanted if isinstance(wanted, list) else [wanted] if wanted is not None else ["1"]
    kind = data_quality.inferred_type(values)
    if kind != "String" and len(wanted) == 1 and (kind == "Fractional" or len(set(values)) > 10):
        return [not data_quality.is_missing(value) and float(value) > float(wanted[0]) for value in values]
    texts = {_text(value) for value in wanted}
    return [_text(value) in texts for value in values]


def _text(value):
    try:
        return str(float(value))
    except ValueError:
        return str(value)


def _finite(value):
    return math.copysign(bias.INFINITY, value) if math.isinf(value) else value


if __name__ == "__main__":
    try:
        main()
    except (tables.UserError, KeyError) as error:
        text = str(error) if isinstance(error, tables.UserError) else f"The analysis configuration has no {error}."
        (BASE / "output").mkdir(parents=True, exist_ok=True)
        (BASE / "output" / "failure").write_text(text)
        sys.exit(f"Error: {text}")
