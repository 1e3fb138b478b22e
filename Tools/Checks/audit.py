#!/usr/bin/env python3
"""Injects faults into the annotations of a VOC data set, and measures how early `pinpoint data audit` ranks them.

    Tools/Checks/audit.py .build/release/pinpoint VOC [--share 0.05] [--seed 1] [--folds 3] [--epochs 60] [--size 256]
        [--model RUN] [--work FOLDER] [--among 0.2] [--goal 0.8]

Needs nothing but Python. Of all boxes, the share `--share` is deleted, as many others are shifted by half of their width and height
(less where the image ends), and as many others are given the name of another class. The faulty copy of the data set is audited:
cross-validated by `--folds` trainings of the same experiment (compact at `--size` for `--epochs` epochs), or by the weights of `--model`
alone, which must not have seen the images or must not have learned them by heart. It prints, for each kind of fault, the share that is
among the first `--among` of the ranking, and exits with 1 when the share of all is below `--goal`.

A deleted box is found where a proposed missing box overlaps it by an IoU of at least 0.5; a shifted or renamed one at its own rank,
whatever the kind that the audit takes it for (the table says how often the kind is right). Faults that the data set has itself are
ranked beside the injected ones, and count against the result.
"""

import argparse
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

KINDS = {"deleted": "missing", "shifted": "misplaced", "renamed": "misnamed"}
SIDES = ["xmin", "ymin", "xmax", "ymax"]


def corners(element):
    """Returns an object's box in continuous coordinates: VOC's pixels are counted from 1 and inclusive."""
    x0, y0, x1, y1 = (float(element.findtext(f"bndbox/{side}")) for side in SIDES)
    return [x0 - 1, y0 - 1, x1, y1]


def overlap(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)


def shift(element, size, chance):
    """Moves a box by half of its sides, to a side where the image has room; returns whether it moved far enough to be a fault."""
    before = corners(element)
    moved = list(before)
    for axis in (0, 1):
        step = round((before[axis + 2] - before[axis]) / 2)
        room = {-1: before[axis], 1: size[axis] - before[axis + 2]}
        sign = chance.choice([-1, 1])
        if room[sign] < step:
            sign = max(room, key=room.get)
        step = sign * int(min(step, max(0, room[sign])))
        for side in (axis, axis + 2):
            moved[side] += step
    if overlap(before, moved) > 0.6:
        return False
    for side, value, first in zip(SIDES, moved, (1, 1, 0, 0)):
        element.find(f"bndbox/{side}").text = str(int(value) + first)
    return True


def inject(source, folder, share, seed):
    """Writes the faulty copy of a VOC data set, and returns the faults: image, kind, class, box (of a deleted object, where it was)."""
    source, folder = pathlib.Path(source).resolve(), pathlib.Path(folder)
    (folder / "Annotations").mkdir(parents=True)
    (folder / "JPEGImages").symlink_to(source / "JPEGImages")
    if (source / "ImageSets").exists():
        shutil.copytree(source / "ImageSets", folder / "ImageSets")
    files = sorted((source / "Annotations").glob("*.xml"))
    trees = {file.stem: ElementTree.parse(file) for file in files}
    objects = [(image, element) for image, tree in trees.items() for element in tree.getroot().iter("object")]
    classes = sorted({element.findtext("name") for _, element in objects})
    chance = random.Random(seed)
    chance.shuffle(objects)
    count = round(share * len(objects))
    faults, rest = [], iter(objects)
    for kind in KINDS:
        done = 0
        while done < count:
            image, element = next(rest)
            root = trees[image].getroot()
            if kind == "deleted":
                box = corners(element)
                root.remove(element)
            elif kind == "shifted":
                size = [float(root.findtext(f"size/{side}")) for side in ("width", "height")]
                if min(size) <= 0 or not shift(element, size, chance):
                    continue
                box = corners(element)
            else:
                name = element.find("name")
                name.text = chance.choice([other for other in classes if other != name.text])
                box = corners(element)
            faults.append({"image": image, "kind": kind, "class": element.findtext("name"), "box": box})
            done += 1
    for image, tree in trees.items():
        tree.write(folder / "Annotations" / f"{image}.xml", encoding="utf-8")
    return faults


def place(fault, suspects):
    """Returns the suspect that is a fault; None where the audit did not propose it."""
    here = [suspect for suspect in suspects if suspect["image"] == fault["image"]]
    if fault["kind"] == "deleted":
        here = [suspect for suspect in here if suspect["kind"] == "missing" and suspect["suggestedClass"] == fault["class"]]
        near = [suspect for suspect in here if overlap(suspect["suggestedBox"], fault["box"]) >= 0.5]
        return min(near, key=lambda suspect: suspect["rank"], default=None)
    own = [suspect for suspect in here if suspect["kind"] != "missing" and suspect["class"] == fault["class"]]
    return next((suspect for suspect in own if overlap(suspect["box"], fault["box"]) > 0.98), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the built program")
    parser.add_argument("data", help="a data set in VOC's format")
    parser.add_argument("--share", type=float, default=0.05, help="the share of all boxes that gets each kind of fault")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--model", help="audit by this run's weights, without training")
    parser.add_argument("--work", help="a new folder to keep everything in")
    parser.add_argument("--among", type=float, default=0.2)
    parser.add_argument("--goal", type=float, default=0.8)
    options = parser.parse_args()
    program = pathlib.Path(options.program).resolve()
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(options.work or temporary)
        faults = inject(options.data, work / "data", options.share, options.seed)
        (work / "faults.json").write_text(json.dumps(faults, indent=1))
        command = [program, "data", "audit", work / "data", "--output", work / "audit"]
        if options.model:
            command += ["--model", options.model]
        else:
            # The folds train the experiment of a run; its weights are not needed.
            settings = ["name=audit", f"outputs.folder={work}", f"input.size={options.size}"]
            settings += [f"training.epochs={options.epochs}", "training.batchSize=8", "training.evaluateEvery=1000"]
            change = [part for setting in settings for part in ("--set", setting)]
            complete = subprocess.run(
                [program, "run", "--data", work / "data", "--print", *change], check=True, capture_output=True)
            (work / "run").mkdir()
            (work / "run" / "experiment.json").write_bytes(complete.stdout)
            command += ["--model", work / "run", "--folds", str(options.folds)]
        subprocess.run([str(part) for part in command], check=True)
        ranking = json.loads((work / "audit" / "suspects.json").read_text())["suspects"]
    assert [suspect["rank"] for suspect in ranking] == list(range(1, len(ranking) + 1)), "ranks are not 1, 2, 3, ..."
    limit = round(options.among * len(ranking))
    print(f"{len(ranking)} ranked, {limit} of them looked at; {len(faults)} injected faults")
    all_found = 0
    for kind, name in KINDS.items():
        places = [place(fault, ranking) for fault in faults if fault["kind"] == kind]
        found = [suspect for suspect in places if suspect and suspect["rank"] <= limit]
        right = sum(suspect["kind"] == name for suspect in found)
        all_found += len(found)
        print(f"{kind:8} {len(found):4} of {len(places)} found ({len(found) / len(places):.3f}), {right} as {name}")
    share = all_found / len(faults)
    print(f"all      {all_found:4} of {len(faults)} found ({share:.3f})")
    sys.exit(0 if share >= options.goal else 1)


if __name__ == "__main__":
    main()
