"""The paper's CNN in compiled PyTorch, as a plain script. Prints one line of JSON."""

import argparse
import json
import time

started = time.monotonic()

import numpy as np  # noqa: E402 - the imports are timed
import torch  # noqa: E402
from torch import nn  # noqa: E402

imported = time.monotonic()

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data", required=True, help="NPZ with train_images, train_labels, test_images, test_labels")
parser.add_argument("--steps", type=int, default=1000)
parser.add_argument("--batch", type=int, default=50)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--threads", type=int, default=torch.get_num_threads())
arguments = parser.parse_args()

torch.set_num_threads(arguments.threads)
torch.manual_seed(arguments.seed)


def images_of(pixels):
    return torch.from_numpy(pixels.reshape(-1, 1, 28, 28).astype(np.float32) / 255)


data = np.load(arguments.data)
train_images, test_images = images_of(data["train_images"]), images_of(data["test_images"])
train_labels = torch.from_numpy(data["train_labels"].astype(np.int64))
test_labels = torch.from_numpy(data["test_labels"].astype(np.int64))
loaded = time.monotonic()

model = nn.Sequential(
    nn.Conv2d(1, 32, 5, padding=2),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 5, padding=2),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(7 * 7 * 64, 1024),
    nn.ReLU(),
    nn.Dropout(0.5),
    nn.Linear(1024, 10),
)
model = torch.compile(model)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
criterion = nn.CrossEntropyLoss()
built = time.monotonic()

model.train()
step = 0
while step < arguments.steps:
    for indices in torch.randperm(len(train_images)).split(arguments.batch)[: arguments.steps - step]:
        optimizer.zero_grad()
        loss = criterion(model(train_images[indices]), train_labels[indices])
        loss.backward()
        optimizer.step()
        step += 1
        if step == 1:
            first_step_done = time.monotonic()
final_loss = loss.item()
trained = time.monotonic()

model.eval()
with torch.inference_mode():
    outputs = torch.cat([model(images) for images in test_images.split(1000)])
accuracy = (outputs.argmax(1) == test_labels).float().mean().item()
predicted = time.monotonic()

print(
    json.dumps(
        {
            "import_seconds": imported - started,
            "load_seconds": loaded - imported,
            "build_seconds": built - loaded,
            "first_step_seconds": first_step_done - built,
            "train_seconds": trained - first_step_done,
            "predict_seconds": predicted - trained,
            "steps": step,
            "loss": final_loss,
            "accuracy": accuracy,
        }
    )
)
