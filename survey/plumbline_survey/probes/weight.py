"""What it costs to have the framework: size, dependencies, import, the way to the first step."""

import os
import re
import resource
import statistics
import sys
import time

from plumbline_export import write_program

from plumbline_survey import programs, small_study, words
from plumbline_survey.frameworks import framework_of

IMPORT_RUNS = 3
DEADLINE_SECONDS = 600

BUSY_CORES = 0.2  # what other programs may do meanwhile, as in the results of trials

IMPORT = """import resource, sys, time
started = time.perf_counter()
{imports}
seconds = time.perf_counter() - started
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def measure(request, answer):
    framework = framework_of(request["stack"])
    if framework is None:
        for question in ("install_size", "dependencies", "import_seconds", "import_memory", "cold_start"):
            answer.empty(question, "The survey does not know which packages this stack's users install.")
        return
    measure_installation(framework, answer)
    if framework.idiom is None:
        for question in ("import_seconds", "import_memory", "cold_start"):
            answer.empty(question, "Its programs are compiled; there is no import.")
        return
    program = write_program(one_step(request["stack"]))
    measure_import(program, answer)
    measure_cold_start(program, answer)


# Installation


def measure_installation(framework, answer):
    found, missing = closure([name.split("|") for name in framework.distributions])
    size = sum(installed_bytes(distribution) for distribution in found.values())
    answer.cell("install_size", {"bytes": size}, words.size(size))
    roots = len(framework.distributions)
    names = sorted(found)
    text = f"{len(found) - roots}"
    if missing:
        text += f" ({len(missing)} more are asked for and not installed: {words.joined(sorted(missing))})"
    answer.cell("dependencies", {"installed": names, "missing": sorted(missing), "roots": roots}, text)


def closure(roots):
    """{name: distribution} of the roots and all they require, and the names of those that are not installed."""
    from importlib import metadata

    found, missing, waiting = {}, set(), list(roots)
    while waiting:
        alternatives = waiting.pop()
        distribution = first_installed(metadata, alternatives)
        if distribution is None:
            missing.add(normalised(alternatives[0]))
            continue
        name = normalised(distribution.metadata["Name"])
        if name not in found:
            found[name] = distribution
            waiting += [[requirement] for requirement in requirements(distribution)]
    return found, missing


def normalised(name):
    """As PEP 503 has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def first_installed(metadata, alternatives):
    for name in alternatives:
        try:
            return metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
    return None


def requirements(distribution):
    """Names of what this installation of a distribution requires, extras left out."""
    from packaging.requirements import Requirement

    for text in distribution.requires or []:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement.name


def installed_bytes(distribution):
    total = 0
    for file in distribution.files or []:
        path = str(distribution.locate_file(file))
        if os.path.isfile(path) and not path.endswith(".pyc"):
            total += os.path.getsize(path)
    return total


# Import and first step


def imports_of(program):
    """The lines from the first import to the last that the framework needs; what they stand among stays."""
    lines = program.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("import "))
    end = next(number for number, line in enumerate(lines) if line.startswith("DATA ="))
    return "\n".join(lines[start:end])


class Stopwatch:
    """Tells what other programs did on the machine meanwhile, in cores."""

    def __init__(self):
        self.started, self.busy = time.monotonic(), self.busy_seconds()

    @staticmethod
    def busy_seconds():
        """Of all processes but this one's own, by /proc/stat (user, nice, system, irq, softirq, steal)."""
        with open("/proc/stat") as file:
            ticks = [int(word) for word in file.readline().split()[1:9]]
        busy = sum(ticks[:3]) + sum(ticks[5:8])
        own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return busy / os.sysconf("SC_CLK_TCK") - sum(usage.ru_utime + usage.ru_stime for usage in own)

    def others(self):
        return max(0.0, (self.busy_seconds() - self.busy) / (time.monotonic() - self.started))


def noted(text, others):
    return text + " (machine busy)" if others > BUSY_CORES else text


def measure_import(program, answer):
    stopwatch = Stopwatch()
    script = IMPORT.format(imports=imports_of(program))
    seconds, memory = [], []
    for _ in range(IMPORT_RUNS):
        finished = programs.run([sys.executable, "-c", script], DEADLINE_SECONDS)
        answer.evidence(script, finished.output, finished.exit_status)
        if finished.exit_status != 0:
            raise RuntimeError("The import failed: " + finished.standard_error)
        last = finished.standard_output.split()[-2:]
        seconds.append(float(last[0]))
        memory.append(int(last[1]))
    middle = statistics.median(seconds)
    spread = f"{min(seconds):.1f} to {max(seconds):.1f} s in {IMPORT_RUNS} runs"
    others = stopwatch.others()
    value = {"seconds": seconds, "other_load": others}
    answer.cell("import_seconds", value, noted(f"{words.seconds(middle)} ({spread})", others))
    memory_bytes = statistics.median(memory)
    answer.cell("import_memory", {"bytes": memory}, words.size(memory_bytes))


def one_step(stack):
    request = small_study.request_for(stack)
    request["training_images"] = request["recipe"]["batch"]
    request["recipe"]["epochs"] = 1
    return request


def measure_cold_start(program, answer):
    """From starting the program to its end after one step; what it compiled is kept for the second time only."""
    program = programs.without_section(program, "Test")
    small_study.write_npz("data.npz", small_study.data_set())
    caches, stopwatch = private_caches(), Stopwatch()
    seconds = []
    for _ in range(2):
        finished = programs.run_program(program, "data.npz", DEADLINE_SECONDS, "first_step.py", caches)
        answer.evidence(program, finished.output, finished.exit_status)
        if finished.exit_status is None:
            answer.empty("cold_start", f"The first step was not done within {DEADLINE_SECONDS} s.")
            return
        if finished.exit_status != 0:
            raise RuntimeError("The first step failed: " + finished.standard_error)
        seconds.append(finished.seconds)
    text = f"{words.seconds(seconds[0])}, again {words.seconds(seconds[1])}"
    others = stopwatch.others()
    value = {"seconds": [round(value, 2) for value in seconds], "other_load": others}
    answer.cell("cold_start", value, noted(text, others))


def private_caches():
    """Empty folders for what frameworks compile and keep."""
    folder = os.path.abspath("compiled")
    variables = {"XDG_CACHE_HOME": folder, "TORCHINDUCTOR_CACHE_DIR": folder, "TRITON_CACHE_DIR": folder}
    flags = os.environ.get("THEANO_FLAGS")
    if flags:
        kept = [flag for flag in flags.split(",") if not flag.startswith("base_compiledir")]
        variables["THEANO_FLAGS"] = ",".join(kept + ["base_compiledir=" + folder])
    return variables
