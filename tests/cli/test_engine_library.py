"""The engine as a library: installed, found by find_package, and the example of its guide built and run."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from conftest import PROGRAM, PROJECT

FASHION_MNIST = Path("/usr/share/datasets/fashion-mnist")
EXAMPLE = PROJECT / "examples" / "train_fashion_mnist"


def run(*command, **options):
    finished = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=500, **options)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


@pytest.mark.skipif(
    not FASHION_MNIST.exists(), reason="Fashion-MNIST's Debian package dataset-fashion-mnist is not installed"
)
def test_an_installed_engine_trains_the_example_on_fashion_mnist(tmp_path):
    build = PROGRAM.resolve().parents[1]
    run("cmake", "--install", build, "--prefix", tmp_path / "installed", "--component", "library")
    run("cmake", "-S", EXAMPLE, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={tmp_path / 'installed'}")
    run("cmake", "--build", tmp_path / "build")
    study = PROJECT / "studies" / "quickstart.toml"
    environment = {**os.environ, "OMP_NUM_THREADS": "2"}
    printed = run(tmp_path / "build" / "train_fashion_mnist", study, 60, env=environment)
    losses = [float(loss) for loss in re.findall(r"^step \d+: loss (\S+)$", printed, re.MULTILINE)]
    assert len(losses) == 60
    assert sum(losses[-10:]) < 0.8 * sum(losses[:10]), losses


def test_the_guide_shows_the_example_as_it_is():
    guide = (PROJECT / "docs" / "engine_library.md").read_text()
    for name in ("main.cc", "CMakeLists.txt"):
        assert (EXAMPLE / name).read_text() in guide, name
