"""Counts in a program that Plumbline wrote: lines, calls, names, concepts. The rules are those of docs/survey.md."""

import ast
import re

# A concept is there when one of its words is a name in the program.
CONCEPTS = {
    "explicit loop over batches": ("backward", "apply_gradients", "value_and_grad"),
    "explicit gradients": ("backward", "GradientTape", "value_and_grad", "gradient"),
    "gradients set to zero": ("zero_grad",),
    "parameter update": ("apply_gradients", "update", "step"),
    "variables made by hand": ("Variable",),
    "class for the network": ("Module",),
    "compiled function": ("tensorflow.function", "flax.nnx.jit", "torch.compile"),
    "training and test mode": ("eval", "training"),
    "switch for no gradients": ("inference_mode", "no_grad", "InferenceMode"),
    "random state passed on": ("Rngs", "PRNGKey"),
    "data pipeline": ("Dataset", "DataLoader", "PyDataset", "Sequence"),
    "callback": ("Callback",),
    "conversion to the framework's arrays": ("from_numpy", "tensor", "asarray", "from_tensor_slices"),
    "layout of images changed": ("permute", "transpose"),
    "device": ("cuda", "device"),
    "session": ("Session",),
}


def own_part(program):
    """The program without the part that reads the files, which is the same in every framework, and the docstring."""
    lines = program.splitlines()
    starts = {line.lstrip("#/ ").split(":")[0]: number for number, line in reversed(list(enumerate(lines)))}
    kept = lines[: starts["Files"]] + lines[starts["Data"] :]
    return "\n".join(kept) + "\n"


class Counts:
    def __init__(self, lines, calls, names, keywords, words):
        self.lines = lines
        self.calls = calls
        self.names = sorted(names)
        self.keywords = sorted(keywords)
        self.concepts = [concept for concept, signs in CONCEPTS.items() if words & set(signs)]


def count_python(program):
    """`names`: distinct dotted names of imported packages and attributes of other values; `keywords`: distinct keyword
    arguments; what the program itself defines, Python's own names and the standard library's are not counted."""
    text = own_part(program)
    tree = ast.parse(text)
    if isinstance(tree.body[0], ast.Expr):
        tree.body.pop(0)  # the docstring
    visitor = Names(tree)
    visitor.visit(tree)
    return Counts(len(code_lines(text, tree)), visitor.calls, visitor.names, visitor.keywords, visitor.words)


def code_lines(text, tree):
    first = tree.body[0].lineno
    lines = text.splitlines()[first - 1 :]
    return [line for line in lines if line.strip() and not line.strip().startswith("#")]


STANDARD_LIBRARY = ("gzip", "os", "sys", "pathlib", "collections")


class Names(ast.NodeVisitor):
    def __init__(self, tree):
        self.calls = 0
        self.names, self.keywords, self.words = set(), set(), set()
        self.imported = {}  # name in the program: full name; None for the standard library's
        attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
        self.defined = {node.attr for node in attributes if isinstance(node.ctx, ast.Store)}

    def visit_Import(self, node):
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            self.imported[name] = self.full_name(alias.name if alias.asname else name)

    def visit_ImportFrom(self, node):
        for alias in node.names:
            self.imported[alias.asname or alias.name] = self.full_name(f"{node.module}.{alias.name}")

    @staticmethod
    def full_name(name):
        return None if name.split(".")[0] in STANDARD_LIBRARY else name

    def visit_Call(self, node):
        self.calls += 1
        self.generic_visit(node)

    def visit_keyword(self, node):
        if node.arg:
            self.keywords.add(node.arg)
            self.words.add(node.arg)
        self.generic_visit(node)

    def visit_FunctionDef(self, node):
        self.words |= {argument.arg for argument in node.args.args}
        self.generic_visit(node)

    def visit_Attribute(self, node):
        self.words.add(node.attr)
        dotted = self.dotted(node)
        if dotted is None:  # of a value, not of a package
            if node.attr not in self.defined and not self.is_standard(node):
                self.names.add("." + node.attr)
            self.generic_visit(node)
        else:
            self.words |= set(dotted.split(".")) | {dotted}
            self.names.add(dotted)

    def dotted(self, node):
        """torch.nn.Conv2d of nn.Conv2d; None where it does not begin with an imported package."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name) and self.imported.get(node.id):
            return ".".join([self.imported[node.id], *reversed(parts)])
        return None

    def is_standard(self, node):
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.imported and self.imported[node.id] is None


def count_cpp(program):
    """By tokens: a call is a name before a bracket that is no word of the language; `names` are the qualified names and
    the members used."""
    text = own_part(program)
    body = text[text.index("#include") :]
    lines = [line for line in body.splitlines() if line.strip() and not line.strip().startswith("//")]
    code = re.sub(r'"(?:\\.|[^"\\])*"', '""', "\n".join(lines))
    language = {"if", "for", "while", "return", "switch", "main"}
    defined = set(re.findall(r"^\S.*?\b(\w+)\(.*\{$", code, re.MULTILINE))
    calls = [name for name in re.findall(r"([\w:]+)\(", code) if name not in language and name not in defined]
    names = {name for name in re.findall(r"\b\w+(?:::\w+)+", code) if not name.startswith("std::")}
    names |= {"." + name for name in re.findall(r"(?:\.|->)([a-z]\w*)", code) if name not in ("h", "c_str")}
    return Counts(len(lines), len(calls), names, set(), set(re.findall(r"\w+", code)))
