"""`plumbline data`: what it prints, where, and its exit codes."""

import json
from pathlib import Path

import pytest

DEBIAN_FASHION = Path("/usr/share/datasets/fashion-mnist")
FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


@pytest.fixture
def data(workplace):
    """Runs `plumbline data ...` with an empty cache, no data path, and no way out to the network."""

    def run(*arguments, **variables):
        surroundings = {"XDG_CACHE_HOME": str(workplace.folder / "cache"), "PLUMBLINE_DATA_PATH": ""}
        return workplace.run("data", *arguments, **{**surroundings, "https_proxy": "http://127.0.0.1:1", **variables})

    return run


def damaged_mnist(folder):
    (folder / "sets" / "mnist").mkdir(parents=True)
    for name in FILES:
        (folder / "sets" / "mnist" / name).write_bytes(b"damage")


def state_of(finished, name):
    (found,) = [entry for entry in json.loads(finished.stdout)["sets"] if entry["name"] == name]
    return found["state"]


def test_list_is_an_aligned_table(data):
    finished = data("list")
    assert finished.returncode == 0
    assert finished.stderr == ""
    heading, rule, *rows = finished.stdout.splitlines()[:4]
    assert heading.split() == ["data", "set", "images", "classes", "state", "where"]
    assert set(rule) == {"-"}
    state = heading.index("state")
    assert all(row[state - 2 : state] == "  " and row[state] != " " for row in rows)
    assert rows[0].split()[:5] == ["mnist", "60,000", "+", "10,000", "10"]
    assert "mnist: Get it with `plumbline data fetch mnist`" in finished.stdout


def test_list_as_json_has_a_version_and_every_set(data):
    document = json.loads(data("list", "--json").stdout)
    assert document["plumbline_data"] == 1
    assert [entry["name"] for entry in document["sets"]] == ["mnist", "fashion-mnist"]
    assert document["sets"][1]["class_names"][9] == "Ankle boot"


def test_debian_package_is_found_and_verified(data):
    if not DEBIAN_FASHION.exists():
        pytest.skip("the Debian package dataset-fashion-mnist is not installed")
    assert state_of(data("list", "--json"), "fashion-mnist") == "verified"
    verified = data("verify", "fashion-mnist")
    assert (verified.returncode, verified.stdout) == (0, f"fashion-mnist: '{DEBIAN_FASHION}' verified\n")


def test_verify_fails_for_a_damaged_copy_and_for_a_named_set_that_is_nowhere(data, workplace):
    assert data("verify", "mnist").returncode == 1
    damaged_mnist(workplace.folder)
    finished = data("verify", "--data-dir", "sets")
    assert finished.returncode == 1
    assert f"mnist: '{workplace.folder / 'sets' / 'mnist'}' damaged" in finished.stdout
    assert "it has 6 bytes uncompressed instead of 47040016" in finished.stdout
    assert state_of(data("list", "--json", "--data-dir", "sets"), "mnist") == "damaged"


def test_fetch_without_a_network_says_what_it_tried_and_leaves_no_file(data, workplace):
    finished = data("fetch", "mnist", "--data-dir", "new")
    assert finished.returncode == 3
    assert finished.stdout == ""
    assert finished.stderr.count("is there a network?") == 2
    assert list((workplace.folder / "new" / "mnist").iterdir()) == []


def test_mistakes_are_sentences(data):
    unknown = data("fetch", "fasion-mnist")
    assert unknown.returncode == 2
    assert "There is no known data set 'fasion-mnist'. Did you mean 'fashion-mnist'?" in unknown.stderr
    no_folder = data("list", "--data-dir", "nowhere")
    assert (no_folder.returncode, no_folder.stdout) == (2, "")
    assert "'nowhere', which is not a folder" in no_folder.stderr
