"""What stands for something that is not there while a pipeline is rendered.

A script may need more than its definition shows: data that a notebook downloads, a package that only draws plots, a
model that somebody approved, an operation that the endpoint behind AWS_ENDPOINT_URL does not have. `Missing` lets the
script go on without it, and notes what was missing. A text that stands for an answer begins with MARK, so that it can be
found in the definition.
"""

import datetime
import importlib
import importlib.abc
import importlib.machinery
import io
import os
import re
import subprocess
import sys
import types

MARK = "stand-in-for-"
ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/?[\w+=,.@/-]+")
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
REGION = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-\d+")
INSTALLERS = re.compile(r"(?:^|[/\\\s])(?:pip3?|conda|mamba|apt-get|apt|yum|dnf|brew)(?:\.exe)?\s+(?:-\S+\s+)*(?:install|update|upgrade)\b")
# Operations that ask for values by their names: those of the Parameter Store and of Secrets Manager.
NAMED_VALUES = ("GetParameter", "GetParameters", "GetSecretValue")
GOOD_ENDS = ("InService", "Completed", "Succeeded", "SUCCEEDED", "Available", "AVAILABLE", "Active", "ACTIVE", "Approved", "Created")


class StandIn(str):
    """A text that is also whatever else is asked of it."""

    def __new__(cls, name, *rest):
        words = re.sub(r"[^A-Za-z0-9]+", "-", str(name)).strip("-")
        return str.__new__(cls, words if words.startswith(MARK) else MARK + words)

    def _part(self, name):
        return StandIn(f"{self}-{name}")

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self._part(name)

    def __getitem__(self, key):
        return str.__getitem__(self, key) if isinstance(key, slice) else self._part(key)

    def __setitem__(self, key, value):
        pass

    def __call__(self, *args, **kwargs):
        # A decorator gives back what it is put on.
        return args[0] if len(args) == 1 and not kwargs and isinstance(args[0], (types.FunctionType, type)) else self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def __float__(self):
        return 1.0

    def __int__(self):
        return 1

    def __index__(self):
        return 1

    def _same(self, *others):
        return self

    __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __floordiv__ = __neg__ = _same
    __radd__ = lambda self, other: other + str(self) if isinstance(other, str) else self

    def __add__(self, other):
        return str.__add__(self, other) if isinstance(other, str) else self


class Answer(dict):
    """An answer of AWS that has whatever member is asked for."""

    def __init__(self, name, members=()):
        super().__init__(members)
        self.name = name

    def __missing__(self, key):
        return StandIn(f"{self.name} {key}")

    def get(self, key, default=None):
        return self[key] if key in self or default is None else default


MAPS = ("Environment", "HyperParameters", "StaticHyperParameters")
LISTS = ("ContainerArguments", "ContainerEntrypoint", "SecurityGroupIds", "Subnets")


def in_shape(value):
    """A definition in which a stand-in has the shape of what it stands for, where the service wants no text."""
    if isinstance(value, list):
        return [in_shape(one) for one in value]
    if not isinstance(value, dict):
        return value
    shaped = {}
    for key, member in value.items():
        unknown = isinstance(member, str) and member.startswith(MARK)
        shaped[key] = {"unknown": member} if unknown and key in MAPS else [member] if unknown and key in LISTS else in_shape(member)
    return shaped


class Module(types.ModuleType):
    """A package that this Python lacks."""

    __path__ = ()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self.__name__} {name}")


