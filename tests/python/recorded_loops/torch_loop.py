"""A training loop in PyTorch, recorded or not."""

import contextlib

import numpy as np
import torch
from loop import CLASSES, arguments, batches
from torch import nn

options = arguments(__doc__)
torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(2, 4, 3, padding=1, bias=False),
    nn.BatchNorm2d(4),
    nn.ReLU(inplace=True),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(64, 16),
    nn.Tanh(),
    nn.Dropout(0.5),
    nn.Linear(16, CLASSES),
)
if options.variant == "compiled":
    model = torch.compile(model)
if options.variant == "sgd":
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
else:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()

if options.record:
    from plumbline_recorder import Recorder

    broken = options.variant == "broken"
    recorder = Recorder(options.record, None if broken else model, optimizer, steps=3, strict=not broken)

for images, labels in batches():
    images, labels = torch.from_numpy(images.transpose(0, 3, 1, 2).copy()), torch.from_numpy(labels)
    with recorder.step(images=images, labels=labels) if options.record else contextlib.nullcontext() as step:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        if step:
            step.loss(loss)

np.savez(options.weights, **{name: value.numpy() for name, value in model.state_dict().items()})
