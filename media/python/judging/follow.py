"""Follows a script as Python would run it, as far as its values are known. Nothing of it is executed."""

import ast
from collections import ChainMap

from .hub import Hub
from .places import Places
from .services import Page, Services
from .texts import UNKNOWN, is_known, mark_of
from .values import Function, Instance, Open, Values, dotted, truth

# How much of a script is followed, and how often a loop over what is known is gone through.
STEPS, ROUNDS = 20000, 50

EXITS = ("sys.exit", "exit", "quit", "os._exit")
# How a block ends before its last statement: with the program, the function, the round of a loop, or with an error.
PROGRAM, FUNCTION, LOOP, ERROR = "program", "function", "loop", "error"


class Unclear(Exception):
    """A script that is too long, or has statements that are not followed."""


def reads_of(tree, words, environment):
    """
    The places in S3 that a script reads.
    words        those of its command, each a text, or None where it is not known; None where none of them is
    environment  the variables that its job is given
    Gives {"needed": [those without which it fails], "listed": [those of which it takes what it finds]}, and what it asks
    of the hub of Hugging Face: [(call, name)].
    """
    given = None if words is None else [UNKNOWN if word is None else word for word in words]
    try:
        follower = Follower(given, dict(environment))
        follower.block(tree.body, follower.names)
        return follower.places.result(), follower.hub.asked
    except (Unclear, RecursionError, AttributeError, TypeError, ValueError, LookupError):
        return {"needed": [], "listed": []}, []


class Scope:
    """A program, a function or a loop that is being followed."""

    def __init__(self, kind):
        # It may have been left: what follows in it is not sure to run.
        self.kind, self.may_be_left = kind, False
        self.returned, self.shared = [], set()


