"""Writes Tests/Goldens/operators-arithmetic.json: the results of PyTorch and ONNX Runtime for arithmetic operators.

    python Tools/Goldens/operators_arithmetic.py Tests/Goldens/operators-arithmetic.json

Needs torch, onnx, onnxruntime and numpy. Each entry names the Pinpoint operator that it is for and has `inputs`, `parameters`, `output`,
and, if PyTorch computed it, the gradients for the output gradient `slope`. Numbers that JSON lacks are the strings nan, inf and -inf.
"""

import json
import math
import sys

import numpy as np
import onnx
import onnx.reference
import onnxruntime
import torch
import torch.nn.functional as F

generator = torch.Generator().manual_seed(5)
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, -2.5, 3.0, -3.0, 7.0, -7.0, 30.0, -30.0, 1e4, -1e4, 1e-6, math.inf, -math.inf, math.nan]
entries = []


def number(value):
    value = float(np.float32(value))
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return float(f"{value:.8g}")


def tensor(value):
    value = value.detach() if isinstance(value, torch.Tensor) else torch.from_numpy(np.asarray(value))
    return {"shape": list(value.shape), "data": [number(x) for x in value.float().flatten().tolist()]}


def normal(*shape, low=None):
    values = torch.randn(shape, generator=generator)
    values = values if low is None else values.abs() + low
    return (values * 1000).round() / 1000


def entry(name, function, inputs, parameters=(), gradients=True):
    """Adds what PyTorch computes, and its gradients."""
    inputs = [x.clone().requires_grad_(gradients) for x in inputs]
    parameters = [x.clone().requires_grad_(gradients) for x in parameters]
    output = function(*inputs, *parameters)
    made = {"name": name, "inputs": [tensor(x) for x in inputs], "parameters": [tensor(x) for x in parameters], "output": tensor(output)}
    if gradients:
        slope = normal(*output.shape)
        output.backward(slope)
        made["slope"] = tensor(slope)
        made["inputGradients"] = [tensor(x.grad) for x in inputs]
        made["parameterGradients"] = [tensor(x.grad) for x in parameters]
    entries.append(made)


def runtime_entry(name, kind, inputs, reference=False, **attributes):
    """Adds what ONNX Runtime computes, or ONNX's own reference implementation where it cannot."""
    names = [f"x{index}" for index in range(len(inputs))]
    node = onnx.helper.make_node(kind, names, ["y"], **attributes)
    infos = [onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, list(x.shape)) for n, x in zip(names, inputs)]
    graph = onnx.helper.make_graph([node], "g", infos, [onnx.ValueInfoProto(name="y")])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    if reference:
        session = onnx.reference.ReferenceEvaluator(model)
    else:
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    output = session.run(None, {n: x.numpy() for n, x in zip(names, inputs)})[0]
    entries.append({"name": name, "inputs": [tensor(x) for x in inputs], "parameters": [], "output": tensor(output.astype(np.float32))})


def activations():
    special = torch.tensor(SPECIAL)
    functions = {
        "leakyReLU": lambda x: F.leaky_relu(x, 0.1), "hardSigmoid": F.hardsigmoid, "hardSwish": F.hardswish,
        "elu": lambda x: F.elu(x, 0.7), "selu": F.selu, "celu": lambda x: F.celu(x, 1.3), "softplus": F.softplus,
        "softsign": F.softsign, "tanh": torch.tanh, "mish": F.mish, "gelu": F.gelu,
        "geluTanh": lambda x: F.gelu(x, approximate="tanh"), "silu": F.silu, "clip": lambda x: torch.clamp(x, -0.4, 6),
        "thresholdedReLU": lambda x: F.threshold(x, 0.5, 0), "exp": torch.exp, "log": torch.log, "sqrt": torch.sqrt,
        "reciprocal": torch.reciprocal, "absolute": torch.abs, "negate": torch.neg, "floor": torch.floor, "ceil": torch.ceil,
        "round": torch.round, "truncate": torch.trunc, "erf": torch.erf, "sin": torch.sin, "cos": torch.cos, "tan": torch.tan,
        "asin": torch.asin, "acos": torch.acos, "atan": torch.atan, "sinh": torch.sinh, "cosh": torch.cosh,
    }
    positive = {"log", "sqrt"}
    inside = {"asin", "acos", "tan"}
    for name, function in functions.items():
        # In float32 PyTorch's GELU has no value at infinity, and few digits far below zero.
        exact = lambda x: 0.5 * x.double() * (1 + torch.erf(x.double() / math.sqrt(2)))
        entry(f"activation special {name}", exact if name == "gelu" else function, [special], gradients=False)
        x = normal(11, low=0.1) if name in positive else normal(11)
        entry(f"activation {name}", function, [x.clamp(-0.9, 0.9) if name in inside else x])
    runtime_entry("activation special sign", "Sign", [special[:-1]])


def two(shape_left, shape_right, right_low=None):
    return [normal(*shape_left), normal(*shape_right, low=right_low)]


