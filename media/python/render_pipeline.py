"""Prints the SageMaker pipeline definitions that a Python script or a notebook makes.

    python render_pipeline.py REQUEST

REQUEST is a JSON object:
    script      the file
    root        the workspace: lines of files under it are told
    folders     working folders to try, the likeliest first
    maker       {"kind": "function" | "method" | "module" | "main" | "notebook", "name", "className"}, or null: what
                there is, a function get_pipeline first
    arguments   for the function; {"$session": "pipeline" | "sagemaker" | "boto"} stands for a session object
    assumed     values for arguments that nothing tells
    caller      {"script", "line"} of a call in Python of that function: what it gives is taken where nothing else is given
    argv        the words of the command line, for a script that is run as a program
    role        the role that stands for a placeholder
    name        of a pipeline whose definition is written out, without one
    strict      nothing stands for what is missing

Standard output is one JSON object:
    {"sdk": "2.257.7", "folder", "missing": [SENTENCE], "assumed": {NAME: what an assumed argument was in the end},
     "pipelines": [{"name", "definition", "steps": {NAME: {"file", "line", "end"}}, "unknown": [TEXT]}]}
or  {"error": {"kind", "message", "file", "line", "behind"}}, kind being missing-sdk, missing-module, no-pipeline or script;
behind tells what stops the script where a missing module is only stood in for.
Lines count from 0; a step's are those of the call that made it. What the script prints goes to standard error.

AWS is whatever the environment names: the script's calls are real ones. Only the start of an execution is held back:
a script ends there. A script that fails is run a second time with something that stands for what was missing
(stand_ins.py); `missing` tells what that was, and `unknown` which of it the definition has in it.
Works with version 2 and 3 of the SDK.
"""

import ast
import builtins
import importlib
import importlib.machinery
import importlib.util
import inspect
import json
import linecache
import os
import re
import socket
import sys
import textwrap
import traceback

import stand_ins
from annotations import hints_of, shown, value_for
from notebook_shell import Shell, cell_for, statement_for
from variables import Variables, known_value, read_files
from work_tree import WorkTree

AWS_DOMAINS = ("amazonaws.com", "amazonaws.com.cn", "api.aws", "amazonaws.eu")
METADATA_HOSTS = ("169.254.169.254", "169.254.170.2", "fd00:ec2::254")


