"""`plumbline export`: what it writes is a program of its own that gets the accuracy that `plumbline run` gets."""

import difflib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from conftest import PROGRAM, PROJECT

SEED = 3
THREADS = "2"
CHAIN = """
  { conv2d = 4, kernel = 3, padding = "same", activation = "relu" },
  { max_pool = 2 },
  { flatten = true },
  { dense = 16, activation = "relu" },
  { dropout = 0.25 },
  { dense = 4 },
"""
CHAIN_RECIPE = """
loss = "softmax_cross_entropy"
optimizer = { adam = { learning_rate = 0.005 } }
batch = 20
epochs = 8
weights = { truncated_normal = { stddev = 0.1 } }
biases = { constant = { value = 0.1 } }
"""
# Branches, names that are words of Python and of the frameworks, and all that the recipe can say otherwise.
BRANCHES = """
  { conv2d = 4, kernel = 3, padding = "same", bias = false },
  { batch_norm = true },
  { activation = "relu", name = "stem" },
  { conv2d = 4, kernel = 3, padding = "same", activation = { leaky_relu = { slope = 0.1 } } },
  { add = ["stem", "conv2d_2"], name = "lambda" },
  { conv2d = 4, kernel = 3, stride = 2, padding = "same", name = "torch" },
  { average_pool = 2, from = "lambda" },
  { concatenate = ["torch", "average_pool_1"] },
  { activation = "tanh" },
  { flatten = true },
  { dense = 4 },
"""
BRANCHES_RECIPE = """
loss = "mean_squared_error"
optimizer = { sgd = { learning_rate = 0.05, momentum = 0.9, nesterov = true, weight_decay = 0.001 } }
batch = 32
steps = 120
last_batch = "drop"
training_images = 290
weights = "he_normal"
input_scaling = "symmetric"
"""


@lru_cache(maxsize=None)
def ready_stacks():
    """{name: what the program tells of it} of the stacks under test."""
    listed = subprocess.run([str(PROGRAM), "list", "stacks", "--json"], check=True, capture_output=True, text=True)
    wanted = os.environ.get("PLUMBLINE_TEST_STACKS", "").split()
    return {
        stack["stack"]: stack
        for stack in json.loads(listed.stdout)["stacks"]
        if stack["state"] == "ready" and (not wanted or stack["stack"] in wanted)
    }


def python_stacks():
    names = [name for name in ready_stacks() if not name.startswith("native") and name != "libtorch"]
    return names or [pytest.param("none", marks=pytest.mark.skip(reason="no stack with a framework is ready"))]


def write_quarters(folder):
    """Four classes, told apart by which quarter of an 8x8 image is a little brighter: hard enough to err on some."""
    random = np.random.default_rng(3)

    def split(count):
        labels = np.arange(count, dtype=np.uint8) % 4
        pixels = random.integers(0, 100, (count, 8, 8), dtype=np.uint8)
        for image, label in zip(pixels, labels):
            row, column = 4 * (label // 2), 4 * (label % 2)
            image[row : row + 4, column : column + 4] += 16
        return pixels, labels

    x_train, y_train = split(300)
    x_test, y_test = split(400)
    np.savez(folder / "set.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)


def write_idx(path, array):
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(">%di" % array.ndim, *array.shape)
    path.write_bytes(header + array.astype(np.uint8).tobytes())


def write_study(folder, stack, layers=CHAIN, recipe=CHAIN_RECIPE, data="./set.npz", seeds=f"[{SEED}]"):
    (folder / "small.toml").write_text(
        f'question = "Does it learn?"\ndata = ["{data}"]\nseeds = {seeds}\nstacks = ["{stack}"]\nthreads = {THREADS}\n'
        f"[network]\ninput = [8, 8, 1]\nlayers = [{layers}]\n[recipe]\n{recipe}"
    )


def plumbline(folder, *arguments):
    return subprocess.run([str(PROGRAM), *arguments], cwd=folder, capture_output=True, text=True, timeout=900)


def exported(folder, stack, *arguments):
    finished = plumbline(folder, "export", "small.toml", stack, *arguments)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def accuracies_of_run(folder):
    """{seed: accuracy}"""
    finished = plumbline(folder, "run", "small.toml", "--json", "--quiet")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return json.loads(finished.stdout)["data"][0]["stacks"][0]["accuracy"]["by_seed"]


def surroundings(stack):
    variables = {name: os.environ[name] for name in ("PATH", "HOME")}
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "NPROC")
    variables.update({name: THREADS for name in threads})
    return {**variables, **ready_stacks()[stack]["variables"], "PYTHONPATH": ""}


def accuracy_of_program(stack, folder, data="set.npz"):
    """What the program of one stack prints, as a share."""
    program = folder / "program.py"
    program.write_text(exported(folder, stack))
    python = next(word for word in ready_stacks()[stack]["command"] if word.endswith("bin/python"))
    return printed_accuracy([python, str(program), data, str(SEED)], folder, surroundings(stack))


def printed_accuracy(command, folder, variables):
    finished = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=900)
    assert finished.returncode == 0, finished.stderr
    return float(re.search(r"test accuracy (\S+) %", finished.stdout).group(1)) / 100


