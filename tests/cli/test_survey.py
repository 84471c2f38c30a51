"""`plumbline survey`: cells come from probes that were run, are kept with their evidence, and can be made again."""

import csv
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess

import pytest
from conftest import PROGRAM, PROJECT
from test_export import python_stacks

# Of a Python stack: quick ones, each of another kind.
QUICK = ["ease", "mistakes/string_labels", "data_sets", "community"]


def survey(folder, *arguments, timeout=900, **variables):
    return subprocess.run(
        [str(PROGRAM), "survey", *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def document(folder, *arguments, **variables):
    finished = survey(folder, *arguments, "--format", "json", **variables)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout), finished.stderr


def cells(surveyed):
    """{question: its first cell}, of those that were answered."""
    found = {question["question"]: question["cells"][0] for question in surveyed["questions"]}
    return {question: cell for question, cell in found.items() if cell["text"]}


def without_times(value):
    """A cell's value without what the clock told."""
    if isinstance(value, dict):
        return {key: without_times(one) for key, one in value.items() if key != "seconds"}
    return value


def evidence(folder):
    with sqlite3.connect(folder / "survey.results.sqlite") as database:
        database.row_factory = sqlite3.Row
        return database.execute("SELECT * FROM survey_evidence WHERE superseded = 0 ORDER BY id").fetchall()


@pytest.mark.parametrize("stack", python_stacks()[:1])
def test_cells_can_be_made_again_from_nothing(stack, tmp_path):
    arguments = (stack, "--probes", ",".join(QUICK))
    first, progress = document(tmp_path, *arguments)
    assert f"[4/4] {stack}, community" in progress
    assert {"lines", "calls", "string_labels", "data_sets", "contributors"} <= set(cells(first))
    again, progress = document(tmp_path, *arguments)
    assert progress == "", "what is known is not asked again"
    assert cells(again) == cells(first)
    (tmp_path / "survey.results.sqlite").unlink()
    anew, progress = document(tmp_path, *arguments)
    assert f"[4/4] {stack}, community" in progress
    before, after = cells(first), cells(anew)
    assert {key: without_times(cell["value"]) for key, cell in after.items()} == {
        key: without_times(cell["value"]) for key, cell in before.items()
    }


@pytest.mark.parametrize("stack", python_stacks()[:1])
def test_every_cell_keeps_what_was_run_its_output_and_its_exit_status(stack, tmp_path):
    surveyed, _ = document(tmp_path, stack, "--probes", "mistakes/string_labels,ease")
    cell = cells(surveyed)["string_labels"]
    proof = surveyed["evidence"][cell["evidence"] - 1]
    assert proof["probe"] == "mistakes/string_labels"
    assert "# Training" in proof["script"], "the program that was run"
    assert "Traceback" in proof["output"], "and what it said"
    assert cell["value"]["exception"] in proof["output"]
    assert proof["exit_status"] == 1
    assert proof["network_isolated"] is True
    assert proof["versions"]["python"].startswith("3.")
    assert all(row["script"] and row["measured_at"].endswith("Z") for row in evidence(tmp_path))


@pytest.mark.long
@pytest.mark.parametrize("stack", python_stacks())
def test_every_question_has_an_answer_or_a_reason(stack, tmp_path):
    surveyed, _ = document(tmp_path, stack)
    for question in surveyed["questions"]:
        cell = question["cells"][0]
        assert bool(cell["text"]) != bool(cell["reason"]), question
        assert cell["evidence"] is not None
    assert all(proof["reason"] == "" for proof in surveyed["evidence"]), [
        (proof["probe"], proof["reason"], proof["output"][-500:]) for proof in surveyed["evidence"] if proof["reason"]
    ]


def test_survey_goes_on_where_it_was_stopped(tmp_path):
    started = subprocess.Popen(
        [str(PROGRAM), "survey", "native"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    for _ in range(2):  # two probes are done
        assert started.stderr.readline()
    started.send_signal(signal.SIGINT)
    started.communicate(timeout=60)
    assert started.returncode == 130
    done = len(evidence(tmp_path))
    assert 2 <= done < 16
    finished = survey(tmp_path, "native")
    assert finished.returncode == 0, finished.stderr
    assert len(finished.stderr.splitlines()) == 16 - done
    assert f"[{done + 1}/16]" in finished.stderr


def test_changed_study_asks_again_only_what_depends_on_it(tmp_path):
    survey(tmp_path, "native")
    finished = survey(tmp_path, "native", "--study", str(PROJECT / "studies" / "paper.toml"))
    assert [line.split(":")[0] for line in finished.stderr.splitlines()] == ["[1/16] native, ease"]


def test_missing_stack_has_empty_cells_with_the_reason(tmp_path):
    surveyed, progress = document(tmp_path, "pytorch", XDG_CACHE_HOME=str(tmp_path / "empty"))
    assert progress == ""
    for question in surveyed["questions"]:
        cell = question["cells"][0]
        assert cell["text"] == "" and cell["evidence"] is None
        assert "plumbline env add pytorch" in cell["reason"] or "missing" in cell["reason"]


def test_stack_of_the_users_own_has_reasons_too(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "stack.toml").write_text('name = "mine"\nframework = "own"\ncommand = ["true"]\n')
    surveyed, _ = document(tmp_path, "./mine", "--probes", "ease,weight,community")
    by_question = {question["question"]: question["cells"][0] for question in surveyed["questions"]}
    assert "cannot write programs for the stack 'mine'" in by_question["lines"]["reason"]
    assert by_question["install_size"]["reason"] and by_question["contributors"]["reason"]


def test_table_comes_as_text_markdown_and_csv(tmp_path):
    text = survey(tmp_path, "native", "--probes", "community").stdout
    assert "Community\n  Contributors\n    native  - (" in text
    markdown = survey(tmp_path, "native", "--probes", "community", "--format", "markdown").stdout
    assert "## Community" in markdown and 'id="evidence-1"' in markdown
    lines = list(
        csv.DictReader(io.StringIO(survey(tmp_path, "native", "--probes", "community", "--format", "csv").stdout))
    )
    assert {line["stack"] for line in lines} == {"native"}
    assert {"lines", "contributors"} <= {line["question"] for line in lines}


def test_unknown_probe_is_told_with_the_nearest(tmp_path):
    finished = survey(tmp_path, "native", "--probes", "mistake")
    assert finished.returncode == 2
    assert "Did you mean 'mistakes'?" in finished.stderr
    assert not (tmp_path / "survey.results.sqlite").exists()


# The file of dated numbers


@pytest.fixture
def numbers(tmp_path):
    file = tmp_path / "community.csv"
    shutil.copy(PROJECT / "survey" / "community.csv", file)
    return file


def git(clone, *arguments, author="Ada", date="2020-01-02T00:00:00Z"):
    identity = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in
                (("NAME", author), ("EMAIL", author + "@x.org"), ("DATE", date))}  # fmt: skip
    subprocess.run(
        ["git", "-C", str(clone), *arguments], check=True, env={**os.environ, **identity}, capture_output=True
    )


def make_clone(folder, top):
    clone = folder / "clone"
    (clone / top).mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(clone)], check=True)
    for number, author in enumerate(["Ada", "Bob", "Ada"]):
        (clone / top / "file").write_text(str(number))
        git(clone, "add", ".")
        git(clone, "commit", "-qm", "x", author=author, date=f"2020-01-0{number + 2}T00:00:00Z")
        git(clone, "tag", ["v1.0.0", "v1.1.0", "v2.0.0-rc1"][number])
    return clone