def keep_from_aws():
    """Makes every name of AWS unknown to this process where the environment names an endpoint: it alone is AWS then."""
    if not os.environ.get("AWS_ENDPOINT_URL"):
        return
    resolve = socket.getaddrinfo

    def guarded(host, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name in METADATA_HOSTS or any(name == d or name.endswith("." + d) for d in AWS_DOMAINS):
            raise socket.gaierror(socket.EAI_NONAME, f"{name}: AWS itself is not reached while rendering")
        return resolve(host, *args, **kwargs)

    socket.getaddrinfo = guarded


def watch_calls(missing, lenient):
    """
    Where an endpoint stands for AWS: a bucket that the script uploads to is made when it is not there, and a role that
    is only a placeholder is the endpoint's. Where `lenient`, something stands for what cannot be had.
    """
    try:
        from botocore.client import BaseClient
        from botocore.exceptions import ClientError
    except ModuleNotFoundError:
        return
    if not os.environ.get("AWS_ENDPOINT_URL"):
        return
    call = BaseClient._make_api_call

    def put_again(client, operation, parameters):
        body = parameters.get("Body") if operation == "PutObject" else None
        begin = body.tell() if hasattr(body, "seek") else None
        try:
            return call(client, operation, parameters)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "NoSuchBucket":
                raise
        call(client, "CreateBucket", {"Bucket": parameters["Bucket"]})
        print(f"Made the bucket {parameters['Bucket']}.", file=sys.stderr)
        if begin is not None:
            body.seek(begin)
        return call(client, operation, parameters)

    def calling(self, operation, parameters):
        if lenient:
            parameters = missing.with_own_bucket(parameters)
        if operation in ("PutObject", "CreateMultipartUpload"):
            return put_again(self, operation, parameters)
        parameters = stand_ins.with_own_role(parameters, missing.role)
        missing.sent(operation, parameters)
        if not lenient:
            return call(self, operation, parameters)
        try:
            answer = call(self, operation, parameters)
        except ClientError as error:
            if operation == "ListModelPackages" and missing.approve(call, self, parameters):
                return call(self, operation, parameters)
            if operation.startswith("Create") and operation != "CreateFunction" and "xist" in str(error):
                arn = re.search(r"arn:[\w:/.+@-]+", str(error))
                return stand_ins.Answer(operation, {f"{operation[6:]}Arn": arn[0]} if arn else {})
            answer = missing.answer(self, operation, parameters, error)
            if answer is None:
                raise
        if operation == "ListModelPackages" and not answer.get("ModelPackageSummaryList"):
            if missing.approve(call, self, parameters):
                answer = call(self, operation, parameters)
        return answer

    BaseClient._make_api_call = calling


class Failure(Exception):
    """Something that the user has to correct, with the place where it is known."""

    def __init__(self, kind, message, file=None, line=None):
        super().__init__(message)
        self.answer = {"kind": kind, "message": message, "file": file, "line": line}


class Held(BaseException):
    """The script wanted to start an execution: all that there is to see has been made."""


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
            try:
                tree = ast.parse("".join(linecache.getlines(file)))
            except SyntaxError:
                return line
            for node in ast.walk(tree):
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


class Recorder:
    """Notes which call of the user's code made each step and each pipeline."""

    def __init__(self, sources):
        self.sources = sources
        self.steps = {}
        self.pipelines = []
        self.sent = []
        self.places = {}
        self.assumed = {}
        for package in ("sagemaker.workflow", "sagemaker.mlops.workflow"):
            self.watch(f"{package}.steps", "Step", self.note_step)
            self.watch(f"{package}.pipeline", "Pipeline", self.note_pipeline)

    def watch(self, module, kind, note):
        try:
            watched = getattr(importlib.import_module(module), kind)
        except (ImportError, AttributeError):
            return
        make = watched.__init__

        def noted(self, *args, **kwargs):
            make(self, *args, **kwargs)
            note(self)

        watched.__init__ = noted
        if kind == "Pipeline":

            def start(self, *args, **kwargs):
                raise Held()

            watched.start = start

    def note_step(self, step):
        name = getattr(step, "name", None)
        call = None if name in self.steps else self.sources.call_naming(name)
        if call:
            self.steps[name] = call

    def note_pipeline(self, pipeline):
        self.pipelines.append(pipeline)
        call = next(self.sources.calls(), None)
        if call:
            self.places[id(pipeline)] = call

    def note_sent(self, operation, parameters):
        """A definition that was given to CreatePipeline or UpdatePipeline."""
        if operation in ("CreatePipeline", "UpdatePipeline") and parameters.get("PipelineDefinition"):
            self.sent.append(Written(parameters["PipelineName"], parameters["PipelineDefinition"]))

    def last(self):
        """The pipelines that were made, of each name the last one, in their order: the SDK's, else what was sent."""
        return list({str(pipeline.name): pipeline for pipeline in self.pipelines or self.sent}.values())


class Written:
    """A pipeline whose definition is there as text."""

    def __init__(self, name, text):
        self.name, self.text = name, text

    def definition(self):
        return self.text


def is_definition(value):
    return isinstance(value, dict) and isinstance(value.get("Version"), str) and isinstance(value.get("Steps"), list)


def relative_levels(script):
    """How many folders up the script's relative imports reach; 0 where it has none or cannot be read."""
    try:
        tree = ast.parse("".join(linecache.getlines(script)))
    except SyntaxError:
        return 0
    return max((node.level for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)), default=0)


def module_name(script, root):
    """The name that the script has in its package, with the folder that the package lies in."""
    folder, name = os.path.dirname(script), os.path.splitext(os.path.basename(script))[0]
    # A folder that relative imports start from is a package, also without __init__.py.
    levels = relative_levels(script)
    while (levels > 0 or os.path.exists(os.path.join(folder, "__init__.py"))) and folder != os.path.dirname(folder):
        folder, package = os.path.split(folder)
        name = f"{package}.{name}"
        levels -= 1
    return name, folder