class Follower(Values):
    def __init__(self, words, environment):
        self.words, self.environment = words, environment
        self.names = ChainMap({"__name__": "__main__"})
        self.places = Places()
        self.services = Services(self.places, self.certain)
        self.hub = Hub(self.places, self.certain)
        self.scopes, self.doubts, self.steps, self.running = [Scope(PROGRAM)], 0, 0, []

    def certain(self):
        """Whether what is followed now runs whatever happens."""
        return self.doubts == 0 and not any(scope.may_be_left for scope in self.scopes)

    def in_doubt(self, follow):
        self.doubts += 1
        try:
            return follow()
        finally:
            self.doubts -= 1

    def count(self):
        self.steps += 1
        if self.steps > STEPS:
            raise Unclear

    def may_end(self, end):
        """Something that may not run would end a scope."""
        for scope in reversed(self.scopes):
            if scope.kind == end:
                scope.may_be_left = True
                return

    # Functions

    def run(self, function, arguments, keywords):
        node = function.node
        if any(one is node for one in self.running):
            return UNKNOWN
        names = function.names.new_child(self.parameters(function, arguments, keywords))
        self.running.append(node)
        self.scopes.append(Scope(FUNCTION))
        try:
            self.block(node.body, names)
            returned = self.scopes[-1].returned
        finally:
            self.running.pop()
            self.scopes.pop()
        first = returned[0] if returned else None
        if all(one is first or (is_known(one) and one == first) for one in returned):
            return first
        return next((one for one in returned if mark_of(one) is not None), UNKNOWN)

    def parameters(self, function, arguments, keywords):
        node, taken = function.node.args, function.node
        given = list(arguments) if function.on is None or any(dotted(one) == "staticmethod" for one in taken.decorator_list) else [function.on, *arguments]
        named = [*node.posonlyargs, *node.args]
        defaults = dict(zip([one.arg for one in named][len(named) - len(node.defaults) :], node.defaults))
        defaults.update({one.arg: value for one, value in zip(node.kwonlyargs, node.kw_defaults) if value is not None})
        # What is put on a function may give it other values.
        is_plain = not taken.decorator_list
        values = {
            one.arg: self.value(defaults[one.arg], function.names) if is_plain and one.arg in defaults else UNKNOWN
            for one in [*named, *node.kwonlyargs]
        }
        values.update({one.arg: value for one, value in zip(named, given)})
        values.update({name: value for name, value in keywords.items() if name in values})
        if node.vararg:
            values[node.vararg.arg] = given[len(named) :]
        if node.kwarg:
            values[node.kwarg.arg] = {name: value for name, value in keywords.items() if name not in values}
        return values

    def returned(self, value):
        scope = next(one for one in reversed(self.scopes) if one.kind != LOOP)
        scope.returned.append(value)

    # Statements

    def block(self, statements, names):
        """Follows statements; how they end, where the last is not reached."""
        for statement in statements:
            self.count()
            follow = getattr(self, f"follow_{type(statement).__name__.lower()}", None)
            if follow is None and hasattr(statement, "body") or type(statement).__name__ == "Match":
                raise Unclear
            if follow is not None:
                end = follow(statement, names)
                if end is not None:
                    return end
                continue
            for child in ast.iter_child_nodes(statement):
                if isinstance(child, ast.expr):
                    self.value(child, names)
        return None

    def branch(self, statements, names):
        """Follows statements that may not run: how they end, and the names as they leave them."""
        before = dict(names.maps[0])
        end = self.in_doubt(lambda: self.block(statements, names))
        after = dict(names.maps[0])
        names.maps[0].clear()
        names.maps[0].update(before)
        return end, after

    def join(self, names, ways):
        """Goes on after branches of which one is taken; how all of them end, if they do."""
        going = [after for end, after in ways if end is None]
        ends = [end for end, _ in ways if end is not None]
        if not going:
            return next((end for end in ends if end != ERROR), ERROR)
        for end in ends:
            self.may_end(end)
        merged = {}
        for name in dict.fromkeys(name for after in going for name in after):
            values = [after.get(name, UNKNOWN) for after in going]
            first = values[0]
            if all(one is first or (is_known(one) and is_known(first) and one == first) for one in values):
                merged[name] = first
            elif all(isinstance(one, list) for one in values):
                merged[name] = Open(max(values, key=len))
            else:
                merged[name] = next((one for one in values if mark_of(one) is not None), UNKNOWN)
        names.maps[0].clear()
        names.maps[0].update(merged)
        return None

    def follow_if(self, node, names):
        is_true = truth(self.value(node.test, names))
        if is_true is not None:
            return self.block(node.body if is_true else node.orelse, names)
        return self.join(names, [self.branch(node.body, names), self.branch(node.orelse, names)])

    def follow_try(self, node, names):
        # What ends in an error all the same stands in no one's way.
        is_sure = all(self.always_fails(handler.body) for handler in node.handlers)
        if is_sure:
            end = self.block(node.body, names) or self.block(node.orelse, names)
            for handler in node.handlers:
                self.branch(handler.body, names)
        else:
            before = dict(names.maps[0])
            way = self.branch([*node.body, *node.orelse], names)
            handled = []
            for handler in node.handlers:
                names.maps[0].update({name: UNKNOWN for name, value in way[1].items() if before.get(name) is not value})
                handled.append(self.branch(handler.body, names))
            names.maps[0].clear()
            names.maps[0].update(before)
            # Where all goes well the names have what the block gave them; otherwise whatever it came to.
            end = self.join(names, [way, *handled])
        return self.block(node.finalbody, names) or end

    def always_fails(self, body):
        last = body[-1]
        if isinstance(last, ast.Raise):
            return True
        call = last.value if isinstance(last, ast.Expr) else None
        if not isinstance(call, ast.Call) or dotted(call.func) not in EXITS or not call.args:
            return False
        status = call.args[0]
        return not isinstance(status, ast.Constant) or status.value not in (0, None)

    def follow_for(self, node, names):
        source = self.value(node.iter, names)
        self.scopes.append(Scope(LOOP))
        try:
            if isinstance(source, list) and not isinstance(source, Open):
                return self.rounds(node, source[:ROUNDS], names)
            if isinstance(source, Page) and source.is_many:
                return self.rounds(node, [Page(source.found)], names)
            if isinstance(source, Open):
                for one in source[:ROUNDS]:
                    self.round(node, one, names)
                return None
            self.round(node, self.element_of(source), names)
            return None
        finally:
            self.scopes.pop()
            self.block(node.orelse, names)

    def rounds(self, node, values, names):
        for one in values:
            self.bind(node.target, one, names)
            end = self.block(node.body, names)
            if end == LOOP:
                self.scopes[-1].may_be_left = True
            elif end is not None:
                return end
        return None

    def round(self, node, value, names):
        """A round of a loop that may have none."""
        before = dict(names.maps[0])
        if isinstance(node, ast.For):
            self.bind(node.target, value, names)
        end, after = self.branch(node.body, names)
        names.maps[0].clear()
        names.maps[0].update(before)
        self.join(names, [(None if end in (LOOP, ERROR) else end, after), (None, before)])

    def follow_while(self, node, names):
        is_true = truth(self.value(node.test, names))
        if is_true is False:
            return None
        self.scopes.append(Scope(LOOP))
        try:
            if is_true is None:
                self.round(node, None, names)
                return None
            end = self.block(node.body, names)
            return None if end == LOOP else end
        finally:
            self.scopes.pop()

    def follow_with(self, node, names):
        for one in node.items:
            value = self.value(one.context_expr, names)
            if one.optional_vars is not None:
                self.bind(one.optional_vars, value, names)
        return self.block(node.body, names)

    def follow_functiondef(self, node, names):
        names.maps[0][node.name] = Function(node, names)

    follow_asyncfunctiondef = follow_functiondef

    def follow_classdef(self, node, names):
        names.maps[0][node.name] = node

    def follow_return(self, node, names):
        self.returned(None if node.value is None else self.value(node.value, names))
        return FUNCTION

    def follow_raise(self, node, names):
        return ERROR

    def follow_break(self, node, names):
        return LOOP

    follow_continue = follow_break

    def follow_import(self, node, names):
        for one in node.names:
            names.maps[0][one.asname or one.name.partition(".")[0]] = UNKNOWN

    follow_importfrom = follow_import

    def follow_nonlocal(self, node, names):
        raise Unclear

    def follow_global(self, node, names):
        self.scopes[-1].shared.update(node.names)

    def follow_expr(self, node, names):
        self.value(node.value, names)
        call = node.value
        if not isinstance(call, ast.Call):
            return None
        name = dotted(call.func)
        if name in EXITS:
            return ERROR if self.always_fails([node]) else PROGRAM
        return ERROR if name.endswith("parser.error") else None

    # Assignments

    def follow_assign(self, node, names):
        value = self.value(node.value, names)
        for target in node.targets:
            self.bind(target, value, names)

    def follow_annassign(self, node, names):
        if node.value is not None:
            self.bind(node.target, self.value(node.value, names), names)

    def follow_augassign(self, node, names):
        load = ast.copy_location(ast.BinOp(left=node.target, op=node.op, right=node.value), node)
        self.bind(node.target, self.value(load, names), names)

    def bind(self, target, value, names):
        """Gives a name, a member or an element a value."""
        if isinstance(target, ast.Name):
            if any(target.id in scope.shared for scope in self.scopes):
                self.names.maps[0][target.id] = value if self.certain() else UNKNOWN
            else:
                names.maps[0][target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            is_known_list = isinstance(value, list) and len(value) == len(target.elts)
            for at, one in enumerate(target.elts):
                part = value[at] if is_known_list else self.element_of(value)
                self.bind(one, part, names)
        elif isinstance(target, ast.Attribute):
            on = self.value(target.value, names)
            if isinstance(on, Instance):
                on.values[target.attr] = value if self.certain() or mark_of(value) is not None else UNKNOWN
        elif isinstance(target, ast.Subscript):
            self.bind_element(target, value, names)

    def bind_element(self, target, value, names):
        key = self.value(target.slice, names)
        sure = value if self.certain() or mark_of(value) is not None else UNKNOWN
        if dotted(target.value) in ("os.environ", "environ"):
            if isinstance(key, str):
                self.environment[key] = sure
            return
        on = self.value(target.value, names)
        if isinstance(on, dict) and is_known(key):
            on[key] = sure
