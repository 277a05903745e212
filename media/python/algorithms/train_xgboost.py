"""Training as SageMaker's built-in XGBoost does it, by the package xgboost.

Hyperparameters: https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost_hyperparameters.html. Each round prints a line
as the container prints it; the model is the file `xgboost-model`. `LOCAL_PICKLED_MODEL` asks for a pickled booster, as
the containers before 1.3 wrote it.
"""

import os
import pickle

import channels
import numpy as np
import xgboost

TEXTS = {
    "booster", "tree_method", "objective", "updater", "grow_policy", "process_type", "sample_type", "normalize_type",
    "monotone_constraints", "interaction_constraints", "aft_loss_distribution", "device", "sampling_method",
}  # fmt: skip
WHOLE = {
    "max_depth", "max_leaves", "max_bin", "num_class", "nthread", "seed", "verbosity", "num_parallel_tree", "one_drop",
    "refresh_leaf", "lambdarank_num_pair_per_sample",
}  # fmt: skip
# Names of earlier versions, by what they are called today.
RENAMED = {"reg:linear": "reg:squarederror", "gpu_hist": "hist"}
# What only speaks to the container, or is gone from the library.
LEFT_OUT = {"save_model_on_termination", "use_dask_gpu_training", "dsplit", "predictor", "silent", "sketch_eps"}
MAXIMIZED = {"auc", "aucpr", "map", "ndcg", "accuracy", "accuracy_score", "f1", "balanced_accuracy", "precision", "recall", "r2"}


def train():
    given = {name: str(value).strip('"') for name, value in channels.hyperparameters().items()}
    if "num_round" not in given:
        raise channels.UserError("Missing required hyperparameter: num_round")
    rounds = int(given.pop("num_round"))
    stopping = given.pop("early_stopping_rounds", None)
    weights = given.pop("csv_weights", "0") == "1"
    folds, rounds_of_folds = int(given.pop("_kfold", 0)), int(given.pop("_num_cv_round", 1))
    metrics = [name.strip() for name in given.pop("eval_metric", "").strip("[]").replace('"', "").replace("'", "").split(",") if name.strip()]
    objective_metric = given.pop("_tuning_objective_metric", None)
    if objective_metric:
        metrics = sorted({*metrics, objective_metric.split(":")[-1]})
    parameters = {name: _value(name, text) for name, text in given.items() if name not in LEFT_OUT and name[0] != "_"}
    own = {name: _own_metrics[name] for name in metrics if name in _own_metrics}
    if [name for name in metrics if name not in own]:
        parameters["eval_metric"] = [name for name in metrics if name not in own]
    elif own:
        parameters["disable_default_eval_metric"] = 1

    data = _matrix("train", weights)
    print(f"Train matrix has {data.num_row()} rows and {data.num_col()} columns", flush=True)
    watched = [(data, "train")]
    if channels.has("validation"):
        watched.append((_matrix("validation", weights), "validation"))
        print(f"Validation matrix has {watched[1][0].num_row()} rows", flush=True)
    monitor = xgboost.callback.EvaluationMonitor()
    callbacks = [monitor]
    if stopping and len(watched) > 1:
        last = metrics[-1] if metrics else None
        callbacks.append(
            xgboost.callback.EarlyStopping(
                rounds=int(stopping), data_name="validation", metric_name=last, maximize=last in MAXIMIZED if last else None, save_best=True
            )
        )
    score = _scorer(own, parameters) if own else None
    if folds:
        boosters = _cross_validate(parameters, data, rounds, folds, rounds_of_folds)
    else:
        boosters = [
            xgboost.train(
                parameters, data, num_boost_round=rounds, evals=watched, custom_metric=score, callbacks=callbacks, verbose_eval=False
            )
        ]
    channels.MODEL.mkdir(parents=True, exist_ok=True)
    for index, booster in enumerate(boosters):
        _save(booster, channels.MODEL / ("xgboost-model" if len(boosters) == 1 else f"xgboost-model-{index}"))


def _value(name, text):
    text = RENAMED.get(text, text)
    if name in TEXTS:
        return text
    try:
        return int(text) if name in WHOLE else float(text)
    except ValueError:
        raise channels.UserError(f"Hyperparameter {name}: '{text}' is not a number.") from None


def _matrix(channel, weights):
    features, labels = channels.read(channel, default="libsvm")
    weight = None
    if weights and channels.content_type(channel, "libsvm")[0] == "csv":
        weight, features = features[:, 0], features[:, 1:]
    return xgboost.DMatrix(features, label=labels, weight=weight)


def _cross_validate(parameters, data, rounds, folds, times):
    from sklearn.model_selection import KFold, StratifiedKFold

    labels = data.get_label()
    is_class = str(parameters.get("objective", "")).startswith(("binary:", "multi:"))
    boosters = []
    for time in range(times):
        kind = StratifiedKFold if is_class else KFold
        split = kind(n_splits=folds, shuffle=True, random_state=time).split(np.zeros(len(labels)), labels)
        for fitted, held in split:
            parts = [(data.slice(fitted), "train"), (data.slice(held), "validation")]
            monitor = xgboost.callback.EvaluationMonitor()
            boosters.append(
                xgboost.train(parameters, parts[0][0], num_boost_round=rounds, evals=parts, callbacks=[monitor], verbose_eval=False)
            )
    return boosters


def _scorer(own, parameters):
    """The metrics that the container adds to those of the library."""
    is_class = str(parameters.get("objective", "")).startswith(("binary:", "multi:"))

    def score(predictions, data):
        if is_class:
            predictions = predictions.argmax(axis=1) if predictions.ndim > 1 else (predictions > 0.5)
        return [(name, float(compute(data.get_label(), predictions))) for name, compute in own.items()]

    return score


def _metrics():
    from sklearn import metrics

    def macro(compute):
        return lambda labels, found: compute(labels, found, average="macro", zero_division=0)

    return {
        "accuracy": metrics.accuracy_score,
        "balanced_accuracy": metrics.balanced_accuracy_score,
        "f1": macro(metrics.f1_score),
        "f1_macro": macro(metrics.f1_score),
        "f1_binary": lambda labels, found: metrics.f1_score(labels, found, zero_division=0),
        "mse": metrics.mean_squared_error,
        "precision": lambda labels, found: metrics.precision_score(labels, found, zero_division=0),
        "precision_macro": macro(metrics.precision_score),
        "r2": metrics.r2_score,
        "recall": lambda labels, found: metrics.recall_score(labels, found, zero_division=0),
        "recall_macro": macro(metrics.recall_score),
    }


def _save(booster, path):
    if os.environ.get("LOCAL_PICKLED_MODEL") == "1":
        with open(path, "wb") as file:
            pickle.dump(booster, file)
        return
    # The name has no extension, by which newer versions of the library choose the format: JSON is read by all.
    path.write_bytes(booster.save_raw("json"))


_own_metrics = _metrics()

if __name__ == "__main__":
    channels.run(train)
