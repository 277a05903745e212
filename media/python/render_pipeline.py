"""Prints the SageMaker pipeline definitions that a Python script makes, without talking to AWS.

    python render_pipeline.py SCRIPT --root WORKSPACE

Standard output is one JSON object:
    {"sdk": "2.257.7", "pipelines": [{"name", "definition", "steps": {NAME: {"file", "line", "end"}}}]}
or  {"error": {"kind", "message", "file", "line"}}, kind being missing-sdk, missing-module, no-pipeline or script.
Lines count from 0; a step's are those of the call that made it.
What the script itself prints goes to standard error. Works with version 2 and 3 of the SDK.
"""

import argparse
import ast
import importlib
import importlib.util
import inspect
import json
import linecache
import os
import socket
import sys
import traceback

ACCOUNT = "111122223333"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/AmazonSageMaker-ExecutionRole"
AWS_DOMAINS = ("amazonaws.com", "amazonaws.com.cn", "api.aws", "amazonaws.eu")
METADATA_HOSTS = ("169.254.169.254", "169.254.170.2", "fd00:ec2::254")


class Failure(Exception):
    """Something that the user has to mend, with the place where it is known."""

    def __init__(self, kind, message, file=None, line=None):
        super().__init__(message)
        self.answer = {"kind": kind, "message": message, "file": file, "line": line}


def forget_credentials():
    """Gives the process made-up credentials, so that no real ones can be used, whatever the script does."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        if name not in ("AWS_DEFAULT_REGION", "AWS_REGION"):
            del os.environ[name]
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or REGION
    os.environ.update(
        AWS_REGION=region,
        AWS_DEFAULT_REGION=region,
        AWS_ACCESS_KEY_ID="RENDERING",
        AWS_SECRET_ACCESS_KEY="RENDERING",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_CONFIG_FILE=os.devnull,
        SAGEMAKER_ROLE=os.environ.get("SAGEMAKER_ROLE", ROLE),
    )
    return region


def block_aws_hosts():
    """Makes every name of AWS unknown to this process, for what does not go through botocore."""
    resolve = socket.getaddrinfo

    def guarded(host, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name in METADATA_HOSTS or any(name == d or name.endswith("." + d) for d in AWS_DOMAINS):
            raise socket.gaierror(socket.EAI_NONAME, f"{name}: AWS is not reached while rendering")
        return resolve(host, *args, **kwargs)

    socket.getaddrinfo = guarded


def answer(shape, depth=0):
    """A value of the shape that an operation answers with, as plain as can be."""
    kind = shape.type_name
    if kind == "structure":
        if depth > 4:
            return {}
        return {name: answer(member, depth + 1) for name, member in shape.members.items() if name != "NextToken"}
    if kind == "list":
        return []
    if kind == "map":
        return {}
    if kind in ("integer", "long", "float", "double"):
        return 0
    if kind == "boolean":
        return False
    if kind == "timestamp":
        import datetime

        return datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    if kind == "blob":
        return b""
    name = shape.name.lower()
    if "role" in name and "arn" in name:
        return ROLE
    return shape.enum[0] if getattr(shape, "enum", None) else "placeholder"


def stub_aws():
    """Answers each call of botocore from the shape of its answer, in this process."""
    try:
        import botocore.client
        import botocore.response
        import botocore.waiter
    except ModuleNotFoundError:
        return
    import io

    def call(client, operation, parameters):
        service = client.meta.service_model.service_name
        if operation == "GetCallerIdentity":
            return {"Account": ACCOUNT, "UserId": "RENDERING", "Arn": ROLE}
        if service == "iam" and operation == "GetRole":
            name = parameters.get("RoleName", "")
            return {"Role": {"RoleName": name, "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}"}}
        output = client.meta.service_model.operation_model(operation).output_shape
        value = answer(output) if output is not None else {}
        if service == "s3" and operation == "GetObject":
            value["Body"] = botocore.response.StreamingBody(io.BytesIO(b""), 0)
        value["ResponseMetadata"] = {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RequestId": "RENDERING"}
        return value

    botocore.client.BaseClient._make_api_call = call
    botocore.waiter.Waiter.wait = lambda self, **kwargs: None


class Sources:
    """The files of the user, as opposed to those of packages."""

    def __init__(self, root, script):
        self.root, self.script = root, script
        self.ends = {}

    def find(self, name):
        """The path of a file as Python names it, or None where it is not the user's."""
        file = os.path.realpath(name)
        if file == self.script:
            return file
        inside = file.startswith(self.root + os.sep) and "site-packages" not in file
        return file if inside and os.path.isfile(file) else None

    def calls(self):
        """The calls of the user that are being made, innermost first."""
        frame = inspect.currentframe()
        while frame is not None:
            file = self.find(frame.f_code.co_filename)
            if file:
                yield {"file": file, "line": frame.f_lineno - 1, "end": self.end(file, frame.f_lineno) - 1}
            frame = frame.f_back

    def end(self, file, line):
        """The last line of the call that begins on a line."""
        if file not in self.ends:
            self.ends[file] = ends = {}
            for node in ast.walk(ast.parse("".join(linecache.getlines(file)))):
                if isinstance(node, ast.Call):
                    ends[node.lineno] = max(ends.get(node.lineno, 0), node.end_lineno)
        return self.ends[file].get(line, line)

    def call_naming(self, name):
        """The innermost call in which a name is written, else the innermost of all."""
        calls = list(self.calls())
        for call in calls:
            text = "".join(linecache.getlines(call["file"])[call["line"] : call["end"] + 1])
            if f'"{name}"' in text or f"'{name}'" in text:
                return call
        return calls[0] if calls else None


