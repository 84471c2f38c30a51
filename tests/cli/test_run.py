"""`plumbline run` end to end on a small data set with the native stack."""

import sqlite3

import numpy as np
from safetensors.numpy import save_file

PHASES = ["import", "load", "build", "compile", "train", "predict", "inspect", "residual"]


def rows(workplace, sql, name="small"):
    with sqlite3.connect(workplace.folder / (name + ".results.sqlite")) as database:
        return database.execute(sql).fetchall()


def test_trains_on_own_data_and_prints_the_table(workplace):
    finished = workplace.run("run", workplace.study(seeds=2))
    assert finished.returncode == 0, finished.stderr
    assert "Does it learn?" in finished.stdout
    assert "test accuracy %" in finished.stdout
    assert "2 of 2 trials done. Results: small.results.sqlite" in finished.stdout
    assert "[2/2]" in finished.stderr, "progress is on standard error"
    assert "[2/2]" not in finished.stdout


def test_learns_what_is_easy_to_learn(workplace):
    finished, document = workplace.run_json(workplace.study(epochs=10))
    assert finished.returncode == 0, finished.stderr
    assert document["plumbline_run"] == 1
    stack = document["data"][0]["stacks"][0]
    assert stack["outcomes"] == {"trained": 1}
    assert stack["accuracy"]["by_seed"]["0"] > 0.9


def test_phases_sum_to_the_wall_time(workplace):
    workplace.run("run", workplace.study(seeds=2))
    for wall, total, count in rows(
        workplace,
        "SELECT wall_seconds, sum(seconds), count(*) FROM trial JOIN phase ON trial_id = trial.id GROUP BY trial.id",
    ):
        assert abs(wall - total) < 1e-9
        assert count == len(PHASES)
    assert {name for (name,) in rows(workplace, "SELECT DISTINCT name FROM phase")} == set(PHASES)
    assert rows(workplace, "SELECT min(seconds) FROM phase WHERE name = 'residual'")[0][0] > 0


def test_stores_predictions_that_agree_with_the_accuracy(workplace):
    workplace.run("run", workplace.study(epochs=10))
    accuracy, images, correct, predicted = rows(
        workplace, "SELECT accuracy, test_images, correct, predicted_class FROM trial JOIN prediction ON trial_id = id"
    )[0]
    assert images == 80
    assert sum(bin(byte).count("1") for byte in correct) == round(accuracy * images)
    hits = sum(
        1 for image in range(images) if int.from_bytes(predicted[2 * image : 2 * image + 2], "little") == image % 4
    )
    assert hits == round(accuracy * images)


def test_same_seed_gives_the_same_numbers_and_another_seed_others(workplace):
    _, first = workplace.run_json(workplace.study(seeds=2))
    _, again = workplace.run_json("small.toml", "--results", "other.sqlite")
    assert first["data"][0]["stacks"][0]["accuracy"] == again["data"][0]["stacks"][0]["accuracy"]
    losses = [loss for (loss,) in rows(workplace, "SELECT final_loss FROM trial ORDER BY seed")]
    assert losses[0] != losses[1]


def test_second_run_has_nothing_to_do_and_more_seeds_add_to_it(workplace):
    study = workplace.study(seeds=1)
    workplace.run("run", study)
    second = workplace.run("run", study)
    assert second.returncode == 0
    assert "[1/1]" not in second.stderr
    workplace.run("run", study, "--seeds", "3")
    assert rows(workplace, "SELECT count(*), count(DISTINCT run_id) FROM trial") == [(3, 2)]


def test_changed_recipe_is_another_trial(workplace):
    workplace.run("run", workplace.study(epochs=1))
    workplace.run("run", workplace.study(epochs=2))
    assert rows(workplace, "SELECT steps FROM trial ORDER BY id") == [(10,), (20,)]


def test_stacks_alternate_within_a_seed_block(workplace):
    study = workplace.study(stacks=("native", "native-reference"), seeds=2, epochs=1)
    finished = workplace.run("run", study)
    assert finished.returncode == 0, finished.stderr
    order = rows(workplace, "SELECT stack, seed FROM trial ORDER BY id")
    assert order == [("native", 0), ("native-reference", 0), ("native-reference", 1), ("native", 1)]


def test_controlled_mode_gives_both_engines_the_same_training(workplace):
    study = workplace.study(stacks=("native", "native-reference"), epochs=2)
    finished = workplace.run("run", study, "--controlled")
    assert finished.returncode == 0, finished.stderr
    losses = [loss for (loss,) in rows(workplace, "SELECT final_loss FROM trial")]
    # 20 steps of a small network: rounding alone, far below what another order or mask would do.
    assert abs(losses[0] - losses[1]) < 1e-3 * losses[0]


def test_dry_run_prints_the_plan_and_makes_no_file(workplace):
    finished = workplace.run("run", workplace.study(seeds=2), "--dry-run")
    assert finished.returncode == 0
    assert finished.stdout.splitlines() == ["   1  digits  native  seed 0", "   2  digits  native  seed 1"]
    assert not (workplace.folder / "small.results.sqlite").exists()


def test_records_settings_that_the_study_left_out(workplace):
    workplace.run("run", workplace.study())
    settings = dict(rows(workplace, "SELECT name, value FROM setting"))
    assert settings["optimizer.learning_rate"] == "0.01"
    assert "optimizer.epsilon" in settings
    assert "optimizer.beta_1" in settings


def linear_study(workplace, names):
    path = workplace.folder / workplace.study()
    head, rest = path.read_text().split("layers = [")
    recipe = rest[rest.index("[recipe]") :].replace("learning_rate = 0.01", "learning_rate = 1e-12")
    layers = "layers = [{ flatten = true }, { dense = 4 }]\n\n"
    path.write_text(head + layers + recipe + 'weights = { checkpoint = "w.safetensors", names = { %s } }\n' % names)
    return path.name


def test_another_map_of_names_of_the_same_checkpoint_is_another_trial(workplace):
    """One bias prefers class 0 and the other class 1; the learning rate is too small to change that."""
    zero, one = np.eye(4, dtype=np.float32)[:2]
    tensors = {"kernel": np.zeros((64, 4), np.float32), "bias0": zero, "bias1": one}
    save_file(tensors, workplace.folder / "w.safetensors")
    for bias in ("bias0", "bias1"):
        names = '"dense_1/kernel" = "kernel", "dense_1/bias" = "%s"' % bias
        finished = workplace.run("run", linear_study(workplace, names))
        assert finished.returncode == 0, finished.stderr
    predictions = [row[0][:2] for row in rows(workplace, "SELECT predicted_class FROM prediction ORDER BY trial_id")]
    assert predictions == [b"\0\0", b"\1\0"]


def test_checkpoint_that_does_not_fit_is_a_sentence_before_the_first_trial(workplace):
    tensors = {"turned": np.zeros((4, 64), np.float32), "bias": np.zeros(4, np.float32)}
    save_file(tensors, workplace.folder / "w.safetensors")
    study = linear_study(workplace, '"dense_1/kernel" = "turned", "dense_1/bias" = "bias"')
    finished = workplace.run("run", study)
    assert finished.returncode == 3
    assert "'turned' in the shape (4, 64), but 'dense_1/kernel' of the network has (64, 4)" in finished.stderr
    assert not (workplace.folder / "small.results.sqlite").exists()
