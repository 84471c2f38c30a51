"""Where a training step of the paper's CNN spends its time, layer by layer: our own kernels against oneDNN's.

Both take turns, a step each; times are those of the fastest step, as other programs only make it slower. `bound` is what a layer must take at least on this machine: the products
that are not with a gradient that is zero at the peak of the registers, or its weights and their slots at the peak of the
memory, whichever is more.
"""

import argparse
import json
import os
import subprocess

from shared.machine import PROJECT

PROGRAMS = PROJECT / "build" / "release" / "bin"


def json_of(program, *arguments):
    command = [PROGRAMS / program, *map(str, arguments)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def bound_ms(layer, peaks):
    products = layer["needed_flop"] / (1e9 * peaks["register_gflop_per_second"])
    memory = layer["moved_bytes"] / (1e9 * peaks["memory_gb_per_second"])
    return 1000 * max(products, memory)


def print_table(found, peaks):
    own, onednn = found["own"], found["onednn"]
    print(
        "\nbatch %d, %d threads, %.0f%% of the ReLUs dead, %s: %.2f ms a step, oneDNN %.2f ms (%.2fx)"
        % (
            found["batch"],
            found["threads"],
            100 * found["dead"],
            found["instruction_set"],
            own["fastest_step_ms"],
            onednn["fastest_step_ms"],
            onednn["fastest_step_ms"] / own["fastest_step_ms"],
        )
    )
    heads = ("layers", "forward", "oneDNN", "backward", "oneDNN", "GFLOP/s", "bound")
    print("%-30s %9s %9s %9s %9s %9s %9s" % heads)
    for layer, other in zip(own["layers"], onednn["layers"], strict=True):
        taken = layer["forward_ms"] + layer["backward_ms"]
        print(
            "%-30s %9.3f %9.3f %9.3f %9.3f %9.0f %9.3f"
            % (
                layer["layers"],
                layer["forward_ms"],
                other["forward_ms"],
                layer["backward_ms"],
                other["backward_ms"],
                (layer["forward_flop"] + layer["backward_flop"]) / taken / 1e6,
                bound_ms(layer, peaks),
            )
        )
    print("%-30s %9.3f %9.3f" % ("loss", own["loss_ms"], onednn["loss_ms"]))
    print("%-30s %9s %9s %9.3f %9.3f" % ("optimizer, other weights", "", "", own["optimizer_ms"], onednn["optimizer_ms"]))


def main():
    parser = argparse.ArgumentParser(prog="bench/run layers", description=__doc__)
    parser.add_argument("--batch", type=int, action="append", help="may be given several times [50, 128, 512]")
    parser.add_argument("--dead", type=float, action="append", help="share of dead ReLUs [0, 0.5, 0.9]")
    parser.add_argument("--threads", type=int, action="append", help="[1, and as many as there are cores]")
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--instruction-set", choices=["portable", "avx2", "avx512"])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = {"bench": "layers", "peaks": {}, "races": []}
    for threads in options.threads or sorted({1, len(os.sched_getaffinity(0))}):
        peaks = result["peaks"][threads] = json_of("plumbline-peaks", threads)
        for batch in options.batch or [50, 128, 512]:
            for dead in options.dead or [0, 0.5, 0.9]:
                arguments = ["--batch", batch, "--threads", threads, "--dead", dead, "--steps", options.steps]
                if options.instruction_set:
                    arguments += ["--instruction-set", options.instruction_set]
                found = json_of("plumbline-layers", *arguments)
                result["races"].append(found)
                if not options.json:
                    print_table(found, peaks)
    if options.json:
        print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
