"""The model's arithmetic, without a pipeline around it."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

import classifier  # noqa: E402

MODEL = {
    "classes": ["Adelie", "Gentoo"],
    "weights": {"Adelie": [1.0, 0.0], "Gentoo": [0.0, 1.0]},
    "biases": {"Adelie": 0.0, "Gentoo": 0.5},
}


def test_probabilities_are_shares_of_one():
    guess = classifier.probabilities(MODEL, [2.0, -1.0])
    assert sum(guess.values()) == 1
    assert guess["Adelie"] > guess["Gentoo"]


def test_large_scores_do_not_overflow():
    assert classifier.probabilities(MODEL, [5000.0, 0.0])["Adelie"] == 1


def test_the_bias_decides_where_the_measurements_do_not():
    assert classifier.predict(MODEL, [0.0, 0.0]) == "Gentoo"