def folders_above(script, root):
    """The folders from the script's up to the workspace."""
    folders, at = [], os.path.dirname(script)
    while at.startswith(root) and at != os.path.dirname(at):
        folders.append(at)
        at = os.path.dirname(at)
    return folders


def search_path(script, root, folder):
    """Where the script's own imports are looked for: its folder, its package's, and then all up to the workspace."""
    for path in reversed(list(dict.fromkeys((os.path.dirname(script), folder, os.getcwd())))):
        if path not in sys.path and os.path.isdir(path):
            sys.path.insert(0, path)
    above = [path for at in folders_above(script, root) for path in (at, os.path.join(at, "src"))]
    behind = [finder is importlib.machinery.PathFinder for finder in sys.meta_path].index(True) + 1
    sys.meta_path.insert(behind, Above([path for path in dict.fromkeys(above) if path not in sys.path and os.path.isdir(path)]))


class Above:
    """Finds modules in folders that Python itself would not look into.

    Nothing of theirs comes before what Python finds, not even before a folder without `__init__.py`.
    """

    def __init__(self, folders):
        self.folders = folders

    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.PathFinder.find_spec(name, self.folders, target) if path is None else None


def load(script, root):
    """Imports the script under the name it has in its package, so that its own imports work."""
    name, folder = module_name(script, root)
    search_path(script, root, folder)
    spec = importlib.util.spec_from_file_location(name, script)
    if "." in name:
        importlib.import_module(name.rpartition(".")[0])
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def session_of(kind):
    """A session of the SDK over the environment's account."""
    import boto3

    boto_session = boto3.Session()
    if kind == "boto":
        return boto_session
    if kind == "pipeline":
        for module in ("sagemaker.workflow.pipeline_context", "sagemaker.core.workflow.pipeline_context"):
            try:
                return importlib.import_module(module).PipelineSession(boto_session=boto_session)
            except ModuleNotFoundError:
                continue
    try:
        from sagemaker.workflow.pipeline_context import PipelineSession
    except ImportError:
        from sagemaker.core.workflow.pipeline_context import PipelineSession
    return PipelineSession(boto_session=boto_session)


def value_of(value):
    if isinstance(value, dict) and set(value) == {"$session"}:
        return session_of(value["$session"])
    return value


def own_role():
    """The role that the script runs as."""
    import boto3

    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    role = boto3.client("sts", region_name=region).get_caller_identity()["Arn"]
    assumed = re.match(r"arn:(aws[\w-]*):sts::(\d+):assumed-role/([^/]+)/", role)
    return f"arn:{assumed[1]}:iam::{assumed[2]}:role/{assumed[3]}" if assumed else role


def defaults_of_options(script):
    """What the script's own command line gives where it is not told: the defaults of its options, by their names."""
    try:
        tree = ast.parse("".join(linecache.getlines(script)))
    except SyntaxError:
        return {}
    names, given = Names(tree), {}
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or getattr(call.func, "attr", None) != "add_argument":
            continue
        option = next((one.value for one in call.args if isinstance(one, ast.Constant) and str(one.value).startswith("--")), None)
        told = {keyword.arg: keyword.value for keyword in call.keywords}
        if option is None:
            continue
        name = option[2:].replace("-", "_")
        try:
            if "default" in told:
                given[name] = names.value(told["default"])
            elif getattr(told.get("type"), "id", None) in ("int", "float"):
                given[name] = 1 if told["type"].id == "int" else 1.0
        except Exception:
            continue
    return {name: value for name, value in given.items() if value is not None}


# Arguments that the account has a value for, for a function that nobody has described.
OF_ACCOUNT = re.compile(r"(?:^|_)(?:region|role|bucket)(?:_(?:name|arn))?$")


def of_account(name):
    """What the account has for an argument of that name, or None."""
    if not OF_ACCOUNT.search(name):
        return None
    try:
        return known_value(name, own_role(), None)
    except Exception as error:
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
        return None


