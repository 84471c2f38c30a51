"""The parts that programs in Python share: opening, reading of files, scaling of images."""

from plumbline_export.text import Code, literal, sentence

READ_FILES = """# Files: a folder with the four IDX files of an MNIST-like set, or an NPZ file
def read_idx(pattern):
    path = sorted(Path(DATA).glob(pattern))[0]
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
        rank = file.read(4)[3]
        shape = np.frombuffer(file.read(4 * rank), ">i4")
        return np.frombuffer(file.read(), np.uint8).reshape(shape)


if DATA.endswith(".npz"):
    files = np.load(DATA)
    x_train, y_train, x_test, y_test = (files[name] for name in ("x_train", "y_train", "x_test", "y_test"))
else:
    x_train, y_train = read_idx("train-images*"), read_idx("train-labels*")
    x_test, y_test = read_idx("t[1e]*-images*"), read_idx("t[1e]*-labels*")
""".splitlines()

ARGUMENTS = ["DATA = sys.argv[1]", "SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 0"]


def opening(study, framework):
    """The docstring."""
    return [
        f'"""{sentence(study.question)}',
        "",
        f"The study '{study.name}' in {framework}, written out by Plumbline. Run it with",
        "",
        "    python PROGRAM DATA [SEED]",
        "",
        "where DATA is a folder with the four IDX files of an MNIST-like set, or an NPZ file with x_train, y_train,",
        'x_test and y_test. It prints the test accuracy."""',
    ]


def number(value):
    """1/255 as people write it."""
    return Code("1 / 255") if value == 1 / 255 else literal(value)


def scaled(study, pixels):
    """The recipe's input scaling of an expression, in float32, by the operations of every stack, in their order."""
    scaling = study.recipe["input_scaling"]
    text = f"{pixels}.astype(np.float32)"
    if scaling["factor"] != 1:
        factor = number(scaling["factor"])
        text += f" * ({factor})" if " " in factor else f" * {factor}"
    if scaling["mean"] != 0:
        text += f" - {literal(scaling['mean'])}"
    if scaling["stddev"] != 1:
        text = f"({text}) / {literal(scaling['stddev'])}"
    return Code(text)


def reshaped(study, array):
    """Stored images (n, height, width[, channels]) or vectors as the network's input, channels last."""
    return Code(f"{array}.reshape({', '.join(str(extent) for extent in [-1, *study.input])})")


def fewer_images(study):
    images = study.training_images
    return [f"x_train, y_train = x_train[:{images}], y_train[:{images}]"] if images else []


def finished(parts):
    """A program's text from its parts, lists of lines. Two blank lines stand around functions and classes."""
    lines = list(parts[0])
    for part in parts[1:]:
        if part:
            lines += ["", ""] if ends_in_definition(lines) or begins_with_definition(part) else [""]
            lines += part
    return "\n".join(lines) + "\n"


DEFINITIONS = ("def ", "class ", "@")


def begins_with_definition(lines):
    return [line for line in lines if not line.startswith("#")][0].startswith(DEFINITIONS)


def ends_in_definition(lines):
    return [line for line in lines if line and not line.startswith((" ", ")"))][-1].startswith(DEFINITIONS)
