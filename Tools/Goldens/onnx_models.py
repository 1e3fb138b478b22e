"""Writes Tests/Goldens/onnx: small networks as PyTorch exports them, with inputs and ONNX Runtime's outputs.

    python Tools/Goldens/onnx_models.py Tests/Goldens/onnx

Needs torch, onnx, onnxruntime and numpy, and onnxscript for the newer exporter. Each NAME.onnx has a NAME.json beside it:
{"inputs": {name: {"shape", "data"}}, "outputs": {name: {"shape", "data"}}}.
"""

import json
import os
import sys
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from torch import nn

warnings.filterwarnings("ignore")


class ConvSiLU(nn.Module):
    def __init__(self, c1, c2, k=1, s=1):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, k, s, (k - 1) // 2, bias=False)
        self.bn = nn.BatchNorm2d(c2)
        self.act = nn.SiLU()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class GridYOLO(nn.Module):
    """In the style of YOLO versions 3 to 7: a pyramid with concatenation and upsampling, grids, anchors, a five-axis transpose."""

    def __init__(self):
        super().__init__()
        self.stem, self.down = ConvSiLU(3, 8, 6, 2), ConvSiLU(8, 8, 3, 2)
        self.c1, self.c2 = ConvSiLU(8, 8), ConvSiLU(16, 8, 3)
        self.pool = nn.MaxPool2d(5, 1, 2)
        self.heads = nn.ModuleList(nn.Conv2d(c, 2 * 7, 1) for c in (16, 8))
        anchors = torch.tensor([[[4.0, 6], [9, 7]], [[12, 14], [20, 22]]])
        self.register_buffer("anchors", anchors)

    def forward(self, x):
        small = self.stem(x)
        deep = self.down(small)
        pooled = torch.cat([deep, self.pool(self.c1(deep))], 1)
        low = self.c2(torch.cat([small, F.interpolate(self.c1(deep), scale_factor=2, mode="nearest")], 1))
        found = []
        for index, (map, stride) in enumerate([(pooled, 4), (low, 2)]):
            map = self.heads[index](map)
            n, _, h, w = map.shape
            map = map.view(n, 2, 7, h, w).permute(0, 1, 3, 4, 2).contiguous()
            y, x_ = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
            grid = torch.stack([x_, y], 2).expand(1, 2, h, w, 2).float() - 0.5
            s = map.sigmoid()
            xy = (s[..., 0:2] * 2 + grid) * stride
            wh = (s[..., 2:4] * 2) ** 2 * self.anchors[index].view(1, 2, 1, 1, 2)
            found.append(torch.cat([xy, wh, s[..., 4:]], -1).view(n, -1, 7))
        return torch.cat(found, 1)


class DistributionYOLO(nn.Module):
    """In the style of YOLO version 8: split features, a distribution for each edge whose mean is a convolution of a softmax."""

    def __init__(self, bins=4, classes=3):
        super().__init__()
        self.bins, self.classes = bins, classes
        self.stem, self.mix = ConvSiLU(3, 8, 3, 2), ConvSiLU(12, 8, 1)
        self.inner = ConvSiLU(4, 4, 3)
        self.box, self.kind = nn.Conv2d(8, 4 * bins, 1), nn.Conv2d(8, classes, 1)
        self.mean = nn.Conv2d(bins, 1, 1, bias=False)
        self.mean.weight.data[:] = torch.arange(bins, dtype=torch.float).view(1, bins, 1, 1)

    def forward(self, x):
        x = self.stem(x)
        a, b = x.chunk(2, 1)
        x = self.mix(torch.cat([a, b, self.inner(b)], 1))
        n, _, h, w = x.shape
        flat = torch.cat([self.box(x), self.kind(x)], 1).view(n, 4 * self.bins + self.classes, h * w)
        box, kind = flat.split((4 * self.bins, self.classes), 1)
        edges = self.mean(box.view(n, 4, self.bins, h * w).transpose(2, 1).softmax(1)).view(n, 4, h * w)
        left, right = edges.chunk(2, 1)
        y, x_ = torch.meshgrid(torch.arange(h) + 0.5, torch.arange(w) + 0.5, indexing="ij")
        cells = torch.stack([x_.reshape(-1), y.reshape(-1)], 0).unsqueeze(0)
        low, high = cells - left, cells + right
        return torch.cat([torch.cat([(low + high) / 2, high - low], 1) * 2, kind.sigmoid()], 1)


