"""Asks the model of an analysis, as `predictor` of its configuration says; Local has put the model beside the program.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-data-format-tabular.html
"""

import csv
import io
import json
import os
import re
import sys

import tables

# Rows of one request.
BATCH = 5000


class Predictor:
    def __init__(self, config, headers):
        folder = os.environ.get("MLOPS_FLOW_SERVING")
        if not folder:
            raise tables.UserError("The analysis asks a model, and its configuration names none: give predictor.model_name.")
        sys.path.insert(0, folder)
        import serving

        self.serving = serving
        self.config = config
        self.headers = headers
        self.content_type = config.get("content_type", "text/csv")
        self.accept = config.get("accept_type") or self.content_type
        if self.content_type not in ("text/csv", "application/jsonlines"):
            raise tables.UserError(f"Local asks models by text/csv and application/jsonlines, not by {self.content_type}.")
        try:
            self.model = serving.Model(os.environ["SM_MODEL_DIR"], serving.framework_of(os.environ.get("MLOPS_FLOW_IMAGE") or ""))
        except Exception as error:
            raise tables.UserError(f"The model could not be loaded: {type(error).__name__}: {error}") from error

    def scores(self, rows):
        """For each row a list of numbers: what is explained."""
        place = self.config.get("probability", self.config.get("label"))
        found = [self._picked(answer, place) for answer in self._answers(rows)]
        try:
            return [[float(value) for value in answer] for answer in found]
        except (TypeError, ValueError):
            raise tables.UserError("The model answers with texts. Name the place of its scores: predictor.probability.") from None

    def labels(self, rows, threshold=None):
        """For each row its label as a text: the one that the model gives, or 1 for a probability above the threshold."""
        label, probability = self.config.get("label"), self.config.get("probability")
        answers = list(self._answers(rows))
        if probability is None or label is not None:
            return [str(self._picked(answer, label)[0]) for answer in answers]
        headers = self.config.get("label_headers")
        found = [[float(value) for value in self._picked(answer, probability)] for answer in answers]
        if headers and len(headers) > 1:
            return [str(headers[max(range(len(each)), key=each.__getitem__)]) for each in found]
        return ["1" if each[0] > float(0.5 if threshold is None else threshold) else "0" for each in found]

    def _answers(self, rows):
        for at in range(0, len(rows), BATCH):
            part = rows[at : at + BATCH]
            body, _ = self.model.answer(self._body(part).encode(), self.content_type, self.accept, {})
            answers = self._records(body)
            if len(answers) != len(part):
                raise tables.UserError(f"{len(part)} records were sent, and the model answered with {len(answers)}.")
            yield from answers

    def _body(self, rows):
        if self.content_type == "text/csv":
            stream = io.StringIO()
            csv.writer(stream, lineterminator="\n").writerows(rows)
            return stream.getvalue()
        template = self.config.get("content_template", '{"features":$features}')
        return "\n".join(template.replace("$features", json.dumps([_value(each) for each in row])) for row in rows)

    def _records(self, body):
        if not isinstance(body, (str, bytes, bytearray)):
            body = json.dumps(body, default=self.serving.listed)
        text = body if isinstance(body, str) else bytes(body).decode()
        kind = self.serving.plain_type(self.accept)
        if kind == "text/csv":
            return [row for row in csv.reader(text.splitlines()) if row]
        if kind == "application/jsonlines":
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        value = json.loads(text)
        while isinstance(value, dict) and len(value) == 1:
            (value,) = value.values()
        return value if isinstance(value, list) else [value]

    @staticmethod
    def _picked(answer, place):
        """What is at a place of an answer: a column or some, or a path of names and numbers."""
        if place is None:
            return answer if isinstance(answer, list) else [answer]
        places = place if isinstance(place, list) else [place]
        made = []
        for each in places:
            value = answer
            for step in [each] if isinstance(each, int) else re.findall(r"[^.\[\]]+", each):
                try:
                    value = value[int(step)] if isinstance(value, list) else value[step]
                except (KeyError, IndexError, ValueError, TypeError):
                    raise tables.UserError(f"The answers of the model have no '{each}', which predictor names.") from None
            made += value if isinstance(value, list) else [value]
        return made


def _value(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return text
