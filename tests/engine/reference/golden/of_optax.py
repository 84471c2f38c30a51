"""Optax's, JAX's and Flax's numbers: `of_optax.py float64` with JAX_ENABLE_X64=1, or `float32` for the one case in
float32 with JAX_ENABLE_X64=0, without which beta^t would be float64 there."""

import sys

import flax
import jax
import jax.numpy as jnp
import numpy as np
import optax
from cases import (
    ADAM,
    AT_THE_KINK,
    BATCH_NORM,
    DECAY,
    EPSILON,
    LABELS,
    MOMENTUM,
    RATE,
    RHO,
    SMALL_WEIGHTS,
    WEIGHTS,
    adam_like,
    d_output,
    image,
    layer,
    layer_case,
    logits,
    loss_case,
    many_steps,
    three_steps,
    tied_image,
    update_case,
    write,
)
from flax import linen


def find(state, field):
    """The one array of this name in a nest of named tuples."""
    if hasattr(state, "_fields") and field in state._fields:
        return getattr(state, field)
    for part in state if isinstance(state, tuple) else ():
        found = find(part, field)
        if found is not None:
            return found
    return None


def run(optimizer, slots, dtype=np.float64, weights=WEIGHTS, follow=three_steps, negate=()):
    holder = {"w": jnp.array(weights, dtype)}
    holder["state"] = optimizer.init(holder["w"])

    def take(gradients):
        updates, holder["state"] = optimizer.update(jnp.array(gradients, dtype), holder["state"], holder["w"])
        holder["w"] = optax.apply_updates(holder["w"], updates)

    def read():
        kept = [find(holder["state"], slot) for slot in slots]
        signed = [-values if slot in negate else values for slot, values in zip(slots, kept)]
        return [np.asarray(holder["w"]), *[np.asarray(values) for values in signed]]

    return follow(take, read)


def update(name, wire, optimizer, slots, dialect=None, negate=(), numbers=None):
    initial, steps = run(optimizer, slots, negate=negate)
    return update_case(f"optax {name}", wire, initial, steps, dialect, numbers)


def of_sgd():
    sgd = {"name": "sgd", "learning_rate": RATE, "momentum": MOMENTUM}
    for nesterov in (False, True):
        made = optax.sgd(RATE, MOMENTUM, nesterov)
        yield update(f"sgd, nesterov={nesterov}", {**sgd, "nesterov": nesterov}, made, ("trace",))
    coupled = optax.chain(optax.add_decayed_weights(DECAY), optax.sgd(RATE, MOMENTUM))
    yield update("add_decayed_weights before sgd", {**sgd, "weight_decay": DECAY}, coupled, ("trace",))
    averaged = optax.chain(optax.ema(MOMENTUM, debias=False), optax.scale_by_learning_rate(RATE))
    dampened = {"optimizer.first_step": "dampened"}
    yield update("ema without debias", sgd, averaged, ("ema",), dampened, numbers={"dampening": MOMENTUM})


def of_adam():
    numbers = {"b1": adam_like()["beta_1"], "b2": adam_like()["beta_2"]}
    moments = ("mu", "nu")
    yield update("adam", adam_like(), optax.adam(RATE, **numbers, eps=EPSILON), moments)
    inside = {"optimizer.adam_epsilon": "inside_root"}
    root = optax.adam(RATE, **numbers, eps=0.0, eps_root=EPSILON)
    yield update("adam, eps_root", adam_like(), root, moments, inside)
    decayed = {**adam_like(weight_decay=DECAY), "name": "adamw"}
    yield update("adamw", decayed, optax.adamw(RATE, **numbers, eps=EPSILON, weight_decay=DECAY), moments)
    unscaled = optax.chain(optax.adam(RATE, **numbers, eps=EPSILON), optax.add_decayed_weights(-DECAY))
    dialect = {"optimizer.weight_decay_form": "decoupled_unscaled"}
    yield update("add_decayed_weights behind adam", decayed, unscaled, moments, dialect)


def of_rmsprop():
    rms = {"name": "rmsprop", "learning_rate": RATE, "rho": RHO, "epsilon": EPSILON}
    for in_root, place in ((True, "inside_root"), (False, "outside_root")):
        dialect = {"optimizer.rmsprop_epsilon": place}
        made = optax.rmsprop(RATE, RHO, EPSILON, eps_in_sqrt=in_root)
        yield update(f"rmsprop, eps_in_sqrt={in_root}", rms, made, ("nu",), dialect)
    wire = {**rms, "momentum": MOMENTUM}
    dialect = {"optimizer.rmsprop_epsilon": "inside_root", "optimizer.rate_place": "inside"}
    made = optax.rmsprop(RATE, RHO, EPSILON, momentum=MOMENTUM)
    yield update("rmsprop, momentum", wire, made, ("nu", "trace"), dialect, negate=("trace",))


