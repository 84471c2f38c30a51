"""The verdicts of `plumbline run`, on real trainings of the native stack under several names."""

import sqlite3

import pytest
from conftest import PROJECT

NATIVE = (PROJECT / "stacks" / "native" / "stack.toml").read_text()


@pytest.fixture
def native_named(workplace):
    """Makes a stack of one's own that is the native one under another name; returns its name in a study."""

    def make(name):
        (workplace.folder / name).mkdir()
        text = NATIVE.replace('name = "native"', 'name = "%s"' % name)
        (workplace.folder / name / "stack.toml").write_text(text)
        return "./" + name

    return make


def comparison(document):
    return document["data"][0]["comparison"]


def seeds_run(workplace):
    with sqlite3.connect(workplace.folder / "small.results.sqlite") as database:
        return [seed for (seed,) in database.execute("SELECT DISTINCT seed FROM trial ORDER BY seed")]


# A network that is trained for one step in 20 knows little, the other nearly everything.
WEAK = "\n[stack.weak.recipe]\nsteps = 1\n"


def test_names_what_is_better_and_by_how_much(workplace, native_named):
    study = workplace.study(stacks=("native", native_named("weak")), seeds=5, epochs=8, more=WEAK)
    finished, document = workplace.run_json(study)
    assert finished.returncode == 0, finished.stderr
    found = comparison(document)
    (pair,) = found["pairs"]
    assert found["ranking"] == ["native", "weak"]
    assert pair["accuracy"]["verdict"] == "better"
    assert not pair["accuracy"]["exploratory"]
    assert pair["accuracy"]["interval"]["low"] > 0
    assert pair["accuracy"]["new_test_set_interval"]["low"] <= pair["accuracy"]["interval"]["low"]
    assert found["settled"]
    table = workplace.run("run", study).stdout
    assert "weak is less accurate than native by " in table
    assert "The ranking by accuracy is settled." in table


def test_calls_two_names_of_one_stack_identical_and_not_equal(workplace, native_named):
    study = workplace.study(stacks=("native", native_named("twin")), seeds=2)
    _, document = workplace.run_json(study)
    (pair,) = comparison(document)["pairs"]
    assert pair["accuracy"]["verdict"] == "identical"
    assert pair["accuracy"]["p"] is None
    assert pair["accuracy"]["exploratory"]
    assert "identical predictions" in workplace.run("run", study).stdout


def test_leaves_one_seed_undecided_and_exploratory(workplace, native_named):
    study = workplace.study(stacks=("native", native_named("weak")), seeds=1, more=WEAK)
    _, document = workplace.run_json(study)
    (pair,) = comparison(document)["pairs"]
    assert pair["accuracy"]["verdict"] == "undecided"
    assert pair["accuracy"]["exploratory"]
    assert pair["accuracy"]["p_mcnemar"] < 0.05, "these two networks differ; of other seeds nothing is known"
    assert pair["time"]["verdict"] == "undecided"
    table = workplace.run("run", study).stdout
    assert "undecided, exploratory" in table
    assert "same" not in table


def test_counts_what_failed_beside_what_was_trained(workplace):
    study = workplace.study(stacks=("native", workplace.bad_stack("crash:train")), seeds=2)
    finished, document = workplace.run_json(study)
    assert finished.returncode == 1
    failures = {stack["stack"]: stack["failures"] for stack in comparison(document)["stacks"]}
    assert failures["native"] | {"share": None} == {"trials": 2, "diverged": 0, "failed": 0, "share": None}
    assert failures["bad_crash_train"]["failed"] == 2
    assert failures["bad_crash_train"]["share"]["high"] == 1


def test_goes_on_until_the_ranking_is_settled(workplace, native_named):
    study = workplace.study(stacks=("native", native_named("weak")), seeds=2, epochs=8, more=WEAK)
    finished, document = workplace.run_json(study, "--until-settled")
    assert finished.returncode == 0, finished.stderr
    found = comparison(document)
    assert found["settled"]
    assert found["settings"]["looks"] == "after_every_block"
    assert found["pairs"][0]["accuracy"]["method"] == "anytime-valid t"
    count = found["pairs"][0]["accuracy"]["seeds"]
    assert 5 <= count < 40, "no sooner than five, as fewer cannot reach 1 / alpha"
    assert seeds_run(workplace) == list(range(count))
    assert document["trials_done"] == document["trials_planned"] == 2 * count
    assert "digits: the ranking is settled after %d seeds." % count in finished.stderr

    again = workplace.run("run", study, "--until-settled")
    assert "trained" not in again.stderr, "nothing is run again"
    with sqlite3.connect(workplace.folder / "small.results.sqlite") as database:
        assert database.execute("SELECT until_settled FROM run").fetchall() == [(1,)]


def test_never_goes_beyond_the_limit(workplace, native_named):
    more = WEAK + "[comparison]\nmax_seeds = 3\n"
    study = workplace.study(stacks=("native", native_named("weak")), seeds="[7, 0]", more=more)
    finished, document = workplace.run_json(study, "--until-settled")
    assert finished.returncode == 0
    assert not comparison(document)["settled"], "three seeds settle nothing"
    assert seeds_run(workplace) == [0, 1, 7], "the smallest seed that was not taken comes next"
    assert "not settled after 3 seeds, which is the study's limit" in finished.stderr


def test_does_not_add_seeds_where_nothing_trains(workplace):
    first, second = workplace.bad_stack("crash:train"), workplace.bad_stack("crash:build")
    study = workplace.study(stacks=(first, second), seeds=1)
    finished = workplace.run("run", study, "--until-settled")
    assert finished.returncode == 1
    assert seeds_run(workplace) == [0]
    assert "not settled after 1 seed, as nothing was trained" in finished.stderr


def test_refuses_to_settle_one_stack_or_a_fixed_number_of_seeds(workplace, native_named):
    alone = workplace.run("run", workplace.study(), "--until-settled")
    assert alone.returncode == 2
    assert "Name a second stack" in alone.stderr
    both = workplace.run("run", workplace.study(), "--until-settled", "--seeds", "3")
    assert both.returncode == 2
    assert "--seeds" in both.stderr


def test_margin_of_the_study_makes_stacks_equivalent(workplace, native_named):
    """Both learn everything: with so easy data nothing separates them, and a margin of 20 points is wide."""
    more = "\n[stack.near.recipe]\nepochs = 9\n[comparison]\naccuracy_margin_points = 20\nreference = 'near'\n"
    study = workplace.study(stacks=("native", native_named("near")), seeds=6, epochs=10, more=more)
    _, document = workplace.run_json(study)
    found = comparison(document)
    assert found["settings"]["reference"] == "near"
    assert found["pairs"][0]["accuracy"]["verdict"] in ("equivalent", "identical")
    assert "reference" in workplace.run("run", study).stdout