class Siamese(nn.Module):
    """A template's features slide over those of a search region: a grouped convolution with a computed weight."""

    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Conv2d(3, 6, 3, 2), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 6, 3))
        self.head = nn.Conv2d(6, 5, 1)

    def forward(self, template, search):
        z, x = self.trunk(template), self.trunk(search)
        n, c = z.shape[:2]
        response = F.conv2d(x.reshape(1, n * c, x.shape[2], x.shape[3]), z.reshape(n * c, 1, z.shape[2], z.shape[3]),
                            groups=n * c)
        return self.head(response.reshape(n, c, response.shape[2], response.shape[3]))


class Mobile(nn.Module):
    """Squeeze-and-excitation with hard activations, depthwise convolutions, a linear layer after pooling."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.Hardswish())
        self.depth = nn.Sequential(nn.Conv2d(8, 8, 5, 1, 2, groups=8), nn.BatchNorm2d(8), nn.ReLU6())
        self.squeeze = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 4, 1), nn.ReLU(), nn.Conv2d(4, 8, 1),
                                     nn.Hardsigmoid())
        self.classify = nn.Linear(8, 5)

    def forward(self, x):
        x = self.stem(x)
        y = self.depth(x)
        y = x + y * self.squeeze(y)
        return self.classify(y.mean([2, 3])), F.avg_pool2d(y, 3, 2, 1, ceil_mode=True, count_include_pad=False)


class Styled(nn.Module):
    """Instance and group normalization, PReLU, Mish, paddings, transposed convolutions, bilinear and cubic resizing."""

    def __init__(self):
        super().__init__()
        self.one = nn.Conv2d(3, 8, 3, padding=1, padding_mode="reflect")
        self.instance, self.group = nn.InstanceNorm2d(8, affine=True), nn.GroupNorm(2, 8)
        self.prelu, self.mish = nn.PReLU(8), nn.Mish()
        self.up = nn.ConvTranspose2d(8, 6, 3, 2, 1, output_padding=1)
        for parameter in self.parameters():
            nn.init.normal_(parameter, std=0.4)

    def forward(self, x):
        x = self.prelu(self.instance(self.one(F.pad(x, (1, 0, 0, 1)))))
        x = self.mish(self.group(x)) + F.gelu(x) * F.softplus(x)
        up = self.up(x)
        smooth = F.interpolate(F.leaky_relu(x, 0.1), size=up.shape[2:], mode="bilinear", align_corners=False)
        aligned = F.interpolate(x, size=(7, 9), mode="bilinear", align_corners=True)
        return F.normalize(up, dim=1) * smooth[:, :6], aligned, F.interpolate(x, scale_factor=1.5, mode="bicubic")


class Attention(nn.Module):
    """A transformer block over the cells of a map."""

    def __init__(self, width=8, heads=2):
        super().__init__()
        self.heads, self.patch = heads, nn.Conv2d(3, width, 4, 4)
        self.norm, self.qkv, self.out = nn.LayerNorm(width), nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 12), nn.GELU(), nn.Linear(12, width))
        self.place = nn.Parameter(torch.randn(1, 12, width))

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2) + self.place
        n, t, c = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(n, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        weights = (q @ k.transpose(-2, -1) * (c // self.heads) ** -0.5).softmax(-1)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(n, t, c))
        return x + self.mlp(x), weights.amax(-1)


def settle(model):
    """Sets random statistics, so that normalizations have an effect."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, std=0.3)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.uniform_(module.weight, 0.7, 1.3)
            nn.init.normal_(module.bias, std=0.2)
    return model.eval()