def updates():
    yield from of_sgd()
    yield from of_adam()
    yield from of_rmsprop()
    reciprocal = {"optimizer.adagrad_epsilon": "reciprocal_root"}
    # The second weight's first gradient is 0: of 0 * rsqrt(0) nothing may come.
    for epsilon in (EPSILON, 0.0):
        wire = {"name": "adagrad", "learning_rate": RATE, "epsilon": epsilon, "initial_accumulator": 0.0}
        made = optax.adagrad(RATE, 0.0, epsilon)
        yield update(f"adagrad, eps={epsilon}", wire, made, ("sum_of_squares",), reciprocal)
    adadelta = {"name": "adadelta", "learning_rate": RATE, "rho": RHO, "epsilon": EPSILON}
    yield update("adadelta", adadelta, optax.adadelta(RATE, RHO, EPSILON), ("e_g", "e_x"))


def float32_updates():
    initial, steps = run(optax.adam(1e-3), ("mu", "nu"), np.float32, SMALL_WEIGHTS, many_steps)
    dialect = {"optimizer.constants": "double_then_cast", "optimizer.beta_power": "float32"}
    yield update_case("optax adam in float32", ADAM, initial, steps, dialect, float32=True)


# ---- Layers.


def plain(name, described, x, function, dialect=None):
    y, pull = jax.vjp(function, jnp.array(x))
    dy = d_output(y.shape)
    (dx,) = pull(jnp.array(dy))
    return layer_case(name, described, x, dialect, output=y, d_output=dy, d_input=dx)


def pools():
    def described(operation, size, stride, padding):
        return layer(operation, size=[size, size], stride=[stride, stride], padding=padding)

    tied = tied_image() - 3
    max_pool = lambda x: linen.max_pool(x, (3, 3), (2, 2), "SAME")  # noqa: E731
    yield plain("flax max_pool, same", described("max_pool", 3, 2, "same"), tied, max_pool)
    for count, over in ((False, "inputs"), (True, "window")):
        pool = lambda x, count=count: linen.avg_pool(x, (3, 3), (2, 2), "SAME", count)  # noqa: E731
        name = f"flax avg_pool, count_include_pad={count}"
        yield plain(name, described("average_pool", 3, 2, "same"), tied, pool, {"average_pool.average_over": over})


def activations():
    def described(**activation):
        return layer("activation", activation=activation)

    x = AT_THE_KINK.reshape(1, 5)
    yield plain("jax relu", described(name="relu"), x, jax.nn.relu)
    middle = {"relu.slope_at_zero": "middle"}
    yield plain("jnp.maximum", described(name="relu"), x, lambda x: jnp.maximum(x, 0), middle)
    above = {"leaky_relu.slope_at_zero": "above"}
    leaky = lambda x: jax.nn.leaky_relu(x, 0.25)  # noqa: E731
    yield plain("jax leaky_relu", described(name="leaky_relu", slope=0.25), x, leaky, above)
    yield plain("jax gelu", described(name="gelu", approximate=True), x, jax.nn.gelu)


def batch_norm():
    x = image((2, 2, 3, 2))
    options = {"momentum": 0.75, "epsilon": 0.125, "dtype": jnp.float64, "param_dtype": jnp.float64}
    params = {"scale": jnp.array(BATCH_NORM["gamma"]), "bias": jnp.array(BATCH_NORM["beta"])}
    stats = {"mean": jnp.array(BATCH_NORM["moving_mean"]), "var": jnp.array(BATCH_NORM["moving_variance"])}
    variables = {"params": params, "batch_stats": stats}
    norm = linen.BatchNorm(use_running_average=False, **options)

    def train(x, params):
        return norm.apply({**variables, "params": params}, x, mutable=["batch_stats"])

    (y, after), pull = jax.vjp(train, jnp.array(x), params)
    dy = d_output(y.shape)
    dx, d_params = pull((jnp.array(dy), jax.tree.map(jnp.zeros_like, after)))
    inference = linen.BatchNorm(use_running_average=True, **options).apply(variables, jnp.array(x))
    found = {"output": y, "inference": inference, "d_output": dy, "d_input": dx}
    found.update(d_gamma=d_params["scale"], d_beta=d_params["bias"])
    found.update(running_mean=after["batch_stats"]["mean"], running_variance=after["batch_stats"]["var"])
    described = layer("batch_norm", momentum=0.75, epsilon=0.125)
    return layer_case("flax BatchNorm", described, x, None, BATCH_NORM, **found)


def losses():
    def mean(z):
        return optax.softmax_cross_entropy_with_integer_labels(z, jnp.array(LABELS)).mean()

    value, gradient = jax.value_and_grad(mean)(jnp.array(logits()))
    name = "optax softmax_cross_entropy_with_integer_labels"
    yield loss_case(name, "softmax_cross_entropy", logits(), LABELS, value, gradient)


versions = f"Optax {optax.__version__}, JAX {jax.__version__}, Flax {flax.__version__}"
if sys.argv[1] == "float64":
    write("optax.json", versions, list(updates()), [*pools(), *activations(), batch_norm()], list(losses()))
else:
    write("optax_float32.json", versions, list(float32_updates()))
