"""Writes or checks Tests/Goldens/network.json: values, gradients and Adam's steps of a small network.

    python Tools/Goldens/small_network.py [--check] Tests/Goldens/network.json

Needs numpy. Layers and gradients are written out with windows and sums in float64, and agree with PyTorch's, which computed the file.
"""

import golden_file
import numpy
from numpy.lib.stride_tricks import sliding_window_view

EPSILON, MOMENTUM = 1e-5, 0.1

NOTE = (
    "layers in PyTorch notation: conv 7x7/2 pad 3 -> bn -> relu -> maxpool 3/2 pad 1 -> basic block l1 (8) -> basic block "
    "l2 (16, stride 2, 1x1 projection) -> 4x4/2 pad 1 transposed conv -> bn -> relu -> {3x3 conv+relu+1x1 conv: heatmap "
    "logits, 1x1 conv: size}; bn eps 1e-5 momentum 0.1; seeds are dL/d(output)"
)


class Value:
    """An array that a pass computed, and its gradient."""

    def __init__(self, data):
        self.data, self.gradient = data, 0


class Pass:
    """A forward pass of the network, which records how to go back."""

    def __init__(self, weights, image, training):
        self.weights = {name: Value(data) for name, data in weights.items()}
        self.training, self.statistics, self.steps = training, {}, []
        self.image = Value(image)
        x = self.relu(self.normalized("bn", self.convolution("conv", self.image, 2, 3)))
        x = self.block("l1", self.pooled(x), 1)
        self.features = x = self.block("l2", x, 2)
        x = self.relu(self.normalized("upbn", self.transposed("up", x, 2, 1)))
        hidden = self.relu(self.convolution("hm1", x, 1, 1))
        self.outputs = [self.convolution("hm2", hidden, 1, 0), self.convolution("wh", x, 1, 0)]

    def backward(self, seeds):
        for output, seed in zip(self.outputs, seeds):
            output.gradient = seed
        for step in reversed(self.steps):
            step()

    def result(self, data, step):
        """A new value; `step` receives its gradient on the way back."""
        value = Value(data)
        self.steps.append(lambda: step(value.gradient))
        return value

    def block(self, name, x, stride):
        y = self.relu(self.normalized(f"{name}.bn1", self.convolution(f"{name}.conv1", x, stride, 1)))
        y = self.normalized(f"{name}.bn2", self.convolution(f"{name}.conv2", y, 1, 1))
        if stride > 1:
            x = self.normalized(f"{name}.down.1", self.convolution(f"{name}.down.0", x, stride, 0))

        def step(slope):
            x.gradient += slope
            y.gradient += slope

        return self.relu(self.result(x.data + y.data, step))

    def relu(self, x):
        def step(slope):
            x.gradient += slope * (x.data > 0)

        return self.result(numpy.maximum(x.data, 0), step)

    def convolution(self, name, x, stride, padding):
        weight, bias = self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias")
        padded = pad(x.data, padding, 0)
        windows = sliding_window_view(padded, weight.data.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
        data = numpy.einsum("ncyxij,kcij->nkyx", windows, weight.data)
        if bias:
            data += bias.data[:, None, None]

        def step(slope):
            weight.gradient += numpy.einsum("ncyxij,nkyx->kcij", windows, slope)
            x.gradient += cropped(scattered(slope, weight.data, stride, padded.shape), padding)
            if bias:
                bias.gradient += slope.sum((0, 2, 3))

        return self.result(data, step)

    def transposed(self, name, x, stride, padding):
        """The adjoint of a convolution: what that does going back, this does going forward."""
        weight = self.weights[f"{name}.weight"]
        side = weight.data.shape[2]
        shape = (len(x.data), weight.data.shape[1], *((extent - 1) * stride + side for extent in x.data.shape[2:]))

        def step(slope):
            windows = sliding_window_view(pad(slope, padding, 0), (side, side), axis=(2, 3))[:, :, ::stride, ::stride]
            weight.gradient += numpy.einsum("nkyxij,ncyx->ckij", windows, x.data)
            x.gradient += numpy.einsum("nkyxij,ckij->ncyx", windows, weight.data)

        return self.result(cropped(scattered(x.data, weight.data, stride, shape), padding), step)

    def pooled(self, x):
        padded = pad(x.data, 1, -numpy.inf)
        windows = sliding_window_view(padded, (3, 3), axis=(2, 3))[:, :, ::2, ::2]
        flat = windows.reshape(*windows.shape[:4], 9)
        winner = flat.argmax(-1)

        def step(slope):
            gradient = numpy.zeros(padded.shape)
            image, channel, row, column = numpy.indices(winner.shape)
            numpy.add.at(gradient, (image, channel, 2 * row + winner // 3, 2 * column + winner % 3), slope)
            x.gradient += cropped(gradient, 1)

        return self.result(flat.max(-1), step)

    def normalized(self, name, x):
        scale, shift = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        mean, variance = (self.weights[f"{name}.running_{kind}"].data for kind in ("mean", "var"))
        if self.training:
            own = x.data.mean((0, 2, 3)), x.data.var((0, 2, 3))
            count = x.data.size / len(own[0])
            unbiased = own[1] * count / (count - 1)
            self.statistics[f"{name}.running_mean"] = (1 - MOMENTUM) * mean + MOMENTUM * own[0]
            self.statistics[f"{name}.running_var"] = (1 - MOMENTUM) * variance + MOMENTUM * unbiased
            mean, variance = own
        mean, deviation = (v[:, None, None] for v in (mean, numpy.sqrt(variance + EPSILON)))
        normal = (x.data - mean) / deviation

        def step(slope):
            scale.gradient += (slope * normal).sum((0, 2, 3))
            shift.gradient += slope.sum((0, 2, 3))
            slope = slope * scale.data[:, None, None]
            if self.training:
                means = [v.mean((0, 2, 3), keepdims=True) for v in (slope, slope * normal)]
                slope = slope - means[0] - normal * means[1]
            x.gradient += slope / deviation

        return self.result(normal * scale.data[:, None, None] + shift.data[:, None, None], step)


def pad(data, cells, constant):
    return numpy.pad(data, ((0, 0), (0, 0), (cells, cells), (cells, cells)), constant_values=constant)


def cropped(data, cells):
    return data[:, :, cells : data.shape[2] - cells, cells : data.shape[3] - cells]


def scattered(narrow, weight, stride, shape):
    """Adds each cell times the kernel to a map of the given shape; `weight` is `[narrow channel, wide channel, row, column]`."""
    wide = numpy.zeros(shape)
    rows, columns = narrow.shape[2:]
    for i in range(weight.shape[2]):
        for j in range(weight.shape[3]):
            part = numpy.einsum("nkyx,kc->ncyx", narrow, weight[:, :, i, j])
            wide[:, :, i : i + stride * rows : stride, j : j + stride * columns : stride] += part
    return wide


def adam(weights, image, count=3, rate=1e-3, betas=(0.9, 0.999), epsilon=1e-8):
    """Steps of Adam on the mean squares of both outputs; returns the losses and the learned weights."""
    weights, losses = dict(weights), []
    learned = [name for name in weights if ".running_" not in name]
    moments = {name: [numpy.zeros_like(weights[name])] * 2 for name in learned}
    for number in range(1, count + 1):
        run = Pass(weights, image, training=True)
        losses.append(float(sum((output.data**2).mean() for output in run.outputs)))
        run.backward([2 * output.data / output.data.size for output in run.outputs])
        for name in learned:
            slope = run.weights[name].gradient
            moments[name] = [b * m + (1 - b) * s for b, m, s in zip(betas, moments[name], (slope, slope**2))]
            first, second = (m / (1 - b**number) for b, m in zip(betas, moments[name]))
            weights[name] = weights[name] - rate * first / (numpy.sqrt(second) + epsilon)
    return losses, {name: weights[name] for name in learned}


def examples(random):
    shapes = {"conv": (8, 3, 7, 7), "hm1": (8, 8, 3, 3), "hm2": (3, 8, 1, 1), "wh": (2, 8, 1, 1), "up": (16, 8, 4, 4)}
    shapes |= {"l1.conv1": (8, 8, 3, 3), "l1.conv2": (8, 8, 3, 3)}
    shapes |= {"l2.conv1": (16, 8, 3, 3), "l2.conv2": (16, 16, 3, 3), "l2.down.0": (16, 8, 1, 1)}
    weights = {}
    for name, shape in shapes.items():
        bound = numpy.prod(shape[1:]) ** -0.5
        weights[f"{name}.weight"] = random.uniform(-bound, bound, shape)
        if name in ("hm1", "hm2", "wh"):
            weights[f"{name}.bias"] = random.uniform(-bound, bound, shape[0])
    for name, channels in {"bn": 8, "upbn": 8, "l1.bn1": 8, "l1.bn2": 8, "l2.bn1": 16, "l2.bn2": 16, "l2.down.1": 16}.items():
        for kind, value in (("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)):
            weights[f"{name}.{kind}"] = numpy.full(channels, value)
    return {
        "note": NOTE,
        "weights": {name: golden_file.listed(value.astype(numpy.float32)) for name, value in weights.items()},
        "input": golden_file.listed(random.normal(size=(2, 3, 40, 48)).astype(numpy.float32)),
        "seeds": [golden_file.listed(random.normal(size=(2, c, 10, 12)).astype(numpy.float32)) for c in (3, 2)],
        "adam": {
            "note": "then three Adam steps (lr 1e-3, betas 0.9 0.999, eps 1e-8, train mode, starting from the weights above and "
            "the running statistics above) on mean(heatmap^2)+mean(size^2)"
        },
    }


def opened(document):
    return {name: golden_file.array(value) for name, value in document["weights"].items()}


def complete(document):
    weights, image = opened(document), golden_file.array(document["input"])
    document["evalOutputs"] = [golden_file.listed(v.data) for v in Pass(weights, image, training=False).outputs]
    run = Pass(weights, image, training=True)
    run.backward([golden_file.array(seed) for seed in document["seeds"]])
    document["trainOutputs"] = [golden_file.listed(output.data) for output in run.outputs]
    document["gradients"] = {
        name: golden_file.listed(value.gradient) for name, value in run.weights.items() if ".running_" not in name
    }
    document["inputGradient"] = golden_file.listed(run.image.gradient)
    document["runningStatistics"] = {name: golden_file.listed(value) for name, value in run.statistics.items()}
    losses, learned = adam(weights, image)
    document["adam"] |= {
        "losses": losses, "weights": {name: golden_file.listed(value) for name, value in learned.items()}
    }
    return document


if __name__ == "__main__":
    golden_file.run(__doc__, examples, complete, tolerance=1e-4, floor=1)
