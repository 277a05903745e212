"""The next version of inference.py: it also watches how sure the model has been lately.

It has a mistake that no single request shows: there are fewer places than the window is long. Deploy a version with
it as a canary, and see the deployment go back by itself.
"""
from inference_base import input_fn, model_fn, output_fn  # noqa: F401
from inference_base import predict_fn as predict

WINDOW = 20

recent = [1.0] * 16
count = 0


def predict_fn(rows, model):
    """As before, and a line in the log when the model has become unsure."""
    global count
    answers = predict(rows, model)
    for answer in answers:
        recent[count % WINDOW] = answer["probability"]
        count += 1
    if sum(recent) / len(recent) < 0.8:
        print("The model is unsure of what it sees lately.")
    return answers
