"""Which defaults of the framework a program overrides: what it passes to a function of the framework, by the function's
signature, where that has a default with another value."""

import ast
import importlib
import inspect
import re


class NotLiteral:
    """The value of an argument that is made by a call or an expression."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


def overridden(program):
    """{(function, parameter): (default, given)}; with an empty parameter, calls that redraw what a layer has drawn."""
    tree = ast.parse(program)
    scope = imports(tree)
    tables = tables_of_options(tree)
    found = {}
    for call in [node for node in ast.walk(tree) if isinstance(node, ast.Call)]:
        name = ast.unparse(call.func)
        function = resolve(name, scope)
        if function is None:
            continue
        for parameter, given in bound(function, call, tables).items():
            difference = compare(*given)
            if difference:
                found.setdefault((name, parameter), difference)
        if name.startswith("nn.init."):
            found[name, ""] = ("", "")
    return found


def imports(tree):
    scope = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = importlib.import_module(alias.name)
                scope[alias.asname or alias.name] = module
        if isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module)
            for alias in node.names:
                scope[alias.asname or alias.name] = attribute_or_submodule(module, alias.name)
    return scope


def attribute_or_submodule(module, name):
    return getattr(module, name) if hasattr(module, name) else importlib.import_module(f"{module.__name__}.{name}")


OF_PYTHON = ("gzip", "os", "sys", "pathlib", "collections", "numpy", "Path", "np")


def resolve(name, scope):
    """The framework's function that a dotted name stands for."""
    first, *rest = name.split(".")
    if first not in scope or first in OF_PYTHON:
        return None
    value = scope[first]
    for part in rest:
        value = getattr(value, part, None)
    return value


def tables_of_options(tree):
    """{function of the program: the keywords that it returns as a table}, for calls with **function()."""
    tables = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and isinstance(node.body[-1], ast.Return):
            value = node.body[-1].value
            if isinstance(value, ast.Dict):
                tables[node.name] = [ast.keyword(key.value, given) for key, given in zip(value.keys, value.values)]
    return tables


def keywords_of(call, tables):
    for keyword in call.keywords:
        if keyword.arg is None and isinstance(keyword.value, ast.Call):
            yield from tables.get(ast.unparse(keyword.value.func), [])
        else:
            yield keyword


def bound(function, call, tables):
    """{parameter: (its definition, argument, whether it was named)} of a call, without what goes into *arguments."""
    try:
        signature = inspect.signature(function.__init__ if inspect.isclass(function) else function)
    except (TypeError, ValueError):
        return {}
    parameters = {name: parameter for name, parameter in signature.parameters.items() if name != "self"}
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    positional = [parameter for parameter in parameters.values() if parameter.kind in kinds]
    arguments = {
        parameter.name: (parameter, value, False)
        for parameter, value in zip(positional, call.args)
        if not isinstance(value, ast.Starred)
    }
    for keyword in keywords_of(call, tables):
        if keyword.arg in parameters:
            arguments[keyword.arg] = (parameters[keyword.arg], keyword.value, True)
    return arguments


def compare(definition, node, is_named):
    """(default, given) where the parameter has a default, and the given value is another. What stands unnamed where the
    default is nothing is what the call is about, not a choice."""
    if definition.default is definition.empty:
        return None
    if not is_named and not isinstance(definition.default, (bool, int, float, str, tuple)):
        return None
    try:
        value = ast.literal_eval(node)
    except ValueError:
        value = NotLiteral(ast.unparse(node))
    if same(value, definition.default):
        return None
    return (described(definition.default), described(value))


def described(value):
    """Without addresses in memory, which differ from run to run."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


def same(value, default):
    if isinstance(value, NotLiteral):
        return False
    if isinstance(default, (tuple, list)) and not isinstance(value, (tuple, list)):
        return all(part == value for part in default)  # (1, 1) where 1 is given
    return value == default
