"""The paper's CNN in PyTorch, eager and compiled."""

import torch
from torch import nn
from turns import answer, batches_of, load, parse

options = parse()
settings = options.settings
torch.set_num_threads(options.threads)
torch.manual_seed(0)
layout = torch.channels_last if settings.get("channels_last") else torch.contiguous_format

images, labels = load(options.data)
images = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(memory_format=layout)
labels = torch.from_numpy(labels).long()

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
).to(memory_format=layout)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, fused=settings.get("fused", True))
criterion = nn.CrossEntropyLoss()
forward = torch.compile(model, mode=settings["compile"]) if "compile" in settings else model
batches = batches_of(lambda: torch.randperm(len(images)), options.batch)


def take_steps(count):
    for _ in range(count):
        indices = next(batches)
        optimizer.zero_grad()
        loss = criterion(forward(images[indices]), labels[indices])
        loss.backward()
        optimizer.step()
    return loss.item()


answer(take_steps)
