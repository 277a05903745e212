"""Metrics for CloudWatch, as lines of a file that is read when the job has ended.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-cloudwatch.html
"""

import json
import math
import os
from datetime import datetime, timezone
from pathlib import Path


def metrics(values):
    """Writes `(name, value or statistic values, further dimensions)`, where the job is to publish them."""
    if os.environ.get("publish_cloudwatch_metrics") != "Enabled" or not os.environ.get("sagemaker_monitoring_schedule_name"):
        return
    place = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")) / "output" / "metrics" / "cloudwatch"
    place.mkdir(parents=True, exist_ok=True)
    at = os.environ.get("end_time") or datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    about = {"Endpoint": os.environ.get("sagemaker_endpoint_name", ""), "MonitoringSchedule": os.environ["sagemaker_monitoring_schedule_name"]}
    with (place / "cloudwatch_metrics.jsonl").open("a") as file:
        for name, value, more in values:
            if not isinstance(value, dict) and (value is None or not math.isfinite(value)):
                continue
            dimensions = [{"Name": key, "Value": text} for key, text in {**about, **more}.items()]
            told = {"StatisticValues": value} if isinstance(value, dict) else {"Value": value}
            file.write(json.dumps({"MetricName": name, "Timestamp": at, "Dimensions": dimensions, **told}) + "\n")


def outcome(problems):
    """Says what a job has come to: this becomes its ExitMessage. @param problems how many violations there are"""
    text = f"CompletedWithViolations: Job completed successfully with {problems} violations." if problems else "Completed: Job completed successfully with no violations."
    print(text, flush=True)
    place = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")) / "output"
    place.mkdir(parents=True, exist_ok=True)
    (place / "message").write_text(text)


def of_features(stats, drifts):
    """What is told of each feature: how many values there are, their range, and the distance from the baseline."""
    for feature in stats["features"]:
        name = feature["name"]
        numbers = feature.get("numerical_statistics")
        common = (numbers or feature["string_statistics"])["common"]
        yield f"feature_non_null_{name}", common["num_present"], {}
        yield f"feature_null_{name}", common["num_missing"], {}
        if numbers:
            yield f"feature_data_{name}", {"SampleCount": common["num_present"], "Sum": numbers["sum"], "Minimum": numbers["min"], "Maximum": numbers["max"]}, {}
        if name in drifts:
            yield f"feature_baseline_drift_{name}", drifts[name], {}


def of_quality(stats):
    """The metrics of predictions that are single numbers."""
    for key, found in stats.items():
        if key.endswith("_metrics"):
            for name, metric in found.items():
                if "value" in metric:
                    yield name, metric["value"], {}
