"""Observed builds of every stack: what they record is whole, fits together, and is what the plain build computes."""

import numpy as np
import pytest
from controlled_case import LEARNING_RATE, NETWORKS, SCALING, ControlledCase, judge, resolved
from driver import WorkerError
from linear_model import CLASSES, FEATURES, linear_network, linear_recipe
from networks import NetworkBuilder, node_shapes, parameter_shapes, trainable_shapes
from optimizer_formulas import SLOTS, expected_slots, possible_steps
from plumbline_worker import scaled_images
from stacks_under_test import command_of, shipped_stacks
from supported import supported
from trial import Trial, cross_entropy

# Rounding makes float32 outputs and gradients of these networks differ from float64 by some 1e-6 of their size; swapped
# axes, names or operations by about 1.
CLOSE = 1e-4


@pytest.fixture(scope="session")
def reference(tmp_path_factory):
    """The float64 engine, whose records the others' are held against."""
    name = "native-reference"
    trial = Trial(*command_of(name, shipped_stacks()[name]), tmp_path_factory.mktemp("reference"))
    with trial.worker:
        yield trial


class Scenario:
    """One controlled step from the same state: plain, observed, and observed in the reference."""

    def __init__(self, name, trial, reference):
        self.case = case = ControlledCase(name)
        case.prepare(trial)
        self.plain_loss = trial.step(case.indices, case.masks)
        self.plain_after = trial.state()
        self.settings = case.prepare(trial, form="observed")
        self.predicted = trial.predict()
        self.told_of_prediction, self.prediction = trial.observed_predict(3)
        self.told, self.record = trial.observed_step(case.indices, case.masks)
        self.after = trial.state()
        case.prepare(reference, resolved(case.network, self.settings), form="observed")
        _, self.expected_prediction = reference.observed_predict(3)
        _, self.expected = reference.observed_step(case.indices, case.masks)

    def of_kind(self, kind):
        return {name[len(kind) + 1 :]: tensor for name, tensor in self.record.items() if name.startswith(kind + "/")}


@pytest.fixture(scope="session", params=list(NETWORKS))
def scenario(trial, reference, request):
    return Scenario(request.param, trial, reference)


def hidden_nodes(told):
    """Those within a region that was seen at its ends only."""
    return {node for region in told["observation"]["fused"] for node in region[:-1]}


def shapes_of(tensors):
    return {name: list(tensor.shape) for name, tensor in tensors.items()}


def root_mean_square(values):
    return np.sqrt(np.mean(np.square(values, dtype=np.float64)))


def relative_error(found, expected):
    """Of the root mean square; of nothing at all, what was found instead."""
    error, size = root_mean_square(found.astype(np.float64) - expected), root_mean_square(expected)
    return error / size if size else error


def test_every_tensor_of_a_step_is_recorded_in_the_canonical_shape(scenario):
    network, batch = scenario.case.network, len(scenario.case.indices)
    values = {name: [batch, *shape] for name, shape in node_shapes(network).items()}
    seen = {name: shape for name, shape in values.items() if name not in hidden_nodes(scenario.told)}
    parameters, trainable = parameter_shapes(network), trainable_shapes(network)
    assert shapes_of(scenario.of_kind("out")) == {"input": [batch, *network["input"]], **seen}
    assert shapes_of(scenario.of_kind("grad_out")) == seen
    assert shapes_of(scenario.of_kind("before")) == parameters
    assert shapes_of(scenario.of_kind("after")) == parameters
    assert shapes_of(scenario.of_kind("grad")) == trainable
    assert shapes_of(scenario.of_kind("mask")) == shapes_of(scenario.case.masks)
    kinds = {name.split("/")[0] for name in scenario.record}
    assert kinds == {"out", "grad_out", "before", "after", "grad", "loss", "labels", "step"} | (
        {"mask"} if scenario.case.masks else set()
    )


