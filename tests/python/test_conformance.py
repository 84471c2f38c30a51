"""What every stack must do, whatever its framework. tests/python/stacks_under_test.py says which stacks are there."""

import os

import numpy as np
import pytest
from driver import Worker
from linear_model import CLASSES, FEATURES, RATE, LinearModel, linear_network, linear_recipe
from networks import (
    OPTIMIZER_NUMBERS,
    NetworkBuilder,
    every_layer_network,
    flattening_network,
    paper_network,
    parameter_shapes,
    recipe,
    residual_network,
    settings_left_out,
)
from optimizer_models import update_by
from stacks_under_test import THREADS, command_of
from supported import supported
from trial import Trial, cross_entropy, spots

NETWORKS = {
    "paper": paper_network((12, 12, 1), width=4, units=16),
    "residual": residual_network(),
    "every_layer": every_layer_network(),
    "flattening": flattening_network(),
}


# What no stack may call unsupported.
EVERYWHERE = ("paper", "residual")


def start(trial, name, **members):
    """Loads data that fit the network and builds it. Returns the labels and the settings."""
    network = NETWORKS[name]
    # In batches of twenty, the last is of one image; not where batch_norm has vectors, of which PyTorch wants two.
    images, labels = spots(network["input"], 41 if name == "paper" else 43)
    trial.load(images, labels)
    if name in EVERYWHERE:
        return labels, trial.build(network, recipe(**members))
    return labels, supported(trial.build, network, recipe(**members))


def test_a_worker_goes_through_a_trial_and_ends(stack, tmp_path):
    command, environment = command_of(*stack)
    trial = Trial(command, environment, tmp_path)
    with trial.worker:
        assert trial.described["framework"]
        assert trial.described["versions"]
        assert 1 <= trial.described["threads"] <= int(THREADS)
        labels, _ = start(trial, "paper")
        trial.train(3)
        assert trial.predict().shape == (len(labels), 10)
        assert trial.worker.close() == 0


def test_a_worker_ends_when_the_channel_closes(stack):
    with Worker(*command_of(*stack)) as worker:
        os.close(worker._request_fd)
        assert worker.process.wait(timeout=60) == 0
        worker._request_fd = os.open(os.devnull, os.O_RDONLY)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_parameter_is_there_and_a_state_comes_back_to_the_bit(trial, name):
    start(trial, name)
    shapes = parameter_shapes(NETWORKS[name])
    assert {parameter: list(tensor.shape) for parameter, tensor in trial.state().items()} == shapes
    random = np.random.RandomState(3)
    given = {parameter: random.uniform(0.1, 2, shape).astype(np.float32) for parameter, shape in shapes.items()}
    trial.set_state(given)
    came_back = trial.state()
    assert all(tensor.dtype == np.float32 for tensor in came_back.values())
    assert all((came_back[parameter] == given[parameter]).all() for parameter in shapes)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_setting_that_the_study_left_out_is_told(trial, name):
    _, settings = start(trial, name)
    missing = settings_left_out(NETWORKS[name], recipe()) - set(settings)
    assert not missing
    assert {"loop", "predict.batch", "device.name"} <= set(settings)


def test_settings_of_layers_that_the_study_names_are_used(trial):
    _, settings = start(trial, "every_layer")
    assert settings["stem_norm.momentum"] == pytest.approx(0.8)
    assert settings["stem_norm.epsilon"] == pytest.approx(1e-3)
    assert settings["side_norm.epsilon"] == pytest.approx(1e-4)


@pytest.mark.parametrize("name", ["paper", "every_layer"])
def test_training_takes_the_steps_and_the_loss_falls(trial, name):
    labels, _ = start(trial, name, optimizer={"name": "adam", "learning_rate": 0.003})
    before, outputs_before = trial.state(), trial.predict()
    result = trial.train(100)
    progress = trial.worker.progress
    after, outputs = trial.state(), trial.predict()
    assert result["steps"] == 100 and result["curve"][-1] == [100, result["loss"]] and result["curve"][0][0] == 1
    assert result["first_step_seconds"] > 0
    assert progress[-1] == {"step": 100, "steps": 100, "loss": result["loss"]}
    unchanged = [name for name in before if (before[name] == after[name]).all()]
    assert not unchanged
    assert np.isfinite(outputs).all()
    assert cross_entropy(outputs, labels) < cross_entropy(outputs_before, labels) - 0.1


