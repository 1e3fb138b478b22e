"""Writes or checks Tests/Goldens/decode.json: boxes decoded from a heatmap, sizes and offsets.

    python Tools/Goldens/decode.py [--check] Tests/Goldens/decode.json

Needs numpy.
"""

import golden_file
import numpy


def decode(case):
    """Adds the highest local maxima over all classes, with the boxes of their cells. Results are float32, as a network's are."""
    logits, size, offset = (golden_file.array(case[key], numpy.float32) for key in ("logits", "size", "offset"))
    batch, classes, rows, columns = logits.shape
    probability = 1 / (1 + numpy.exp(-logits))
    padded = numpy.pad(probability, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-1)
    highest = numpy.max(
        [padded[:, :, y : y + rows, x : x + columns] for y in range(3) for x in range(3)], axis=0
    )
    scores = numpy.where(probability == highest, probability, 0).reshape(batch, -1)
    order = numpy.argsort(-scores, axis=1, kind="stable")[:, : case["k"]]
    category, cell = order // (rows * columns), order % (rows * columns)
    image = numpy.arange(batch)[:, None]
    y, x = cell // columns, cell % columns
    width, height = (size[image, axis, y, x] for axis in (0, 1))
    centerX, centerY = x + offset[image, 0, y, x], y + offset[image, 1, y, x]
    boxes = numpy.stack(
        [centerX - width / 2, centerY - height / 2, centerX + width / 2, centerY + height / 2], axis=2
    )
    case["scores"] = golden_file.listed(numpy.take_along_axis(scores, order, axis=1))
    case["categories"] = golden_file.listed(category)
    case["boxes"] = golden_file.listed(boxes)


def examples(random):
    def tensor(values):
        return golden_file.listed(values.astype(numpy.float32))

    cases = [
        {
            "k": limit,
            "logits": tensor(random.normal(-1, 2.5, (2, 4, 24, 20))),
            "size": tensor(random.uniform(0.5, 12, (2, 2, 24, 20))),
            "offset": tensor(random.uniform(0, 1, (2, 2, 24, 20))),
        }
        for limit in (100, 10)
    ]
    note = (
        "3x3 local maxima of the sigmoid heatmap (zero where a neighbour is larger), the K highest over all categories, "
        "boxes x0 y0 x1 y1 in output-map cells"
    )
    return {"note": note, "cases": cases}


def complete(document):
    for case in document["cases"]:
        decode(case)
    return document


if __name__ == "__main__":
    golden_file.run(__doc__, examples, complete, tolerance=1e-6)