def test_the_answer_says_how_it_was_observed(scenario):
    for told in (scenario.told, scenario.told_of_prediction):
        assert told["observation"]["method"]
        assert {node for region in told["observation"]["fused"] for node in region} <= set(
            node_shapes(scenario.case.network)
        )


def test_a_step_starts_from_the_given_and_ends_in_the_recorded_state(scenario):
    before, after = scenario.of_kind("before"), scenario.of_kind("after")
    assert all((before[name] == value).all() for name, value in scenario.case.state.items())
    assert all((after[name].astype(np.float32) == value).all() for name, value in scenario.after.items())


def test_inputs_labels_and_masks_are_those_of_the_batch(scenario):
    case = scenario.case
    np.testing.assert_allclose(
        scenario.record["out/input"], scaled_images(case.images[case.indices], SCALING), rtol=1e-6
    )
    assert (scenario.record["labels"] == case.labels[case.indices]).all()
    assert all((scenario.record[f"mask/{name}"] == mask).all() for name, mask in case.masks.items())
    assert scenario.record["step"] == 1


def test_an_observed_step_is_the_plain_step_within_the_error_budget(scenario, tmp_path):
    case, loss = scenario.case, scenario.told["loss"]
    assert loss == pytest.approx(scenario.plain_loss, rel=1e-6)
    for name, plain in scenario.plain_after.items():
        update = root_mean_square(plain - case.state[name])
        last_digits = 2.0**-22 * root_mean_square(plain)
        assert root_mean_square(scenario.after[name] - plain) <= CLOSE * update + last_digits, name
    status, judgements = judge(tmp_path, case.written(tmp_path, scenario.settings, loss, scenario.after))
    assert status == 0, judgements


def test_the_last_output_gives_the_loss_and_its_gradient(scenario):
    last = scenario.case.network["layers"][-1]["name"]
    logits, labels = scenario.record[f"out/{last}"].astype(np.float64), scenario.record["labels"]
    assert scenario.record["loss"] == pytest.approx(cross_entropy(logits, labels), rel=1e-6)
    assert np.float32(scenario.record["loss"]) == np.float32(scenario.told["loss"])
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares[np.arange(len(labels)), labels] -= 1
    np.testing.assert_allclose(scenario.record[f"grad_out/{last}"], shares / len(labels), rtol=1e-5, atol=1e-7)


def test_outputs_and_their_gradients_are_those_of_the_reference(scenario):
    """Where all of a max_pool's window is zero after a relu, Theano gives each of them the gradient, the others the
    first. The relu takes it away again, so there it is not compared."""
    pooled = {layer["inputs"][0] for layer in scenario.case.network["layers"] if layer["operation"] == "max_pool"}
    for name, found in scenario.record.items():
        kind, _, node = name.partition("/")
        if kind in ("out", "grad_out"):
            expected = scenario.expected[name]
            counts = scenario.expected[f"out/{node}"] != 0 if kind == "grad_out" and node in pooled else slice(None)
            assert relative_error(found[counts], expected[counts]) < CLOSE, name


def test_gradients_differ_from_the_reference_by_rounding_only(scenario, tmp_path):
    """A learning rate so large that the weights after the step are the gradients, in all their digits."""
    rate = 2.0**12
    case = scenario.case
    after = dict(scenario.after)
    for name, gradient in scenario.of_kind("grad").items():
        after[name] = (case.state[name].astype(np.float64) - rate * gradient).astype(np.float32)
    written = case.written(tmp_path, scenario.settings, scenario.told["loss"], after)
    written["recipe"]["optimizer"]["learning_rate"] = rate
    status, judgements = judge(tmp_path, written)
    assert status == 0, judgements


def test_the_gradients_recorded_are_those_that_made_the_update(scenario):
    for name, gradient in scenario.of_kind("grad").items():
        before, after = scenario.record[f"before/{name}"], scenario.record[f"after/{name}"]
        expected = before.astype(np.float64) - np.float32(LEARNING_RATE) * gradient.astype(np.float64)
        # The product and the difference are rounded once each.
        room = 2.0**-23 * (np.abs(expected) + np.abs(LEARNING_RATE * gradient))
        assert (np.abs(after - expected) <= room).all(), name


