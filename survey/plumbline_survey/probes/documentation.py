"""How much of the public interface has a docstring, what the docstrings tell, and whether their examples run."""

import importlib
import random
import sys
import time

from plumbline_survey import documentation, words
from plumbline_survey.forked import run_forked
from plumbline_survey.frameworks import framework_of, prepare_imports

QUESTIONS = ("docstrings", "parameters_described", "examples", "examples_run")
SAMPLE_SIZE, SAMPLE_SEED = 60, 0
EXAMPLE_SECONDS = 10
ALL_EXAMPLES_SECONDS = 120
PACKAGES = {"jax": ["jax", "flax.nnx", "optax"]}
# What a reader of the documentation has imported.
USUAL_NAMES = {"np": "numpy", "tf": "tensorflow", "jnp": "jax.numpy", "nn": "torch.nn"}


def measure(request, answer):
    framework = framework_of(request["stack"])
    if framework is None or framework.idiom is None:
        for question in QUESTIONS:
            answer.empty(question, "Only docstrings of Python packages are read.")
        return
    prepare_imports(request["stack"])
    names = PACKAGES.get(request["stack"]) or [next(iter(framework.modules))]
    modules = [importlib.import_module(name) for name in names]
    objects = [found for module in modules for found in documentation.public_objects(module)]
    measure_docstrings(names, objects, answer)
    measure_examples(objects, framework, answer)


def measure_docstrings(names, objects, answer):
    documented = [found for found in objects if found.has_docstring]
    value = {"packages": names, "public": len(objects), "with_docstring": len(documented)}
    answer.cell("docstrings", value, words.share(len(documented), len(objects)))
    with_parameters = [found for found in objects if found.parameters]
    described = [found for found in with_parameters if found.describes_parameters]
    value = {"with_parameters": len(with_parameters), "described": len(described)}
    answer.cell("parameters_described", value, words.share(len(described), len(with_parameters)))
    with_example = [found for found in objects if found.examples]
    value = {"public": len(objects), "with_example": len(with_example)}
    answer.cell("examples", value, words.share(len(with_example), len(objects)))


def measure_examples(objects, framework, answer):
    examples = [(found.name, program) for found in objects for program in found.examples]
    sample = random.Random(SAMPLE_SEED).sample(sorted(examples), min(SAMPLE_SIZE, len(examples)))
    scope = usual_scope(framework)
    deadline = time.monotonic() + ALL_EXAMPLES_SECONDS
    outcomes = []
    for name, program in sample:
        if time.monotonic() < deadline:
            outcome, reason = run_forked(lambda program=program: run_example(program, dict(scope)), EXAMPLE_SECONDS)
            outcomes.append({"name": name, "outcome": outcome, "reason": reason})
    write_log(outcomes)
    count = {word: sum(outcome["outcome"] == word for outcome in outcomes) for word in ("runs", "fails", "network")}
    tried = len(outcomes) - count["network"]
    value = {"examples": len(examples), "sample": len(outcomes), "seed": SAMPLE_SEED, **count, "outcomes": outcomes}
    text = words.share(count["runs"], tried)
    text += f" of a sample from {len(examples):,}" if len(examples) > len(outcomes) else ""
    text += f"; {count['network']} want the network" if count["network"] else ""
    answer.cell("examples_run", value, text)


def write_log(outcomes):
    for outcome in outcomes:
        print(f"{outcome['outcome']}: {outcome['name']}: {outcome['reason']}")


def usual_scope(framework):
    scope = {}
    for name, module in [*USUAL_NAMES.items(), *((alias, module) for module, alias in framework.modules.items())]:
        if module.split(".")[0] in sys.modules or name == "np":
            try:
                scope[name] = importlib.import_module(module)
            except ImportError:
                continue
    return scope


def run_example(program, scope):
    exec(compile(program, "example", "exec"), scope)