def write(folder, name, proto, feeds):
    path = os.path.join(folder, name + ".onnx")
    onnx.save(proto, path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    values = session.run(names, feeds)

    def tensor(array):
        data = [float(f"{value:.7g}") for value in np.asarray(array, dtype=np.float64).ravel()]
        return {"shape": list(np.shape(array)), "data": data}

    golden = {
        "note": f"torch {torch.__version__}, onnxruntime {onnxruntime.__version__}",
        "inputs": {key: tensor(value) for key, value in feeds.items()},
        "outputs": {key: tensor(value) for key, value in zip(names, values)},
    }
    with open(os.path.join(folder, name + ".json"), "w") as file:
        json.dump(golden, file, separators=(",", ":"))
        file.write("\n")
    print(f"{name:24} {os.path.getsize(path):7} bytes, opset {proto.opset_import[0].version}, "
          f"{len(proto.graph.node)} nodes")


def export(folder, name, model, shapes, batch=1, opset=17, newer=False, free=True):
    torch.manual_seed(len(name))
    model = settle(model())
    names = list(shapes)
    inputs = tuple(torch.randn(batch, *shape) for shape in shapes.values())
    path = os.path.join(folder, name + ".tmp")
    if newer:
        dims = [{0: torch.export.Dim.DYNAMIC} for _ in names] if free else None
        torch.onnx.export(model, inputs, path, input_names=names, opset_version=opset, dynamo=True, external_data=False,
                          dynamic_shapes=dims, verbose=False)
    else:
        axes = {key: {0: "batch"} for key in names} if free else None
        torch.onnx.export(model, inputs, path, input_names=names, opset_version=opset, dynamo=False, dynamic_axes=axes)
    proto = onnx.load(path)
    os.remove(path)
    for node in proto.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    del proto.graph.metadata_props[:]
    feeds = {key: torch.randn(batch, *shape).numpy() for key, shape in shapes.items()}
    write(folder, name, proto, feeds)


def old_forms(folder):
    """Writes operators of opset 7 to 9: upsampling, slices and squeezes by attributes, softmax over all trailing axes."""
    rng = np.random.default_rng(9)
    weight = rng.normal(size=(4, 3, 3, 3)).astype(np.float32)
    initializers = [numpy_helper.from_array(weight, "weight"),
                    numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), "scales"),
                    numpy_helper.from_array(rng.normal(size=(4, 1, 1)).astype(np.float32), "slope")]
    nodes = [
        helper.make_node("Conv", ["x", "weight"], ["c"], auto_pad="SAME_UPPER", strides=[2, 2], kernel_shape=[3, 3]),
        helper.make_node("PRelu", ["c", "slope"], ["p"]),
        helper.make_node("Upsample", ["p", "scales"], ["u"], mode="nearest"),
        helper.make_node("Clip", ["u"], ["clipped"], min=-0.5, max=1.5),
        helper.make_node("Slice", ["clipped"], ["s"], starts=[1, 0], ends=[3, 2147483647], axes=[1, 2]),
        helper.make_node("Dropout", ["s"], ["d"], ratio=0.5),
        helper.make_node("Pad", ["d"], ["padded"], pads=[0, 0, 1, 0, 0, 0, 0, 2], value=0.25),
        helper.make_node("ReduceMax", ["padded"], ["r"], axes=[1], keepdims=1),
        helper.make_node("Squeeze", ["r"], ["q"], axes=[1]),
        helper.make_node("Softmax", ["q"], ["y"], axis=1),
        helper.make_node("MaxPool", ["clipped"], ["z"], kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1]),
    ]
    graph = helper.make_graph(
        nodes, "old", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3, 7, 6]),
                       helper.make_tensor_value_info("weight", TensorProto.FLOAT, [4, 3, 3, 3]),
                       helper.make_tensor_value_info("scales", TensorProto.FLOAT, [4]),
                       helper.make_tensor_value_info("slope", TensorProto.FLOAT, [4, 1, 1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None),
         helper.make_tensor_value_info("z", TensorProto.FLOAT, None)], initializers)
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 9)], ir_version=3)
    write(folder, "old_forms", proto, {"x": rng.normal(size=(2, 3, 7, 6)).astype(np.float32)})


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    onnxruntime.set_default_logger_severity(3)
    export(folder, "grid_yolo", GridYOLO, {"images": (3, 16, 20)})
    export(folder, "distribution_yolo", DistributionYOLO, {"images": (3, 12, 16)})
    export(folder, "siamese", Siamese, {"template": (3, 13, 13), "search": (3, 21, 21)}, free=False)
    export(folder, "mobile", Mobile, {"x": (3, 17, 14)}, batch=2, opset=13)
    export(folder, "styled", Styled, {"x": (3, 6, 5)}, opset=16)
    export(folder, "attention", Attention, {"x": (3, 12, 16)}, batch=2)
    export(folder, "newer_yolo", GridYOLO, {"images": (3, 16, 20)}, opset=18, newer=True)
    export(folder, "newer_attention", Attention, {"x": (3, 12, 16)}, batch=2, opset=20, newer=True)
    old_forms(folder)


main()