class Missing(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Notes what is missing, and lets the script go on."""

    def __init__(self, sources, role):
        self.sources, self.role = sources, role
        self.sent = lambda operation, parameters: None
        self.notes, self.modules, self.buckets = [], [], {}
        self.absent, self.empty_files = set(), set()

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)
            print(text, file=sys.stderr)

    # Packages

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in self.modules:
            if path is not None or top in ("sagemaker", "boto3", "botocore") or not self.is_wanted_by_user():
                return None
            self.modules.append(top)
            self.note(f"This Python has no module {top}.")
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def is_wanted_by_user(self):
        """Does the innermost frame outside of the import system belong to a file of the user?"""
        frame = sys._getframe(1)
        while frame is not None:
            file = frame.f_code.co_filename
            if file != __file__ and "importlib" not in file:
                return self.sources.find(file.partition("#")[0]) is not None
            frame = frame.f_back
        return False

    def create_module(self, spec):
        return Module(spec.name)

    def exec_module(self, module):
        pass

    # Cells

    def assign(self, names, space, why):
        """Gives the names that a failed cell would have made something to stand for them."""
        missing = [name for name in names if name not in space]
        for name in missing:
            space[name] = StandIn(name)
        if missing:
            self.note(f"{why} {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not known.")

    def ask(self, prompt=""):
        """What stands for the answer of a person: nothing where the question names a default, as for an empty line."""
        question = str(prompt).strip().rstrip(":?").strip()
        answer = "" if "default" in question.lower() else StandIn(question[:40] or "input")
        self.note(f"The script asks {question or 'for a line'}: {answer or 'an empty line'} stands for the answer.")
        return answer

    # AWS

    def with_own_bucket(self, parameters):
        """The parameters with the account's bucket where one is written that cannot be any: a placeholder of the project."""
        bucket = parameters.get("Bucket")
        if not isinstance(bucket, str) or BUCKET.fullmatch(bucket) or bucket.startswith("arn:"):
            return parameters
        return {**parameters, "Bucket": self.own_bucket(bucket)}

    def own_bucket(self, bucket):
        if bucket not in self.buckets:
            region = os.environ.get("AWS_REGION") or "us-east-1"
            self.buckets[bucket] = f"sagemaker-{region}-{(self.role or '').split(':')[4] if self.role else '000000000000'}"
            self.note(f"{bucket} cannot be the name of a bucket: {self.buckets[bucket]} stands for it.")
        return self.buckets[bucket]

    def in_own_buckets(self, definition):
        """A definition with those buckets too, and with others in it that are only placeholders: `<bucket>`, `YOUR_BUCKET`."""
        for written in re.findall(r's3://([^/"]*[<>A-Z_][^/"]*)(?=[/"])', definition):
            if not re.search(r"[{}$%]", written) and MARK not in written:
                self.own_bucket(written)
        for written, own in self.buckets.items():
            definition = definition.replace(f"s3://{written}/", f"s3://{own}/").replace(f's3://{written}"', f's3://{own}"')
        return definition

    def answer(self, client, operation, parameters, error):
        """What stands for the answer of a call that failed, or None where nothing can."""
        code, message = error.response.get("Error", {}).get("Code", ""), error.response.get("Error", {}).get("Message", "")
        if "does not implement" in message and operation in NAMED_VALUES:
            return self.named_value(client, operation, parameters)
        if "does not implement" in message:
            self.note(f"{service_name(client)} {operation} is not there on Local.")
            output = client.meta.service_model.operation_model(operation).output_shape
            return Answer(operation, value_for(output, operation, self.role) if output else {})
        if operation in ("GetObject", "HeadObject") and (code in ("404", "NoSuchKey", "NoSuchBucket")):
            if operation == "HeadObject" and not is_download():
                return None
            self.note(f"s3://{parameters['Bucket']}/{parameters['Key']} is not there.")
            self.absent.add((parameters["Bucket"], parameters["Key"]))
            return empty_object()
        if operation in ("ListObjects", "ListObjectsV2") and code == "NoSuchBucket":
            self.note(f"The bucket {parameters['Bucket']} is not there.")
            return {"KeyCount": 0, "IsTruncated": False}
        return None

    def named_value(self, client, operation, parameters):
        """The answer to a question for values by names: what the account has under such a name, else a text that stands for it."""
        from variables import known_value

        def value(asked):
            name = str(asked).partition(":secret:")[2] or str(asked)
            words = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")
            known = known_value(re.sub(r"_(?:uri|url|path)$", "", words, flags=re.I), self.role, None)
            if known and re.search(r"bucket_(?:uri|url|path)$", words, re.I):
                known = f"s3://{known}"
            found = known or str(StandIn(name))
            self.note(f"{service_name(client)} {name} is not there on Local: {found} stands for it.")
            return found

        if operation == "GetParameters":
            names = parameters.get("Names") or []
            return Answer(operation, {"Parameters": [Answer(name, {"Name": name, "Value": value(name)}) for name in names], "InvalidParameters": []})
        if operation == "GetParameter":
            name = parameters.get("Name")
            return Answer(operation, {"Parameter": Answer(name, {"Name": name, "Value": value(name)})})
        return Answer(operation, {"SecretString": value(parameters.get("SecretId"))})

    def approve(self, call, client, parameters):
        """Makes a version of a model where a script asks for one and there is none; True where it did."""
        group = parameters.get("ModelPackageGroupName")
        if not isinstance(group, str) or not group:
            return False
        name = group.rpartition("/")[2]
        try:
            call(client, "CreateModelPackageGroup", {"ModelPackageGroupName": name})
        except Exception as error:
            if "xist" not in str(error):
                raise
        region = client.meta.region_name
        image = f"683313688378.dkr.ecr.{region}.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
        data = f"s3://sagemaker-{region}-000000000000/{MARK}{name}/model.tar.gz"
        call(
            client,
            "CreateModelPackage",
            {
                "ModelPackageGroupName": name,
                "ModelPackageDescription": "Stands for the approved version that a pipeline asks for.",
                "ModelApprovalStatus": "Approved",
                "InferenceSpecification": {
                    "Containers": [{"Image": image, "ModelDataUrl": data}],
                    "SupportedContentTypes": ["text/csv"],
                    "SupportedResponseMIMETypes": ["text/csv"],
                },
            },
        )
        self.note(f"The model group {name} has no approved version: one was made on Local, with its model at {data}.")
        return True


def with_own_role(parameters, role):
    """The parameters with the role where one is written that cannot be any: a placeholder of the project."""
    changed = dict(parameters)
    for name, value in parameters.items():
        if re.search(r"(?:^|Execution)Role(?:Arn)?$", name, re.I) and isinstance(value, str) and not ROLE.fullmatch(value):
            if MARK not in value and re.fullmatch(r"[\w+=,.@-]{1,64}", value):
                continue
            changed[name] = role
    return changed


def service_name(client):
    return client.meta.service_model.metadata.get("serviceId") or client.meta.service_model.service_name


def is_download():
    """Is this call one of a transfer to a file?"""
    frame = sys._getframe(1)
    while frame is not None:
        if "s3transfer" in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False


def empty_object():
    from botocore.response import StreamingBody

    return {
        "Body": StreamingBody(io.BytesIO(b""), 0),
        "ContentLength": 0,
        "ContentType": "binary/octet-stream",
        "ETag": '"d41d8cd98f00b204e9800998ecf8427e"',
        "LastModified": datetime.datetime.now(datetime.timezone.utc),
        "Metadata": {},
        "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RetryAttempts": 0},
    }


