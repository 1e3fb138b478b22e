#!/usr/bin/env python3
"""Converts checkpoints as CenterNet's programs write them, and compares the models' outputs with those of CenterNet's networks.

    Tools/Checks/checkpoints.py .build/release/pinpoint WORK --centernet CHECKOUT

Needs torch, torchvision, numpy and a checkout of github.com/xingyizhou/CenterNet. Each network is filled with the numbers of
Tools/Goldens/networks.py and saved for boxes (hm, wh, reg) and for keypoints (also hps, hm_hp, hp_offset), as parallel
training leaves it, with `module.` before every name. `pinpoint convert` makes a model of it, which is exported and run by
`pinpoint layers`; the image's channels are reversed, since CenterNet has blue first. Exits with 1 when an output differs by more
than 1e-4 of its largest magnitude.
"""

import argparse
import pathlib
import subprocess
import sys

import numpy
import torch

sys.path.append(str(pathlib.Path(__file__).parent.parent / "Goldens"))
import networks

HEADS = {
    "heatmap": "hm", "size": "wh", "offset": "reg", "keypointDisplacement": "hps", "keypointHeatmap": "hm_hp",
    "keypointOffset": "hp_offset",
}
SIDE = 128
KEYPOINTS = 17


def run(*arguments):
    result = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(result.stderr.strip())


def compare(program, work, name, network, has_keypoints):
    network.eval()
    with torch.no_grad():
        for key, value in network.state_dict().items():
            if not key.endswith("num_batches_tracked"):
                value.copy_(networks.filling(key, tuple(value.shape)))
        image = torch.from_numpy(networks.numbers("image", 3 * SIDE * SIDE).reshape(1, 3, SIDE, SIDE))
        expected = network(image)[-1]
    prefix = "module." if has_keypoints else ""
    state = {prefix + key: value for key, value in network.state_dict().items()}
    torch.save({"epoch": 140, "state_dict": state, "optimizer": {"state": {}, "param_groups": []}}, work / "model.pth")
    run(program, "convert", work / "model.pth", "--network", name, "--size", SIDE, "--output", work / "model.safetensors",
        "--classes", "person" if has_keypoints else "a,b,c", *(["--keypoints", "coco"] if has_keypoints else []))
    run(program, "export", "--model", work / "model.safetensors", "--onnx", work / "model.onnx")
    numpy.save(work / "image.npy", numpy.ascontiguousarray(image.numpy()[:, ::-1]))
    run(program, "layers", "--onnx", work / "model.onnx", "--input", work / "image.npy", "--outputs", work / "outputs")
    worst = 0.0
    for ours, theirs in HEADS.items():
        if theirs in expected:
            values = expected[theirs].numpy()
            actual = numpy.load(work / "outputs" / f"{ours}.npy")
            worst = max(worst, float(numpy.abs(actual - values).max() / numpy.abs(values).max()))
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--centernet", required=True, metavar="CHECKOUT")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    failed = False
    boxes = {"hm": networks.CLASSES, "wh": 2, "reg": 2}
    keypoints = {"hm": 1, "wh": 2, "reg": 2, "hps": 2 * KEYPOINTS, "hm_hp": KEYPOINTS, "hp_offset": 2}
    for has_keypoints, heads in [(False, boxes), (True, keypoints)]:
        for name, make in networks.published(options.centernet, heads).items():
            worst = compare(options.program, options.work, name, make(), has_keypoints)
            failed |= not worst <= 1e-4
            print(f"{name:16}{'keypoints' if has_keypoints else 'boxes':8}{worst:.1e}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
