"""Stand-ins for built-in algorithms of SageMaker by scikit-learn: `train_sklearn.py ALGORITHM`.

They read the same channels, take the hyperparameters that have an equivalent, and print the same metrics; the numbers
are those of scikit-learn's method, and the model is `model.joblib`.
"""

import sys

import channels
import joblib
import numpy as np
from sklearn import cluster, decomposition, linear_model, metrics, neighbors, preprocessing


class Given:
    """Hyperparameters, and which of them had an effect."""

    def __init__(self):
        self.values = {name: str(value).strip('"') for name, value in channels.hyperparameters().items()}
        self.used = set()

    def text(self, name, default=None):
        self.used.add(name)
        value = self.values.get(name, default)
        if value is None:
            raise channels.UserError(f"Missing required hyperparameter: {name}")
        return value

    def number(self, name, default=None):
        text = self.text(name, None if default is None else str(default))
        try:
            return float(text)
        except ValueError:
            if text == "auto" and default is not None:
                return float(default)
            raise channels.UserError(f"Hyperparameter {name}: '{text}' is not a number.") from None

    def whole(self, name, default=None):
        return int(self.number(name, default))


def tell(channel, name, value, kind="loss"):
    print(f"#quality_metric: host=algo-1, {channel} {name} <{kind}>={float(value)}", flush=True)


def held_out():
    return next((name for name in ("validation", "test") if channels.has(name)), None)


def linear_learner(given):
    kind = given.text("predictor_type")
    features, labels = channels.read("train")
    penalty = given.number("wd", 0)
    rate = {"alpha": max(penalty, 1e-9)} if kind == "regressor" else {"C": 1 / max(penalty, 1e-9)}
    scale = preprocessing.StandardScaler() if given.text("normalize_data", "true") == "true" else None
    model = linear_model.Ridge(**rate) if kind == "regressor" else linear_model.LogisticRegression(max_iter=1000, **rate)
    fitted = scale.fit_transform(features) if scale else features
    model.fit(fitted, labels)
    for channel in ("train", held_out()):
        if channel is None:
            continue
        data, truth = (features, labels) if channel == "train" else channels.read(channel)
        found = model.predict(scale.transform(data) if scale else data)
        if kind == "regressor":
            error = metrics.mean_squared_error(truth, found)
            tell(channel, "objective_loss", error)
            tell(channel, "mse", error)
            tell(channel, "rmse", np.sqrt(error))
        else:
            chances = model.predict_proba(scale.transform(data) if scale else data)
            tell(channel, "objective_loss", metrics.log_loss(truth, chances, labels=model.classes_))
            names = ("binary_classification_accuracy",) if kind == "binary_classifier" else ("multiclass_accuracy",)
            for name in names:
                tell(channel, name, metrics.accuracy_score(truth, found), "score")
            if kind == "binary_classifier":
                tell(channel, "binary_f_1.000", metrics.f1_score(truth, found, zero_division=0), "score")
                tell(channel, "precision", metrics.precision_score(truth, found, zero_division=0), "score")
                tell(channel, "recall", metrics.recall_score(truth, found, zero_division=0), "score")
    return {"model": model, "scale": scale, "kind": kind}


def kmeans(given):
    features, _ = channels.read("train", labels=0)
    given.whole("feature_dim", features.shape[1])
    model = cluster.KMeans(
        n_clusters=given.whole("k"),
        max_iter=given.whole("lloyd_max_iterations", 300),
        init="random" if given.text("init_method", "random") == "random" else "k-means++",
        n_init=10,
        random_state=0,
    ).fit(features)
    tell("train", "msd", model.inertia_ / len(features))
    if channels.has("test"):
        test, _ = channels.read("test", labels=0)
        distance = -model.score(test)
        tell("test", "msd", distance / len(test))
        tell("test", "ssd", distance)
    return {"model": model}


def pca(given):
    features, _ = channels.read("train", labels=0)
    given.whole("feature_dim", features.shape[1])
    solver = "randomized" if given.text("algorithm_mode", "regular") == "randomized" else "full"
    model = decomposition.PCA(n_components=given.whole("num_components"), svd_solver=solver, random_state=0)
    if given.text("subtract_mean", "true") != "true":
        model = decomposition.TruncatedSVD(n_components=given.whole("num_components"), random_state=0)
    model.fit(features)
    print(f"Explained variance: {float(model.explained_variance_ratio_.sum())}", flush=True)
    return {"model": model}


def knn(given):
    kind = given.text("predictor_type")
    features, labels = channels.read("train")
    given.whole("feature_dim", features.shape[1])
    given.whole("sample_size", len(features))
    metric = "cosine" if given.text("index_metric", "L2") == "COSINE" else "euclidean"
    maker = neighbors.KNeighborsClassifier if kind == "classifier" else neighbors.KNeighborsRegressor
    model = maker(n_neighbors=min(given.whole("k"), len(features)), metric=metric).fit(features, labels)
    if channels.has("test"):
        test, truth = channels.read("test")
        found = model.predict(test)
        if kind == "classifier":
            tell("test", "accuracy", metrics.accuracy_score(truth, found), "score")
            tell("test", "macro_f_1.000", metrics.f1_score(truth, found, average="macro", zero_division=0), "score")
        else:
            tell("test", "mse", metrics.mean_squared_error(truth, found))
    return {"model": model, "kind": kind}


def factorization_machines(given):
    """A linear model over the pairwise products of a low-dimensional projection: the same form, fitted in two parts."""
    kind = given.text("predictor_type")
    features, labels = channels.read("train", default="recordio-protobuf")
    given.whole("feature_dim", features.shape[1])
    factors = min(given.whole("num_factors"), min(features.shape) - 1 or 1)
    project = decomposition.TruncatedSVD(n_components=max(factors, 1), random_state=0).fit(features)

    def widen(data):
        return np.hstack([data, preprocessing.PolynomialFeatures(2, include_bias=False).fit_transform(project.transform(data))])

    model = linear_model.Ridge() if kind == "regressor" else linear_model.LogisticRegression(max_iter=1000)
    model.fit(widen(features), labels)
    for channel in ("train", "test"):
        if not channels.has(channel):
            continue
        data, truth = channels.read(channel, default="recordio-protobuf")
        found = model.predict(widen(data))
        if kind == "regressor":
            tell(channel, "rmse", np.sqrt(metrics.mean_squared_error(truth, found)))
        else:
            tell(channel, "binary_classification_accuracy", metrics.accuracy_score(truth, found), "score")
            chances = model.predict_proba(widen(data))
            tell(channel, "binary_classification_cross_entropy", metrics.log_loss(truth, chances, labels=model.classes_))
    return {"model": model, "project": project, "kind": kind}


ALGORITHMS = {
    "linear-learner": linear_learner,
    "kmeans": kmeans,
    "pca": pca,
    "knn": knn,
    "factorization-machines": factorization_machines,
}


def train():
    name = sys.argv[1]
    given = Given()
    made = ALGORITHMS[name](given)
    unused = sorted(key for key in given.values if key not in given.used and not key.startswith("_"))
    if unused:
        print(f"Without an effect here: {', '.join(unused)}", flush=True)
    channels.MODEL.mkdir(parents=True, exist_ok=True)
    joblib.dump({"algorithm": name, **made}, channels.MODEL / "model.joblib")


if __name__ == "__main__":
    channels.run(train)
