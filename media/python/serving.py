"""Serves one model as SageMaker's framework containers do: GET /ping, POST /invocations.

    serving.py SOCKET      a path for a Unix socket; where there are none, a file that gets the number of a port

The model lies in SM_MODEL_DIR. Its script is SAGEMAKER_PROGRAM (inference.py unless it is given) in
SAGEMAKER_SUBMIT_DIRECTORY or in the folder `code` of the model, and may have model_fn, input_fn, predict_fn and
output_fn, or model_fn and transform_fn; what it lacks is done as the container of its framework would.

See https://sagemaker.readthedocs.io/en/stable/frameworks/pytorch/using_pytorch.html#serve-a-pytorch-model and
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""
import functools
import importlib
import inspect
import io
import json
import os
import random
import socket
import socketserver
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler
from pathlib import Path

JSON, CSV, NPY = "application/json", "text/csv", "application/x-npy"
LIBSVM = ("text/libsvm", "text/x-libsvm", "application/x-libsvm")


class NoHandler(Exception):
    """The model cannot be served; the message says why and what to do."""


def optional(name):
    """A library, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def needed(name, what):
    found = optional(name)
    if found is None:
        raise NoHandler(
            f"{what} needs the Python package '{name}'. Name it in code/requirements.txt of the model, "
            "or install it into the Python that Local uses."
        )
    return found


def plain_type(content_type):
    """A content type without its parameters."""
    return (content_type or "").split(";")[0].strip().lower()


class Context:
    """What handlers with one more argument are given."""

    def __init__(self, headers, model_dir):
        self.request_headers = headers
        self.system_properties = {"model_dir": model_dir, "gpu_id": None}

    def get_request_header(self, _index, name):
        return self.request_headers.get(name)


# What the containers do where the script says nothing.


def decode(data, content_type):
    """The default input_fn: JSON, CSV and NumPy; arrays where NumPy is installed, else lists."""
    kind = plain_type(content_type)
    numpy = optional("numpy")
    text = data.decode("utf-8") if isinstance(data, bytes) else data
    if kind in (NPY, "application/x-npz"):
        stream = io.BytesIO(data if isinstance(data, bytes) else data.encode("latin-1"))
        return needed("numpy", f"The content type {kind}").load(stream, allow_pickle=False)
    if kind in (JSON, "application/jsonlines"):
        lines = text.splitlines() if kind == "application/jsonlines" else [text]
        values = [json.loads(line) for line in lines if line.strip()]
        value = values if kind == "application/jsonlines" else values[0]
        return numpy.array(value) if numpy and isinstance(value, list) else value
    if kind == CSV:
        rows = [[number(cell) for cell in line.split(",")] for line in text.strip().splitlines()]
        return numpy.array(rows) if numpy else rows
    if kind in LIBSVM:
        return Sparse(text)
    raise ValueError(f"Content type {content_type} is not supported by this framework.")


class Sparse:
    """Rows of libsvm: `label index:value …`, whose labels are not looked at."""

    def __init__(self, text):
        self.rows = [
            {int(index): float(value) for index, _, value in (cell.partition(":") for cell in line.split()[1:])}
            for line in text.splitlines()
            if line.strip()
        ]

    def lists(self, width):
        """As lists with what is not written missing; of a model's width where it has one.

        Indices may begin at 1, so one column more than the model has is taken, as the container takes it.
        """
        own = 1 + max((index for row in self.rows for index in row), default=0)
        if width is not None and own > width + 1:
            raise ValueError(f"Feature size of libsvm inference data {own} is larger than that of the model, {width}.")
        return [[row.get(index, float("nan")) for index in range(own if width is None else width)] for row in self.rows]


def number(cell):
    try:
        return float(cell)
    except ValueError:
        return cell.strip()


