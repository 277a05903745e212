"""Measures the model on the test data and writes evaluation.json.

The report has the layout of a SageMaker model-quality report for classifiers of several classes.
"""
import json
import tarfile

import paths
from classifier import predict
from train import read_rows


def metric(value):
    return {"value": round(value, 6), "standard_deviation": "NaN"}


def share(part, whole):
    return part / whole if whole else 0.0


def main():
    with tarfile.open(paths.processing("model") / "model.tar.gz") as archive:
        member = next(item for item in archive if item.name.lstrip("./") == "model.json")
        model = json.load(archive.extractfile(member))

    _, features, labels = read_rows(paths.processing("test"))
    classes = model["classes"]
    confusion = {actual: dict.fromkeys(classes, 0) for actual in classes}
    for values, label in zip(features, labels):
        confusion[label][predict(model, values)] += 1

    right = {name: confusion[name][name] for name in classes}
    precision = {name: share(right[name], sum(confusion[actual][name] for actual in classes)) for name in classes}
    recall = {name: share(right[name], sum(confusion[name].values())) for name in classes}
    f1 = {name: share(2 * precision[name] * recall[name], precision[name] + recall[name]) for name in classes}
    rows = {name: sum(confusion[name].values()) for name in classes}
    accuracy = share(sum(right.values()), len(labels))

    def weighted(by_class):
        return share(sum(by_class[name] * rows[name] for name in classes), len(labels))

    report = {
        "version": 0.0,
        "dataset": {"item_count": len(labels)},
        "multiclass_classification_metrics": {
            "confusion_matrix": confusion,
            "accuracy": metric(accuracy),
            "weighted_precision": metric(weighted(precision)),
            "weighted_recall": metric(weighted(recall)),
            "weighted_f1": metric(weighted(f1)),
            "per_class": {
                name: {
                    "precision": metric(precision[name]),
                    "recall": metric(recall[name]),
                    "f1": metric(f1[name]),
                    "item_count": rows[name],
                }
                for name in classes
            },
        },
    }
    folder = paths.processing("evaluation")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evaluation.json").write_text(json.dumps(report, indent=2), encoding="utf-8")
    print(f"accuracy={accuracy:.4f} on {len(labels)} rows")


if __name__ == "__main__":
    main()
