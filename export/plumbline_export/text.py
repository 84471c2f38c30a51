"""Pieces of program text: calls, literals, blocks. What is written here is formatted as ruff would format it."""

import json

INDENT = "    "
MAX_COLUMNS = 120


class Code(str):
    """An expression: it stands in a program as it is, where other strings are quoted."""


def literal(value):
    """A value as Python writes it."""
    if isinstance(value, Code):
        return value
    if isinstance(value, str):
        return Code(json.dumps(value))
    if isinstance(value, (list, tuple)):
        return Code("(" + ", ".join(literal(element) for element in value) + ("," if len(value) == 1 else "") + ")")
    return Code(repr(value))


def call(function, *arguments, **options):
    """function(arguments, option=value), on one line."""
    parts = [literal(argument) for argument in arguments]
    parts += [f"{name}={literal(value)}" for name, value in options.items()]
    return Code(f"{function}({', '.join(parts)})")


def one_or_pair(pair):
    """[5, 5] as 5, [5, 3] as (5, 3): frameworks take one number for both directions."""
    return pair[0] if pair[0] == pair[1] else tuple(pair)


def indented(lines, levels=1):
    return [INDENT * levels + line if line else "" for line in lines]


def block(opening, elements, closing):
    """A bracket with one element a line, each followed by a comma."""
    return [opening, *[INDENT + element + "," for element in elements], closing]


def call_lines(function, arguments):
    """A call with its arguments as texts: on one line where it fits, else one argument a line."""
    line = f"{function}({', '.join(arguments)})"
    return [line] if len(line) <= MAX_COLUMNS else block(function + "(", arguments, ")")


def sentence(text):
    """Text that may stand inside a docstring."""
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