def listed(value):
    """A prediction as lists and plain values."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    return value.tolist() if hasattr(value, "tolist") else value


def encode(prediction, accept):
    """The default output_fn."""
    kind = plain_type(accept)
    if kind == NPY:
        numpy = needed("numpy", f"The content type {kind}")
        stream = io.BytesIO()
        numpy.save(stream, numpy.asarray(listed(prediction)), allow_pickle=False)
        return stream.getvalue(), NPY
    if kind == CSV:
        value = listed(prediction)
        rows = value if isinstance(value, (list, tuple)) else [value]
        return "\n".join(",".join(map(str, row)) if isinstance(row, (list, tuple)) else str(row) for row in rows), CSV
    if kind == JSON:
        return json.dumps(prediction, default=listed), JSON
    raise ValueError(f"Accept {accept} is not supported by this framework.")


def find(model_dir, *patterns):
    for pattern in patterns:
        for path in sorted(Path(model_dir).glob(pattern)):
            return path
    return None


def load_default(model_dir, framework):
    """The default model_fn. Raises NoHandler where there is none for what lies in the folder."""
    path = find(model_dir, "xgboost-model*", "*.bst", "*.ubj")
    if path:
        xgboost = needed("xgboost", "An XGBoost model")
        booster = xgboost.Booster()
        try:
            booster.load_model(str(path))
        except xgboost.core.XGBoostError:
            import pickle

            with path.open("rb") as file:
                booster = pickle.load(file)
        return booster
    path = find(model_dir, "model.joblib", "*.joblib")
    if path:
        return needed("joblib", "A scikit-learn model").load(path)
    path = find(model_dir, "model.pkl", "*.pkl", "*.pickle")
    if path:
        import pickle

        with path.open("rb") as file:
            return pickle.load(file)
    path = find(model_dir, "model.pt", "model.pth")
    if path and framework == "pytorch":
        return needed("torch", "A TorchScript model").jit.load(str(path), map_location="cpu").eval()
    if find(model_dir, "config.json") and framework == "huggingface":
        task = os.environ.get("HF_TASK")
        return needed("transformers", "A Hugging Face model").pipeline(task, model=model_dir)
    raise NoHandler(
        "Local runs the script of a model, and model.tar.gz has no code/inference.py with model_fn. Add one, or "
        "leave a model that is known without code: model.joblib, model.pkl, xgboost-model, or for PyTorch model.pt."
    )


def predict_default(data, model, framework):
    """The default predict_fn."""
    if isinstance(data, Sparse) and type(model).__name__ != "Booster":
        raise ValueError(f"Content type {LIBSVM[0]} is not supported by this framework.")
    if type(model).__name__ == "Booster":
        xgboost = needed("xgboost", "An XGBoost model")
        numpy = needed("numpy", "An XGBoost model")
        if isinstance(data, Sparse):
            data = data.lists(model.num_features() if hasattr(model, "num_features") else None)
        rows = numpy.asarray(data, dtype=float)
        return model.predict(xgboost.DMatrix(rows.reshape(1, -1) if rows.ndim == 1 else rows))
    if framework == "huggingface" and isinstance(data, dict):
        return model(data.get("inputs", data), **(data.get("parameters") or {}))
    if hasattr(model, "predict"):
        numpy = optional("numpy")
        if numpy and isinstance(data, numpy.ndarray) and data.ndim == 1:
            data = data.reshape(1, -1)
        return model.predict(data)
    if framework == "pytorch":
        torch = needed("torch", "A PyTorch model")
        with torch.no_grad():
            return model(torch.as_tensor(data, dtype=torch.float32))
    if callable(model):
        return model(data)
    raise TypeError(f"A {type(model).__name__} cannot predict by itself: write predict_fn.")


# The model with its handlers.


class Model:
    """A loaded model and the functions that answer for it."""

    def __init__(self, model_dir, framework):
        self.model_dir = model_dir
        self.framework = framework
        self.module = self.script(model_dir)
        given = {name: getattr(self.module, name, None) for name in ("input_fn", "predict_fn", "output_fn")}
        self.transform_fn = getattr(self.module, "transform_fn", None)
        if self.transform_fn and any(given.values()):
            raise NoHandler("Cannot use transform_fn implementation in conjunction with input_fn, predict_fn or output_fn.")
        self.input_fn = given["input_fn"] or decode
        self.predict_fn = given["predict_fn"] or (lambda data, model: predict_default(data, model, framework))
        self.output_fn = given["output_fn"] or encode
        self.execution_parameters_fn = getattr(self.module, "execution_parameters_fn", None)
        model_fn = getattr(self.module, "model_fn", None)
        context = Context({}, model_dir)
        self.model = called(model_fn, 1, [model_dir], context) if model_fn else load_default(model_dir, framework)
        if self.transform_fn is None:
            for name, count in (("input_fn", 2), ("predict_fn", 2), ("output_fn", 2)):
                arity(getattr(self, name), count, name)

    @staticmethod
    def script(model_dir):
        folder = os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY") or os.path.join(model_dir, "code")
        program = os.environ.get("SAGEMAKER_PROGRAM") or "inference.py"
        if not os.path.isdir(folder):
            return None
        sys.path.insert(0, folder)
        if not os.path.isfile(os.path.join(folder, program)):
            if os.environ.get("SAGEMAKER_PROGRAM"):
                raise NoHandler(f"The script {program} of SAGEMAKER_PROGRAM is not in {folder}.")
            return None
        return importlib.import_module(program[:-3].replace("/", ".") if program.endswith(".py") else program)

    def answer(self, data, content_type, accept, headers):
        """Body and content type of the answer to one request."""
        context = Context(headers, self.model_dir)
        if is_text(content_type) and isinstance(data, bytes):
            data = data.decode("utf-8")
        if self.transform_fn:
            result = called(self.transform_fn, 4, [self.model, data, content_type, accept], context)
        else:
            value = called(self.input_fn, 2, [data, content_type], context)
            prediction = called(self.predict_fn, 2, [value, self.model], context)
            result = called(self.output_fn, 2, [prediction, accept], context)
        if isinstance(result, tuple) and len(result) == 2:
            return result
        if hasattr(result, "response") and hasattr(result, "mimetype"):
            return result.response, result.mimetype
        return result, accept


@functools.lru_cache(maxsize=None)
def arity(function, count, name):
    """How many arguments a handler takes. Raises TypeError where it can be called in neither way."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return count
    positional = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    required = [each for each in positional if each.default is each.empty]
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return count + 1
    if len(required) > count + 1 or len(positional) < count:
        raise TypeError(f"{name} takes {len(positional)} arguments but {count} were given.")
    return count + 1 if len(positional) > count else count


