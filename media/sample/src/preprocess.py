"""Splits the penguins into train, validation and test data and standardises the measurements.

Mean and deviation come from the training data alone, so that nothing of the other two leaks into training.
"""
import argparse
import csv
import json
import random
import statistics

import paths

FEATURES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
LABEL = "species"


def read_rows(folder):
    """All rows with every measurement: two penguins were never measured."""
    rows = []
    for file in sorted(folder.glob("*.csv")):
        with file.open(newline="", encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                if row[LABEL] and all(row[name] for name in FEATURES):
                    rows.append({LABEL: row[LABEL], **{name: float(row[name]) for name in FEATURES}})
    return rows


def split(rows, shares, seed):
    """Splits each species by the same shares, so that rare ones are in every part."""
    parts = [[] for _ in shares]
    for label in sorted({row[LABEL] for row in rows}):
        group = [row for row in rows if row[LABEL] == label]
        random.Random(f"{seed}/{label}").shuffle(group)
        start = 0
        for part, share in zip(parts, shares):
            end = start + round(share * len(group))
            part.extend(group[start:end])
            start = end
        parts[-1].extend(group[start:])
    return parts


def write_rows(folder, name, rows, scale):
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow([LABEL, *FEATURES])
        for row in rows:
            values = [(row[key] - scale[key]["mean"]) / scale[key]["deviation"] for key in FEATURES]
            writer.writerow([row[LABEL], *(f"{value:.6f}" for value in values)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--test-share", type=float, default=0.2)
    arguments = parser.parse_args()

    rows = read_rows(paths.processing("input/data"))
    if not rows:
        raise SystemExit("No complete row was found in the input data.")
    rest = 1 - arguments.test_share
    train, validation, test = split(rows, [rest * 0.8, rest * 0.2, arguments.test_share], arguments.seed)

    scale = {
        name: {
            "mean": statistics.fmean(row[name] for row in train),
            "deviation": statistics.pstdev([row[name] for row in train]) or 1.0,
        }
        for name in FEATURES
    }
    for name, part in {"train": train, "validation": validation, "test": test}.items():
        write_rows(paths.processing(name), f"{name}.csv", part, scale)
        print(f"{name}: {len(part)} rows")
    (paths.processing("train") / "scale.json").write_text(json.dumps(scale, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