def test_a_prediction_is_recorded_as_it_is_made(scenario):
    network = scenario.case.network
    record, last = scenario.prediction, network["layers"][-1]["name"]
    outputs = {
        f"out/{name}": [3, *shape] for name, shape in {"input": network["input"], **node_shapes(network)}.items()
    }
    before = {f"before/{name}": shape for name, shape in parameter_shapes(network).items()}
    hidden = {f"out/{node}" for node in hidden_nodes(scenario.told_of_prediction)}
    assert shapes_of(record) == {name: shape for name, shape in {**outputs, **before}.items() if name not in hidden}
    np.testing.assert_allclose(record[f"out/{last}"], scenario.predicted[:3], rtol=1e-4, atol=1e-5)
    assert all((record[f"before/{name}"] == value).all() for name, value in scenario.case.state.items())
    for name in set(outputs) - hidden:
        assert relative_error(record[name], scenario.expected_prediction[name]) < CLOSE, name


def test_what_comes_before_the_first_weight_is_recorded_too(trial):
    """Dropout and a flattened image, neither with a weight below: their gradients are the dense layer's by hand."""
    random = np.random.RandomState(4)
    builder = NetworkBuilder(3, 2, 2).add("drop", "dropout", rate=0.25).add("flat", "flatten")
    network = builder.dense("dense", CLASSES).network
    images, labels = random.randint(0, 256, (6, 3, 2, 2)).astype(np.uint8), np.arange(6) % CLASSES
    mask = random.randint(0, 2, images.shape).astype(np.uint8)
    trial.load(images, labels, classes=CLASSES)
    trial.build(network, linear_recipe(weights={"name": "checkpoint"}), "controlled", form="observed")
    kernel = random.standard_normal((12, CLASSES)).astype(np.float32)
    trial.set_state({"dense/kernel": kernel, "dense/bias": np.zeros(CLASSES, np.float32)})
    _, record = trial.observed_step(np.arange(6), {"drop": mask})
    kept = images / 255 * mask / 0.75
    np.testing.assert_allclose(record["out/drop"], kept, rtol=1e-5)
    np.testing.assert_allclose(record["out/flat"], kept.reshape(6, 12), rtol=1e-5)
    np.testing.assert_allclose(record["out/dense"], kept.reshape(6, 12) @ kernel, rtol=1e-4, atol=1e-5)
    gradient = record["grad_out/dense"].astype(np.float64) @ kernel.T
    np.testing.assert_allclose(record["grad_out/flat"], gradient, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(record["grad_out/drop"], gradient.reshape(6, 3, 2, 2), rtol=1e-4, atol=1e-7)


NUMBERS = {
    "sgd": {"learning_rate": 0.02, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01},
    "adam": {"learning_rate": 0.02, "beta_1": 0.85, "beta_2": 0.98, "epsilon": 1e-3, "weight_decay": 0.01},
    "adamw": {"learning_rate": 0.02, "beta_1": 0.85, "beta_2": 0.98, "epsilon": 1e-3, "weight_decay": 0.01},
    "rmsprop": {"learning_rate": 0.02, "momentum": 0.8, "rho": 0.93, "epsilon": 1e-3, "weight_decay": 0.01},
    "adagrad": {"learning_rate": 0.02, "epsilon": 1e-3, "initial_accumulator": 0.2, "weight_decay": 0.01},
    "adadelta": {"learning_rate": 0.5, "rho": 0.93, "epsilon": 1e-4, "weight_decay": 0.01},
}


def build_with_optimizer(trial, name):
    """An observed build with all numbers of the optimizer, or with the learning rate where the stack has no others.
    Returns the numbers that it uses."""
    wanted = {"name": name, **NUMBERS[name]}
    given = {"weights": {"name": "checkpoint"}, "batch": 3}
    try:
        settings = trial.build(
            linear_network(), linear_recipe(optimizer=wanted, **given), "controlled", form="observed"
        )
    except WorkerError as error:
        if error.status != "unsupported":
            raise
        wanted = {"name": name, "learning_rate": NUMBERS[name]["learning_rate"]}
        recipe = linear_recipe(optimizer=wanted, **given)
        settings = supported(trial.build, linear_network(), recipe, "controlled", form="observed")
    numbers = {number: settings[f"optimizer.{number}"] for number in NUMBERS[name]}
    return {"initial_accumulator": settings.get("optimizer.initial_accumulator", 0.0), **numbers}


@pytest.mark.parametrize("name", NUMBERS)
def test_gradients_and_slots_give_the_update_by_the_optimizers_formula(trial, name):
    random = np.random.RandomState(8)
    images, labels = random.randint(0, 256, (9, FEATURES)).astype(np.uint8), np.arange(9) % CLASSES
    trial.load(images, labels, classes=CLASSES)
    numbers = build_with_optimizer(trial, name)
    parameter = "dense_1/kernel"
    trial.set_state({parameter: random.standard_normal((FEATURES, CLASSES)).astype(np.float32)})
    remembered = {}
    for t, batch in enumerate([[8, 0, 3], [1, 2, 4], [5, 6, 7]], start=1):
        told, record = trial.observed_step(batch)
        before, after, recorded, given = update_of(record, parameter)
        assert record["step"] == t
        words = {word for word in SLOTS[name] if word != "velocity" or numbers["momentum"]}
        assert set(after) == words <= set(told["observation"]["slots"])
        assert all((before[word] == value).all() for word, value in remembered.items())
        remembered = after
        decay = numbers["weight_decay"] if name != "adamw" else 0
        g = recorded.astype(np.float64) + decay * record[f"before/{parameter}"]
        if given is not None:
            np.testing.assert_allclose(given, g, rtol=1e-5, atol=1e-8)
        check_update(name, numbers, t, g, record, parameter)


def update_of(record, parameter):
    """Slots before and after, the gradient, and the gradient with decay, of one parameter."""
    before, after = (
        {tensor.split("/")[-1]: value for tensor, value in record.items() if tensor.startswith(f"{kind}/{parameter}/")}
        for kind in ("slot_before", "slot")
    )
    return before, after, record[f"grad/{parameter}"], record.get(f"grad_decayed/{parameter}")


def check_update(name, numbers, t, g, record, parameter):
    before, after, _, _ = update_of(record, parameter)
    start = {"accumulator": numbers["initial_accumulator"]}
    if name == "rmsprop":
        start["v"] = numbers["initial_accumulator"]
    before = {word: before.get(word, np.full_like(g, start.get(word, 0))) for word in SLOTS[name]}
    for word in SLOTS[name]:
        after.setdefault(word, g)  # sgd without momentum has no velocity
    for word, expected in expected_slots(name, numbers, g, before).items():
        np.testing.assert_allclose(after[word], expected, rtol=1e-5, atol=1e-9, err_msg=word)
    w, w_after = record[f"before/{parameter}"].astype(np.float64), record[f"after/{parameter}"]
    if name == "adamw":
        w = w - numbers["learning_rate"] * numbers["weight_decay"] * w
    steps = possible_steps(name, numbers, t, g, before, after)
    fits = [np.allclose(w - w_after, numbers["learning_rate"] * d, rtol=1e-4, atol=2e-7) for d in steps.values()]
    assert any(fits), (name, t)


@pytest.mark.parametrize("images", [0, 10, "all"])
def test_a_count_of_images_that_are_not_there_is_refused(trial, images):
    data = np.zeros((9, FEATURES), np.uint8), np.zeros(9, np.int64)
    trial.load(*data, classes=CLASSES)
    supported(trial.build, linear_network(), linear_recipe(), "controlled", form="observed")
    with pytest.raises(WorkerError, match="images"):
        trial.observed_predict(images)
