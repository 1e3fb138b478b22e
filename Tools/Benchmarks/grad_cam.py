#!/usr/bin/env python3
"""Times pytorch-grad-cam on a network that Pinpoint trained: Grad-CAM of N detections at three layers.

    pip install torch torchvision safetensors opencv-python-headless grad-cam
    grad_cam.py WEIGHTS.safetensors IMAGE [--detections 20] [--size 256] [--runs 7]

Builds CenterNet's ResNet-18 with the weights' own names, finds the highest peaks, and explains all of them in one batch (the
image repeated, with one target each), and one by one. Prints the median of both in milliseconds, and saves the maps with --save.
"""
import argparse
import statistics
import time

import cv2
import numpy as np
import torch
import torchvision
from pytorch_grad_cam import GradCAM
from safetensors.torch import load_file


class CenterNet(torch.nn.Module):
    def __init__(self, classes, head_channels=64):
        super().__init__()
        self.backbone = torchvision.models.resnet18(weights=None)
        del self.backbone.fc, self.backbone.avgpool
        layers, channels = [], 512
        for width in (256, 128, 64):
            layers += [torch.nn.ConvTranspose2d(channels, width, 4, 2, 1, bias=False), torch.nn.BatchNorm2d(width),
                       torch.nn.ReLU()]
            channels = width
        self.upsampler = torch.nn.Sequential(*layers)
        self.heads = torch.nn.ModuleDict({
            name: torch.nn.Sequential(torch.nn.Conv2d(64, head_channels, 3, 1, 1), torch.nn.ReLU(),
                                      torch.nn.Conv2d(head_channels, width, 1))
            for name, width in (("heatmap", classes), ("size", 2), ("offset", 2))})

    def forward(self, x):
        b = self.backbone
        x = b.maxpool(b.relu(b.bn1(b.conv1(x))))
        x = b.layer4(b.layer3(b.layer2(b.layer1(x))))
        return self.heads["heatmap"](self.upsampler(x))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weights")
    parser.add_argument("image")
    parser.add_argument("--detections", type=int, default=20)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    weights = load_file(options.weights)
    model = CenterNet(weights["heads.heatmap.2.weight"].shape[0], weights["heads.heatmap.0.weight"].shape[0])
    print("missing or unexpected:", model.load_state_dict(weights, strict=False))
    model.eval()

    image = cv2.cvtColor(cv2.imread(options.image), cv2.COLOR_BGR2RGB)
    height, width = image.shape[:2]
    scale = options.size / max(height, width)
    matrix = np.array([[scale, 0, (options.size - scale * width) / 2 + (scale - 1) / 2],
                       [0, scale, (options.size - scale * height) / 2 + (scale - 1) / 2]])
    view = cv2.warpAffine(image, matrix, (options.size, options.size), flags=cv2.INTER_LINEAR)
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    x = torch.from_numpy(((view / 255 - mean) / deviation).transpose(2, 0, 1)[None].astype(np.float32))

    with torch.no_grad():
        heat = torch.sigmoid(model(x))[0]
    peaks = (heat == torch.nn.functional.max_pool2d(heat[None], 3, 1, 1)[0]) * heat
    best = torch.topk(peaks.flatten(), options.detections).indices
    places = [tuple(int(v) for v in np.unravel_index(int(i), heat.shape)) for i in best]
    targets = [lambda output, p=p: output[p] for p in places]
    layers = [model.backbone.layer2, model.backbone.layer3, model.backbone.layer4]
    with GradCAM(model=model, target_layers=layers) as cam:
        batch = x.repeat(len(targets), 1, 1, 1)
        forms = {"in one batch": lambda: cam(input_tensor=batch, targets=targets),
                 "one by one": lambda: [cam(input_tensor=x, targets=[t]) for t in targets]}
        for name, form in forms.items():
            form()
            times = []
            for _ in range(options.runs):
                began = time.perf_counter()
                result = form()
                times.append(1000 * (time.perf_counter() - began))
            print(f"{name}: {statistics.median(times):.0f} ms (from {min(times):.0f} to {max(times):.0f})")
        if options.save:
            np.save(options.save, np.asarray(cam(input_tensor=batch, targets=targets)))
            print("peaks:", places)


if __name__ == "__main__":
    main()
