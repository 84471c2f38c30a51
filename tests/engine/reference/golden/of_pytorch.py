"""PyTorch's numbers, in float64 unless a case says float32: torch.nn.functional and torch.optim."""

import numpy as np
import torch
import torch.nn.functional as F
from cases import (
    ADAM,
    AT_THE_KINK,
    BATCH_NORM,
    BETA_1,
    BETA_2,
    DECAY,
    EPSILON,
    LABELS,
    MOMENTUM,
    RATE,
    RHO,
    SATURATED_LABELS,
    SMALL_WEIGHTS,
    WEIGHTS,
    adam_like,
    d_output,
    image,
    kernel,
    layer,
    layer_case,
    logits,
    loss_case,
    many_steps,
    pattern,
    saturated_logits,
    three_steps,
    tied_image,
    update_case,
    write,
)

torch.set_default_dtype(torch.float64)
OPTIM = torch.optim
SYMMETRIC = {"conv2d.same_padding": "symmetric"}
POOL_SYMMETRIC = {"pool.same_padding": "symmetric"}


# ---- Optimizers: a case is a constructor, what the wire calls it, and where it keeps its two slots.


def run(make, slots, dtype=torch.float64, weights=WEIGHTS, follow=three_steps):
    parameter = torch.nn.Parameter(torch.tensor(weights, dtype=dtype))
    optimizer = make([parameter])

    def take(gradients):
        parameter.grad = torch.tensor(gradients, dtype=dtype)
        optimizer.step()

    def read():
        state = optimizer.state[parameter]
        kept = [state[slot].numpy().copy() if slot in state and state[slot] is not None else None for slot in slots]
        return [parameter.detach().numpy().copy(), *kept]

    return follow(take, read)


def update(name, wire, make, slots, dialect=None, **more):
    initial, steps = run(make, slots)
    return update_case(f"torch.optim.{name}", wire, initial, steps, dialect, **more)


def sgd(name, **options):
    words = {"lr": "learning_rate", "momentum": "momentum", "nesterov": "nesterov", "weight_decay": "weight_decay"}
    wire = {"name": "sgd", **{words[key]: value for key, value in options.items() if key in words}}
    make = lambda parameters: OPTIM.SGD(parameters, **options)  # noqa: E731
    return update(name, wire, make, ("momentum_buffer",), numbers={"dampening": options.get("dampening", 0.0)})


def updates():
    adam = {"lr": RATE, "betas": (BETA_1, BETA_2), "eps": EPSILON}
    rms = {"lr": RATE, "alpha": RHO, "eps": EPSILON}
    wire_rms = {"name": "rmsprop", "learning_rate": RATE, "rho": RHO, "epsilon": EPSILON}
    moments = ("exp_avg", "exp_avg_sq")
    yield sgd("SGD", lr=RATE)
    yield sgd("SGD, momentum", lr=RATE, momentum=MOMENTUM)
    yield sgd("SGD, nesterov, coupled decay", lr=RATE, momentum=MOMENTUM, nesterov=True, weight_decay=DECAY)
    yield sgd("SGD, dampening", lr=RATE, momentum=MOMENTUM, dampening=0.5)
    yield update("Adam", adam_like(), lambda p: OPTIM.Adam(p, **adam), moments)
    decayed = adam_like(weight_decay=DECAY)
    yield update("Adam, coupled decay", decayed, lambda p: OPTIM.Adam(p, weight_decay=DECAY, **adam), moments)
    decoupled = {**decayed, "name": "adamw"}
    yield update("AdamW", decoupled, lambda p: OPTIM.AdamW(p, weight_decay=DECAY, **adam), moments)
    square = ("square_avg", "momentum_buffer")
    yield update("RMSprop", wire_rms, lambda p: OPTIM.RMSprop(p, **rms), square[:1])
    with_momentum = {**wire_rms, "momentum": MOMENTUM}
    yield update("RMSprop, momentum", with_momentum, lambda p: OPTIM.RMSprop(p, momentum=MOMENTUM, **rms), square)
    adagrad = {"name": "adagrad", "learning_rate": RATE, "epsilon": EPSILON, "initial_accumulator": 0.0}
    yield update("Adagrad", adagrad, lambda p: OPTIM.Adagrad(p, lr=RATE, eps=EPSILON), ("sum",))
    adadelta = {"name": "adadelta", "learning_rate": RATE, "rho": RHO, "epsilon": EPSILON}
    make_adadelta = lambda p: OPTIM.Adadelta(p, lr=RATE, rho=RHO, eps=EPSILON)  # noqa: E731
    yield update("Adadelta", adadelta, make_adadelta, ("square_avg", "acc_delta"))
    initial, steps = run(lambda p: OPTIM.Adam(p, lr=1e-3), moments, torch.float32, SMALL_WEIGHTS, many_steps)
    constants = {"optimizer.constants": "double_then_cast", "optimizer.beta_power": "double"}
    yield update_case("torch.optim.Adam in float32", ADAM, initial, steps, constants, float32=True)