@pytest.mark.parametrize("stack", python_stacks())
def test_exported_program_gets_exactly_the_accuracy_of_run(stack, tmp_path):
    write_quarters(tmp_path)
    write_study(tmp_path, stack)
    accuracy = accuracies_of_run(tmp_path)[str(SEED)]
    assert 0.5 < accuracy < 0.99, "a set on which nothing is got wrong would show nothing"
    assert accuracy_of_program(stack, tmp_path) == pytest.approx(accuracy, abs=1e-9)


@pytest.mark.long
@pytest.mark.parametrize("stack", python_stacks())
def test_program_of_a_network_with_branches_gets_it_too(stack, tmp_path):
    write_quarters(tmp_path)
    write_study(tmp_path, stack, BRANCHES, BRANCHES_RECIPE)
    accuracy = accuracies_of_run(tmp_path)[str(SEED)]
    assert accuracy_of_program(stack, tmp_path) == pytest.approx(accuracy, abs=1e-9)


def test_program_reads_idx_files_compressed_or_not(tmp_path):
    stack = python_stacks()[0]
    if not isinstance(stack, str):
        pytest.skip("no stack with a framework is ready")
    write_quarters(tmp_path)
    write_study(tmp_path, stack)
    from_npz = accuracy_of_program(stack, tmp_path)
    write_idx_folder(tmp_path)
    labels = tmp_path / "idx" / "train-labels-idx1-ubyte"
    subprocess.run(["gzip", str(labels)], check=True)
    assert accuracy_of_program(stack, tmp_path, "idx") == from_npz


def write_idx_folder(folder):
    arrays = np.load(folder / "set.npz")
    (folder / "idx").mkdir()
    for half, name in (("train", "train"), ("test", "t10k")):
        write_idx(folder / "idx" / f"{name}-images-idx3-ubyte", arrays["x_" + half])
        write_idx(folder / "idx" / f"{name}-labels-idx1-ubyte", arrays["y_" + half])


@pytest.mark.long
@pytest.mark.skipif("libtorch" not in ready_stacks(), reason="the stack libtorch is not ready")
def test_libtorch_program_gets_it_within_the_seeds_spread(tmp_path):
    # It flattens channels first, where the stack follows the protocol's order: the same network, other random numbers.
    write_quarters(tmp_path)
    write_idx_folder(tmp_path)
    write_study(tmp_path, "libtorch", data="./idx", seeds="5")
    of_run = list(accuracies_of_run(tmp_path).values())
    (tmp_path / "program.cc").write_text(exported(tmp_path, "libtorch"))
    torch = site_packages("pytorch") / "torch"
    includes = [f"-isystem{torch / place}" for place in ("include", "include/torch/csrc/api/include")]
    libraries = [f"-L{torch / 'lib'}", f"-Wl,-rpath,{torch / 'lib'}", "-Wl,--no-as-needed"]
    libraries += ["-ltorch", "-ltorch_cpu", "-lc10", "-lz"]
    compiler = ["g++", "-std=c++20", "-O2", "-Wall", "-Wextra", "-Werror", "program.cc", "-o", "program"]
    subprocess.run(compiler + includes + libraries, cwd=tmp_path, check=True)
    variables = surroundings("libtorch")
    of_program = [printed_accuracy(["./program", "idx", str(seed)], tmp_path, variables) for seed in range(5)]
    # Two means of five seeds each differ by more than 3.4 of their standard errors once in a hundred times at 8
    # degrees of freedom (Student's t), if both have the same mean.
    error = np.sqrt((np.var(of_run, ddof=1) + np.var(of_program, ddof=1)) / 5)
    assert abs(np.mean(of_run) - np.mean(of_program)) < 3.4 * error


def site_packages(stack):
    python = next(word for word in ready_stacks()[stack]["command"] if word.endswith("bin/python"))
    return next(Path(python).parents[1].glob("lib/python*/site-packages"))


WRITTEN = ["jax", "keras-tensorflow", "keras-jax", "keras-torch", "keras2-theano", "pytorch", "tensorflow"]


