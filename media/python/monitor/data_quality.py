"""Statistics, constraints and violations of a table, in the formats of Model Monitor.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-statistics.html, ...-constraints.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html.
"""

import math
from collections import Counter

import distances

MISSING = {"", "nan", "null", "none", "na"}
# Strings with more values than these are no categories.
MOST_CATEGORIES = 100


def statistics(table):
    """`statistics.json` of columns by name, each a list of texts."""
    count = max((len(values) for values in table.values()), default=0)
    return {
        "version": 0.0,
        "dataset": {"item_count": count},
        "features": [_feature(name, values) for name, values in table.items()],
    }


def constraints(stats):
    """`constraints.json` that a table with these statistics meets."""
    return {
        "version": 0.0,
        "features": [_constraint(feature) for feature in stats["features"]],
        "monitoring_config": {
            "evaluate_constraints": "Enabled",
            "emit_metrics": "Enabled",
            "datatype_check_threshold": 1.0,
            "domain_content_threshold": 1.0,
            "distribution_constraints": {
                "perform_comparison": "Enabled",
                "comparison_threshold": 0.1,
                "comparison_method": "Robust",
                "categorical_comparison_threshold": 0.1,
                "categorical_drift_method": "LInfinity",
            },
        },
    }


def violations(table, stats, baseline_constraints, baseline_statistics=None):
    """What of a table, with its statistics, does not meet the constraints of a baseline."""
    config = baseline_constraints.get("monitoring_config", {})
    wanted = {feature["name"]: feature for feature in baseline_constraints.get("features", [])}
    found = {feature["name"]: feature for feature in stats["features"]}
    before = {feature["name"]: feature for feature in (baseline_statistics or {}).get("features", [])}
    problems = []

    def tell(feature, check, text):
        problems.append({"feature_name": feature, "constraint_check_type": check, "description": text})

    for check, there, asked in (("missing_column_check", found, wanted), ("extra_column_check", wanted, found)):
        gone = [name for name in asked if name not in there]
        if gone:
            which = "baseline" if check == "missing_column_check" else "dataset"
            tell(" ", check, f"There are {len(gone)} columns of the {which} that the other has not: {', '.join(gone)}")
    if config.get("evaluate_constraints", "Enabled") != "Enabled":
        return {"violations": problems}
    for name, constraint in wanted.items():
        if name not in found:
            continue
        settings = {**config, **constraint.get("monitoringConfigOverrides", {})}
        _check_values(name, constraint, table[name], settings, tell)
        if name in before:
            _check_drift(name, found[name], before[name], settings, tell)
    return {"violations": problems}


def is_missing(text):
    return text.strip().lower() in MISSING


def type_of(text):
    try:
        number = float(text)
    except ValueError:
        return "String"
    return "Integral" if number.is_integer() and not any(mark in text for mark in ".eE") else "Fractional"


def inferred_type(values):
    kinds = {type_of(value) for value in values if not is_missing(value)}
    if not kinds:
        return "Unknown"
    if kinds == {"Integral"}:
        return "Integral"
    return "String" if "String" in kinds else "Fractional"


