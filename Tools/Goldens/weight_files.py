"""Writes the small weights files of Tests/WeightFilesTests/Files, and their contents as JSON.

    python3 Tools/Goldens/weight_files.py Tests/WeightFilesTests/Files

Needs torch, numpy and safetensors.
"""

import argparse
import json
import pathlib
import zipfile
from collections import OrderedDict

import numpy
import torch
from safetensors.torch import save_file


def tensors():
    base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) / 8 - 1
    shared = torch.linspace(-2, 2, 12)
    return OrderedDict(
        [
            ("conv.weight", base),
            ("conv.bias", torch.nn.Parameter(torch.tensor([1.5, -2.25, 3e-30]))),
            ("transposed", base.permute(2, 0, 1)),
            ("slice", shared[3:9:2]),
            ("rows", shared.reshape(3, 4)[1:]),
            ("tied", shared),
            ("tied.again", shared),
            ("expanded", torch.tensor([[7.0], [8.0]]).expand(2, 3)),
            ("half", torch.tensor([0.5, -65504, 6e-8], dtype=torch.float16)),
            ("bfloat", torch.tensor([1.0, -3.140625, 1e30], dtype=torch.bfloat16)),
            ("double", torch.tensor([0.1, -1e300 * 0 - 2], dtype=torch.float64)),
            ("long", torch.tensor([[-5, 1 << 40]])),
            ("int", torch.tensor([-7, 70000], dtype=torch.int32)),
            ("short", torch.tensor([-300, 300], dtype=torch.int16)),
            ("char", torch.tensor([-128, 127], dtype=torch.int8)),
            ("byte", torch.tensor([0, 255], dtype=torch.uint8)),
            ("bool", torch.tensor([True, False, True])),
            ("scalar", torch.tensor(4.25)),
            ("empty", torch.zeros(0, 4)),
            ("bn.num_batches_tracked", torch.tensor(12)),
        ]
    )


def checkpoint(named):
    wrapped = OrderedDict(("module." + name, tensor) for name, tensor in named.items())
    wrapped._metadata = OrderedDict([("", {"version": 1})])
    return {
        "epoch": 3,
        "args": argparse.Namespace(rate=0.1, names=["a", "b"], size=torch.Size([2, 3])),
        "best": numpy.float64(0.5),
        "device": torch.device("cpu"),
        "flags": {1, 2},
        "big": 1 << 80,
        "optimizer": {"state": {0: {"exp_avg": torch.ones(5)}}, "param_groups": [{"lr": 1e-3, "betas": (0.9, 0.999)}]},
        "state_dict": wrapped,
    }


def rewrite(source, target, change, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", compression) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=pathlib.Path)
    folder = parser.parse_args().output
    named = tensors()
    torch.save(checkpoint(named), folder / "checkpoint.pth")
    torch.save(checkpoint(named), folder / "protocol5.pth", pickle_protocol=5)
    torch.save(checkpoint(named), folder / "checkpoint.legacy", _use_new_zipfile_serialization=False)
    torch.save({"model": {"weight": torch.ones(2)}}, folder / "small.pth")
    torch.save({"model": {"weight": torch.ones(2)}}, folder / "small.legacy", _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Sequential(torch.nn.Linear(2, 1)), folder / "module.pth")
    rewrite(folder / "checkpoint.pth", folder / "deflated.pth", lambda name, data: data, zipfile.ZIP_DEFLATED)
    floats = OrderedDict((name, named[name].detach().float().contiguous()) for name in ["conv.weight", "slice"])
    torch.save(floats, folder / "floats.pth")

    def swap(name, data):
        if name.endswith("byteorder"):
            return b"big"
        return numpy.frombuffer(data, "<f4").byteswap().tobytes() if "/data/" in name else data

    rewrite(folder / "floats.pth", folder / "big-endian.pth", swap)
    (folder / "floats.pth").unlink()
    save_file(
        {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.ones(3).half(), "n": torch.tensor(3)},
        folder / "plain.safetensors",
        {"format": "pt"},
    )
    numpy.save(folder / "plain.npy", numpy.arange(6, dtype="<f4").reshape(2, 3))
    expected = {
        name: {"shape": list(tensor.shape), "data": tensor.detach().float().reshape(-1).tolist()}
        for name, tensor in named.items()
        if not name.endswith("num_batches_tracked")
    }
    (folder / "checkpoint.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main()
