"""Trains a multinomial logistic regression by gradient descent and writes it as model.json.

The same seed, data and hyperparameters give the same model.
"""
import csv
import json
import math
import random
import shutil
from pathlib import Path

import paths
from classifier import probabilities


def read_rows(folder):
    """Features and labels of a prepared part."""
    features, labels = [], []
    for file in sorted(folder.glob("*.csv")):
        with file.open(newline="", encoding="utf-8") as stream:
            reader = csv.reader(stream)
            names = next(reader)[1:]
            for label, *values in reader:
                labels.append(label)
                features.append([float(value) for value in values])
    return names, features, labels


def loss(model, features, labels):
    """Mean cross-entropy."""
    total = 0.0
    for values, label in zip(features, labels):
        total -= math.log(max(probabilities(model, values)[label], 1e-12))
    return total / len(labels)


def step(model, features, labels, rate, decay):
    """One step down the gradient, over all rows."""
    classes, width = model["classes"], len(features[0])
    weights = {name: [0.0] * width for name in classes}
    biases = dict.fromkeys(classes, 0.0)
    for values, label in zip(features, labels):
        guess = probabilities(model, values)
        for name in classes:
            error = guess[name] - (1.0 if name == label else 0.0)
            biases[name] += error
            row = weights[name]
            for index, value in enumerate(values):
                row[index] += error * value
    count = len(labels)
    for name in classes:
        model["biases"][name] -= rate * biases[name] / count
        model["weights"][name] = [
            weight - rate * (gradient / count + decay * weight)
            for weight, gradient in zip(model["weights"][name], weights[name])
        ]


def add_serving_code(script):
    """Puts the script that serves the model beside it, where SageMaker's containers look: code/inference.py."""
    code = paths.model() / "code"
    code.mkdir()
    here = Path(__file__).parent
    shutil.copy(here / "classifier.py", code)
    shutil.copy(here / script, code / "inference.py")
    if script != "inference.py":
        shutil.copy(here / "inference.py", code / "inference_base.py")


def main():
    # SageMaker hands hyperparameters over as texts.
    given = json.loads(paths.config("hyperparameters.json").read_text(encoding="utf-8"))
    epochs = int(given.get("epochs", "200"))
    rate = float(given.get("learning_rate", "0.5"))
    decay = float(given.get("weight_decay", "0.0005"))
    seed = int(given.get("seed", "7"))

    names, features, labels = read_rows(paths.channel("train"))
    _, validation_features, validation_labels = read_rows(paths.channel("validation"))
    classes = sorted(set(labels))
    draw = random.Random(seed)
    model = {
        "classes": classes,
        "features": names,
        "weights": {name: [draw.gauss(0, 0.05) for _ in names] for name in classes},
        "biases": dict.fromkeys(classes, 0.0),
    }
    for epoch in range(1, epochs + 1):
        step(model, features, labels, rate, decay)
        train_loss = loss(model, features, labels)
        validation_loss = loss(model, validation_features, validation_labels)
        print(f"epoch={epoch} train_loss={train_loss:.5f} validation_loss={validation_loss:.5f}", flush=True)

    paths.model().mkdir(parents=True, exist_ok=True)
    (paths.model() / "model.json").write_text(json.dumps(model, indent=2), encoding="utf-8")
    # Whoever uses the model needs to scale its input in the same way.
    shutil.copy(paths.channel("train") / "scale.json", paths.model() / "scale.json")
    add_serving_code(given.get("inference_script", "inference.py"))


if __name__ == "__main__":
    main()
