"""`plumbline report`: what it reads, what it writes, how it ends."""

import json
import os
import subprocess

import pytest
from conftest import PROJECT

EXAMPLES = PROJECT / "build" / "release" / "tests" / "report" / "example_results"


def example(workplace, name, file=None):
    path = workplace.folder / (file or name + ".results.sqlite")
    subprocess.run([EXAMPLES, name, path], check=True)
    return path.name


def test_finds_the_results_file_of_a_study_as_run_does(workplace):
    study = workplace.study(seeds=2)
    assert workplace.run("run", study).returncode == 0
    finished = workplace.run("report", study, "--output", "r.json")
    assert finished.returncode == 0, finished.stderr
    document = json.loads((workplace.folder / "r.json").read_text())
    assert document["plumbline_report"] == 1
    assert document["trials_done"] == 2
    assert [row["stack"] for row in document["tables"]["accuracy"]] == ["native"]


def test_shows_the_images_of_the_data_set_where_it_is_there(workplace):
    study = workplace.study(stacks=["native", "native-reference"], epochs=1)
    assert workplace.run("run", study).returncode == 0
    page = workplace.run("report", study).stdout
    assert page.startswith("<!DOCTYPE html>")
    assert "was not found, so its images are not shown" not in page
    (workplace.folder / "digits.npz").unlink()
    assert "was not found, so its images are not shown" in workplace.run("report", "small.results.sqlite").stdout


@pytest.mark.parametrize("name", ["small", "one", "failed", "empty", "hostile"])
@pytest.mark.parametrize("form", ["html", "markdown", "latex", "csv", "json"])
def test_whatever_can_be_read_gives_a_report(workplace, name, form):
    finished = workplace.run("report", example(workplace, name), "--format", form)
    assert finished.returncode == 0, finished.stderr
    assert len(finished.stdout) > 10
    assert finished.stderr == ""


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"SQLite format 3\0" + 5000 * b"x", "is damaged or is not a results file"),
        (b"", "is not a results file of Plumbline"),
        (None, "There is no results file"),
    ],
)
def test_what_cannot_be_read_gives_a_sentence(workplace, content, sentence):
    if content is not None:
        (workplace.folder / "x.results.sqlite").write_bytes(content)
    finished = workplace.run("report", "x.results.sqlite")
    assert finished.returncode == 3
    assert sentence in finished.stderr
    assert finished.stderr.count("\n") == 1
    assert finished.stdout == ""


def test_comparison_ends_with_1_only_when_something_got_worse(workplace):
    then, now = example(workplace, "trained"), example(workplace, "slower")
    worse = workplace.run("report", now, "--compare", then, "--output", "r.html")
    assert worse.returncode == 1
    assert "pytorch on shapes is less accurate" in worse.stderr
    assert "pytorch 2.0 -> 2.1" in worse.stderr
    assert "What has changed" in (workplace.folder / "r.html").read_text()
    assert workplace.run("report", then, "--compare", now, "--output", "r.html").returncode == 0
    assert workplace.run("report", then, "--compare", then, "--output", "r.html").returncode == 0


def test_format_follows_the_output_and_a_failed_write_leaves_no_file(workplace):
    results = example(workplace, "one")
    workplace.run("report", results, "--output", "t.tex")
    assert "\\toprule" in (workplace.folder / "t.tex").read_text()
    finished = workplace.run("report", results, "--output", "no/such/place.html")
    assert finished.returncode == 3
    assert "Cannot write 'no/such/place.html'" in finished.stderr
    assert not os.path.exists(workplace.folder / "no")


def test_wrong_usage_names_what_is_possible(workplace):
    results = example(workplace, "one")
    assert "markdown" in workplace.run("report", results, "--format", "pdf").stderr
    finished = workplace.run("report", results, "--format", "csv", "--table", "tirals")
    assert finished.returncode == 2
    assert "Did you mean 'trials'?" in finished.stderr
