"""Writes or checks Tests/Goldens/cam.json: class activation maps of the network of network.json.

    python Tools/Goldens/class_activation_maps.py [--check] Tests/Goldens/cam.json

Needs numpy, and network.json in the same folder. The formulas are those of pytorch-grad-cam, which computed the file, in float64.
"""

import json
import sys
from pathlib import Path

import golden_file
import numpy
import small_network


def projection(planes):
    """The first principal component of the positions, whose coordinates are the channels."""
    rows = planes.reshape(len(planes), -1).T
    rows = rows - rows.mean(0)
    return (rows @ numpy.linalg.svd(rows, full_matrices=True)[2][0]).reshape(planes.shape[1:])


def weighted(activation, weights):
    return (weights[:, None, None] * activation).sum(0)


def grad_cam_plus_plus(activation, gradient):
    sums = activation.sum((1, 2), keepdims=True)
    shares = gradient**2 / (2 * gradient**2 + sums * gradient**3 + 1e-6)
    return weighted(activation, (numpy.maximum(gradient, 0) * numpy.where(gradient != 0, shares, 0)).sum((1, 2)))


def x_grad_cam(activation, gradient):
    sums = activation.sum((1, 2), keepdims=True)
    return weighted(activation, (gradient * activation / (sums + 1e-7)).sum((1, 2)))


METHODS = {
    "gradCAM": lambda a, g: weighted(a, g.mean((1, 2))),
    "gradCAMPlusPlus": grad_cam_plus_plus,
    "xGradCAM": x_grad_cam,
    "layerCAM": lambda a, g: (numpy.maximum(g, 0) * a).sum(0),
    "hiResCAM": lambda a, g: (g * a).sum(0),
    "eigenCAM": lambda a, g: projection(a),
    "eigenGradCAM": lambda a, g: projection(g * a),
    "elementWise": lambda a, g: numpy.maximum(g * a, 0).sum(0),
}


def scaled(plane):
    plane = plane - plane.min()
    return plane / (1e-7 + plane.max())


def resized(plane, extents):
    """Bilinear, with half-pixel centres."""
    for axis, extent in enumerate(extents):
        old = plane.shape[axis]
        place = numpy.clip((numpy.arange(extent) + 0.5) * old / extent - 0.5, 0, old - 1)
        low = numpy.minimum(place.astype(int), old - 1)
        high = numpy.minimum(low + 1, old - 1)
        share = (place - low).reshape([-1 if a == axis else 1 for a in range(2)])
        plane = plane.take(low, axis) * (1 - share) + plane.take(high, axis) * share
    return plane


def examples(random):
    return {
        "note": "target: the heatmap logit with the highest value, eval mode; layer l2 (after its final relu); maps are those "
        "pytorch-grad-cam returns: rectified, min-max normalised (1e-7), resized bilinearly (OpenCV convention, half-pixel "
        "centres) to the input, then averaged over the one layer and normalised again"
    }


def complete(document):
    with open(Path(sys.argv[-1]).parent / "network.json") as file:
        network = json.load(file)
    image = golden_file.array(network["input"])
    run = small_network.Pass(small_network.opened(network), image, training=False)
    heatmap = run.outputs[0].data
    item, category, y, x = (int(v) for v in numpy.unravel_index(heatmap.argmax(), heatmap.shape))
    seed = numpy.zeros(heatmap.shape)
    seed[item, category, y, x] = 1
    run.backward([seed, numpy.zeros(run.outputs[1].data.shape)])
    activation, gradient = run.features.data[item], run.features.gradient[item]
    document["peak"] = {"category": category, "y": y, "x": x, "value": float(heatmap.max())}
    document["layer"] = "l2"
    document["maps"] = {
        name: golden_file.listed(scaled(resized(scaled(numpy.maximum(plane, 0)), image.shape[2:])))
        for name, plane in ((name, method(activation, gradient)) for name, method in METHODS.items())
    }
    return document


if __name__ == "__main__":
    golden_file.run(__doc__, examples, complete, tolerance=2e-5, floor=1)
