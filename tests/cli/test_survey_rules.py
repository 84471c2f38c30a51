"""The rules of docs/survey.md, each on a small case whose answer can be seen."""

import sys
from pathlib import Path

import numpy as np
import pytest

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT / "survey"), str(PROJECT / "export")]

from plumbline_survey import community_file, counting, documentation, programs, refresh, small_study, words  # noqa: E402
from plumbline_survey.defaults import overridden  # noqa: E402
from plumbline_survey.probes import mistakes  # noqa: E402

PROGRAM = '''"""A docstring

of three lines."""

import gzip
import sys

import numpy as np
import torch
from torch import nn

DATA = sys.argv[1]

# Files: what reads them is not counted
files = np.load(DATA)

# Data
x = torch.tensor(files["x"], dtype=torch.float32)

# Model
model = nn.Sequential(nn.Linear(4, 3, bias=False), nn.Linear(3, 2, bias=False))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

# Training
for step in range(5):
    optimizer.zero_grad()
    model(x).sum().backward()
    optimizer.step()

# Test
print(gzip, model(x))
'''


def test_counts_of_a_program_are_those_that_one_counts_by_hand():
    counts = counting.count_python(PROGRAM)
    # 5 imports, DATA, x, model, optimizer, the loop with its three statements, print.
    assert counts.lines == 5 + 4 + 4 + 1
    # torch.tensor, Sequential, 2 Linear, SGD, parameters, range, zero_grad, model, sum, backward, step, print, model
    assert counts.calls == 14
    assert set(counts.names) == {
        "torch.tensor",
        "torch.float32",
        "torch.nn.Sequential",
        "torch.nn.Linear",
        "torch.optim.SGD",
        ".parameters",
        ".zero_grad",
        ".sum",
        ".backward",
        ".step",
    }
    assert counts.keywords == ["bias", "dtype", "lr"]
    assert counts.concepts == [
        "explicit loop over batches",
        "explicit gradients",
        "gradients set to zero",
        "parameter update",
        "conversion to the framework's arrays",
    ]


def test_counts_of_a_cpp_program_are_those_that_one_counts_by_hand():
    program = """// A comment
#include <torch/torch.h>

// Files: not counted
int read() { return torch::zeros(1); }

// Data
torch::Tensor images(int pixels) {
  return torch::ones(pixels).flatten(1);
}
int main() {
  images(3);
}
"""
    counts = counting.count_cpp(program)
    assert counts.lines == 1 + 3 + 3
    assert counts.calls == 2  # torch::ones and flatten; what the program defines is its own
    assert set(counts.names) == {"torch::Tensor", "torch::ones", ".flatten"}


def test_overridden_defaults_are_read_off_signatures(tmp_path, monkeypatch):
    (tmp_path / "framework.py").write_text(
        "def dense(units, activation=None, bias=True, scale=1.0, sizes=(1, 1)): pass\n"
        "class Adam:\n    def __init__(self, parameters, lr=0.001, eps=1e-8): pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    program = (
        "import framework as f\n"
        "def options():\n    return {'scale': 2.0}\n"
        "f.dense(3, 'relu', bias=True)\n"  # unnamed where the default is None: what the call is about; bias as it is
        "f.dense(3, activation='relu', sizes=1, **options())\n"  # 1 is (1, 1)
        "f.dense(4, activation='tanh')\n"  # the same parameter again
        "f.Adam([], 0.1, eps=1e-8)\n"
    )
    assert overridden(program) == {
        ("f.dense", "activation"): ("None", "'relu'"),
        ("f.dense", "scale"): ("1.0", "2.0"),
        ("f.Adam", "lr"): ("0.001", "0.1"),
    }


@pytest.mark.parametrize(
    "message, names_shapes",
    [
        ("expected input[20, 3, 8, 8] to have 1 channels", True),
        ("mat1 and mat2 shapes cannot be multiplied (20x64 and 65x16)", True),
        ("found shape=(None, 8, 8, 3)", True),
        ("The size of tensor a (4) must match the size of tensor b (6) at non-singleton dimension 1", True),
        ("Target 4 is out of bounds.", False),
        ("Expected floating point type for target", False),
        ("groups=1", False),
    ],
)
def test_message_names_shapes_if_it_has_two_sizes(message, names_shapes):
    assert mistakes.names_shapes(message) is names_shapes


@pytest.mark.parametrize(
    "message, names_layer",
    [
        ('Input 0 of layer "conv2d_1" is incompatible', True),
        ("Error in Conv2D: bad", True),
        ("x = self.dense_2(x)", True),
        ("mat1 and mat2 shapes cannot be multiplied", False),
        ("a convolution", False),
    ],
)
def test_message_names_the_layer_by_its_name_or_class(message, names_layer):
    program = "# Model\nself.dense_1 = weights(3)\nlayers.Conv2D(4, 3)\n# Training\nlayers.Never(1)\n"
    assert mistakes.names_layer(message, program) is names_layer


def test_failure_is_read_off_the_traceback():
    program = "import x\n\n# Data\ny = 1\n\n# Model\ndef net():\n    return broken()\n\n\n# Training\nnet()\n"
    error = """a log line
Traceback (most recent call last):
  File "/tmp/a/program.py", line 12, in <module>
    net()
  File "/tmp/a/program.py", line 8, in net
    return broken()
  File "/usr/lib/framework/nn.py", line 3, in broken
    raise ValueError(
framework.errors.ShapeError: the shapes do not fit:
  (20, 3) and (4, 5)
"""
    failure = programs.Failure(program, "program.py", error)
    assert failure.exception == "ShapeError"
    assert failure.message == "the shapes do not fit:\n  (20, 3) and (4, 5)"
    assert failure.section == "Training"
    assert failure.statement == "return broken()"