def value_for(shape, name, role, depth=0):
    """A value of a shape of botocore: texts that say what they stand for, and the state that a waiting script hopes for."""
    kind = shape.type_name
    if kind == "string" and re.search(r"Role-?Arn$", name):
        return role
    if kind == "structure":
        if depth > 5:
            return {}
        members = {key: member for key, member in shape.members.items() if not re.search(r"Token$|Marker$|^Failure", key, re.I)}
        return {key: value_for(member, f"{name}-{key}", role, depth + 1) for key, member in members.items()}
    if kind == "list":
        return [value_for(shape.member, name, role, depth + 1)] if depth < 5 else []
    if kind == "map":
        return {}
    if kind == "boolean":
        return False
    if kind in ("integer", "long"):
        return 1
    if kind in ("float", "double"):
        return 1.0
    if kind == "timestamp":
        return datetime.datetime.now(datetime.timezone.utc)
    if kind == "blob":
        return b""
    choices = getattr(shape, "enum", None) or []
    return next((one for one in GOOD_ENDS if one in choices), choices[0]) if choices else str(StandIn(name))


def hold_back_installers():
    """Programs that change this Python or this machine are not run: what is missing is told instead."""
    start, system = subprocess.Popen.__init__, os.system

    def is_installer(command):
        return INSTALLERS.search(command if isinstance(command, str) else " ".join(map(str, command))) is not None

    def starting(self, args, *rest, **options):
        if isinstance(args, (str, list, tuple)) and is_installer(args):
            print(f"Not run while rendering: {args if isinstance(args, str) else ' '.join(map(str, args))}", file=sys.stderr)
            args = [sys.executable, "-c", "pass"]
            options.pop("shell", None)
        return start(self, args, *rest, **options)

    def calling(command):
        return 0 if is_installer(command) else system(command)

    subprocess.Popen.__init__, os.system = starting, calling


def forgive_regions():
    """A region that cannot be one, as a project's placeholder, is the environment's."""
    try:
        import boto3
    except ModuleNotFoundError:
        return
    make = boto3.Session.__init__

    def making(self, *args, **options):
        region = options.get("region_name")
        if region is not None and not REGION.fullmatch(str(region)):
            options["region_name"] = os.environ.get("AWS_REGION")
        make(self, *args, **options)

    boto3.Session.__init__ = making


def forgive_profiles():
    """A profile of somebody else's is that of the environment, whose endpoint is all of AWS."""
    try:
        import boto3
    except ModuleNotFoundError:
        return
    if not os.environ.get("AWS_ENDPOINT_URL"):
        return
    make = boto3.Session.__init__

    def making(self, *args, **options):
        options.pop("profile_name", None)
        make(self, *args, **options)

    boto3.Session.__init__ = making