# ---- Layers. Torch's images and kernels are turned on the way in and out.


def to_torch(values):
    values = np.asarray(values, np.float64)
    turned = np.moveaxis(values, -1, 1) if values.ndim == 4 else values
    return torch.tensor(np.ascontiguousarray(turned), requires_grad=True)


def from_torch(tensor):
    values = tensor.detach().numpy()
    return np.moveaxis(values, 1, -1) if values.ndim == 4 else values


def gradients(y, *wanted):
    dy = d_output(from_torch(y).shape)
    given = np.moveaxis(dy, -1, 1) if dy.ndim == 4 else dy
    return dy, torch.autograd.grad(y, wanted, torch.tensor(np.ascontiguousarray(given)))


def plain(name, described, x, function, dialect=None):
    """A layer without parameters, the same in training and inference."""
    given = to_torch(x)
    y = function(given)
    dy, (dx,) = gradients(y, given)
    found = {"output": from_torch(y), "d_output": dy, "d_input": from_torch(dx)}
    return layer_case(f"torch {name}", described, x, dialect, **found)


def conv(name, size, stride, padding, dialect):
    x, w, b = image(), kernel(*size), np.array([0.5, -1.0])
    given, bias = to_torch(x), to_torch(b)
    turned = torch.tensor(np.ascontiguousarray(w.transpose(3, 2, 0, 1)), requires_grad=True)
    amount = [edge // 2 for edge in size] if padding == "same" else 0
    y = F.conv2d(given, turned, bias, stride=stride, padding=amount)
    dy, (dx, dw, db) = gradients(y, given, turned, bias)
    described = layer("conv2d", filters=2, kernel=size, stride=stride, padding=padding, bias=True)
    found = {"output": from_torch(y), "d_output": dy, "d_input": from_torch(dx), "d_bias": from_torch(db)}
    found["d_kernel"] = dw.detach().numpy().transpose(2, 3, 1, 0)
    return layer_case(f"torch {name}", described, x, dialect, {"kernel": w, "bias": b}, **found)


def dense():
    x, w, b = pattern((3, 4), 7, 11), pattern((4, 2), 5, 7), np.array([0.5, -1.0])
    given, turned, bias = to_torch(x), to_torch(w.T), to_torch(b)
    y = F.linear(given, turned, bias)
    dy, (dx, dw, db) = gradients(y, given, turned, bias)
    found = {"output": from_torch(y), "d_output": dy, "d_input": from_torch(dx), "d_bias": from_torch(db)}
    found["d_kernel"] = dw.detach().numpy().T
    described = layer("dense", units=2, bias=True)
    return layer_case("torch linear", described, x, None, {"kernel": w, "bias": b}, **found)


def pools():
    def described(operation, size, stride, padding):
        return layer(operation, size=[size, size], stride=[stride, stride], padding=padding)

    tied = tied_image()
    yield plain("max_pool2d", described("max_pool", 2, 1, "valid"), tied, lambda x: F.max_pool2d(x, 2, 1))
    padded = described("max_pool", 3, 2, "same")
    yield plain("max_pool2d, padding 1", padded, tied - 3, lambda x: F.max_pool2d(x, 3, 2, 1), POOL_SYMMETRIC)
    average = described("average_pool", 3, 2, "same")
    for count, over in ((False, "inputs"), (True, "window")):
        dialect = {**POOL_SYMMETRIC, "average_pool.average_over": over}
        pool = lambda x, count=count: F.avg_pool2d(x, 3, 2, 1, count_include_pad=count)  # noqa: E731
        yield plain(f"avg_pool2d, count_include_pad={count}", average, image(), pool, dialect)
    half = lambda x: F.avg_pool2d(x, 5, 2, 2, count_include_pad=False)  # noqa: E731
    yield plain("avg_pool2d of 5", described("average_pool", 5, 2, "same"), tied, half, POOL_SYMMETRIC)
    yield plain("avg_pool2d", described("average_pool", 2, 2, "valid"), image(), lambda x: F.avg_pool2d(x, 2))
    yield plain("mean over places", layer("global_average_pool"), image(), lambda x: x.mean((2, 3)))

    def shared(x):
        return torch.amax(x.unfold(2, 2, 1).unfold(3, 2, 1), (-1, -2))

    amax = {"max_pool.ties": "shared"}
    yield plain("amax over windows", described("max_pool", 2, 1, "valid"), tied, shared, amax)


def activations():
    def described(**activation):
        return layer("activation", activation=activation)

    x = AT_THE_KINK.reshape(1, 5)
    yield plain("relu", described(name="relu"), x, F.relu)
    yield plain("leaky_relu", described(name="leaky_relu", slope=0.25), x, lambda x: F.leaky_relu(x, 0.25))
    yield plain("tanh", described(name="tanh"), x, torch.tanh)
    yield plain("sigmoid", described(name="sigmoid"), x, torch.sigmoid)
    yield plain("gelu", described(name="gelu", approximate=False), x, F.gelu)
    yield plain("gelu, tanh", described(name="gelu", approximate=True), x, lambda x: F.gelu(x, approximate="tanh"))


def batch_norm():
    x = image((2, 2, 3, 2))
    gamma, beta = to_torch(BATCH_NORM["gamma"]), to_torch(BATCH_NORM["beta"])
    running = [torch.tensor(BATCH_NORM[name]) for name in ("moving_mean", "moving_variance")]
    inference = F.batch_norm(to_torch(x), *running, gamma, beta, training=False, eps=0.125)
    given = to_torch(x)
    y = F.batch_norm(given, *running, gamma, beta, training=True, momentum=0.25, eps=0.125)
    dy, (dx, dgamma, dbeta) = gradients(y, given, gamma, beta)
    dialect = {"batch_norm.momentum_share": "of_new", "batch_norm.running_variance": "unbiased"}
    found = {"output": from_torch(y), "inference": from_torch(inference), "d_output": dy, "d_input": from_torch(dx)}
    found.update(d_gamma=from_torch(dgamma), d_beta=from_torch(dbeta))
    found.update(running_mean=running[0].numpy(), running_variance=running[1].numpy())
    described = layer("batch_norm", momentum=0.25, epsilon=0.125)
    return layer_case("torch batch_norm", described, x, dialect, BATCH_NORM, **found)


def layer_norm():
    x = pattern((2, 3), 7, 11)
    gamma, beta = np.array([1.5, -0.5, 2]), np.array([0.25, 1, 0])
    given, scale, shift = to_torch(x), to_torch(gamma), to_torch(beta)
    y = F.layer_norm(given, (3,), scale, shift, 2.0**-10)
    dy, (dx, dgamma, dbeta) = gradients(y, given, scale, shift)
    found = {"output": from_torch(y), "d_output": dy, "d_input": from_torch(dx)}
    found.update(d_gamma=from_torch(dgamma), d_beta=from_torch(dbeta))
    described = layer("layer_norm", epsilon=2.0**-10)
    return layer_case("torch layer_norm", described, x, None, {"gamma": gamma, "beta": beta}, **found)


def dropout():
    torch.manual_seed(3)
    x = pattern((2, 6), 7, 11) + 0.5
    given = to_torch(x)
    y = F.dropout(given, 0.375)
    dy, (dx,) = gradients(y, given)
    found = {"output": from_torch(y), "d_output": dy, "d_input": from_torch(dx)}
    found["inference"] = from_torch(F.dropout(given, 0.375, training=False))
    mask = (from_torch(y) != 0).astype(np.float64)
    return layer_case("torch dropout", layer("dropout", rate=0.375), x, None, None, mask, **found)


def layers():
    yield conv("conv2d", (3, 2), (1, 1), "valid", None)
    yield conv("conv2d, padding (2, 1), stride 2", (5, 3), (2, 2), "same", SYMMETRIC)
    yield dense()
    yield from pools()
    yield from activations()
    yield batch_norm()
    yield layer_norm()
    yield dropout()


def losses():
    labels = torch.tensor(LABELS)
    z = torch.tensor(saturated_logits(), requires_grad=True)
    value = F.cross_entropy(z, torch.tensor(SATURATED_LABELS))
    (dz,) = torch.autograd.grad(value, z)
    saturated = (saturated_logits(), SATURATED_LABELS, value.item(), dz.numpy())
    yield loss_case("torch cross_entropy, saturated", "softmax_cross_entropy", *saturated)
    for reduction in ("mean", "sum"):
        for name, loss in (("cross_entropy", "softmax_cross_entropy"), ("mse_loss", "mean_squared_error")):
            z = torch.tensor(logits(), requires_grad=True)
            target = labels if name == "cross_entropy" else F.one_hot(labels, 5).double()
            value = getattr(F, name)(z, target, reduction=reduction)
            (dz,) = torch.autograd.grad(value, z)
            dialect = {"loss.reduction": reduction}
            yield loss_case(f"torch {name}, {reduction}", loss, logits(), LABELS, value.item(), dz.numpy(), dialect)


write("pytorch.json", f"PyTorch {torch.__version__}", list(updates()), list(layers()), list(losses()))
