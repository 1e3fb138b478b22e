"""Writes or checks Tests/Goldens/losses.json: CenterNet's losses and their gradients.

    python Tools/Goldens/losses.py [--check] Tests/Goldens/losses.json

Needs numpy. Gradients are derived by hand; with `--differences` they are compared with central differences, too.
"""

import sys

import golden_file
import numpy

ALPHA, BETA, BOUND = 2, 4, 1e-4
DIFFERENCES = "--differences" in sys.argv
WEIGHTS = {"focal": 1, "sizeL1": 0.1, "offsetL1": 1}


def focal(logits, heatmap):
    """The focal loss on clamped probabilities, divided by the number of peaks, and its gradient."""
    probability = 1 / (1 + numpy.exp(-logits))
    p = numpy.clip(probability, BOUND, 1 - BOUND)
    peak = heatmap == 1
    others = (1 - heatmap) ** BETA
    loss = -numpy.where(peak, (1 - p) ** ALPHA * numpy.log(p), others * p**ALPHA * numpy.log(1 - p))
    slope = -numpy.where(
        peak,
        (1 - p) ** ALPHA / p - ALPHA * (1 - p) ** (ALPHA - 1) * numpy.log(p),
        others * (ALPHA * p ** (ALPHA - 1) * numpy.log(1 - p) - p**ALPHA / (1 - p)),
    )
    slope = numpy.where(p == probability, slope * p * (1 - p), 0)
    count = max(peak.sum(), 1)
    return loss.sum() / count, slope / count


def absolute(values, target, index, mask):
    """The L1 loss at the objects' cells, divided by the number of their coordinates, and its gradient."""
    gradient = numpy.zeros_like(values)
    flat = gradient.reshape(*values.shape[:2], -1)
    count = 2 * mask.sum() + 1e-4
    total = 0
    for image, place in zip(*numpy.nonzero(mask)):
        cell = int(index[image, place])
        difference = values.reshape(flat.shape)[image, :, cell] - target[image, place]
        total += abs(difference).sum()
        flat[image, :, cell] += numpy.sign(difference) / count
    return total / count, gradient


def evaluate(logits, size, offset, target):
    terms, gradients = {}, {}
    terms["focal"], gradients["logits"] = focal(logits, target["heatmap"])
    for head, values in (("size", size), ("offset", offset)):
        terms[f"{head}L1"], gradient = absolute(values, target[head], target["index"], target["mask"])
        gradients[head] = WEIGHTS[f"{head}L1"] * gradient
    return terms, sum(WEIGHTS[name] * value for name, value in terms.items()), gradients


def opened(case):
    inputs = [golden_file.array(case[key]) for key in ("logits", "size", "offset")]
    return inputs + [{key: golden_file.array(value) for key, value in case["target"].items()}]


def examples(random):
    def tensor(values):
        return golden_file.listed(numpy.asarray(values, numpy.float32))

    cases, (rows, columns), most = [], (10, 12), 8
    for objects in (5, 1, 0):
        heatmap = numpy.minimum(random.random((2, 3, rows, columns)) ** 3, 0.99)
        index, mask = numpy.zeros((2, most), int), numpy.zeros((2, most))
        size, offset = numpy.zeros((2, most, 2)), numpy.zeros((2, most, 2))
        for image in range(2):
            for place in range(objects):
                cell = int(random.integers(rows * columns))
                index[image, place], mask[image, place] = cell, 1
                size[image, place], offset[image, place] = random.uniform(0.5, 9, 2), random.random(2)
                heatmap[image, random.integers(3), cell // columns, cell % columns] = 1
        cases.append({
            "logits": tensor(random.normal(-2, 3, heatmap.shape)),
            "size": tensor(random.normal(3, 3, (2, 2, rows, columns))),
            "offset": tensor(random.normal(0.5, 0.4, (2, 2, rows, columns))),
            "target": {
                "heatmap": tensor(heatmap), "index": golden_file.listed(index), "mask": tensor(mask),
                "size": tensor(size), "offset": tensor(offset),
            },
        })
    note = (
        "focal: alpha 2, beta 4, probabilities clamped to [1e-4, 1-1e-4]; total = focal + 0.1 size + 1 offset; "
        "gradients are of the total"
    )
    return {"note": note, "cases": cases}


def complete(document):
    for case in document["cases"]:
        terms, total, gradients = evaluate(*opened(case))
        case |= {name: float(value) for name, value in terms.items()}
        case["total"] = float(total)
        case["gradients"] = {head: golden_file.listed(gradient) for head, gradient in gradients.items()}
        if DIFFERENCES:
            compare_with_differences(case)
    return document


def compare_with_differences(case, step=1e-6):
    inputs = opened(case)
    gradients = evaluate(*inputs)[2]
    for number, head in enumerate(("logits", "size", "offset")):
        for place in numpy.ndindex(inputs[number].shape):
            totals = []
            for sign in (1, -1):
                inputs[number][place] += sign * step
                totals.append(evaluate(*inputs)[1])
                inputs[number][place] -= sign * step
            slope = (totals[0] - totals[1]) / (2 * step)
            if abs(slope - gradients[head][place]) > 1e-5:
                sys.exit(f"{head} {place}: {gradients[head][place]} and {slope} by differences")


if __name__ == "__main__":
    if DIFFERENCES:
        sys.argv.remove("--differences")
    golden_file.run(__doc__, examples, complete, tolerance=1e-5)
