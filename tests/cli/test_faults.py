"""Mistakes of the user and faults of the system: a sentence that says what to do, the right exit code, nothing lost."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest


def count_trials(path):
    with sqlite3.connect(path) as database:
        return database.execute("SELECT count(*) FROM trial").fetchone()[0]


def wait_for_trials(workplace, path, count):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if path.exists():
            try:
                if count_trials(path) >= count:
                    return
            except sqlite3.OperationalError:
                pass  # not made yet, or being written
        time.sleep(0.02)
    raise AssertionError("no trial was recorded in time")


def processes_with(text):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % pid, "rb") as file:
                if text.encode() in file.read():
                    found.append(int(pid))
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], ["Name a verb.", "run", "env"]),
        (["runn"], ["There is no verb 'runn'.", "Did you mean 'run'?"]),
        (["run"], ["study is required", "plumbline run --help"]),
        (["run", "x.toml", "--jsn"], ["--jsn", "Did you mean '--json'?"]),
        (["run", "missing.toml"], ["missing.toml"]),
        (["list", "stack"], ["There is no verb 'stack'.", "Did you mean 'stacks'?", "'plumbline list'"]),
        (["data"], ["'plumbline data' needs a verb: list, fetch or verify."]),
        (["-x"], ["'-x' is no option of 'plumbline'", "run"]),
        (["data", "list", "--jsn"], ["Did you mean '--json'?", "'plumbline data list --help'"]),
        (["env", "add", "pytorhc"], ["There is no stack 'pytorhc'.", "Did you mean 'pytorch'?"]),
    ],
)
def test_wrong_command_lines_are_usage_errors(workplace, arguments, words):
    finished = workplace.run(*arguments)
    assert finished.returncode in (2, 3) if "missing.toml" in arguments else finished.returncode == 2
    assert finished.stdout == ""
    for word in words:
        assert word in finished.stderr


@pytest.mark.parametrize("verb", [[], ["run"], ["data"], ["env"], ["env", "add"], ["list"], ["doctor"], ["version"]])
def test_help_is_on_standard_output_and_fits_a_screen(workplace, verb):
    finished = workplace.run(*verb, "--help")
    assert finished.returncode == 0
    assert finished.stderr == ""
    assert 3 < len(finished.stdout.splitlines()) < 45


def test_version_is_an_option_too(workplace):
    assert workplace.run("--version").stdout == workplace.run("version").stdout


def test_doctor_tells_of_machine_and_stacks_in_json(workplace):
    document = json.loads(workplace.run("doctor", "--json").stdout)
    assert document["plumbline_doctor"] == 1
    assert document["threads"] >= 1
    assert document["machine"]["memory_bytes"] > 0
    assert {"native", "pytorch"} <= {stack["stack"] for stack in document["stacks"]}


def test_mistake_in_a_study_names_line_and_column_with_a_caret(workplace):
    study = workplace.study()
    path = workplace.folder / study
    path.write_text(path.read_text().replace("epochs = 3", "epoch = 3"))
    finished = workplace.run("run", study)
    assert finished.returncode == 2
    assert "small.toml:21:1" in finished.stderr
    assert "epoch = 3" in finished.stderr
    assert "^" in finished.stderr
    assert "epochs" in finished.stderr


IN_STACK = "[stack.native.recipe]\ntraining_images = 1000"


@pytest.mark.parametrize(
    "old, new, place, sentence",
    [
        (
            "[8, 8, 1]",
            "[10, 10, 1]",
            "8:9",
            "The network takes (10, 10, 1), but the images of the data set 'digits' are (8, 8, 1).",
        ),
        ("dense = 4 }", "dense = 5 }", "14:3", "The last layer 'dense_1' has 5 outputs, but 'digits' has 4 classes."),
        (
            "epochs = 3",
            "epochs = 3\ntraining_images = 1000",
            "22:19",
            "training_images is 1000, but 'digits' has only 200.",
        ),
        ("epochs = 3", "epochs = 3\n" + IN_STACK, "23:19", "training_images is 1000, but 'digits' has only 200."),
        (
            "batch = 20",
            'batch = 500\nlast_batch = "drop"',
            "20:9",
            "The last batch is dropped, and 200 training images of 'digits' do not fill one of 500.",
        ),
    ],
)
def test_study_that_does_not_fit_its_data_is_told_at_its_place(workplace, old, new, place, sentence):
    study = workplace.study()
    path = workplace.folder / study
    path.write_text(path.read_text().replace(old, new))
    finished = workplace.run("run", study)
    assert finished.returncode == 2
    assert finished.stderr.startswith("plumbline: small.toml:%s: %s\n" % (place, sentence))
    assert finished.stderr.rstrip().endswith("^")


def test_missing_and_damaged_data_are_sentences(workplace):
    study = workplace.study()
    (workplace.folder / "digits.npz").write_bytes(b"PK\x03\x04 not really")
    damaged = workplace.run("run", study)
    assert damaged.returncode == 3
    assert "digits.npz" in damaged.stderr
    (workplace.folder / "digits.npz").unlink()
    missing = workplace.run("run", study)
    assert missing.returncode == 3
    assert "digits.npz" in missing.stderr


def test_missing_environment_names_the_command(workplace):
    finished = workplace.run("run", workplace.study(stacks=("native", "pytorch")), XDG_CACHE_HOME=str(workplace.folder))
    assert finished.returncode == 3
    assert "plumbline env add pytorch" in finished.stderr
    assert not (workplace.folder / "small.results.sqlite").exists()


def test_results_file_of_a_newer_version_is_refused_and_untouched(workplace):
    study = workplace.study()
    workplace.run("run", study)
    path = workplace.folder / "small.results.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 999")
    before = path.read_bytes()
    finished = workplace.run("run", study)
    assert finished.returncode == 3
    assert "newer Plumbline" in finished.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to be looked at" * 20, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_file_that_is_no_results_file_is_refused_and_untouched(workplace, content):
    path = workplace.folder / "small.results.sqlite"
    path.write_bytes(content)
    finished = workplace.run("run", workplace.study())
    assert finished.returncode == 3
    assert "small.results.sqlite" in finished.stderr
    assert path.read_bytes() == content


def test_results_in_a_folder_that_does_not_exist_fail_before_the_first_trial(workplace):
    finished = workplace.run("run", workplace.study(), "--results", "no/such/folder/r.sqlite")
    assert finished.returncode == 3
    assert "cannot be written" in finished.stderr


def test_second_run_on_the_same_results_file_is_refused(workplace):
    study = workplace.study(stacks=(workplace.bad_stack("hang"),), timeout=60)
    first = workplace.start("run", study)
    path = workplace.folder / "small.results.sqlite"
    while not path.exists():
        time.sleep(0.05)
    time.sleep(1)
    second = workplace.run("run", study)
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=30)
    assert second.returncode == 3
    assert "Another run is writing to" in second.stderr


def test_interrupt_keeps_what_is_done_and_the_next_run_goes_on(workplace):
    study = workplace.study(stacks=("native", workplace.bad_stack("hang")), timeout=600)
    running = workplace.start("run", study)
    path = workplace.folder / "small.results.sqlite"
    wait_for_trials(workplace, path, 1)
    time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "1 of 2 trials are recorded" in errors
    assert count_trials(path) == 1
    resumed = workplace.run("run", workplace.study(stacks=("native",)))
    assert resumed.returncode == 0
    assert count_trials(path) == 1


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.3, 1.0])
def test_kill_leaves_no_process_and_loses_at_most_the_running_trial(workplace, delay):
    marker = "PLUMBLINE_TEST_MARKER=%s" % workplace.folder.name
    bad = workplace.bad_stack("hang_deaf")
    toml = workplace.folder / bad / "stack.toml"
    toml.write_text(toml.read_text() + 'PLUMBLINE_TEST_MARKER = "%s"\n' % workplace.folder.name)
    study = workplace.study(stacks=("native", bad), timeout=600)
    running = workplace.start("run", study)
    path = workplace.folder / "small.results.sqlite"
    wait_for_trials(workplace, path, 1)
    time.sleep(delay)
    running.kill()
    running.communicate(timeout=30)
    deadline = time.monotonic() + 10
    while processes_with(marker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_with(marker) == []
    assert count_trials(path) == 1
    workplace.run("run", workplace.study(stacks=("native",)), "--seeds", "2")
    leftovers = [name for name in os.listdir("/dev/shm") if name.startswith("plumbline-%d-" % running.pid)]
    assert leftovers == [], "what the guard could not remove, the next run removes"


def test_full_disk_is_a_sentence_and_keeps_earlier_trials(workplace):
    if (
        shutil.which("unshare") is None
        or subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0
    ):
        pytest.skip("this system allows no mount namespace")
    workplace.study(seeds=40, epochs=1)
    small = workplace.folder / "small_disk"
    small.mkdir()
    script = "mount -t tmpfs -o size=128k none %s && exec %s run small.toml --quiet --results %s/r.sqlite" % (
        small,
        workplace.command()[0],
        small,
    )
    finished = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script + "; "], cwd=workplace.folder, capture_output=True, text=True, timeout=300
    )
    assert finished.returncode == 3, finished.stderr
    assert "The disk is full" in finished.stderr
    assert "Free some space" in finished.stderr


def test_second_env_add_waits_for_the_first_and_can_be_interrupted(workplace):
    folder = workplace.folder / "built"
    folder.mkdir()
    (folder / "stack.toml").write_text(
        'name = "built"\nframework = "none"\ncommand = ["true"]\nbuild = ["sleep", "4"]\n'
    )
    cache = {"XDG_CACHE_HOME": str(workplace.folder / "cache")}
    first = workplace.start("env", "add", "./built", **cache)
    assert "building" in first.stderr.readline()
    second = workplace.start("env", "add", "./built", **cache)
    assert "Waiting for another program" in second.stderr.readline()
    second.send_signal(signal.SIGINT)
    _, errors = second.communicate(timeout=2)
    assert second.returncode == 130
    assert "Interrupted" in errors
    third = workplace.run("env", "add", "./built", **cache)
    assert third.returncode == 0
    assert "Waiting for another program" in third.stderr
    assert first.wait(timeout=30) == 0


def test_stack_of_another_name_than_its_folder_is_refused(workplace):
    """Its trials would stand under the other name's in the table."""
    study = workplace.study(stacks=(workplace.bad_stack("good"), "native"))
    toml = workplace.folder / "bad_good" / "stack.toml"
    toml.write_text(toml.read_text().replace('name = "bad_good"', 'name = "native"'))
    finished = workplace.run("run", study)
    assert finished.returncode == 2
    assert "the key 'name' must be the folder's name, 'bad_good'; it is 'native'" in finished.stderr