def record(sources):
    """Notes which call of the user's code made each step and each pipeline; answers both, by name and by object."""
    steps, pipelines = {}, {}

    def watch(module, kind, note):
        try:
            watched = getattr(importlib.import_module(module), kind)
        except (ImportError, AttributeError):
            return
        make = watched.__init__

        def noted(self, *args, **kwargs):
            make(self, *args, **kwargs)
            note(self)

        watched.__init__ = noted

    def note_step(step):
        name = getattr(step, "name", None)
        call = None if name in steps else sources.call_naming(name)
        if call:
            steps[name] = call

    def note_pipeline(pipeline):
        call = next(sources.calls(), None)
        if call:
            pipelines[id(pipeline)] = call

    for package in ("sagemaker.workflow", "sagemaker.mlops.workflow"):
        watch(f"{package}.steps", "Step", note_step)
        watch(f"{package}.pipeline", "Pipeline", note_pipeline)
    return steps, pipelines


def relative_levels(script):
    """How many folders up the script's relative imports reach; 0 where it has none or cannot be read."""
    try:
        tree = ast.parse("".join(linecache.getlines(script)))
    except SyntaxError:
        return 0
    return max((node.level for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)), default=0)


def load(script):
    """Imports the script under the name it has in its package, so that its own imports work."""
    folder, name = os.path.dirname(script), os.path.splitext(os.path.basename(script))[0]
    # A folder that relative imports start from is a package, also without __init__.py.
    levels = relative_levels(script)
    while levels > 0 or os.path.exists(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        name = f"{package}.{name}"
        levels -= 1
    for path in (os.path.dirname(script), folder):
        if path not in sys.path:
            sys.path.insert(0, path)
    spec = importlib.util.spec_from_file_location(name, script)
    if "." in name:
        importlib.import_module(name.rpartition(".")[0])
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def is_pipeline(value):
    if inspect.isclass(value) or not callable(getattr(value, "definition", None)):
        return False
    return any(kind.__name__ == "Pipeline" and kind.__module__.startswith("sagemaker.") for kind in type(value).__mro__)


def arguments(function, region):
    """What to call `get_pipeline` with: what the project templates pass, and a name for what has no default."""
    known = {
        "region": region,
        "role": ROLE,
        "role_arn": ROLE,
        "execution_role": ROLE,
        "default_bucket": f"sagemaker-{region}-{ACCOUNT}",
        "bucket": f"sagemaker-{region}-{ACCOUNT}",
    }
    given = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if name in known:
            given[name] = known[name]
        elif parameter.default is parameter.empty:
            given[name] = name.replace("_", "-")
    return given


def pipelines_of(module, region):
    if callable(getattr(module, "get_pipeline", None)):
        made = module.get_pipeline(**arguments(module.get_pipeline, region))
        found = list(made) if isinstance(made, (list, tuple)) else [made]
        return [value for value in found if callable(getattr(value, "definition", None))]
    seen = {id(value): value for value in vars(module).values() if is_pipeline(value)}
    return list(seen.values())


def sdk_version():
    from importlib import metadata

    try:
        return metadata.version("sagemaker")
    except metadata.PackageNotFoundError:
        return None


def missing(error):
    """The failure for a module that cannot be imported: which package to install tells the version that is there."""
    name, version = error.name or "", sdk_version()
    if version is None and name.partition(".")[0] in ("sagemaker", "boto3", "botocore"):
        return Failure("missing-sdk", "sagemaker")
    if name.startswith("sagemaker"):
        return Failure("missing-sdk", "sagemaker<3" if version.startswith("3") else "sagemaker>=3")
    return Failure("missing-module", name)


def place(error, sources):
    """The last line of the user's own code on the way to the error, or None."""
    if isinstance(error, SyntaxError) and error.filename:
        return os.path.realpath(error.filename), (error.lineno or 1) - 1
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = sources.find(frame.filename)
        if file:
            return file, (frame.lineno or 1) - 1
    return None


def explained(error):
    """The failure that an error of the script is."""
    failure = missing(error) if isinstance(error, ModuleNotFoundError) else None
    if failure:
        return failure
    traceback.print_exc()
    if isinstance(error, SystemExit):
        return Failure(
            "script",
            f"The script ended itself ({error.code}) before the pipeline was made. "
            'Keep what reads the command line under if __name__ == "__main__".',
        )
    return Failure("script", f"{type(error).__name__}: {error}")


def render(script, root):
    region = forget_credentials()
    block_aws_hosts()
    stub_aws()
    sources = Sources(root, script)
    steps, made = record(sources)
    here = (script, 0)
    try:
        found = pipelines_of(load(script), region)
        if not found:
            raise Failure(
                "no-pipeline",
                "This script has neither a function get_pipeline nor a Pipeline at module level. "
                'What is made in other functions, or under if __name__ == "__main__", is not seen.',
                *here,
            )
        rendered = []
        for pipeline in found:
            # What is wrong with the pipeline as a whole is told where it was made.
            call = made.get(id(pipeline))
            here = (call["file"], call["line"]) if call else here
            definition = json.dumps(json.loads(pipeline.definition()), indent=2)
            rendered.append({"name": str(pipeline.name), "definition": definition, "steps": steps})
        return {"sdk": sdk_version(), "pipelines": rendered}
    except Failure as failure:
        return {"error": failure.answer}
    except (Exception, SystemExit) as error:
        file, line = place(error, sources) or here
        return {"error": {**explained(error).answer, "file": file, "line": line}}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("script")
    parser.add_argument("--root", default=os.getcwd())
    options = parser.parse_args()
    out, sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8"), sys.stderr
    os.dup2(2, 1)
    sys.argv = [options.script]
    json.dump(render(os.path.realpath(options.script), os.path.realpath(options.root)), out)
    out.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
