"""Plumbline's own engine, driven as its users drive it: by a study file and `plumbline run`."""

import json
import os
import re
import shutil

from plumbline_survey import programs, small_study

STUDY = """question = "Is the bright quarter found?"
data = ["./{data}"]
seeds = 1
stacks = ["native"]

[network]
input = [8, 8, 1]
layers = [
{layers}]

[recipe]
loss = "softmax_cross_entropy"
optimizer = {{ adam = {{ learning_rate = 0.01 }} }}
batch = {batch}
epochs = {epochs}
training_images = {images}
"""
LAYERS = """  { conv2d = 4, kernel = 3, padding = "same", activation = "relu" },
  { max_pool = 2 },
  { flatten = true },
  { dense = 16, activation = "relu" },
  { dense = 4 },
"""
UNLIKE_LAYERS = """  { conv2d = 4, kernel = 3, padding = "same", activation = "relu" },
  { conv2d = 6, kernel = 3, padding = "same", activation = "relu", from = "input" },
  { add = ["conv2d_1", "conv2d_2"] },
  { flatten = true },
  { dense = 4 },
"""
DEADLINE_SECONDS = 120


def study_text(layers=LAYERS, data="data.npz", images=small_study.TRAIN_IMAGES, epochs=6):
    return STUDY.format(layers=layers, data=data, images=images, epochs=epochs, batch=small_study.RECIPE["batch"])


def program(request):
    return os.path.join(request["programs"], "plumbline")


def run(request, text):
    """Runs a study. Its data file must be here."""
    shutil.rmtree("study", ignore_errors=True)
    os.mkdir("study")
    for name in [name for name in os.listdir(".") if name.endswith(".npz")]:
        shutil.copy(name, "study")
    with open("study/small.toml", "w") as file:
        file.write(text)
    command = [program(request), "run", "study/small.toml", "--results", "study/results.sqlite", "--quiet", "--json"]
    return programs.run(command, DEADLINE_SECONDS)


def accuracy(finished):
    """In percent."""
    return 100 * json.loads(finished.standard_output)["data"][0]["stacks"][0]["accuracy"]["by_seed"]["0"]


def layer_names(text):
    """As the study file's rules name them."""
    return [f"{word}_1" for word in re.findall(r"\{ (\w+) =", text)] + ["dense_2", "conv2d_2"]


def libraries(path):
    """Files of the shared libraries that a program loads."""
    finished = programs.run(["ldd", path], DEADLINE_SECONDS)
    return {os.path.realpath(found) for found in re.findall(r"=> (/\S+)", finished.standard_output)}