def test_program_without_a_section_ends_before_it():
    assert programs.without_section("a\n# Training\nb\n# Test\nc\n", "Test") == "a\n# Training\nb\n"


def documented(text, signature="x, rate=0.5"):
    scope = {}
    exec(f'def f({signature}):\n    """{text}"""', scope)
    return documentation.Documented("f", scope["f"])


@pytest.mark.parametrize(
    "text, describes",
    [
        ("Does.\n\n    Args:\n        x: an array.\n        rate (float): how fast.\n    ", True),
        ("Does.\n\n    Parameters\n    ----------\n    x : array\n    rate : float\n        How fast.\n    ", True),
        ("Does.\n\n    :param x: an array\n    :param rate: how fast\n    ", True),
        ("Does.\n\n    Args:\n        x, rate: both.\n    ", True),
        ("Does.\n\n    Args:\n        * `x`: an array.\n        * `rate`: how fast.\n    ", True),
        ("Does.\n\n    Args:\n        x: an array.\n    ", False),
        ("f(x, rate=0.5) -> array: takes x and a rate.", False),
        ("", False),
    ],
)
def test_parameters_are_described_if_each_begins_an_entry(text, describes):
    assert documented(text).describes_parameters is describes


def test_examples_are_interactive_ones_or_fenced_blocks():
    interactive = documented("Does.\n\n    >>> a = 1\n    >>> a + 1\n    2\n    ")
    assert interactive.examples == ["a = 1\na + 1\n"]
    fenced = documented("Does.\n\n    ```python\n    a = 1\n    if a:\n        b = 2\n    ```\n    ")
    assert fenced.examples == ["a = 1\nif a:\n    b = 2\n"]
    assert documented("No example.").examples == []


def test_npz_files_are_written_as_numpy_reads_them(tmp_path):
    arrays = small_study.data_set(channels=3)
    arrays["words"] = small_study.texts(["zero", "three"])
    arrays["floats"] = small_study.floats(
        arrays["y_test"], lambda number, value: float("nan") if number == 1 else value
    )
    arrays["integers"] = small_study.integers([1, -2, 3, 4], (2, 2))
    small_study.write_npz(tmp_path / "data.npz", arrays)
    read = np.load(tmp_path / "data.npz")
    assert read["x_train"].shape == (small_study.TRAIN_IMAGES, 8, 8, 3)
    assert read["x_train"].dtype == np.uint8
    assert list(read["y_test"][:5]) == [0, 1, 2, 3, 0]
    assert list(read["words"]) == ["zero", "three"]
    assert np.isnan(read["floats"][1]) and read["floats"][2] == 2
    assert read["integers"].tolist() == [[1, -2], [3, 4]]
    bright = read["x_train"][1, :4, 4:].mean()  # class 1: the upper right quarter
    assert bright > read["x_train"][1, 4:, :4].mean() + 100


def test_each_mistake_spoils_its_program_or_its_data():
    for stack in ("pytorch", "tensorflow", "keras-tensorflow", "keras2-theano", "jax"):
        right = mistakes.Attempt(stack)
        program = right.program()
        for name, make in mistakes.MISTAKES.items():
            attempt = mistakes.Attempt(stack)
            try:
                wrong = make(attempt)
            except mistakes.CannotBeMade:
                assert name in ("forgotten_zero_grad", "dense_size")
                continue
            same_data = all(attempt.data[key].data == right.data[key].data for key in right.data)
            assert wrong != program or not same_data, (stack, name)


def test_which_mistakes_can_be_made_follows_from_the_programs():
    for stack in ("pytorch", "tensorflow", "keras-tensorflow", "jax"):
        for name, sign in (("forgotten_zero_grad", "zero_grad"), ("dense_size", "64")):
            attempt = mistakes.Attempt(stack)
            can = sign in attempt.program()
            try:
                mistakes.MISTAKES[name](attempt)
                assert can, (stack, name)
            except mistakes.CannotBeMade:
                assert not can, (stack, name)


def test_numbers_without_a_date_are_refused(tmp_path):
    file = tmp_path / "community.csv"
    file.write_text("framework,measure,number,date,source\nKeras,contributors,521,,the paper\n")
    with pytest.raises(ValueError, match="each row must have"):
        community_file.read(file)


@pytest.mark.parametrize(
    "tag, version",
    [
        ("v2.13.0", "2.13.0"),
        ("rel-1.0.5", "1.0.5"),
        ("jax-v0.4.1", "0.4.1"),
        ("3.4", "3.4"),
        ("v2.0.0-rc1", None),
        ("ci", None),
    ],
)
def test_releases_are_tags_of_a_version(tag, version):
    found = refresh.VERSION.match(tag)
    assert (found.group(1) if found else None) == version


def test_numbers_are_written_as_people_read_them():
    assert words.size(742_000_000) == "742.0 MB"
    assert words.size(999) == "999 B"
    assert words.seconds(3.14) == "3.1 s"
    assert words.seconds(75) == "1 min 15 s"
    assert words.share(43, 59) == "43 of 59 (73 %)"
    assert words.share(0, 0) == "0 of 0"
    assert words.joined(["a", "b", "c"], "or") == "a, b or c"
    assert words.counted(1, "line") == "1 line"
