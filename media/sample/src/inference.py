"""Serves the model: rows of the four measurements in, the species and how sure the model is out.

The functions are those of the script contract of SageMaker's framework containers. The measurements come as a
person takes them, in millimetres and grams: they are standardised here in the way of the training data.
"""
import csv
import io
import json
import os

from classifier import probabilities


def model_fn(model_dir):
    """The weights, and the mean and deviation of each measurement."""
    with open(os.path.join(model_dir, "model.json"), encoding="utf-8") as file:
        model = json.load(file)
    with open(os.path.join(model_dir, "scale.json"), encoding="utf-8") as file:
        model["scale"] = json.load(file)
    return model


def input_fn(data, content_type):
    """Rows of measurements, from CSV without a header or from JSON: {"instances": [[39.1, 18.7, 181, 3750]]}."""
    kind = content_type.split(";")[0].strip()
    if kind == "text/csv":
        rows = [row for row in csv.reader(io.StringIO(data)) if row]
    elif kind == "application/json":
        rows = json.loads(data)["instances"]
    else:
        raise ValueError(f"Send text/csv or application/json, not {content_type}.")
    return [[float(value) for value in row] for row in rows]


def predict_fn(rows, model):
    """The likeliest species of each row, and its probability."""
    names, scale = model["features"], model["scale"]
    answers = []
    for row in rows:
        if len(row) != len(names):
            raise ValueError(f"A row has {len(row)} values, and the model needs {len(names)}: {', '.join(names)}.")
        values = [(value - scale[name]["mean"]) / scale[name]["deviation"] for name, value in zip(names, row)]
        guess = probabilities(model, values)
        species = max(guess, key=guess.get)
        answers.append({"species": species, "probability": round(guess[species], 4)})
    return answers


def output_fn(answers, accept):
    """One line a row as CSV, or JSON."""
    if accept.split(";")[0].strip() == "text/csv":
        return "".join(f"{answer['species']},{answer['probability']}\n" for answer in answers), "text/csv"
    return json.dumps({"predictions": answers}), "application/json"
