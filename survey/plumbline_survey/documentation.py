"""Docstrings of a package's public functions and classes: what is public, what a docstring tells, its examples."""

import doctest
import inspect
import re
import textwrap
import types

MAX_DEPTH = 4
NOT_FOR_USERS = ("src", "python", "testing", "tests", "test_util")  # where packages keep what is not for their users


class Documented:
    """A public function or class, under the shortest name that leads to it."""

    def __init__(self, name, value):
        self.name = name
        self.docstring = own_docstring(value)
        self.parameters = parameters_of(value)

    @property
    def has_docstring(self):
        return bool(self.docstring)

    @property
    def describes_parameters(self):
        """Each of its parameters begins an entry of the docstring."""
        return all(re.search(entry_of(name), self.docstring, re.MULTILINE) for name in self.parameters)

    @property
    def examples(self):
        """Programs: the docstring's `>>>` examples as one, or its fenced blocks of Python, each as one."""
        try:
            interactive = doctest.DocTestParser().get_examples(self.docstring)
        except ValueError:
            return []
        if interactive:
            return ["".join(example.source for example in interactive)]
        blocks = re.findall(r"^( *)```(?:python|py)\n(.*?)^ *```", self.docstring, re.DOTALL | re.MULTILINE)
        return [textwrap.dedent(text) for _, text in blocks if text.strip()]


def entry_of(name):
    """A pattern: `name: ...`, `name (type): ...`, `name : type` or `:param name: ...` at the beginning of a line,
    perhaps in a list or with other names beside it."""
    others_before, others_after = r"(?:[`*\w]+,\s*)*", r"(?:,\s*[`*\w]+)*"
    marked = r"[`*]*" + re.escape(name) + r"[`*]*"
    kind = r"(?:\([^\n]*?\))?"
    return rf"^\s*(?:[-*]\s+)?(?::param\s+)?{others_before}{marked}{others_after}\s*{kind}\s*:"


def own_docstring(value):
    """Not one that a class inherits."""
    docstring = value.__dict__.get("__doc__") if inspect.isclass(value) else getattr(value, "__doc__", None)
    return inspect.cleandoc(docstring) if isinstance(docstring, str) else ""


def parameters_of(value):
    """Names of the parameters, without self, *arguments and **options; none where there is no signature."""
    try:
        signature = inspect.signature(value.__init__ if inspect.isclass(value) else value)
    except (TypeError, ValueError):
        return []
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [
        name
        for name, parameter in signature.parameters.items()
        if parameter.kind not in variable and name != "self" and not name.startswith("_")
    ]


def public_objects(module):
    """All that is reached from a module by public names, through modules of the same package: each object once."""
    package = module.__name__.split(".")[0]
    found, seen, waiting = [], {id(module)}, [(module.__name__, module, 0)]
    while waiting:
        name, current, depth = waiting.pop(0)
        for word, value in public_members(current):
            if id(value) in seen:
                continue
            if isinstance(value, types.ModuleType):
                if depth < MAX_DEPTH and package_of_module(value) == package:
                    seen.add(id(value))
                    waiting.append((f"{name}.{word}", value, depth + 1))
            elif is_of_package(value, package):
                seen.add(id(value))
                found.append(Documented(f"{name}.{word}", value))
    return found


def public_members(module):
    """Names without an underscore at the front. Of functions and classes only those in __all__, where there is one."""
    listed = getattr(module, "__all__", None)
    listed = set(listed) if isinstance(listed, (list, tuple)) else None
    for word in sorted(set(dir(module)) | (listed or set())):
        if word.startswith("_") or word in NOT_FOR_USERS:
            continue
        try:
            value = getattr(module, word)
        except Exception:  # some names exist only to say that they are gone
            continue
        if listed is None or word in listed or isinstance(value, types.ModuleType):
            yield word, value


def package_of_module(module):
    try:
        return module.__name__.split(".")[0]
    except Exception:  # a module that is loaded lazily may have no name of its own
        return None


def is_of_package(value, package):
    if not (inspect.isclass(value) or inspect.isroutine(value)):
        return False
    owner = getattr(value, "__module__", None)
    return owner is None or owner.split(".")[0] in (package, package + "lib")