@pytest.mark.parametrize("name", ["paper", "every_layer"])
def test_prediction_is_without_dropout_and_each_image_is_by_itself(trial, name):
    network = NETWORKS[name]
    images, labels = spots(network["input"], 43)
    trial.load(images, labels, test_images=np.concatenate([images[:1], np.repeat(images[5:6], 1202, 0), images[:1]]))
    supported(trial.build, network, recipe())
    trial.train(2)
    outputs = trial.predict()
    assert (outputs == trial.predict()).all()
    np.testing.assert_allclose(outputs[0], outputs[-1], rtol=1e-4, atol=1e-5)
    assert np.abs(outputs[1] - outputs[0]).max() > 1e-4


def test_outputs_are_those_of_the_state(trial):
    start(trial, "every_layer")
    state, outputs = trial.state(), trial.predict()
    trial.train(3)
    assert np.abs(trial.predict() - outputs).max() > 1e-4
    trial.set_state(state)
    np.testing.assert_allclose(trial.predict(), outputs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "mean_squared_error"])
@pytest.mark.parametrize("drop_last_batch", [False, True])
def test_unshuffled_training_is_the_arithmetic_of_the_protocol(trial, loss, drop_last_batch):
    """Seven images in batches of three: the last batch is of one image. Scaling, order, loss and SGD by hand."""
    random = np.random.RandomState(5)
    images, labels = random.randint(0, 256, (7, FEATURES)).astype(np.uint8), np.array([0, 2, 1, 1, 0, 2, 0])
    scaling = {"factor": 1 / 128, "mean": 0.5, "stddev": 0.8}
    trial.load(images, labels, classes=CLASSES, scaling=scaling)
    members = {"loss": loss, "batch": 3, "shuffle": False, "drop_last_batch": drop_last_batch, "input_scaling": scaling}
    trial.build(linear_network(), linear_recipe(**members))
    result = trial.train(8)
    model, inputs = LinearModel(loss), (images / 128 - 0.5) / 0.8
    epoch = [slice(0, 3), slice(3, 6)] + ([] if drop_last_batch else [slice(6, 7)])
    losses = [model.step(inputs[batch], labels[batch]) for batch in (epoch * 4)[:8]]
    assert result["curve"][0] == [1, pytest.approx(losses[0], rel=1e-5)]
    np.testing.assert_allclose(trial.state()["dense_1/kernel"], model.kernel, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(trial.predict(), inputs @ model.kernel, rtol=1e-4, atol=1e-5)


def test_an_epoch_shuffled_has_every_image_once(trial):
    """Image i is the i-th unit vector, so that only row i of the kernel learns from it."""
    images, labels = np.eye(FEATURES, dtype=np.float32), np.array([0, 1, 2, 0, 1])
    scaling = {"factor": 1.0, "mean": 0.0, "stddev": 1.0}
    trial.load(images, labels, classes=CLASSES, scaling=scaling)
    trial.build(linear_network(), linear_recipe(batch=2, input_scaling=scaling))
    trial.train(3)
    slopes = np.full((FEATURES, CLASSES), 1 / 3) - np.eye(CLASSES)[labels]
    shares = trial.state()["dense_1/kernel"] / (-0.5 * slopes)  # 1/2 of a batch of two, or all of the batch of one
    np.testing.assert_allclose(np.sort(shares.mean(axis=1)), [0.5, 0.5, 0.5, 0.5, 1], rtol=1e-4)


def test_an_epoch_shuffled_is_not_in_the_order_of_the_file(trial):
    images, labels = np.zeros((500, FEATURES), np.uint8), np.zeros(500, np.int64)
    images[:20, 0] = 255
    trial.load(images, labels, classes=CLASSES)
    trial.build(linear_network(), linear_recipe(batch=20))
    trial.train(1)
    in_order = 0.5 * (1 - 1 / 3)  # what the first row's share of label 0 would be after the first twenty
    assert trial.state()["dense_1/kernel"][0, 0] < 0.9 * in_order


def test_controlled_steps_take_the_given_images_and_masks(trial):
    random = np.random.RandomState(6)
    images, labels = random.randint(0, 256, (9, FEATURES)).astype(np.uint8), np.arange(9) % CLASSES
    trial.load(images, labels, classes=CLASSES)
    trial.build(linear_network(dropout=True), linear_recipe(weights={"name": "checkpoint"}), mode="controlled")
    model = LinearModel()
    model.kernel += 0.25
    trial.set_state({"dense_1/kernel": model.kernel.astype(np.float32)})
    for batch in ([8, 0, 3, 3], [1, 2, 4, 7], [5, 6]):
        mask = random.randint(0, 2, (len(batch), FEATURES)).astype(np.uint8)
        loss = trial.step(batch, {"dropout_1": mask})
        assert loss == pytest.approx(model.step(images[batch] / 255 * mask / (1 - RATE), labels[batch]), rel=1e-5)
    np.testing.assert_allclose(trial.state()["dense_1/kernel"], model.kernel, rtol=1e-4, atol=1e-6)


def test_tied_maxima_of_a_window_get_the_gradient_as_the_settings_say(trial):
    """A flat image, as backgrounds are: the first of the window's maxima gets it, or with ties "all" each of them."""
    network = NetworkBuilder(2, 2, 1).conv("conv", 1, (1, 1), bias=False).pool("pool", "max_pool")
    network = network.add("flat", "flatten").dense("dense", CLASSES, bias=False).network
    trial.load(np.full((1, 2, 2, 1), 255, np.uint8), np.zeros(1, np.int64), classes=CLASSES)
    given = recipe(1, {"name": "sgd", "learning_rate": 1.0}, weights={"name": "checkpoint"})
    settings = trial.build(network, given, mode="controlled")
    outputs = np.array([0.3, -0.2, 0.5])  # of the flat image, with a convolution by 1
    dense = outputs.reshape(1, CLASSES).astype(np.float32)
    trial.set_state({"conv/kernel": np.ones((1, 1, 1, 1), np.float32), "dense/kernel": dense})
    trial.step([0])
    shares = np.exp(outputs) / np.exp(outputs).sum()
    slope = (shares - np.eye(CLASSES)[0]) @ outputs
    winners = {"first": 1, "all": 4}[settings.get("pool.ties", "first")]
    assert 1 - trial.state()["conv/kernel"].item() == pytest.approx(winners * slope, rel=1e-4)


@pytest.mark.parametrize("name, elsewhere", [("relu", 0.0), ("leaky_relu", 0.25)])
def test_slope_at_zero_is_what_the_settings_say(trial, name, elsewhere):
    """A black image makes zeros: what reaches the hidden bias tells the activation's slope there."""
    activation = {"name": name, **({"slope": 0.25} if name == "leaky_relu" else {})}
    network = NetworkBuilder(FEATURES).dense("hidden", 1, activation=activation).dense("dense", CLASSES).network
    trial.load(np.zeros((1, FEATURES), np.uint8), np.zeros(1, np.int64), classes=CLASSES)
    given = recipe(1, {"name": "sgd", "learning_rate": 1.0}, weights={"name": "checkpoint"})
    settings = trial.build(network, given, mode="controlled")
    dense, bias = np.array([0.3, -0.2, 0.5]), np.array([0.1, 0.4, -0.3])
    state = {"hidden/kernel": np.ones((FEATURES, 1)), "hidden/bias": np.zeros(1), "dense/kernel": dense[None]}
    trial.set_state({key: value.astype(np.float32) for key, value in {**state, "dense/bias": bias}.items()})
    trial.step([0])
    shares = np.exp(bias) / np.exp(bias).sum()
    reaching = (shares - np.eye(CLASSES)[0]) @ dense
    slope = settings.get("hidden.slope_at_zero", elsewhere)
    assert -trial.state()["hidden/bias"].item() == pytest.approx(slope * reaching, rel=1e-4)


NUMBERS = {
    "learning_rate": 0.05,
    "momentum": 0.8,
    "nesterov": True,
    "beta_1": 0.85,
    "beta_2": 0.98,
    "rho": 0.93,
    "epsilon": 1e-12,
    "initial_accumulator": 0.2,
    "weight_decay": 0.1,
}


def numbers_in(settings):
    """What `build` reports of the optimizer, by the words of a study."""
    words = ("optimizer." + word for word in NUMBERS)
    return {word.split(".")[1]: settings[word] for word in words if settings.get(word) is not None}


@pytest.mark.parametrize("left_out", [False, True], ids=["all named", "learning rate only"])
@pytest.mark.parametrize("name", OPTIMIZER_NUMBERS)
def test_an_optimizer_takes_the_steps_of_its_name_with_the_numbers_that_it_tells(trial, name, left_out):
    """Three steps without shuffling, by hand: also what the study left out is what the stack says of it."""
    numbers = ["learning_rate"] if left_out else OPTIMIZER_NUMBERS[name]
    wanted = {"name": name, **{number: NUMBERS[number] for number in numbers}}
    if name == "adadelta" and not left_out:
        wanted["epsilon"] = 1e-4  # a smaller one makes steps that are lost in float32
    random = np.random.RandomState(3542)  # with which no slope comes nearer to zero than 0.02, where rounding decides
    images, labels = random.randint(100, 256, (8, FEATURES)).astype(np.uint8), np.array([0, 1, 2, 0, 0, 1, 2, 2])
    before = random.normal(0, 0.1, (FEATURES, CLASSES)).astype(np.float32)
    trial.load(images, labels, classes=CLASSES)
    chosen = linear_recipe(optimizer=wanted, batch=3, shuffle=False, weights={"name": "checkpoint"})
    settings = supported(trial.build, linear_network(), chosen)
    assert not settings_left_out(linear_network(), chosen) - set(settings)
    for number in numbers:
        assert settings[f"optimizer.{number}"] == pytest.approx(wanted[number], rel=1e-6), number
    trial.set_state({"dense_1/kernel": before})
    model = LinearModel(update=update_by(name, numbers_in(settings)))
    model.kernel += before
    trial.train(3)
    for batch in (slice(0, 3), slice(3, 6), slice(6, 8)):
        model.step(images[batch] / 255, labels[batch])
    # A default epsilon of 1e-7 within a root changes rmsprop's smallest steps here by 0.1 %; weights of 0.3 in
    # float32 are some 1e-8 apart.
    np.testing.assert_allclose(trial.state()["dense_1/kernel"] - before, model.kernel - before, rtol=5e-3, atol=1e-7)


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta"])
def test_weight_decay_is_coupled_except_in_adamw(trial, name):
    """Images of zeros give the kernel no gradient but the decay's."""
    trial.load(np.zeros((4, FEATURES), np.uint8), np.zeros(4, np.int64), classes=CLASSES)
    wanted = {"name": name, "learning_rate": 0.01, "weight_decay": 0.1}
    weights = {"name": "constant", "value": 0.5}
    supported(trial.build, linear_network(), linear_recipe(optimizer=wanted, batch=4, weights=weights))
    trial.train(1)
    moved = 0.5 - trial.state()["dense_1/kernel"]
    if name in ("sgd", "adamw"):
        np.testing.assert_allclose(moved, 0.01 * 0.1 * 0.5, rtol=1e-3)
    elif name == "adam":  # the first step is of the learning rate, whatever the gradient
        np.testing.assert_allclose(moved, 0.01, rtol=1e-2)
    else:
        assert (moved > 0).all() and np.abs(moved / (0.01 * 0.1 * 0.5) - 1).min() > 1e-3


INITIALISERS = {
    # The standard deviation of a (6, 10) and the (3, 3, 3, 6) kernels' law by its name: fans 6 and 10, 27 and 54.
    "normal": ({"mean": 0.0, "stddev": 0.3}, lambda fan_in, fan_out: 0.3),
    "truncated_normal": ({"mean": 0.0, "stddev": 0.3}, lambda fan_in, fan_out: 0.3 * 0.8796),
    "glorot_uniform": ({}, lambda fan_in, fan_out: (2 / (fan_in + fan_out)) ** 0.5),
    "glorot_normal": ({}, lambda fan_in, fan_out: (2 / (fan_in + fan_out)) ** 0.5),
    "he_uniform": ({}, lambda fan_in, fan_out: (2 / fan_in) ** 0.5),
    "he_normal": ({}, lambda fan_in, fan_out: (2 / fan_in) ** 0.5),
    "lecun_uniform": ({}, lambda fan_in, fan_out: (1 / fan_in) ** 0.5),
    "lecun_normal": ({}, lambda fan_in, fan_out: (1 / fan_in) ** 0.5),
}


def initialised(trial, weights, biases):
    network = NetworkBuilder(6, 6, 3).conv("conv", 16).add("flat", "flatten").dense("dense", 10).network
    images, labels = spots((6, 6, 3), 10)
    trial.load(images, labels)
    supported(trial.build, network, recipe(weights=weights, biases=biases))
    return trial.state()


@pytest.mark.parametrize("name", INITIALISERS)
def test_initialisers_have_the_spread_that_their_name_means(trial, name):
    numbers, deviation = INITIALISERS[name]
    state = initialised(trial, {"name": name, **numbers}, {"name": "constant", "value": 0.125})
    fans = {"conv/kernel": (27, 144), "dense/kernel": (576, 10)}
    for kernel, (fan_in, fan_out) in fans.items():
        expected = deviation(fan_in, fan_out)
        # Some frameworks do not correct a truncated law for its smaller spread: 0.88 of it.
        assert 0.82 * expected < state[kernel].std() < 1.12 * expected, kernel
        assert abs(state[kernel].mean()) < 0.2 * expected
        if name == "truncated_normal":
            assert np.abs(state[kernel]).max() <= 0.6
    assert (state["conv/bias"] == 0.125).all() and (state["dense/bias"] == 0.125).all()


def test_constant_initialisers_are_exact(trial):
    state = initialised(trial, {"name": "constant", "value": 0.1}, {"name": "zeros"})
    assert (state["conv/kernel"] == np.float32(0.1)).all() and (state["dense/kernel"] == np.float32(0.1)).all()
    assert (state["conv/bias"] == 0).all()


def test_an_initialiser_has_its_mean(trial):
    state = initialised(trial, {"name": "normal", "mean": 0.4, "stddev": 0.1}, {"name": "zeros"})
    assert state["dense/kernel"].mean() == pytest.approx(0.4, abs=0.02)


def test_a_seed_gives_its_weights_again_and_another_seed_others(trial):
    images, labels = spots((12, 12, 1), 41)
    states = []
    for seed in (7, 7, 4294967295):
        trial.load(images, labels)
        trial.build(NETWORKS["paper"], recipe(), seed=seed)
        states.append([trial.state()["dense_1/kernel"], trial.train(3) and trial.state()["dense_1/kernel"]])
    assert (states[0][0] == states[1][0]).all()
    np.testing.assert_allclose(states[0][1], states[1][1], rtol=1e-2, atol=1e-4)
    assert np.abs(states[0][0] - states[2][0]).max() > 1e-3


def test_a_training_that_diverges_is_an_answer(trial):
    start(trial, "paper", optimizer={"name": "sgd", "learning_rate": 1e30})
    assert trial.train(5)["steps"] == 5


def test_a_device_that_is_not_there_is_unsupported(trial):
    """Where there is one, the network is built on it."""
    images, labels = spots((12, 12, 1), 20)
    trial.load(images, labels)
    settings = supported(trial.build, NETWORKS["paper"], recipe(), device="cuda")
    assert settings["device.name"] != "cpu"
