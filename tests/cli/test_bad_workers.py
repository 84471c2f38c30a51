"""Each way in which a worker can be bad ends as a recorded outcome with a reason, and the rest of the study goes on."""

import json
import os
import pty
import re
import sqlite3
import subprocess

import pytest
from conftest import PROJECT

CASES = [
    ("good", "trained", ""),
    ("crash:describe", "crashed", ""),
    ("crash:load_data", "crashed", ""),
    ("crash:build", "crashed", ""),
    ("crash:get_state", "crashed", ""),
    ("crash:train", "crashed", ""),
    ("crash:predict", "crashed", ""),
    ("hang", "timed_out", ""),
    ("garbage", "protocol_error", ""),
    ("oversize", "protocol_error", ""),
    ("wrong_id", "protocol_error", ""),
    ("end_silently", "crashed", ""),
    ("error", "failed", ""),
    ("unsupported:build", "unsupported", ""),
    ("wrong_shapes:get_state", "protocol_error", "must be F32"),
    ("wrong_shapes:predict", "protocol_error", "must be F32"),
    ("no_file:predict", "protocol_error", ""),
    ("nan_loss", "diverged", "loss is nan"),
    ("no_training", "untrusted", "no weight differs"),
    ("fewer_steps", "untrusted", "steps"),
    ("broken_steps", "protocol_error", "'steps'"),
    ("progress_of_other_steps", "protocol_error", "steps"),
    ("many_lines", "failed", "ValueError: one two three"),
    ("pipe_as_file:predict", "protocol_error", "without writing"),
    ("remove_folders:get_state", "failed", "nothing left"),
    ("crash:close", "trained", "did not end as it should. It was killed by signal 11"),
    ("hang:close", "trained", "did not end as it should"),
    ("print_gigabyte", "trained", ""),
    ("grandchildren", "trained", "left processes behind"),
]


def recorded(workplace):
    with sqlite3.connect(workplace.folder / "small.results.sqlite") as database:
        return database.execute("SELECT stack, outcome, reason FROM trial ORDER BY id").fetchall()


@pytest.mark.parametrize("mode, outcome, words", CASES, ids=[case[0] for case in CASES])
def test_bad_worker_is_a_recorded_outcome_and_the_study_goes_on(workplace, mode, outcome, words):
    timeout = 5 if mode == "hang" else 60
    study = workplace.study(stacks=(workplace.bad_stack(mode), "native"), epochs=1, timeout=timeout)
    finished = workplace.run("run", study)
    assert finished.returncode == (0 if outcome == "trained" else 1), finished.stderr
    (bad, native) = recorded(workplace)
    assert bad[:2] == ("bad_" + mode.replace(":", "_"), outcome), bad
    assert words in bad[2]
    assert bad[2] or outcome == "trained", "every failure has a reason"
    assert native[:2] == ("native", "trained")


def test_worker_cannot_spoil_the_data_of_the_next(workplace):
    workplace.run("run", workplace.study(name="alone"))
    workplace.run("run", workplace.study(stacks=(workplace.bad_stack("spoil_data:load_data"), "native")))
    found = []
    for name in ("alone", "small"):
        with sqlite3.connect(workplace.folder / (name + ".results.sqlite")) as database:
            found += database.execute("SELECT final_loss FROM trial WHERE stack = 'native'").fetchall()
    assert found[0] == found[1]


def test_progress_that_makes_no_sense_does_not_end_the_live_display(workplace):
    study = workplace.study(stacks=(workplace.bad_stack("progress_of_other_steps"), "native"), epochs=1)
    controller, terminal = pty.openpty()
    finished = subprocess.run(
        workplace.command("run", study),
        cwd=workplace.folder,
        env={**workplace.environment, "TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=terminal,
        timeout=60,
    )
    os.close(terminal)
    os.close(controller)
    assert finished.returncode == 1
    assert [row[1] for row in recorded(workplace)] == ["protocol_error", "trained"]


def test_environment_of_a_worker_is_that_of_the_protocol(workplace):
    study = workplace.study(stacks=(workplace.bad_stack("environment:describe"),), epochs=1)
    workplace.run("run", study, "--threads", "1", SECRET="of the user", LD_PRELOAD="")
    with sqlite3.connect(workplace.folder / "small.results.sqlite") as database:
        (log,) = database.execute("SELECT standard_error FROM trial").fetchone()
    environment = json.loads(log)
    page = (PROJECT / "docs" / "protocol.md").read_text()
    surroundings = page[page.index("## Surroundings") : page.index("## Tensors")]
    documented = set(re.findall(r"`([A-Z_]+)(?:=[^`]*)?`", surroundings))
    descriptors = {"PLUMBLINE_REQUEST_FD", "PLUMBLINE_RESPONSE_FD"}
    assert documented | descriptors <= set(environment)
    assert "SECRET" not in environment and "LD_PRELOAD" not in environment
    assert environment["PLUMBLINE_PROTOCOL"] == "1"
    assert {value for name, value in environment.items() if "THREADS" in name} == {"1"}


def test_memory_hog_is_stopped_at_the_limit(workplace):
    name = workplace.study(stacks=(workplace.bad_stack("memory_hog"), "native"), epochs=1)
    path = workplace.folder / name
    path.write_text('memory_limit = "700 MB"\n' + path.read_text())
    finished = workplace.run("run", name)
    assert finished.returncode == 1
    (bad, native) = recorded(workplace)
    assert bad[1] == "out_of_memory", bad
    assert native[1] == "trained"


def test_worker_has_no_network(workplace):
    finished = workplace.run("run", workplace.study(stacks=(workplace.bad_stack("network"), "native"), epochs=1))
    with sqlite3.connect(workplace.folder / "small.results.sqlite") as database:
        isolated, outcome = database.execute(
            "SELECT network_isolated, outcome FROM trial ORDER BY id LIMIT 1"
        ).fetchone()
    if not isolated:
        assert "could have reached a network" in finished.stdout
        pytest.skip("this system allows no network isolation; the results say so")
    assert outcome == "failed"


def test_failures_run_again_only_with_retry(workplace):
    study = workplace.study(stacks=(workplace.bad_stack("crash:train"),), epochs=1)
    workplace.run("run", study)
    workplace.run("run", study)
    assert len(recorded(workplace)) == 1
    workplace.run("run", study, "--retry")
    with sqlite3.connect(workplace.folder / "small.results.sqlite") as database:
        assert database.execute("SELECT superseded FROM trial ORDER BY id").fetchall() == [(1,), (0,)]
