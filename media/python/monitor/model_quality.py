"""Metrics of predictions beside their truth, with constraints and violations, in the formats of Model Monitor.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
"""

import math
import random

# Metrics that are better when they are smaller.
ERRORS = {"mae", "mse", "rmse", "false_positive_rate", "false_negative_rate"}
SAMPLES = 5
FEWEST = 200


def statistics(kind, truth, found, chances=None):
    """`statistics.json`. @param kind Regression, BinaryClassification or MulticlassClassification"""
    name, compute = KINDS[kind]
    values = compute(truth, found, chances)
    spread = {key: "NaN" for key in values}
    if len(truth) >= FEWEST:
        drawn = [_sample(compute, truth, found, chances, seed) for seed in range(SAMPLES)]
        spread = {key: _deviation([each[key] for each in drawn]) for key in values if isinstance(values[key], float)}
    metrics = {
        key: {"value": value, "standard_deviation": spread.get(key, "NaN")} if isinstance(value, float) else value
        for key, value in values.items()
    }
    return {"version": 0.0, "dataset": {"item_count": len(truth)}, f"{name}_metrics": metrics}


def constraints(stats):
    """`constraints.json` that the same predictions meet."""
    made = {"version": 0.0}
    for key, metrics in stats.items():
        if not key.endswith("_metrics"):
            continue
        made[f"{key.removesuffix('_metrics')}_constraints"] = {
            name: {"threshold": metric["value"], "comparison_operator": "GreaterThanThreshold" if name in ERRORS else "LessThanThreshold"}
            for name, metric in metrics.items()
            if "value" in metric and "best_constant" not in name
        }
    return made


def violations(stats, baseline):
    problems = []
    for key, rules in baseline.items():
        if not key.endswith("_constraints"):
            continue
        metrics = stats.get(f"{key.removesuffix('_constraints')}_metrics", {})
        for name, rule in rules.items():
            value = metrics.get(name, {}).get("value")
            if value is None:
                continue
            operator, threshold = rule["comparison_operator"], rule["threshold"]
            if value > threshold if operator == "GreaterThanThreshold" else value < threshold:
                word = "greater" if operator == "GreaterThanThreshold" else "less"
                problems.append(
                    {
                        "constraint_check_type": operator,
                        "description": f"Metric {name} with {value} was {word} than '{threshold}'",
                        "metric_name": name,
                    }
                )
    return {"violations": problems}


def _regression(truth, found, _):
    truth, found = [float(value) for value in truth], [float(value) for value in found]
    errors = [a - b for a, b in zip(truth, found)]
    mse = math.fsum(error**2 for error in errors) / len(errors)
    mean = math.fsum(truth) / len(truth)
    around = math.fsum((value - mean) ** 2 for value in truth)
    return {
        "mae": math.fsum(map(abs, errors)) / len(errors),
        "mse": mse,
        "rmse": math.sqrt(mse),
        "r2": 1 - mse * len(errors) / around if around else 0.0,
    }


def _binary(truth, found, chances):
    truth, found = [_label(value) for value in truth], [_label(value) for value in found]
    tp, fp, fn, tn = (
        sum(1 for pair in zip(truth, found) if pair == wanted) for wanted in ((1, 1), (0, 1), (1, 0), (0, 0))
    )
    metrics = {
        "confusion_matrix": {"0": {"0": tn, "1": fp}, "1": {"0": fn, "1": tp}},
        "accuracy": _share(tp + tn, len(truth)),
        "precision": _share(tp, tp + fp),
        "recall": _share(tp, tp + fn),
        "true_positive_rate": _share(tp, tp + fn),
        "true_negative_rate": _share(tn, tn + fp),
        "false_positive_rate": _share(fp, fp + tn),
        "false_negative_rate": _share(fn, fn + tp),
        **{f"f{name}": _f(beta, _share(tp, tp + fp), _share(tp, tp + fn)) for name, beta in (("0_5", 0.5), ("1", 1), ("2", 2))},
    }
    positive = sum(truth)
    majority = 1 if 2 * positive >= len(truth) else 0
    best = _share(positive, len(truth)) if majority else 0.0
    metrics["accuracy_best_constant_classifier"] = _share(max(positive, len(truth) - positive), len(truth))
    metrics["precision_best_constant_classifier"] = best
    metrics["recall_best_constant_classifier"] = float(majority)
    if chances:
        numbers = [float(value) for value in chances]
        roc = _curve(truth, numbers)
        metrics["auc"] = math.fsum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in zip(roc, roc[1:]))
        metrics["receiver_operating_characteristic_curve"] = {
            "false_positive_rates": [point[0] for point in roc],
            "true_positive_rates": [point[1] for point in roc],
        }
    return metrics


def _multiclass(truth, found, _):
    truth, found = [str(value) for value in truth], [str(value) for value in found]
    labels = sorted({*truth, *found})
    total = len(truth)
    pairs = list(zip(truth, found))
    matrix = {a: {b: sum(1 for pair in pairs if pair == (a, b)) for b in labels} for a in labels}
    weights = {label: truth.count(label) / total for label in labels}
    recall = {label: _share(matrix[label][label], truth.count(label)) for label in labels}
    precision = {label: _share(matrix[label][label], found.count(label)) for label in labels}
    mean = lambda values: math.fsum(weights[label] * values[label] for label in labels)  # noqa: E731
    return {
        "confusion_matrix": matrix,
        "accuracy": _share(sum(matrix[label][label] for label in labels), total),
        "weighted_recall": mean(recall),
        "weighted_precision": mean(precision),
        **{
            f"weighted_f{name}": mean({label: _f(beta, precision[label], recall[label]) for label in labels})
            for name, beta in (("0_5", 0.5), ("1", 1), ("2", 2))
        },
        "accuracy_best_constant_classifier": max(weights.values()),
    }


KINDS = {
    "Regression": ("regression", _regression),
    "BinaryClassification": ("binary_classification", _binary),
    "MulticlassClassification": ("multiclass_classification", _multiclass),
}


def _label(value):
    text = str(value).strip().lower()
    return 1 if text in ("1", "1.0", "true", "yes") else 0


def _share(part, whole):
    return part / whole if whole else 0.0


def _f(beta, precision, recall):
    below = beta**2 * precision + recall
    return (1 + beta**2) * precision * recall / below if below else 0.0


def _curve(truth, chances):
    """(false positive rate, true positive rate) at every threshold, from none to all."""
    positives, negatives = sum(truth), len(truth) - sum(truth)
    points, tp, fp = [(0.0, 0.0)], 0, 0
    ordered = sorted(zip(chances, truth), reverse=True)
    for index, (chance, label) in enumerate(ordered):
        tp, fp = tp + label, fp + 1 - label
        if index + 1 == len(ordered) or ordered[index + 1][0] != chance:
            points.append((_share(fp, negatives), _share(tp, positives)))
    return points


def _sample(compute, truth, found, chances, seed):
    chosen = random.Random(seed).sample(range(len(truth)), int(0.8 * len(truth)))
    pick = lambda values: [values[index] for index in chosen]  # noqa: E731
    return compute(pick(truth), pick(found), pick(chances) if chances else None)


def _deviation(values):
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
