"""Writes Tests/Goldens/networks.json: CenterNet's published networks.

They come from a checkout of github.com/xingyizhou/CenterNet, with its compiled DCNv2 replaced by torchvision's operator and no
downloads:

    python Tools/Goldens/networks.py --centernet CHECKOUT --output Tests/Goldens

Every parameter, every statistic and the input follow one rule, which the tests repeat; it is described at
`golden_file.numbers`.
Needs torch and torchvision.
"""

import argparse
import json
import math
import sys
import types
from pathlib import Path

import numpy
import torch
import torchvision
from golden_file import numbers, seed_of

CLASSES = 3
SIDE = 128


def filling(name, shape):
    """Returns a tensor's content: weights in ±sqrt(3 / fan in), which keeps the magnitude of activations; those of offsets and
    masks in ±sqrt(0.3 / fan in), scales in 0.75…1.25, shifts and means in ±0.25, variances in 0.5…1.5."""
    count = math.prod(shape)
    values = numbers(name, count)
    last = name.rsplit(".", 1)[1]
    if last == "running_var":
        values = values * numpy.float32(0.5) + numpy.float32(1)
    elif len(shape) == 4:
        # Kernels of even size belong to transposed convolutions, which see four positions of each channel at a time.
        transposed = shape[2] % 2 == 0
        fan_in = 4 * (shape[0] if shape[1] > 1 else 1) if transposed else shape[1] * shape[2] * shape[3]
        bound = math.sqrt((0.3 if "conv_offset_mask" in name else 3) / fan_in)
        values = values * numpy.float32(bound)
    elif last == "weight":
        values = values * numpy.float32(0.25) + numpy.float32(1)
    else:
        values = values * numpy.float32(0.25)
    return torch.from_numpy(values.reshape(shape))


def published(checkout, heads={"hm": CLASSES, "wh": 2, "reg": 2}):
    """CenterNet's model factory, with its extension replaced and without downloads."""
    models = Path(checkout) / "src" / "lib" / "models"
    package = types.ModuleType("centernet_networks")
    package.__path__ = [str(models / "networks")]
    sys.modules["centernet_networks"] = package
    extension = types.ModuleType("centernet_networks.DCNv2.dcn_v2")

    class DCN(torch.nn.Module):
        def __init__(self, inputs, outputs, kernel_size, stride, padding, dilation=1, deformable_groups=1):
            super().__init__()
            self.geometry = (stride, padding, dilation)
            self.weight = torch.nn.Parameter(torch.zeros(outputs, inputs, *kernel_size))
            self.bias = torch.nn.Parameter(torch.zeros(outputs))
            planes = deformable_groups * 3 * kernel_size[0] * kernel_size[1]
            self.conv_offset_mask = torch.nn.Conv2d(inputs, planes, kernel_size, stride, padding)

        def forward(self, x):
            rows, columns, mask = torch.chunk(self.conv_offset_mask(x), 3, dim=1)
            return torchvision.ops.deform_conv2d(
                x, torch.cat([rows, columns], 1), self.weight, self.bias, *self.geometry, torch.sigmoid(mask))

    extension.DCN = DCN
    sys.modules["centernet_networks.DCNv2"] = types.ModuleType("centernet_networks.DCNv2")
    sys.modules["centernet_networks.DCNv2.dcn_v2"] = extension
    import importlib

    modules = {
        name: importlib.import_module(f"centernet_networks.{name}")
        for name in ["msra_resnet", "resnet_dcn", "dlav0", "pose_dla_dcn", "large_hourglass"]
    }
    for name in ["msra_resnet", "resnet_dcn"]:
        modules[name].PoseResNet.init_weights = lambda self, *arguments, **options: None
    for name in ["dlav0", "pose_dla_dcn"]:
        modules[name].DLA.load_pretrained_model = lambda self, *arguments, **options: None
    networks = {}
    for depth in [18, 34, 50, 101]:
        networks[f"resnet{depth}-wide"] = lambda d=depth: modules["msra_resnet"].get_pose_net(d, heads, 64)
        networks[f"resdcn{depth}"] = lambda d=depth: modules["resnet_dcn"].get_pose_net(d, heads, 64)
    networks["dla34-plain"] = lambda: modules["dlav0"].get_pose_net(34, heads, 256)
    networks["dla34"] = lambda: modules["pose_dla_dcn"].get_pose_net(34, heads, 256)
    networks["hourglass104"] = lambda: modules["large_hourglass"].get_large_hourglass_net(0, heads, 256)
    return networks


def network_case(name, network):
    network.eval()
    state = {
        key: value for key, value in network.state_dict().items()
        if not key.endswith("num_batches_tracked") and not key.startswith("base.fc.")
    }
    with torch.no_grad():
        for key, value in state.items():
            value.copy_(filling(key, tuple(value.shape)))
        image = torch.from_numpy(numbers("image", 3 * SIDE * SIDE).reshape(1, 3, SIDE, SIDE))
        stacks = network(image)
    listing = sorted(f"{key} {'x'.join(map(str, value.shape))}" for key, value in state.items())
    learned = sum(v.numel() for k, v in state.items() if not k.rsplit(".", 1)[1].startswith("running_"))
    case = {"name": name, "parameterCount": learned, "names": len(listing), "namesHash": seed_of("\n".join(listing)),
            "outputs": {}}
    for index, heads in enumerate(stacks):
        for key, ours in [("hm", "heatmap"), ("wh", "size"), ("reg", "offset")]:
            values = heads[key].flatten()
            # 37 elements, spread over the map.
            places = [i * (len(values) - 1) // 36 for i in range(37)]
            output = ours if index == len(stacks) - 1 else f"{ours}@{index}"
            case["outputs"][output] = {
                "shape": list(heads[key].shape), "elements": [float(f"{values[p]:.7g}") for p in places],
                "scale": float(f"{values.abs().max():.7g}"), "sum": float(f"{values.double().sum():.9g}"),
            }
    print(name, learned, {k: (v["scale"], v["sum"]) for k, v in case["outputs"].items()})
    return case


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--centernet", required=True, metavar="CHECKOUT")
    parser.add_argument("--output", required=True, metavar="FOLDER")
    options = parser.parse_args()
    output = Path(options.output)
    source = f"torch {torch.__version__}, torchvision {torchvision.__version__}"
    cases = [network_case(name, make()) for name, make in published(options.centernet).items()]
    note = f"CenterNet's published networks, parameters and input by a rule; {source}; Tools/Goldens/networks.py"
    (output / "networks.json").write_text(json.dumps({"note": note, "side": SIDE, "networks": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
