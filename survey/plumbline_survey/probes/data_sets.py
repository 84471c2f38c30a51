"""Data sets that come with the framework or can be loaded by name, and whether they need the network.

A loader is a function `load_data` of a module in a package `datasets` of the framework. Each is called without a
network; what it raises says whether it wanted one.
"""

import importlib
import json
import pkgutil

from plumbline_survey import native_engine, programs, words
from plumbline_survey.forked import run_forked
from plumbline_survey.frameworks import framework_of, prepare_imports

LOADER_SECONDS = 30
STATES = {"runs": "shipped", "network": "over the network", "fails": "failing otherwise"}


def measure(request, answer):
    framework = framework_of(request["stack"])
    if request["stack"] == "native":
        measure_natively(request, answer)
        return
    if framework is None or framework.idiom is None:
        answer.empty("data_sets", "Only Python packages are searched for data sets.")
        return
    prepare_imports(request["stack"])
    name = next(iter(framework.modules))
    results = {}
    for data_set, load in sorted(loaders_of(importlib.import_module(name))):
        outcome, reason = run_forked(load, LOADER_SECONDS)
        results[data_set] = STATES[outcome]
        print(f"{name}.datasets.{data_set}.load_data(): {results[data_set]} {reason}")
    answer.cell("data_sets", {"package": name, "sets": results}, text_of(name, results))


def measure_natively(request, answer):
    """What `plumbline data list` knows: sets that lie on this machine, and sets that it would fetch."""
    command = [native_engine.program(request), "data", "list", "--json"]
    finished = programs.run(command, LOADER_SECONDS)
    answer.evidence(" ".join(["plumbline", *command[1:]]), finished.output, finished.exit_status)
    sets = json.loads(finished.standard_output)["sets"]
    results = {found["name"]: "shipped" if found["state"] == "verified" else "over the network" for found in sets}
    text = text_of("native", results).replace("shipped", "on this machine")
    answer.cell("data_sets", {"package": "plumbline", "sets": results}, text)


def text_of(package, results):
    if not results:
        return f"none in {package}"
    parts = []
    for state in STATES.values():
        found = [name for name, result in results.items() if result == state]
        if found or state == "shipped":
            parts.append(f"{len(found)} {state}" + (f" ({words.joined(found)})" if found else ""))
    return "; ".join(parts)


def loaders_of(package):
    """(data set's name, its load_data) of every loader of the package."""
    try:
        datasets = importlib.import_module(package.__name__ + ".datasets")
    except ImportError:
        return
    for found in pkgutil.iter_modules(datasets.__path__):
        module = importlib.import_module(f"{datasets.__name__}.{found.name}")
        if callable(getattr(module, "load_data", None)):
            yield found.name, module.load_data
