"""Tells what keeps scripts from running before any of them runs. Nothing of theirs is imported or executed.

    python judge_scripts.py < REQUEST

REQUEST is a JSON list of scripts:
    text        the script
    beside      names of modules that its folder has
    provided    names of modules that its environment will have
    options     what its command gives it: ["--learning-rate"]
    installs    it may install packages, or look for modules elsewhere, before it imports them
    words       those of its command, null for those that only a run can tell; null where nothing is known of them
    variables   the environment variables that its job is given, as far as they are known

Standard output is a JSON list with, for each script,
    {"syntax": {"line", "message"} or null, "modules": [those that this Python lacks], "options": [those it does not take],
     "reads": [{"what", "host"}: what it cannot do without of the network],
     "places": {"needed": [places in S3 without which it fails], "listed": [those of which it takes what it finds]}}
What cannot be told for sure is not told.
"""

import ast
import importlib.util
import json
import os
import sys

from judging import hub
from judging.follow import reads_of

# The folder of this file has modules that no script finds.
sys.path.pop(0)

# What reads from an address that is given first, and what has an address of its own.
READERS = ("read_csv", "read_table", "read_json", "read_excel", "read_parquet", "read_html", "urlopen", "urlretrieve")
HOSTS = {
    "fetch_openml": "www.openml.org",
    "fetch_california_housing": "ndownloader.figshare.com",
    "fetch_covtype": "ndownloader.figshare.com",
    "fetch_kddcup99": "ndownloader.figshare.com",
    "fetch_20newsgroups": "ndownloader.figshare.com",
    "fetch_olivetti_faces": "ndownloader.figshare.com",
    "fetch_lfw_people": "ndownloader.figshare.com",
    "fetch_rcv1": "ndownloader.figshare.com",
}
# Data sets by the names that libraries have for them, once what is imported is put in front.
TORCHVISION = {
    **dict.fromkeys(("MNIST", "FashionMNIST", "KMNIST", "EMNIST"), "ossci-datasets.s3.amazonaws.com"),
    **dict.fromkeys(("CIFAR10", "CIFAR100"), "www.cs.toronto.edu"),
    "SVHN": "ufldl.stanford.edu",
}
KERAS = ("mnist", "fashion_mnist", "imdb", "reuters", "boston_housing", "california_housing")
# What clones a repository: DVC, given one, and GitPython.
CLONING = ("dvc.api.open", "dvc.api.read", "dvc.api.get_url")
SKLEARN = os.environ.get("SCIKIT_LEARN_DATA") or os.path.expanduser("~/scikit_learn_data")
# Where what was read from the network once is kept.
KEPT = {
    "download.pytorch.org": os.path.join(os.environ.get("TORCH_HOME") or os.path.expanduser("~/.cache/torch"), "hub"),
    "www.openml.org": SKLEARN,
    "ndownloader.figshare.com": SKLEARN,
    "storage.googleapis.com": os.path.join(os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras"), "datasets"),
    "raw.githubusercontent.com": os.environ.get("SEABORN_DATA") or os.path.expanduser("~/seaborn-data"),
}
SEARCHING = ("sys.path", "importlib", "site.addsitedir")


NOTHING = {"syntax": None, "modules": [], "options": [], "reads": [], "places": {"needed": [], "listed": []}}


def judge(script):
    text = script["text"]
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        return {**NOTHING, "syntax": {"line": error.lineno or 1, "message": error.msg}}
    except ValueError:
        return NOTHING
    searches = script["installs"] or any(word in text for word in SEARCHING)
    known = {*script["beside"], *script["provided"]}
    modules = [] if searches else [name for name in imported(tree) if name not in known and not is_there(name)]
    taken = options_taken(tree)
    refused = [] if taken is None else [option for option in script["options"] if not takes(taken, option)]
    places, asked = reads_of(tree, script["words"], script["variables"])
    reads = read_from_network(tree, script["beside"], asked)
    return {"syntax": None, "modules": modules, "options": refused, "reads": reads, "places": places}


def imported(tree):
    """The modules that a script cannot begin without: those imported at its top, outside of every block."""
    names = []
    for node in tree.body:
        if isinstance(node, ast.Import):
            names += [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.append(node.module.partition(".")[0])
    return list(dict.fromkeys(names))


def is_there(name):
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return True


def options_taken(tree):
    """The options of the one argparse parser that a script has; None where they are not plain to see."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = [call for call in calls if name_of(call.func).rpartition(".")[2] == "ArgumentParser"]
    if len(made) != 1 or any(keyword.arg not in ("description", "prog", "usage", "epilog", "add_help", "formatter_class") for keyword in made[0].keywords):
        return None
    targets = [node.targets for node in ast.walk(tree) if isinstance(node, ast.Assign) and node.value is made[0]]
    if len(targets) != 1 or len(targets[0]) != 1 or not isinstance(targets[0][0], ast.Name):
        return None
    parser = targets[0][0].id
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == parser and isinstance(node.ctx, ast.Load)]
    called = [call for call in calls if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == parser]
    # Handed on, or asked in another way: others may add options to it, or take what it leaves.
    if len(uses) != len(called) or any(call.func.attr not in ("add_argument", "parse_args", "set_defaults", "print_help") for call in called):
        return None
    parses = [call for call in called if call.func.attr == "parse_args"]
    if len(parses) != 1 or parses[0].args or parses[0].keywords or not is_run(tree, parses[0], calls):
        return None
    options = ["-h", "--help"]
    for call in called:
        if call.func.attr != "add_argument":
            continue
        if any(keyword.arg is None or (keyword.arg == "nargs" and "REMAINDER" in ast.dump(keyword.value)) for keyword in call.keywords):
            return None
        if not all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in call.args):
            return None
        options += [one.value for one in call.args if one.value.startswith("-")]
    return options


def read_from_network(tree, beside, asked):
    """
    What a script reads from the network whatever happens: outside of `try` and `if`, in what it surely runs.
    asked  what it is known to ask of the hub, with the names that its command gives it
    """
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    modules = imported_as(tree)
    found = []
    for call in certain_calls(tree):
        name = name_of(call.func).rpartition(".")[2]
        is_cloning = name_of(call.func) in CLONING
        given = next((one.value for one in call.keywords if one.arg == "repo"), None) if is_cloning else next(iter(call.args), None)
        address = given.value if isinstance(given, ast.Constant) else constants.get(getattr(given, "id", None))
        is_address = isinstance(address, str) and address.startswith(("https://", "http://"))
        ready = ready_made(call, modules)
        if ready:
            found.append((call, *ready))
        elif (name in READERS or name == "clone_from" or is_cloning or name_of(call.func) == "requests.get") and is_address:
            found.append((call, address, address.split("/")[2].rpartition("@")[2].partition(":")[0]))
        elif name in HOSTS:
            found.append((call, f"{name}()", HOSTS[name]))
        elif name in hub.CALLS and hub.is_on_hub(address, beside) and not is_of_seaborn(name_of(call.func), modules):
            found.append((call, f'{name}("{address}")', hub.HOST))
        elif any(one.arg == "pretrained" and getattr(one.value, "value", None) is True for one in call.keywords):
            found.append((call, f"{name}(pretrained=True)", "download.pytorch.org"))
    wanted = [(what, host) for call, what, host in found if is_run(tree, call, calls)]
    wanted += [(f'{name.rpartition(".")[2]}("{text}")', hub.HOST) for name, text in asked if text not in beside and not is_of_seaborn(name, modules)]
    return [{"what": what, "host": host} for what, host in dict.fromkeys(wanted) if not is_kept(what, host)]


def is_kept(what, host):
    """Whether something was read once and is still there: at the hub by its name, else whatever the library has kept."""
    if host == hub.HOST:
        return hub.is_kept(what.partition('"')[2].rstrip('")'))
    return any(files for _, _, files in os.walk(KEPT.get(host, "")))


def is_of_seaborn(name, modules):
    """Whether a call is one of the library that has data sets of its own."""
    head = name.partition(".")[0]
    return modules.get(head, head).partition(".")[0] == "seaborn"


def ready_made(call, modules):
    """The data set of a library that a call downloads and the host that has it; None for other calls."""
    head, _, rest = name_of(call.func).partition(".")
    full = f"{modules.get(head, head)}.{rest}".rstrip(".")
    *place, owner, name = ["", *full.split(".")]
    if full.startswith("torchvision.datasets.") and name in TORCHVISION and is_true(call, "download") and is_new(call):
        return f"{name}(download=True)", TORCHVISION[name]
    if name == "load_data" and owner in KERAS and place[-2:] == ["keras", "datasets"]:
        return f"{owner}.load_data()", "storage.googleapis.com"
    if full == "seaborn.load_dataset" and call.args and isinstance(call.args[0], ast.Constant):
        return f'load_dataset("{call.args[0].value}")', "raw.githubusercontent.com"
    return None


def is_true(call, keyword):
    return any(one.arg == keyword and getattr(one.value, "value", None) is True for one in call.keywords)


def is_new(call):
    """Whether the folder for a data set surely has nothing in a new job: a path by its text, but none of a channel."""
    root = next((one.value for one in call.keywords if one.arg == "root"), next(iter(call.args), None))
    if isinstance(root, ast.Call):
        return name_of(root.func) == "os.getcwd"
    return isinstance(root, ast.Constant) and isinstance(root.value, str) and not root.value.startswith("/opt/ml")


def imported_as(tree):
    """What the names that a script imports stand for, in full."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update({alias.asname: alias.name for alias in node.names if alias.asname})
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return names


def certain_calls(node):
    """The calls below a node that no `try`, `if` or class stands around."""
    for child in ast.iter_child_nodes(node):
        is_main = isinstance(child, ast.If) and "__main__" in ast.dump(child.test)
        if isinstance(child, (ast.Try, ast.If, ast.IfExp, ast.BoolOp, ast.Lambda, ast.ClassDef)) and not is_main:
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from certain_calls(child)


def is_run(tree, wanted, calls):
    """Whether a call is made when the script is run: at its top, or in a function that it calls by its name."""
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and any(one is wanted for one in ast.walk(node))]
    called = {name_of(call.func) for call in calls}
    return all(function.name in called for function in functions) and not any(
        isinstance(node, ast.ClassDef) and any(one is wanted for one in ast.walk(node)) for node in ast.walk(tree)
    )


def name_of(node):
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def takes(taken, option):
    """Whether argparse takes an option: by its name, or by the beginning of a long one."""
    return any(one == option or (option.startswith("--") and one.startswith(option)) for one in taken)


if __name__ == "__main__":
    json.dump([judge(script) for script in json.load(sys.stdin)], sys.stdout)