def functions_of_two():
    shapes = [((2, 3, 4), (3, 1)), ((3, 1), (1, 4)), ((), (2, 3))]
    for index, (left, right) in enumerate(shapes):
        entry(f"add {index}", torch.add, two(left, right))
        entry(f"multiply {index}", torch.mul, two(left, right))
        entry(f"subtract {index}", torch.sub, two(left, right))
        entry(f"divide {index}", torch.div, two(left, right, 0.3))
        entry(f"power {index}", torch.pow, [normal(*left, low=0.2), normal(*right)])
        entry(f"maximum {index}", torch.maximum, two(left, right))
        entry(f"minimum {index}", torch.minimum, two(left, right))
        entry(f"modulo {index}", torch.remainder, two(left, right, 0.3), gradients=False)
        entry(f"remainder {index}", torch.fmod, two(left, right, 0.3), gradients=False)
    tied = torch.tensor([1.0, 2.0, 3.0])
    entry("maximum tied", torch.maximum, [tied, tied.flip(0)])
    odd = torch.tensor([0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 4.0])
    for name, function in [("maximum", torch.maximum), ("minimum", torch.minimum), ("divide", torch.div), ("power", torch.pow)]:
        entry(f"{name} special", function, [odd[:, None], odd[None]], gradients=False)
    entry("where", lambda c, a, b: torch.where(c != 0, a, b), [torch.tensor([[1.0], [0.0], [2.0]]), *two((2, 1, 4), (3, 4))], gradients=False)


def along_axes():
    for axis in range(4):
        entry(f"softmax {axis}", lambda x: F.softmax(x, axis), [normal(2, 3, 2, 3)])
        entry(f"logSoftmax {axis}", lambda x: F.log_softmax(x, axis), [normal(2, 3, 2, 3)])
    entry("softmax 1 large", lambda x: F.softmax(x, 1), [torch.tensor([[1e4, 0.0, -1e4], [-math.inf, 0.0, 1.0]])], gradients=False)
    x = normal(2, 3, 4)
    reductions = {
        "mean": torch.mean, "sum": torch.sum, "max": torch.amax, "min": torch.amin,
        "l1": lambda x, axes, keepdim: x.abs().sum(axes, keepdim), "l2": lambda x, axes, keepdim: x.norm(2, axes, keepdim),
        "sumOfSquares": lambda x, axes, keepdim: (x * x).sum(axes, keepdim),
        "logSum": lambda x, axes, keepdim: x.abs().sum(axes, keepdim).log(), "logSumExp": torch.logsumexp,
    }
    for axes in [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]:
        text = "".join(map(str, axes))
        for name, function in reductions.items():
            entry(f"reduce {name} {text}", lambda x: function(x, axes, True), [normal(2, 3, 4, low=0.1) if name == "logSum" else x])
        runtime_entry(f"reduce product {text}", "ReduceProd", [x], axes=list(axes), keepdims=1)
    tied = torch.tensor([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    entry("reduce max 1 tied", lambda x: torch.amax(x, (1,), True), [tied])
    zeros = torch.tensor([[1.0, 0.0, 3.0], [0.0, 2.0, 0.0], [2.0, 3.0, 4.0]])
    entry("reduce product 1 zeros", lambda x: torch.prod(x, 1, True), [zeros])
    entry("reduce l2 1 zeros", lambda x: x.norm(2, 1, True), [torch.zeros(2, 3)])
    infinite = torch.tensor([[-math.inf, -math.inf], [math.inf, 0.0], [0.0, -math.inf]])
    entry("reduce logSumExp 1 special", lambda x: torch.logsumexp(x, 1, True), [infinite], gradients=False)
    for name, function in [("argmax", torch.argmax), ("argmin", torch.argmin)]:
        entry(f"{name} 1", lambda x: function(x, 1, True), [normal(2, 5, 3)], gradients=False)


def products():
    for index, (left, right) in enumerate([((3, 4), (4, 2)), ((2, 1, 3, 4), (3, 4, 2)), ((4,), (2, 4, 3)), ((2, 3, 4), (4,)), ((4,), (4,))]):
        entry(f"matmul {index}", torch.matmul, two(left, right))
    entry("correlation plain", lambda x, w: F.conv2d(x, w, padding=1), [normal(2, 2, 4, 5), normal(3, 2, 3, 3)])
    entry("correlation groups", lambda x, w, b: F.conv2d(x, w, b, stride=(2, 1), dilation=(1, 2), groups=2), [normal(1, 4, 5, 6), normal(4, 2, 2, 2), normal(4)])
    entry("correlation channels", lambda x, w: F.conv2d(x, w, groups=3), [normal(1, 3, 5, 6), normal(3, 1, 3, 4)])


def normalizations():
    entry("instance", lambda x, w, b: F.instance_norm(x, weight=w, bias=b, eps=1e-3), [normal(2, 3, 3, 4)], [normal(3), normal(3)])
    entry("group", lambda x, w, b: F.group_norm(x, 2, w, b, eps=1e-3), [normal(2, 4, 3, 3)], [normal(4), normal(4)])
    entry("layer", lambda x, w, b: F.layer_norm(x, (3, 4), w, b, eps=1e-3), [normal(2, 2, 3, 4)], [normal(3, 4), normal(3, 4)])
    entry("prelu", lambda x, w: F.prelu(x, w.flatten()), [normal(2, 3, 2, 2)], [normal(3, 1, 1)])
    entry("lrn 3", lambda x: F.local_response_norm(x, 3, 0.3, 0.75, 1.5), [normal(2, 5, 2, 2)])
    # ONNX's reference implementation normalizes no more channels than there are images.
    runtime_entry("lrn 4", "LRN", [normal(5, 5, 1, 2)], reference=True, size=4, alpha=0.5, beta=0.6, bias=2.0)


for make in [activations, functions_of_two, along_axes, products, normalizations]:
    make()
with open(sys.argv[1], "w") as file:
    note = "Operators of arithmetic by PyTorch and ONNX Runtime; made by Tools/Goldens/operators_arithmetic.py"
    lines = ",\n".join("    " + json.dumps(made, separators=(",", ":")) for made in entries)
    file.write(f'{{\n  "note": {json.dumps(note)},\n  "entries": [\n{lines}\n  ]\n}}\n')
