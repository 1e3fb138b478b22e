"""What the generators of single golden files have in common: writing a file, and checking one.

A generator has `examples(random)`, which returns a document with inputs only, and `complete(document)`, which computes the results from
the inputs and adds them. So a file that was written with other inputs, or by other code, is checked with its own:

    python Tools/Goldens/losses.py FILE            # writes new examples
    python Tools/Goldens/losses.py --check FILE    # computes the results of the file again
"""

import argparse
import copy
import json
import sys

import numpy


def listed(array, digits=None):
    """An array as goldens have it; optionally with fewer digits."""
    array = numpy.asarray(array)
    data = array.ravel().tolist()
    return {"shape": list(array.shape), "data": data if digits is None else [float(f"{v:.{digits}g}") for v in data]}


def array(entry, kind=numpy.float64):
    """The inverse of `listed`."""
    return numpy.array(entry["data"], kind).reshape(entry["shape"])


def seed_of(name):
    """The 32-bit FNV-1a hash."""
    value = 2166136261
    for byte in name.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def numbers(name, count):
    """Returns `count` multiples of 2^-23 in [-1, 1): element i is the upper 24 bits of a hash (the last steps of MurmurHash3) of the
    name's seed plus i, so that it depends only on the name and its own position."""
    x = (numpy.arange(count, dtype=numpy.uint64) * 0x9E3779B9 + seed_of(name)) & 0xFFFFFFFF
    x = ((x ^ (x >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
    x = ((x ^ (x >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
    x ^= x >> 16
    return ((x >> 8).astype(numpy.float32) * numpy.float32(2.0**-23)) - numpy.float32(1)


def differences(expected, actual, tolerance, floor, path=""):
    """Describes where two documents differ: in structure, or in a number by more than the tolerance, which is relative to the largest
    number of a list, or to `floor` where all are smaller."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        if expected.keys() != actual.keys():
            yield f"{path}: the keys are {sorted(expected)} and {sorted(actual)}"
            return
        for key in expected:
            if key != "note":
                yield from differences(expected[key], actual[key], tolerance, floor, f"{path}/{key}")
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            yield f"{path}: {len(expected)} and {len(actual)} elements"
        elif expected and all(is_number(v) for v in expected + actual):
            scale = max(max(abs(v) for v in expected), floor)
            worst = max(abs(a - b) for a, b in zip(expected, actual))
            if not worst <= tolerance * scale:
                yield f"{path}: differs by {worst:.3g}, where the largest number is {scale:.3g}"
        else:
            for index, (one, other) in enumerate(zip(expected, actual)):
                yield from differences(one, other, tolerance, floor, f"{path}/{index}")
    elif is_number(expected) and is_number(actual):
        if not abs(expected - actual) <= tolerance * max(abs(expected), floor):
            yield f"{path}: {expected} and {actual}"
    elif expected != actual:
        yield f"{path}: {expected} and {actual}"


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def run(documentation, examples, complete, tolerance, floor=1e-3, seed=1):
    """The program of a generator."""
    parser = argparse.ArgumentParser(description=documentation, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare the file with results computed from its own inputs")
    parser.add_argument("--seed", type=int, default=seed, help="the random seed of new examples")
    parser.add_argument("file")
    arguments = parser.parse_args()
    if not arguments.check:
        document = complete(examples(numpy.random.default_rng(arguments.seed)))
        with open(arguments.file, "w") as file:
            json.dump(document, file, separators=(",", ":"))
        return
    with open(arguments.file) as file:
        expected = json.load(file)
    found = list(differences(expected, complete(copy.deepcopy(expected)), tolerance, floor))
    for line in found[:20]:
        print(line)
    if found:
        sys.exit(f"{arguments.file}: {len(found)} differences")
    print(f"{arguments.file}: the same to {tolerance:g}")
