"""What expressions of a script come to, as far as that is known."""

import ast
import operator
import posixpath
import urllib.parse

from .command_line import Arguments, Parser
from .services import Handle, Page
from .texts import UNKNOWN, is_known, mark_of, text_of

# What does nothing with the places that it is given.
SAFE = "print len str int float bool list set sorted reversed tuple dict isinstance type enumerate range sum min max zip Path open".split()
SAFE_METHODS = "debug info warning error exception critical log append extend exists makedirs mkdir isfile isdir rmtree add_argument".split()
# What gives back what it was given, in another order or form.
SAME = ("sorted", "list", "set", "reversed", "tuple", "iter", "enumerate", "tqdm")
TEXT_METHODS = "strip lstrip rstrip lower upper replace split rsplit partition rpartition removeprefix removesuffix startswith endswith".split()
COMPARISONS = {ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Is: operator.is_, ast.IsNot: operator.is_not}


class Function:
    """A function of the script, with the names around it and what it is called on."""

    def __init__(self, node, names, on=None):
        self.node, self.names, self.on = node, names, on


class Instance:
    """An object of a class of the script."""

    def __init__(self, node, names):
        self.methods = {one.name: Function(one, names, self) for one in node.body if isinstance(one, ast.FunctionDef)}
        self.values = {}

    def member(self, name):
        return self.values.get(name, self.methods.get(name, UNKNOWN))


class Open(list):
    """A list of which only some elements are known."""