def rows_of(file, framework):
    with open(file, newline="") as rows:
        return [row for row in csv.DictReader(rows) if row["framework"] == framework]


def test_refresh_reads_contributors_and_releases_from_a_clone(tmp_path, numbers):
    clone = make_clone(tmp_path, "torch")
    finished = survey(tmp_path, "--refresh", str(clone), "--community", str(numbers))
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == "PyTorch: 2 contributors, 2 releases on 2020-01-04\n"
    rows = {row["measure"]: row for row in rows_of(numbers, "PyTorch") if row["date"] != "2017"}
    assert rows["contributors"]["number"] == "2"
    assert rows["releases"]["number"] == "2"
    assert rows["released 1.1.0"]["number"] == "2020-01-03"
    assert all(row["date"] == "2020-01-04" and "git clone" in row["source"] for row in rows.values())


def test_refresh_keeps_the_numbers_of_2017_and_replaces_those_of_an_earlier_clone(tmp_path, numbers):
    clone = make_clone(tmp_path, "torch")
    survey(tmp_path, "--refresh", str(clone), "--community", str(numbers))
    once = numbers.read_text()
    survey(tmp_path, "--refresh", str(clone), "--community", str(numbers))
    assert numbers.read_text() == once
    assert [row["number"] for row in rows_of(numbers, "PyTorch") if row["date"] == "2017"] == ["295"]


def test_refresh_refuses_what_is_no_clone_it_knows_and_changes_nothing(tmp_path, numbers):
    before = numbers.read_text()
    (tmp_path / "empty").mkdir()
    unknown = make_clone(tmp_path, "something")
    shallow = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", f"file://{make_clone(tmp_path / 'b', 'keras')}", shallow], check=True
    )
    for clone, reason in (
        (tmp_path / "empty", "cannot be read"),
        (unknown, "not a clone that is known"),
        (shallow, "shallow"),
    ):
        finished = survey(tmp_path, "--refresh", str(clone), "--community", str(numbers))
        assert finished.returncode == 2, finished.stderr
        assert reason in finished.stderr
    assert numbers.read_text() == before


def test_numbers_of_the_paper_are_those_it_states():
    # P. Mahajan (2017), "Community Support Size".
    of_2017 = {}
    for framework in ("TensorFlow", "PyTorch", "Keras"):
        (of_2017[framework],) = [row["number"] for row in rows_of(PROJECT / "survey" / "community.csv", framework)
                                 if (row["measure"], row["date"]) == ("contributors", "2017")]  # fmt: skip
    assert of_2017 == {"TensorFlow": "1021", "PyTorch": "295", "Keras": "521"}