def arguments_for(function, given):
    """The given arguments that a function takes; for one without any, what the project templates pass."""
    parameters = inspect.signature(function).parameters
    open_ended = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    arguments = {name: value_of(value) for name, value in given.items() if open_ended or name in parameters}
    hints = hints_of(function.__init__ if isinstance(function, type) else function)
    for name, parameter in parameters.items():
        if name in arguments or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.default is parameter.empty:
            arguments[name] = of_account(name) or value_for(hints.get(name), name.replace("_", "-"), own_object)
    return arguments


def own_object(kind):
    """An object of a class that the user has written; None for others, and where it cannot be made."""
    try:
        file = inspect.getfile(kind)
        return instance_of(kind, {}) if "site-packages" not in file and not file.startswith(os.path.dirname(os.__file__)) else None
    except Exception as error:
        print(f"{kind.__name__} cannot be made without arguments: {type(error).__name__}: {error}", file=sys.stderr)
        return None


def assumed_for(request, function):
    """The assumed arguments of a function, as its annotations allow; one whose members it reads has whatever is asked for."""
    assumed, hints = dict(request.get("assumed") or {}), hints_of(function)
    try:
        text = inspect.getsource(function)
    except (OSError, TypeError):
        text = ""
    for name in assumed:
        if re.search(rf"\b{re.escape(name)}\s*(?:\[|\.get\()", text):
            assumed[name] = stand_ins.Answer(name)
        else:
            assumed[name] = value_for(hints.get(name), assumed[name], own_object)
    return assumed


def told_in_texts(function):
    """The parameters without a value that the function writes into texts as they are: None would stand there."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return []
    nodes = list(ast.walk(tree))
    made = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    told = {node.value.id for node in nodes if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name)}
    open_ones = [name for name, one in inspect.signature(function).parameters.items() if one.default is None]
    return [name for name in open_ones if name in told - made]


class Names(dict):
    """The names of a script, each found when it is asked for: what its assignments and imports at the top give."""

    def __init__(self, tree):
        super().__init__(__builtins__=builtins)
        self.assigned, self.imports, self.open = {}, {}, set()
        for node in tree.body:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self.assigned[node.targets[0].id] = node.value
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                for alias in node.names:
                    self.imports[alias.asname or alias.name.partition(".")[0]] = node

    def __missing__(self, name):
        if name in self.imports:
            exec(compile(ast.Module([self.imports[name]], []), "caller", "exec"), self)
        elif name in self.assigned and name not in self.open:
            self.open.add(name)
            self[name] = self.value(self.assigned[name])
        elif hasattr(builtins, name):
            return getattr(builtins, name)
        else:
            raise NameError(name)
        return dict.__getitem__(self, name)

    def value(self, expression):
        # Names are looked up in locals first, and only there is __missing__ asked.
        return eval(compile(ast.Expression(expression), "caller", "eval"), {"__builtins__": builtins}, self)


def called_with(caller, wanted):
    """The values that a call in another script gives for the wanted arguments; those that cannot be had are left out."""
    with open(caller["script"], encoding="utf-8") as file:
        text = file.read()
    if caller["script"].endswith(".ipynb"):
        cells = [cell for cell in json.loads(text).get("cells", []) if cell.get("cell_type") == "code"]
        text = "\n".join(python_of("".join(cell.get("source", []))) for cell in cells)
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return {}
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", None)) == caller["function"]
    ]
    names, given = Names(tree), {}
    for keyword in (keyword for call in calls for keyword in call.keywords if keyword.arg in wanted):
        try:
            given[keyword.arg] = names.value(keyword.value)
        except Exception as error:
            print(f"{keyword.arg} of the call in {caller['script']}: {type(error).__name__}: {error}", file=sys.stderr)
    return given


def instance_of(kind, given):
    """An object of a class, made with what is given and, of what it asks besides, a text with its name."""
    fields = getattr(kind, "model_fields", None) or getattr(kind, "__fields__", None)
    if fields:
        needed = [name for name, field in fields.items() if callable(required := getattr(field, "is_required", None)) and required() or getattr(field, "required", False) is True]
        return kind(**{name: value_of(given[name]) if name in given else value_of_field(name, fields[name]) for name in needed})
    return kind(**arguments_for(kind, given)) if "__init__" in vars(kind) else kind()


def value_of_field(name, field):
    """A value for a field of a model that has none of its own."""
    return of_account(name) or value_for(getattr(field, "annotation", None), name.replace("_", "-"), own_object)


def names_in(text):
    """The names that a text assigns or imports at its top level, also inside of its blocks."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return []
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names += [alias.asname or alias.name.partition(".")[0] for alias in node.names if alias.name != "*"]
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.append(node.name)
    return list(dict.fromkeys(names))