def test_standard_error_that_is_closed_does_not_reach_the_results_file(workplace):
    """A file gets the lowest free number: the results file would become standard error."""
    command = workplace.command("run", workplace.study(seeds=2))
    shell = 'exec "$@" 2>&-'
    finished = subprocess.run(["sh", "-c", shell, "sh", *command], cwd=workplace.folder, stdout=subprocess.DEVNULL)
    assert finished.returncode == 0
    assert count_trials(workplace.folder / "small.results.sqlite") == 2


def test_output_that_cannot_be_written_is_a_sentence(workplace):
    with open("/dev/full", "w") as full:
        finished = subprocess.run(
            workplace.command("run", workplace.study(), "--quiet"),
            cwd=workplace.folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert finished.returncode == 3
    assert "Standard output could not be written" in finished.stderr
    assert count_trials(workplace.folder / "small.results.sqlite") == 1


def test_json_is_json_whatever_bytes_a_path_has(workplace):
    study = workplace.study()
    finished = workplace.run("run", study, "--json", "--results", os.fsdecode(b"a\xff.sqlite"))
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout)["results"] == "a\N{REPLACEMENT CHARACTER}.sqlite"


def test_cache_that_cannot_be_made_is_a_sentence(workplace):
    finished = workplace.run("run", workplace.study(), XDG_CACHE_HOME="/dev/null")
    assert finished.returncode == 3
    assert "'/dev/null/plumbline/stack/native' cannot be used: Not a directory" in finished.stderr


def test_more_threads_than_cores_are_refused_before_anything_is_made(workplace):
    for arguments in (["--dry-run"], []):
        finished = workplace.run("run", workplace.study(), "--threads", "4096", *arguments)
        assert finished.returncode == 2
        assert "4096 threads were asked for" in finished.stderr
    assert not (workplace.folder / "small.results.sqlite").exists()


def test_plan_can_be_read_from_what_a_killed_run_left(workplace):
    """An empty file; and a transaction half written, with the journal to roll it back."""
    study = workplace.study()
    (workplace.folder / "empty.sqlite").touch()
    assert workplace.run("run", study, "--dry-run", "--results", "empty.sqlite").returncode == 0
    workplace.run("run", study)
    path = workplace.folder / "small.results.sqlite"
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA cache_size = 2")
    database.execute("BEGIN")
    database.execute("UPDATE trial SET key = 'lost', standard_output = randomblob(200000)")
    for ending in ("", "-journal"):
        shutil.copy(str(path) + ending, str(workplace.folder / "killed.sqlite") + ending)
    database.execute("ROLLBACK")
    finished = workplace.run("run", study, "--dry-run", "--results", "killed.sqlite")
    assert finished.returncode == 0, finished.stderr
    assert "(done)" in finished.stdout
