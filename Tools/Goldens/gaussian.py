"""Writes or checks Tests/Goldens/gaussian.json: the radii and heatmaps of CenterNet's targets.

    python Tools/Goldens/gaussian.py [--check] Tests/Goldens/gaussian.json

Needs numpy. The formulas are those of CenterNet's `gaussian_radius` and `draw_umich_gaussian`, written anew from the paper.
"""

import math

import golden_file
import numpy


def published_radius(height, width, overlap=0.7):
    """The smallest of three radii within which shifted corners keep the overlap. CenterNet rounds sizes up first, and divides two of its
    roots by 2, where the second of three quadratic equations asks for 2a."""
    height, width = math.ceil(height), math.ceil(width)
    outward = ((height + width) + math.sqrt((height + width) ** 2 - 4 * width * height * (1 - overlap) / (1 + overlap))) / 2
    b = 2 * (height + width)
    inward = (b + math.sqrt(b * b - 16 * (1 - overlap) * width * height)) / 2
    b = -2 * overlap * (height + width)
    crossing = (b + math.sqrt(b * b - 16 * overlap * (overlap - 1) * width * height)) / 2
    return max(0, int(min(outward, inward, crossing)))


def render(scene):
    """Adds what follows from the boxes and the shape of the heatmap."""
    classes, rows, columns = scene["heatmap"]["shape"]
    heatmap = numpy.zeros((classes, rows, columns))
    y, x = numpy.mgrid[:rows, :columns]
    for entry in scene["objects"]:
        left, top, right, bottom = (
            min(max(edge, 0), limit) for edge, limit in zip(entry["box"], (columns - 1, rows - 1) * 2)
        )
        width, height = right - left, bottom - top
        entry["kept"] = bool(width > 0 and height > 0)
        for key in ("radius", "cell", "size", "offset"):
            entry.pop(key, None)
        if not entry["kept"]:
            continue
        radius = published_radius(height, width)
        center = ((left + right) / 2, (top + bottom) / 2)
        cell = [int(v) for v in center]
        distance = (x - cell[0]) ** 2 + (y - cell[1]) ** 2
        sigma = (2 * radius + 1) / 6
        inside = (abs(x - cell[0]) <= radius) & (abs(y - cell[1]) <= radius)
        peak = numpy.where(inside, numpy.exp(-distance / (2 * sigma * sigma)), 0)
        heatmap[entry["category"]] = numpy.maximum(heatmap[entry["category"]], peak)
        entry |= {"radius": radius, "cell": cell, "size": [width, height], "offset": [v - c for v, c in zip(center, cell)]}
    scene["heatmap"] = golden_file.listed(heatmap)


def examples(random):
    scenes = []
    for classes in (1, 1, 2, 3):
        rows, columns = (int(random.integers(10, 33)) for _ in range(2))
        objects = []
        for _ in range(int(random.integers(4, 9))):
            center, size = random.uniform(0, (columns, rows)), random.uniform(1, 24, 2)
            objects.append(
                {"box": [*(center - size / 2).tolist(), *(center + size / 2).tolist()], "category": int(random.integers(classes))}
            )
        scenes.append({"objects": objects, "heatmap": {"shape": [classes, rows, columns]}})
    radii = [dict(zip(("height", "width"), random.uniform(0.4, 90, 2))) for _ in range(200)]
    note = (
        "boxes are in output-map cells, x0 y0 x1 y1, clipped to [0,W-1]x[0,H-1] before use; minimum overlap 0.7; "
        "sigma = (2r+1)/6; overlapping Gaussians of one category take the maximum"
    )
    return {"note": note, "radii": radii, "scenes": scenes}


def complete(document):
    for entry in document["radii"]:
        entry["radius"] = published_radius(entry["height"], entry["width"])
    for scene in document["scenes"]:
        render(scene)
    return document


if __name__ == "__main__":
    golden_file.run(__doc__, examples, complete, tolerance=1e-6)
