"""Writes or checks Tests/Goldens/deformable.json: deformable convolutions and all their gradients.

    python Tools/Goldens/deformable.py [--check] Tests/Goldens/deformable.json

Needs numpy. The sums are written out as in the papers, in float64; `torchvision.ops.deform_conv2d`, which computed the file, agrees.
"""

import math

import golden_file
import numpy
from golden_file import numbers

TABLE = [
    # channels in and out, kernel, stride, padding, dilation, groups, offset groups, map, batch, mask, bias
    ("3x3 with a mask", 5, 4, (3, 3), (1, 1), (1, 1), (1, 1), 1, 1, (6, 5), 2, True, True),
    ("without a mask", 3, 2, (3, 3), (1, 1), (1, 1), (1, 1), 1, 1, (5, 7), 1, False, False),
    ("uneven", 2, 3, (2, 3), (2, 1), (1, 2), (1, 2), 1, 1, (8, 6), 2, True, True),
    ("groups", 8, 6, (3, 2), (1, 2), (2, 0), (1, 1), 2, 4, (5, 6), 2, True, True),
    ("pointwise, stride 2", 4, 4, (1, 1), (2, 2), (0, 0), (1, 1), 4, 2, (7, 5), 1, True, False),
    ("blocks of channels", 32, 16, (3, 3), (1, 1), (1, 1), (1, 1), 1, 2, (4, 5), 2, True, True),
]


def sampling(plane, y, x):
    """The corners around a point that are on the map, each with its weight and the weight's derivatives along rows and columns."""
    top, left = math.floor(y), math.floor(x)
    for row, below in ((top, 1 - (y - top)), (top + 1, y - top)):
        for column, right in ((left, 1 - (x - left)), (left + 1, x - left)):
            if 0 <= row < plane.shape[0] and 0 <= column < plane.shape[1]:
                yield row, column, below * right, (right if row > top else -right), (below if column > left else -below)


def convolve(case):
    """Adds output and gradients."""
    given = {name: golden_file.array(value) for name, value in case["inputs"].items()}
    gradients = {name: numpy.zeros(value.shape) for name, value in given.items()}
    image, weight = given["input"], given["weight"]
    slope = golden_file.array(case["slope"])
    output = numpy.zeros(slope.shape)
    kernel = case["kernel"]
    elements = kernel[0] * kernel[1]
    channels, outputs = image.shape[1], weight.shape[0]
    for n, c, i, j, row, column in numpy.ndindex(len(image), channels, *kernel, *slope.shape[2:]):
        element = c * case["offsetGroups"] // channels * elements + i * kernel[1] + j
        place = (n, element, row, column)
        mask = given["mask"][place] if "mask" in given else 1
        y, x = (
            position * case["stride"][axis] + step * case["dilation"][axis] - case["padding"][axis]
            + given["offset"][n, 2 * element + axis, row, column]
            for axis, (position, step) in enumerate(((row, i), (column, j)))
        )
        group = c * case["groups"] // channels
        reached = slice(group * outputs // case["groups"], (group + 1) * outputs // case["groups"])
        factors = weight[reached, c % (channels // case["groups"]), i, j]
        sample, along = 0, [0, 0]
        passed = factors @ slope[n, reached, row, column]
        for corner_row, corner_column, share, *derivatives in sampling(image[n, c], y, x):
            value = image[n, c, corner_row, corner_column]
            sample += share * value
            along = [sum_ + derivative * value for sum_, derivative in zip(along, derivatives)]
            gradients["input"][n, c, corner_row, corner_column] += passed * mask * share
        output[n, reached, row, column] += factors * sample * mask
        gradients["weight"][reached, c % (channels // case["groups"]), i, j] += slope[n, reached, row, column] * sample * mask
        gradients["offset"][n, 2 * element : 2 * element + 2, row, column] += passed * mask * numpy.array(along)
        if "mask" in given:
            gradients["mask"][place] += passed * sample
    if "bias" in given:
        output += given["bias"][:, None, None]
        gradients["bias"] = slope.sum((0, 2, 3))
    case["output"] = golden_file.listed(output, digits=7)
    case["gradients"] = {name: golden_file.listed(value, digits=7) for name, value in gradients.items()}


def examples(random):
    cases = []
    for name, inputs, outputs, kernel, stride, padding, dilation, groups, offset_groups, extent, batch, masked, biased in TABLE:
        rows, columns = [
            (extent[a] + 2 * padding[a] - dilation[a] * (kernel[a] - 1) - 1) // stride[a] + 1 for a in (0, 1)
        ]
        elements = offset_groups * kernel[0] * kernel[1]

        def made(part, *shape):
            return numbers(f"{name} {part}", math.prod(shape)).reshape(shape)

        # Up to three cells, so that some points are outside; every seventh is whole: on the edge, or one cell beyond.
        offset = made("offset", batch, 2 * elements, rows, columns) * numpy.float32(3)
        offset.ravel()[::7] = offset.ravel()[::7].round()
        tensors = {
            "input": made("input", batch, inputs, *extent), "offset": offset,
            "weight": made("weight", outputs, inputs // groups, *kernel),
        }
        if masked:
            tensors["mask"] = made("mask", batch, elements, rows, columns)
        if biased:
            tensors["bias"] = made("bias", outputs)
        cases.append({
            "name": name, "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation,
            "groups": groups, "offsetGroups": offset_groups,
            "inputs": {key: golden_file.listed(value, digits=7) for key, value in tensors.items()},
            "slope": golden_file.listed(made("slope", batch, outputs, rows, columns), digits=7),
        })
    return {"note": "deformable convolutions and their gradients; Tools/Goldens/deformable.py", "cases": cases}


def complete(document):
    for case in document["cases"]:
        convolve(case)
    return document


if __name__ == "__main__":
    golden_file.run(__doc__, examples, complete, tolerance=1e-5)