def run_cells(request, recorder, missing):
    """Runs the cells of a notebook in their order, up to the one in which its last pipeline is made."""
    with open(request["script"], encoding="utf-8") as file:
        cells = [cell for cell in json.load(file).get("cells", []) if cell.get("cell_type") == "code"]
    texts = ["".join(cell.get("source", [])) for cell in cells]
    makes = [at for at, text in enumerate(texts) if re.search(r"\bPipeline\(|\bget_pipeline\(", text)]
    last = makes[-1] if makes else len(texts) - 1
    name, folder = module_name(request["script"], request["root"])
    search_path(request["script"], request["root"], folder)
    shell = Shell(missing.note)
    space = {"__name__": "__main__", "__builtins__": builtins, "display": print, "get_ipython": lambda: None, "__shell__": shell.run, "__write__": shell.write}
    trouble = None
    for at, text in enumerate(texts):
        # A cell with a function or a class that makes the pipeline is followed by the one that calls it.
        if at > last and recorder.last():
            break
        label = os.path.join(os.path.dirname(request["script"]), f"{os.path.basename(request['script'])}#cell-{at + 1}")
        try:
            code = compile(python_of(text), label, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
            run_cell(code, space, at, missing if request.get("lenient") else None)
        except Held:
            break
        except (Exception, SystemExit) as error:
            # A later cell may do without what this one wanted: the first trouble is told if no pipeline comes of it.
            traceback.print_exc()
            trouble = trouble or Failure("script", f"Cell {at + 1}: {type(error).__name__}: {error}", request["script"], 0)
            if isinstance(error, ModuleNotFoundError):
                trouble = Failure(**{**lacking(error).answer, "file": request["script"], "line": 0})
            if request.get("lenient"):
                missing.assign(names_in(python_of(text)), space, f"Cell {at + 1} failed ({type(error).__name__}: {error}), so")
    if not recorder.pipelines and trouble:
        raise trouble


def run_cell(code, space, at, missing):
    """Runs a cell; where something may stand for what is missing, also for the names that no cell has made (`%store -r`)."""
    for _ in range(20):
        try:
            return exec(code, space)
        except NameError as error:
            name = getattr(error, "name", None)
            if missing is None or name is None or name in space or hasattr(builtins, name):
                raise
            found = of_sdk(name)
            space[name] = found or known_value(name, missing.role, None) or stand_ins.StandIn(name)
            instead = f"{found.__module__}.{name}" if found else space[name]
            missing.note(f"Cell {at + 1} needs {name}, which no cell before it makes: {instead} stands for it.")
    return None


def of_sdk(name):
    """A class or a function of the SDK that a script uses and has forgotten to import, or None."""
    if not re.match(r"[A-Za-z]\w{3,}$", name):
        return None
    for module in ("parameters", "steps", "step_collections", "conditions", "condition_step", "functions", "model_step", "properties"):
        try:
            importlib.import_module(f"sagemaker.workflow.{module}")
        except ImportError:
            break
    homes = [module for key, module in list(sys.modules.items()) if key.partition(".")[0] == "sagemaker" and module]
    found = (vars(module).get(name) for module in homes)
    return next((one for one in found if callable(one) and (getattr(one, "__module__", None) or "").startswith("sagemaker")), None)


def python_of(text):
    """A cell without what only a notebook understands."""
    if re.match(r"\s*%%(?!time|capture)", text):
        return cell_for(text) or ""
    lines = []
    # A command of the shell goes on where its line ends with a backslash.
    text = re.sub(r"^([ \t]*[!%].*(?:\\\n.*)+)", lambda match: re.sub(r"\\\n[ \t]*", "", match[1]), text, flags=re.M)
    for line in text.splitlines():
        bare = line.lstrip()
        if bare.startswith(("%", "!", "?")) or re.search(r"\w\?{1,2}\s*$", bare):
            lines.append(line[: len(line) - len(bare)] + (statement_for(bare) or "pass"))
        elif re.match(r"[\w\s,]+=\s*[!%]", bare):
            lines.append(line[: len(line) - len(bare)] + bare.split("=")[0] + "= []")
        else:
            lines.append(line)
    return "\n".join(lines)


def make(request, recorder, missing):
    """Does what makes the pipelines."""
    maker, script, root = request.get("maker"), request["script"], request["root"]
    given = request.get("arguments") or {}
    kind = maker and maker["kind"]
    if kind == "notebook" or script.endswith(".ipynb"):
        return run_cells(request, recorder, missing)
    if kind == "main":
        name, folder = module_name(script, root)
        search_path(script, root, folder)
        space = {"__name__": "__main__", "__file__": script, "__builtins__": builtins, "__package__": name.rpartition(".")[0] or None}
        with open(script, "rb") as file:
            exec(compile(file.read(), script, "exec", dont_inherit=True), space)
        return None
    module = load(script, root)
    if kind == "module" and not recorder.last():
        written = [value for value in vars(module).values() if is_definition(value)]
        return [Written(request.get("name") or "pipeline", json.dumps(one, default=str)) for one in written]
    if kind == "function" or (maker is None and callable(getattr(module, "get_pipeline", None))):
        function = getattr(module, maker["name"] if maker else "get_pipeline")
        caller = request.get("caller")
        if caller:
            wanted = {name for name, one in inspect.signature(function).parameters.items() if one.default in (one.empty, None) and name not in given}
            given = {**(called_with(caller, wanted) if wanted else {}), **given}
        needed = {name for name, one in inspect.signature(function).parameters.items() if one.default is one.empty}
        options = {name: value for name, value in defaults_of_options(script).items() if name in needed}
        assumed = {name: value for name, value in assumed_for(request, function).items() if name not in given and name not in options}
        recorder.assumed = assumed
        given = {**assumed, **options, **given}
        for name in told_in_texts(function):
            if given.get(name) is None:
                given[name] = name.replace("_", "-")
                missing.note(f"Nothing tells the argument {name}: {given[name]} stands for it.")
        return function(**arguments_for(function, given))
    if kind == "method":
        recorder.assumed = assumed_for(request, getattr(getattr(module, maker["className"]), maker["name"]))
        given = {**recorder.assumed, **given}
        one = instance_of(getattr(module, maker["className"]), given)
        function = getattr(one, maker["name"])
        return function(**arguments_for(function, given))
    return None


def sdk_version():
    from importlib import metadata

    try:
        return metadata.version("sagemaker")
    except metadata.PackageNotFoundError:
        return None


# The packages that only version 3 of the SDK has.
THIRD_GENERATION = ("ai_registry", "core", "mlops", "train")


def lacking(error):
    """The failure for a module that cannot be imported: which package to install tells the version that is there."""
    name, version = error.name or "", sdk_version()
    if version is None and name.partition(".")[0] in ("sagemaker", "boto3", "botocore"):
        return Failure("missing-sdk", "sagemaker")
    top, _, rest = name.partition(".")
    if top == "sagemaker":
        is_third = rest.partition(".")[0] in THIRD_GENERATION
        if is_third == version.startswith("3"):
            return Failure("script", f"The SageMaker SDK ({version}) has no module {name}.")
        return Failure("missing-sdk", "sagemaker>=3" if is_third else "sagemaker<3")
    return Failure("missing-module", name)


def place(error, sources):
    """The last line of the user's own code on the way to the error, or None."""
    if isinstance(error, SystemExit) and isinstance(error.__context__, Exception):
        return place(error.__context__, sources)
    if isinstance(error, SyntaxError) and error.filename:
        return os.path.realpath(error.filename), (error.lineno or 1) - 1
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = sources.find(frame.filename)
        if file:
            return file, (frame.lineno or 1) - 1
    return None


def explained(error):
    """The failure that an error of the script is."""
    failure = lacking(error) if isinstance(error, ModuleNotFoundError) else None
    if failure:
        return failure
    # The top of the third generation has nothing that a script could import from it.
    if isinstance(error, ImportError) and error.name == "sagemaker" and (sdk_version() or "").startswith("3"):
        return Failure("missing-sdk", "sagemaker<3")
    traceback.print_exc()
    if isinstance(error, SystemExit) and isinstance(error.__context__, Exception):
        return explained(error.__context__)
    if isinstance(error, SystemExit):
        return Failure(
            "script",
            f"The script ended itself ({error.code}) before the pipeline was made. "
            "Give it the arguments that it is run with.",
        )
    return Failure("script", f"{type(error).__name__}: {error}{asked_for(error)}")


def asked_for(error):
    """Which object or bucket a failed call was about, as the call itself does not say."""
    frames = traceback.walk_tb(error.__traceback__)
    told = [frame.f_locals for frame, _ in frames if frame.f_code.co_name == "_make_api_call"]
    parameters = next((one for one in (space.get("api_params") for space in told) if isinstance(one, dict)), {})
    bucket, key = parameters.get("Bucket"), parameters.get("Key")
    return f" (s3://{bucket}/{key or ''})" if isinstance(bucket, str) and bucket not in str(error) else ""


def is_about_a_file(error, root):
    """Does the error come from a relative path that is not there from this working folder?"""
    if isinstance(error, ModuleNotFoundError):
        return is_somewhere(error.name or "", root)
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return True
    return isinstance(error, ValueError) and re.search(r"No such file|No file named|does not exist|wasn't found|not a valid file", str(error)) is not None


def render(request, sources, missing, variables):
    script = request["script"]
    recorder = Recorder(sources)
    missing.sent = recorder.note_sent
    here = (script, 0)
    try:
        try:
            made = make(request, recorder, missing)
        except Held:
            made = None
        except (Exception, SystemExit) as error:
            # What comes after the pipeline was made does not matter, where the script is a program or a module.
            if not recorder.pipelines or (request.get("maker") or {}).get("kind") in ("function", "method"):
                raise
            print(f"After the pipeline was made: {type(error).__name__}: {error}", file=sys.stderr)
            made = None
        if is_definition(made):
            made = Written(request.get("name") or "pipeline", json.dumps(made, default=str))
        answered = [one for one in (made if isinstance(made, (list, tuple)) else [made]) if callable(getattr(one, "definition", None))]
        found = answered or recorder.last()
        if not found:
            raise Failure(
                "no-pipeline",
                "This script makes no pipeline: it has no function get_pipeline, and running it made none.",
                *here,
            )
        rendered = []
        for pipeline in found:
            # What is wrong with the pipeline as a whole is told where it was made.
            call = recorder.places.get(id(pipeline))
            here = (call["file"], call["line"]) if call else here
            definition = missing.in_own_buckets(json.dumps(stand_ins.in_shape(json.loads(pipeline.definition())), indent=2))
            variables.note_unset(definition)
            unknown = sorted(set(re.findall(stand_ins.MARK + r"[\w-]+", definition)))
            rendered.append({"name": str(pipeline.name), "definition": definition, "steps": recorder.steps, "unknown": unknown})
        assumed = {name: shown(value) for name, value in recorder.assumed.items()}
        return {"sdk": sdk_version(), "folder": os.getcwd(), "missing": missing.notes, "assumed": assumed, "pipelines": rendered}
    except Failure as failure:
        return {"error": failure.answer}
    except (Exception, SystemExit) as error:
        file, line = place(error, sources) or here
        return {"error": {**explained(error).answer, "file": file, "line": line}, "elsewhere": is_about_a_file(error, request["root"])}


def is_behind(error, first):
    """Is this another fault of the script than the first, which something stood for?"""
    kinds = error["kind"] == "script" and first["kind"] in ("script", "missing-module")
    elsewhere = error["line"] != first["line"] or str(error["file"]).endswith(".ipynb")
    return kinds and elsewhere and error["message"] != first["message"] and stand_ins.MARK not in error["message"]


def is_somewhere(module, root):
    """Is a module of this name in a folder of the workspace?"""
    top = module.partition(".")[0]
    for folder, inside, files in os.walk(root):
        inside[:] = [name for name in inside if not name.startswith(".") and name not in ("node_modules", "site-packages")]
        if top in inside or f"{top}.py" in files:
            return True
    return False


def with_variables(word, role, project):
    """A word of a command line with the variables of its shell that are set, or that the account has a value for."""

    def value(match):
        name = match[1] or match[2]
        return os.environ.get(name) or known_value(name, role, project) or match[0]

    return re.sub(r"\$\{(\w+)\}|\$(\w+)", value, word)


def again(request, kept):
    """Does the request in a new process, so that nothing half imported is left."""
    os.dup2(kept, 1)
    os.execv(sys.executable, [sys.executable, os.path.realpath(__file__), json.dumps(request)])


def main():
    request = json.loads(sys.argv[1])
    request["script"], request["root"] = os.path.realpath(request["script"]), os.path.realpath(request["root"])
    folders = request.get("folders") or [request["root"]]
    tried, lenient = request.setdefault("tried", 0), request.get("lenient", False)
    out, sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8"), sys.stderr
    kept = os.dup(1)
    os.dup2(2, 1)
    sys.argv = [request["script"], *(request.get("argv") or [])]
    if os.path.isdir(folders[tried]):
        os.chdir(folders[tried])
    keep_from_aws()
    sources = Sources(request["root"], request["script"])
    missing = stand_ins.Missing(sources, request.get("role"))
    stand_ins.hold_back_installers()
    stand_ins.forgive_regions()
    stand_ins.forgive_profiles()
    read_files(folders_above(request["script"], request["root"]))
    sys.argv[1:] = [with_variables(word, missing.role, request.get("name")) for word in sys.argv[1:]]
    variables = Variables(sources, missing, request.get("name"), lenient)
    variables.watch()
    watch_calls(missing, lenient)
    work_tree = WorkTree(request["root"])
    work_tree.watch()
    if lenient:
        sys.meta_path.append(missing)
        builtins.input = missing.ask
        stand_ins.forgive_transfers(missing, work_tree)
        stand_ins.forgive_parameters(missing)
        stand_ins.forgive_images(missing)
    answer = render(request, sources, missing, variables)
    work_tree.put_back()
    if "error" in answer:
        # The first error is told, whatever comes of the other ways, and what stops the script behind it.
        first = request.setdefault("first", answer)
        if first.get("elsewhere") and not answer.get("elsewhere"):
            # From the folder that it is run in.
            first = request["first"] = answer
        if lenient and is_behind(answer["error"], first["error"]):
            line = f", line {answer['error']['line'] + 1}" if answer["error"]["file"] and not request["script"].endswith(".ipynb") else ""
            behind = f"With something in its place it ends at another{line}: {answer['error']['message']}"
            if first["error"]["kind"] == "missing-module":
                first["error"]["behind"] = behind
            elif "does not implement" in first["error"]["message"]:
                # No account would help: what Local lacks was stood in for, and this is what stops the script.
                message = " ".join([answer["error"]["message"].rstrip(".") + ".", *missing.notes[:3]])
                first = {"error": {**answer["error"], "message": message}}
            else:
                first["error"]["message"] += f" {behind}"
        elsewhere = answer.get("elsewhere", False)
        if elsewhere and tried + 1 < len(folders):
            again({**request, "tried": tried + 1}, kept)
        hopeless = first["error"]["kind"] == "missing-sdk" or re.match(r"\w*(?:Syntax|Indentation|Tab)Error:", first["error"]["message"])
        if not lenient and not request.get("strict") and not hopeless:
            again({**request, "tried": 0 if elsewhere else tried, "lenient": True}, kept)
        answer = {"error": first["error"]}
    json.dump(answer, out)
    out.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