def _feature(name, values):
    present = [value for value in values if not is_missing(value)]
    common = {"num_present": len(present), "num_missing": len(values) - len(present)}
    kind = inferred_type(values)
    if kind in ("Integral", "Fractional"):
        return {"name": name, "inferred_type": kind, "numerical_statistics": _numerical([float(v) for v in present], common)}
    if kind == "Unknown":
        return {"name": name, "inferred_type": kind, "string_statistics": {"common": common, "distinct_count": 0.0}}
    counts = Counter(present)
    text = {"common": common, "distinct_count": float(len(counts))}
    if len(counts) <= MOST_CATEGORIES:
        buckets = [{"value": value, "count": count} for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
        text["distribution"] = {"categorical": {"buckets": buckets}}
    return {"name": name, "inferred_type": kind, "string_statistics": text}


def _numerical(values, common):
    count, total = len(values), math.fsum(values)
    mean = total / count
    low, high = min(values), max(values)
    width = (high - low) / 10
    buckets = [0] * 10
    for value in values:
        buckets[min(9, int((value - low) / width)) if width else 0] += 1
    return {
        "common": common,
        "mean": mean,
        "sum": total,
        "std_dev": math.sqrt(math.fsum((value - mean) ** 2 for value in values) / count),
        "min": low,
        "max": high,
        "distribution": {
            "kll": {
                "buckets": [
                    {"lower_bound": low + index * width, "upper_bound": high if index == 9 else low + (index + 1) * width, "count": float(held)}
                    for index, held in enumerate(buckets)
                ],
                "sketch": {"parameters": {"c": 0.64, "k": 2048.0}, "data": distances.sketch_of(values)},
            }
        },
    }


def _constraint(feature):
    kind = feature["inferred_type"]
    stats = feature.get("numerical_statistics") or feature.get("string_statistics")
    common = stats["common"]
    total = common["num_present"] + common["num_missing"]
    made = {"name": feature["name"], "inferred_type": kind, "completeness": common["num_present"] / total if total else 0.0}
    if kind in ("Integral", "Fractional"):
        made["num_constraints"] = {"is_non_negative": stats["min"] >= 0}
    elif kind == "String":
        buckets = stats.get("distribution", {}).get("categorical", {}).get("buckets", [])
        # Values that come again and again are a domain.
        if buckets and 2 * len(buckets) <= common["num_present"]:
            made["string_constraints"] = {"domains": [bucket["value"] for bucket in buckets]}
    return made


def _check_values(name, constraint, values, settings, tell):
    present = [value for value in values if not is_missing(value)]
    kind = constraint.get("inferred_type")
    fits = {"Integral": {"Integral"}, "Fractional": {"Integral", "Fractional"}}.get(kind)
    if fits and present:
        share = sum(1 for value in present if type_of(value) in fits) / len(present)
        threshold = settings.get("datatype_check_threshold", 1.0)
        if share < threshold:
            tell(name, "data_type_check", f"Data type match requirement is not met. Expected data type: {kind}, Expected match: {threshold:.1%}. Observed: Only {share:.1%} of data is {kind}.")
    completeness = len(present) / len(values) if values else 0.0
    wanted = constraint.get("completeness")
    if wanted is not None and completeness < wanted:
        tell(name, "completeness_check", f"Data completeness requirement is not met. Expected completeness: {wanted:.1%}, Observed completeness: {completeness:.1%}.")
    domains = constraint.get("string_constraints", {}).get("domains")
    if domains and present:
        outside = sum(1 for value in present if value not in set(domains)) / len(present)
        if outside > 1 - settings.get("domain_content_threshold", 1.0):
            tell(name, "categorical_values_check", f"Values outside of the domains of the baseline: {outside:.1%}.")


def _check_drift(name, found, before, settings, tell):
    drift = _drift(found, before, settings.get("distribution_constraints", {}))
    if drift is None:
        return
    value, threshold, is_chance = drift
    if is_chance and value < threshold:
        tell(name, "baseline_drift_check", f"Baseline drift p-value: {value} is below threshold: {threshold}")
    elif not is_chance and value > threshold:
        tell(name, "baseline_drift_check", f"Baseline drift distance: {value} exceeds threshold: {threshold}")


def drifts(stats, baseline_constraints, baseline_statistics):
    """How far each feature is from its baseline, by its name; those that cannot be compared are left out."""
    before = {feature["name"]: feature for feature in (baseline_statistics or {}).get("features", [])}
    overrides = {feature["name"]: feature.get("monitoringConfigOverrides", {}) for feature in baseline_constraints.get("features", [])}
    config = baseline_constraints.get("monitoring_config", {})
    made = {}
    for feature in stats["features"]:
        name = feature["name"]
        settings = {**config, **overrides.get(name, {})}
        drift = _drift(feature, before[name], settings.get("distribution_constraints", {})) if name in before else None
        if drift is not None:
            made[name] = drift[0]
    return made


def _drift(found, before, rules):
    """The distance of two features, or the p-value, its threshold, and whether it is a p-value."""
    if rules.get("perform_comparison", "Enabled") != "Enabled":
        return None
    method = rules.get("comparison_method", "Robust")
    one, other = _sketch(found), _sketch(before)
    if one is not None and other is not None:
        return distances.numeric(one, other, method), rules.get("comparison_threshold", 0.1), False
    counts, base = _counts(found), _counts(before)
    if counts is None or base is None:
        return None
    threshold = rules.get("categorical_comparison_threshold", rules.get("comparison_threshold", 0.1))
    if rules.get("categorical_drift_method", "LInfinity") == "ChiSquared":
        return distances.chi_squared(counts, base), threshold, True
    return distances.categorical(counts, base, method), threshold, False


def _sketch(feature):
    return feature.get("numerical_statistics", {}).get("distribution", {}).get("kll", {}).get("sketch", {}).get("data")


def _counts(feature):
    buckets = feature.get("string_statistics", {}).get("distribution", {}).get("categorical", {}).get("buckets")
    return None if buckets is None else {bucket["value"]: bucket["count"] for bucket in buckets}