def dotted(node):
    """The name of what is called: `spark.read.csv`, also where it is reached by calls."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return dotted(node.func)
    return node.id if isinstance(node, ast.Name) else ""


def is_found(value):
    """Whether a value is something that a listing has found, as such."""
    return isinstance(value, str) and len(value) == 1 and mark_of(value) is not None


def truth(value):
    """Whether a value counts as true; None where that is not known."""
    if isinstance(value, list) and not isinstance(value, Open):
        return bool(value)
    return bool(value) if is_known(value) else None


class Values:
    """Evaluates expressions; statements and functions are followed by the class below it."""

    def value(self, node, names):
        self.count()
        evaluate = getattr(self, f"value_of_{type(node).__name__.lower()}", None)
        if evaluate is not None:
            return evaluate(node, names)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child, names)
        return UNKNOWN

    def value_of_constant(self, node, names):
        return node.value if is_known(node.value) else UNKNOWN

    def value_of_name(self, node, names):
        return names.get(node.id, UNKNOWN)

    def value_of_lambda(self, node, names):
        return UNKNOWN

    def value_of_joinedstr(self, node, names):
        return "".join(self.part(one, names) for one in node.values)

    def part(self, node, names):
        if not isinstance(node, ast.FormattedValue):
            return text_of(self.value(node, names))
        value = text_of(self.value(node.value, names))
        return value if node.format_spec is None and node.conversion == -1 else UNKNOWN

    def value_of_binop(self, node, names):
        left, right = self.value(node.left, names), self.value(node.right, names)
        if isinstance(node.op, ast.Add) and isinstance(left, (str, list)) and type(left) is type(right):
            return left + right
        if isinstance(node.op, ast.Add) and (is_found(left) or is_found(right)):
            return left if is_found(left) else right
        if isinstance(node.op, ast.Mod) and isinstance(left, str) and is_known(left):
            values = right if isinstance(right, list) else [right]
            try:
                return left % tuple(text_of(one) for one in values)
            except (TypeError, ValueError):
                return UNKNOWN
        return UNKNOWN

    def value_of_boolop(self, node, names):
        is_or = isinstance(node.op, ast.Or)
        value = self.value(node.values[0], names)
        for other in node.values[1:]:
            is_true = truth(value)
            if is_true is None:
                self.in_doubt(lambda other=other: self.value(other, names))
                value = UNKNOWN
            elif is_true is not is_or:
                value = self.value(other, names)
        return value

    def value_of_ifexp(self, node, names):
        is_true = truth(self.value(node.test, names))
        if is_true is not None:
            return self.value(node.body if is_true else node.orelse, names)
        self.in_doubt(lambda: [self.value(one, names) for one in (node.body, node.orelse)])
        return UNKNOWN

    def value_of_compare(self, node, names):
        left, rights = self.value(node.left, names), [self.value(one, names) for one in node.comparators]
        compare = COMPARISONS.get(type(node.ops[0]))
        if compare is None or len(rights) != 1 or not is_known(left) or not is_known(rights[0]):
            return UNKNOWN
        return compare(left, rights[0])

    def value_of_unaryop(self, node, names):
        is_true = truth(self.value(node.operand, names))
        return not is_true if isinstance(node.op, ast.Not) and is_true is not None else UNKNOWN

    def value_of_list(self, node, names):
        values = []
        for one in node.elts:
            value = self.value(one.value if isinstance(one, ast.Starred) else one, names)
            if isinstance(one, ast.Starred) and not isinstance(value, list):
                return UNKNOWN
            values += value if isinstance(one, ast.Starred) else [value]
        return values

    value_of_tuple = value_of_list

    def value_of_dict(self, node, names):
        values = {}
        for key, one in zip(node.keys, node.values):
            value = self.value(one, names)
            name = None if key is None else self.value(key, names)
            if key is None and isinstance(value, dict):
                values.update(value)
            elif key is None or not is_known(name):
                return UNKNOWN
            else:
                values[name] = value
        return values

    def value_of_listcomp(self, node, names):
        return self.elements(node, [node.elt], names)

    value_of_generatorexp = value_of_setcomp = value_of_listcomp

    def value_of_dictcomp(self, node, names):
        self.elements(node, [node.key, node.value], names)
        return UNKNOWN

    def elements(self, node, wanted, names):
        inner = names.new_child()
        first = self.value(node.generators[0].iter, names)
        for at, generator in enumerate(node.generators):
            source = first if at == 0 else self.value(generator.iter, inner)
            self.bind(generator.target, self.element_of(source), inner)
        values = self.in_doubt(lambda: [self.value(one, inner) for one in wanted])
        return next((value for value in values if mark_of(value) is not None), UNKNOWN)

    def element_of(self, source):
        """What a loop over something has in its hand."""
        if isinstance(source, Page):
            return Page(source.found)
        return source if mark_of(source) is not None else UNKNOWN

    def value_of_namedexpr(self, node, names):
        value = self.value(node.value, names)
        self.bind(node.target, value, names)
        return value

    def value_of_await(self, node, names):
        return self.value(node.value, names)

    def value_of_yield(self, node, names):
        value = None if node.value is None else self.value(node.value, names)
        self.returned(value)
        return UNKNOWN

    def value_of_attribute(self, node, names):
        name = dotted(node)
        if name == "sys.argv":
            return UNKNOWN if self.words is None else ["", *self.words]
        on = self.value(node.value, names)
        if isinstance(on, (Handle, Instance)):
            return on.member(node.attr)
        if isinstance(on, Arguments):
            return on.get(node.attr)
        if isinstance(on, urllib.parse.SplitResult) and node.attr in ("netloc", "path", "scheme"):
            return getattr(on, node.attr)
        return on if is_found(on) else UNKNOWN

    def value_of_subscript(self, node, names):
        if dotted(node.value) in ("os.environ", "environ"):
            return self.variable(self.value(node.slice, names))
        on = self.value(node.value, names)
        if isinstance(node.slice, ast.Slice):
            ends = [None if one is None else self.value(one, names) for one in (node.slice.lower, node.slice.upper, node.slice.step)]
            is_plain = all(one is None or isinstance(one, int) for one in ends)
            whole = isinstance(on, list) or (isinstance(on, str) and is_known(on))
            return on[slice(*ends)] if whole and is_plain else on if is_found(on) else UNKNOWN
        key = self.value(node.slice, names)
        if isinstance(on, Page):
            if key in ("Contents", "CommonPrefixes"):
                self.places.found_none(on.found, self.certain())
                return on.found
            return UNKNOWN
        if isinstance(on, dict):
            return on.get(key, UNKNOWN) if is_known(key) else UNKNOWN
        if isinstance(on, list) and isinstance(key, int) and -len(on) <= key < len(on):
            return on[key]
        return on if is_found(on) else UNKNOWN

    def variable(self, name):
        """An environment variable that the definition gives; what the image or the machine has is not known."""
        value = self.environment.get(name) if isinstance(name, str) else None
        return value if isinstance(value, str) else UNKNOWN

    # Calls

    def value_of_call(self, node, names):
        name = dotted(node.func)
        last = name.rpartition(".")[2]
        on = self.value(node.func.value, names) if isinstance(node.func, ast.Attribute) else None
        arguments, keywords = self.arguments(node, names)
        called = on.member(last) if isinstance(on, Instance) else UNKNOWN if on is not None else self.value(node.func, names)
        if isinstance(called, Function):
            return self.run(called, arguments, keywords)
        if isinstance(called, ast.ClassDef):
            made = Instance(called, names)
            if "__init__" in made.methods:
                self.run(made.methods["__init__"], arguments, keywords)
            return made
        known = self.of_values(name, last, on, arguments, keywords)
        if known is not None:
            return known
        self.hub.call(name, arguments, keywords)
        done = self.services.call(on, name, arguments, keywords)
        if done is not None:
            return done
        return self.foreign(name, last, on, [*arguments, *keywords.values()])

    def arguments(self, node, names):
        arguments, keywords = [], {}
        for one in node.args:
            value = self.value(one.value if isinstance(one, ast.Starred) else one, names)
            arguments += (value if isinstance(value, list) else [UNKNOWN]) if isinstance(one, ast.Starred) else [value]
        for one in node.keywords:
            # The type of an option is the name of a function.
            is_str = one.arg == "type" and isinstance(one.value, ast.Name) and one.value.id == "str"
            value = str if is_str else self.value(one.value, names)
            if one.arg is not None:
                keywords[one.arg] = value
            elif isinstance(value, dict):
                keywords.update(value)
            else:
                keywords.update({"Prefix": UNKNOWN, "endpoint_url": UNKNOWN, "action": UNKNOWN})
        return arguments, keywords

    def of_values(self, name, last, on, arguments, keywords):
        """What functions of Python's own come to; None for others."""
        first = arguments[0] if arguments else UNKNOWN
        if last == "ArgumentParser":
            return Parser()
        if isinstance(on, Parser):
            return self.of_parser(on, last, arguments, keywords)
        if name in ("os.environ.get", "os.getenv", "environ.get", "getenv"):
            return self.variable(first)
        if name in ("os.path.join", "posixpath.join"):
            return posixpath.join(*arguments) if arguments and all(isinstance(one, str) for one in arguments) else UNKNOWN
        if last in ("urlparse", "urlsplit") and isinstance(first, str):
            return urllib.parse.urlsplit(first)
        if name == "vars" and isinstance(first, Arguments):
            return first.values if first.is_sure else UNKNOWN
        if name == "dict" and not arguments:
            return keywords
        if name == "str":
            return text_of(first)
        if last in SAME and (is_found(first) or isinstance(first, list)):
            return first if is_found(first) or last != "enumerate" else UNKNOWN
        if isinstance(on, dict) and last == "get":
            return on.get(first, arguments[1] if len(arguments) > 1 else None) if is_known(first) else UNKNOWN
        return self.of_text(last, on, arguments, keywords) if isinstance(on, str) and not is_found(on) else None

    def of_text(self, last, on, arguments, keywords):
        """Methods of texts."""
        if last == "join" and arguments and isinstance(arguments[0], list):
            return on.join(text_of(one) for one in arguments[0])
        if last == "format" and is_known(on):
            try:
                return on.format(*map(text_of, arguments), **{key: text_of(one) for key, one in keywords.items()})
            except (IndexError, KeyError, ValueError, AttributeError):
                return UNKNOWN
        if last not in TEXT_METHODS:
            return None
        if mark_of(on) is not None:
            return on
        if not is_known(on) or keywords or not all(is_known(one) for one in arguments):
            return UNKNOWN
        value = getattr(on, last)(*arguments)
        return list(value) if isinstance(value, tuple) else value

    def of_parser(self, parser, last, arguments, keywords):
        if last == "add_argument":
            parser.add(arguments, keywords)
        elif last in ("add_argument_group", "add_mutually_exclusive_group"):
            return parser
        elif last in ("parse_args", "parse_known_args"):
            words = arguments[0] if arguments else keywords.get("args")
            given = self.words if words is None else words if isinstance(words, list) else None
            values = parser.parse(given)
            return values if last == "parse_args" else [values, UNKNOWN]
        elif last != "error":
            parser.is_plain = False
        return UNKNOWN

    def foreign(self, name, last, on, values):
        """What is called is not in the script: it may do anything with what it is given."""
        if isinstance(on, list) and last in ("append", "extend") and values:
            more = values[0] if last == "extend" and isinstance(values[0], list) else [values[0]]
            on.extend(one if self.certain() or mark_of(one) is not None else UNKNOWN for one in more)
            return UNKNOWN
        functions = [one for one in values if isinstance(one, Function)]
        others = [self.element_of(one) if not isinstance(one, list) else (one or [UNKNOWN])[0] for one in values if not isinstance(one, Function)]
        for one in functions:
            self.in_doubt(lambda one=one: self.run(one, others, {}))
        if name in SAFE or last in SAFE_METHODS or name.startswith(("os.path.", "logging.", "re.", "datetime.", "time.")):
            return UNKNOWN
        if any(isinstance(one, (Handle, Instance)) for one in [on, *values]):
            self.places.write("s3://")
        self.places.hand_over(values)
        return UNKNOWN
