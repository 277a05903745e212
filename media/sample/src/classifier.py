"""The model: a weight for each class and feature, and a bias for each class."""
import math


def probabilities(model, values):
    """How likely each class is for one row of standardised features."""
    scores = {
        name: model["biases"][name] + sum(weight * value for weight, value in zip(model["weights"][name], values))
        for name in model["classes"]
    }
    highest = max(scores.values())
    powers = {name: math.exp(score - highest) for name, score in scores.items()}
    total = sum(powers.values())
    return {name: power / total for name, power in powers.items()}


def predict(model, values):
    """The likeliest class."""
    guess = probabilities(model, values)
    return max(guess, key=guess.get)