def forgive_transfers(missing, work_tree):
    """
    A file that a script uploads and that is not there, as one that another script makes, is left out; so is one that is
    empty for want of the object that it was to be. A file that is there is not emptied for such an object: it stands for it.
    """
    try:
        from boto3.s3 import inject
        from boto3.s3.transfer import S3Transfer
    except ModuleNotFoundError:
        return
    download, download_to, upload = S3Transfer.download_file, inject.download_fileobj, S3Transfer.upload_file

    def stands_for(filename, bucket, key):
        """What a file held that stands for an object; nothing where the object is there, or the file was not."""
        before = work_tree.content_before(filename) if (bucket, key) in missing.absent else b""
        if before:
            missing.note(f"{filename} as it is stands for s3://{bucket}/{key}.")
        elif (bucket, key) in missing.absent:
            missing.empty_files.add(os.path.realpath(filename))
        return before

    def downloading(self, bucket, key, filename, *rest, **options):
        answer = download(self, bucket, key, filename, *rest, **options)
        before = stands_for(filename, bucket, key)
        if before:
            with open(filename, "wb") as file:
                file.write(before)
        return answer

    def downloading_to(self, Bucket, Key, Fileobj, *rest, **options):
        answer = download_to(self, Bucket, Key, Fileobj, *rest, **options)
        name = getattr(Fileobj, "name", None)
        if isinstance(name, str):
            Fileobj.write(stands_for(name, Bucket, Key))
        return answer

    def uploading(self, filename, bucket, key, *rest, **options):
        if isinstance(filename, (str, os.PathLike)):
            path = os.path.realpath(filename)
            is_there = os.path.exists(path)
            if not is_there or (path in missing.empty_files and os.path.getsize(path) == 0):
                missing.note(f"{filename} is {'empty' if is_there else 'not there'}, so s3://{bucket}/{key} is not {'there' if is_there else 'either'}.")
                return None
        return upload(self, filename, bucket, key, *rest, **options)

    S3Transfer.download_file, inject.download_fileobj, S3Transfer.upload_file = downloading, downloading_to, uploading


# What the SDK takes as a text that is known when the pipeline is made.
TEXTS = ("code", "entry_point", "source_dir", "framework_version", "transformers_version", "pytorch_version", "tensorflow_version", "py_version")
COUNTS = ("instance_count",)
TAKERS = (
    ("sagemaker.sklearn", "SKLearn"),
    ("sagemaker.workflow.steps", "ProcessingStep"),
    ("sagemaker.estimator", "Framework"),
    ("sagemaker.huggingface", "HuggingFace"),
    ("sagemaker.model", "Model"),
    ("sagemaker.huggingface", "HuggingFaceModel"),
)


def forgive_parameters(missing):
    """
    A parameter stands with its default where the SDK wants a text or a number: parameters were these before its version
    2.90, and scripts of that time give them for the paths of their code, and for the instances of scikit-learn.
    """
    for module, name in TAKERS:
        try:
            kind = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError):
            continue
        kind.__init__ = with_defaults(kind.__init__, missing, COUNTS if name == "SKLearn" else ())


def forgive_images(missing):
    """The image of a notebook job is that of the endpoint's region: the SDK refuses those of another one."""
    try:
        from sagemaker.workflow.notebook_job_step import NotebookJobStep
    except ImportError:
        return
    make, region = NotebookJobStep.__init__, os.environ.get("AWS_REGION") or "us-east-1"

    def making(self, *args, **options):
        image = options.get("image_uri")
        own = re.sub(r"(\.dkr\.ecr\.)[a-z0-9-]+(\.)", rf"\g<1>{region}\2", image) if isinstance(image, str) else image
        if own != image:
            missing.note(f"The image {image} is of another region than {region}: {own} stands for it.")
            options["image_uri"] = own
        make(self, *args, **options)

    NotebookJobStep.__init__ = making


def with_defaults(make, missing, counts):
    def making(self, *args, **options):
        for name in (*TEXTS, *counts):
            value = options.get(name)
            default = getattr(value, "default_value", None)
            wanted = "ParameterInteger" if name in counts else "ParameterString"
            if type(value).__name__ == wanted and default:
                missing.note(f"{name} cannot be a parameter in this version of the SDK: the default of {value.name} is taken.")
                options[name] = default
        make(self, *args, **options)

    return making
