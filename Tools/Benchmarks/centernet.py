#!/usr/bin/env python3
"""Times CenterNet's published networks in PyTorch, with torchvision's operator for their deformable convolutions.

    Tools/Benchmarks/centernet.py CHECKOUT NETWORK …

Needs torch, torchvision and a checkout of github.com/xingyizhou/CenterNet. Prints milliseconds for each network (with the names of
`pinpoint bench --network`): a forward pass of a 512x512 image, in the default layout and in channels-last; and a training step of 8
images of 256x256 with Adam and a square loss, which is cheaper than CenterNet's. Two threads, medians.
"""

import pathlib
import statistics
import sys
import time

import torch

sys.path.append(str(pathlib.Path(__file__).parent.parent / "Goldens"))
import networks


def median(runs, run):
    run()
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def main():
    torch.set_num_threads(2)
    published = networks.published(sys.argv[1], {"hm": 20, "wh": 2, "reg": 2})
    for name in sys.argv[2:]:
        network = published[name]().eval()
        image = torch.randn(1, 3, 512, 512)
        with torch.no_grad():
            plain = median(7, lambda: network(image))
            image = image.to(memory_format=torch.channels_last)
            network = network.to(memory_format=torch.channels_last)
            last = median(7, lambda: network(image))
        network = network.to(memory_format=torch.contiguous_format).train()
        images = torch.randn(8, 3, 256, 256)
        optimizer = torch.optim.Adam(network.parameters(), fused=True)

        def step():
            loss = sum(head.square().mean() for stack in network(images) for head in stack.values())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        print(f"{name}: forward {plain:.0f} ms, channels-last {last:.0f} ms, training step {median(3, step):.0f} ms", flush=True)


if __name__ == "__main__":
    main()