@pytest.mark.parametrize("stack", WRITTEN)
@pytest.mark.parametrize("study", ["chain", "branches"])
def test_program_is_formatted_as_ruff_would(stack, study, tmp_path):
    ruff = Path(sys.executable).parent / "ruff"
    if not ruff.exists():
        pytest.skip("ruff is not beside this Python")
    write_study(tmp_path, stack, *((BRANCHES, BRANCHES_RECIPE) if study == "branches" else ()))
    (tmp_path / "program.py").write_text(exported(tmp_path, stack))
    style = ["--isolated", "--line-length", "120"]
    finished = subprocess.run([ruff, "format", "--diff", *style, "program.py"], cwd=tmp_path, capture_output=True)
    assert finished.returncode == 0, finished.stdout.decode()
    lint = ["check", *style, "--select", "E,F", "--ignore", "E402", "program.py"]
    finished = subprocess.run([ruff, *lint], cwd=tmp_path, capture_output=True)
    assert finished.returncode == 0, finished.stdout.decode()


def test_one_line_tells_two_backends_of_keras_apart(tmp_path):
    write_study(tmp_path, "keras-jax")
    programs = [exported(tmp_path, stack).splitlines() for stack in ("keras-jax", "keras-torch")]
    changes = [line for line in difflib.ndiff(*programs) if line.startswith(("+ ", "- "))]
    assert changes == ['- os.environ["KERAS_BACKEND"] = "jax"', '+ os.environ["KERAS_BACKEND"] = "torch"']


def test_stack_need_not_be_one_of_the_study_and_its_changes_count_where_it_is(tmp_path):
    write_study(tmp_path, "jax")
    assert "lr=0.005" in exported(tmp_path, "pytorch")
    with open(tmp_path / "small.toml", "a") as study:
        study.write("[stack.jax.recipe]\noptimizer = { adam = { learning_rate = 0.25 } }\n")
    assert "optax.adam(0.25)" in exported(tmp_path, "jax")
    assert "lr=0.005" in exported(tmp_path, "pytorch")


def test_device_is_that_of_the_study_unless_it_is_given(tmp_path):
    write_study(tmp_path, "pytorch")
    assert "cuda" not in exported(tmp_path, "pytorch")
    assert 'model.to("cuda")' in exported(tmp_path, "pytorch", "--device", "cuda")
    with open(tmp_path / "small.toml", "a") as study:
        study.write('[stack.pytorch]\ndevice = "cuda"\n')
    assert 'model.to("cuda")' in exported(tmp_path, "pytorch")


def test_output_goes_to_the_file_that_is_named(tmp_path):
    write_study(tmp_path, "pytorch")
    finished = plumbline(tmp_path, "export", "small.toml", "pytorch", "--output", "mine.py")
    assert (finished.returncode, finished.stdout) == (0, "")
    assert (tmp_path / "mine.py").read_text() == exported(tmp_path, "pytorch")


GELU = "{ flatten = true }, { dense = 4 }, { activation = { gelu = { approximate = true } } }"


@pytest.mark.parametrize(
    "stack, layers, reason",
    [
        ("native", CHAIN, "the study file, which is its program already"),
        ("keras2-theano", GELU, "Keras 2.3.1 has no gelu."),
        ("keras2-theano", "{ flatten = true }, { layer_norm = true }, { dense = 4 }", "no layer normalisation"),
    ],
)
def test_what_a_framework_cannot_do_is_said_in_a_sentence(stack, layers, reason, tmp_path):
    write_study(tmp_path, stack, layers)
    finished = plumbline(tmp_path, "export", "small.toml", stack)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert reason in finished.stderr


def test_question_cannot_break_out_of_the_docstring(tmp_path):
    write_study(tmp_path, "pytorch")
    text = (tmp_path / "small.toml").read_text()
    question = '\'""" + print("gone") + """ \\\\\''
    (tmp_path / "small.toml").write_text(text.replace('"Does it learn?"', question))
    compile(exported(tmp_path, "pytorch"), "program", "exec")
    assert "gone" not in subprocess.run(
        [sys.executable, "-c", exported(tmp_path, "pytorch").split("import gzip")[0]], capture_output=True, text=True
    ).stdout


def test_shipped_studies_can_be_written_out_for_every_stack_they_name(tmp_path):
    for study in sorted((PROJECT / "studies").glob("*.toml")):
        stacks = re.search(r"^stacks\s*=\s*\[(.*)\]", study.read_text(), re.MULTILINE).group(1)
        for stack in re.findall(r'"([^"]+)"', stacks):
            if not stack.startswith("native"):
                shutil.copy(study, tmp_path / "small.toml")
                assert "# Training" in exported(tmp_path, stack)