def called(function, count, arguments, context):
    more = [context] if arity(function, count, getattr(function, "__name__", "handler")) > count else []
    return function(*arguments, *more)


def is_text(content_type):
    kind = plain_type(content_type)
    return kind.startswith("text/") or kind in (JSON, "application/jsonlines", "application/xml")


def framework_of(image):
    for name in ("huggingface", "pytorch", "xgboost"):
        if name in image:
            return name
    return "sklearn"


# Faults on purpose, for demonstrations and drills: MLOPS_FLOW_FAULT in the environment of the model.


class Faults:
    def __init__(self, text):
        given = dict(part.partition("=")[::2] for part in text.replace(" ", "").split(",") if part)
        self.slow = float(given.get("slow") or 0) / 1000
        self.fail = float(given.get("fail") or (1 if "fail" in given else 0))
        self.start = "start" in given
        self.ping = "ping" in given
        self.crash = int(given.get("crash") or 0)
        self.count = 0

    def on_request(self):
        self.count += 1
        if self.crash and self.count >= self.crash:
            print("MLOPS_FLOW_FAULT: crash", flush=True)
            os._exit(17)
        if self.slow:
            time.sleep(self.slow)
        if self.fail and random.random() < self.fail:
            raise RuntimeError("This model fails on purpose: MLOPS_FLOW_FAULT is set in its environment.")


# HTTP.


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 64 * 1024
    disable_nagle_algorithm = False

    def log_message(self, *_arguments):
        pass

    def address_string(self):
        return "local"

    def do_GET(self):
        server = self.server
        if self.path == "/ping":
            self.reply(503 if server.faults.ping else 200, b"", "text/plain")
        elif self.path == "/execution-parameters" and server.model.execution_parameters_fn:
            self.reply(200, json.dumps(server.model.execution_parameters_fn()).encode(), JSON)
        else:
            self.reply(404, b"", "text/plain")

    def do_POST(self):
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/invocations":
            self.reply(404, b"", "text/plain")
            return
        accept = self.headers.get("Accept") or ""
        if accept in ("", "*/*"):
            accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT") or JSON
        try:
            # A container of one worker process: requests wait for each other, and health checks do not.
            with self.server.turn:
                self.server.faults.on_request()
                body, kind = self.server.model.answer(data, self.headers.get("Content-Type") or JSON, accept, self.headers)
        except Exception as error:
            traceback.print_exc()
            status = getattr(error, "status_code", None) or getattr(error, "code", None)
            status = status if isinstance(status, int) and 400 <= status < 600 else 500
            text = f"{error}\n{traceback.format_exc()}"
            self.reply(status, text.encode("utf-8"), "text/plain")
            return
        if inspect.isgenerator(body):
            self.stream(body, kind)
            return
        if not isinstance(body, (bytes, bytearray)):
            body = (body if isinstance(body, str) else json.dumps(body, default=listed)).encode("utf-8")
        self.reply(200, bytes(body), kind or JSON)

    def reply(self, status, body, kind):
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def stream(self, parts, kind):
        """An answer that comes in parts, as each is made."""
        self.send_response_only(200)
        self.send_header("Content-Type", kind or "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for part in parts:
                data = part.encode("utf-8") if isinstance(part, str) else bytes(part)
                if data:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                    self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
            self.wfile.flush()
        except Exception:
            traceback.print_exc()
            self.wfile.flush()
            self.close_connection = True


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = False

    def __init__(self, place, model, faults):
        self.model, self.faults = model, faults
        workers = int(os.environ.get("SAGEMAKER_MODEL_SERVER_WORKERS") or 1)
        self.turn = threading.BoundedSemaphore(max(workers, 1))
        if hasattr(socket, "AF_UNIX"):
            self.address_family = socket.AF_UNIX
            super().__init__(place, Handler)
        else:
            super().__init__(("127.0.0.1", 0), Handler)
            Path(place).write_text(str(self.server_address[1]), encoding="ascii")

    def server_bind(self):
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def handle_error(self, _request, _address):
        # A client that has gone away is no fault of the model.
        if not isinstance(sys.exc_info()[1], (BrokenPipeError, ConnectionResetError)):
            traceback.print_exc()


def main(place):
    faults = Faults(os.environ.get("MLOPS_FLOW_FAULT") or "")
    if faults.start:
        raise NoHandler("This model does not start on purpose: MLOPS_FLOW_FAULT is set in its environment.")
    model = Model(os.environ["SM_MODEL_DIR"], framework_of(os.environ.get("MLOPS_FLOW_IMAGE") or ""))
    Server(place, model, faults).serve_forever()


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except NoHandler as error:
        print(f"Error: {error}", flush=True)
        sys.exit(3)
