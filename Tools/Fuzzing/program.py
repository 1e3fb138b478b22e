#!/usr/bin/env python3
"""Feeds almost valid files to the built program, through every reader that its commands have.

    Tools/Fuzzing/program.py [PROGRAM] [--reader NAME] [--count N] [--minutes M] [--seed N] [--found FOLDER] [--corpus FOLDER]

`fuzz` tests each parser by itself, in one process; this tests what becomes of its files in a command: a finding here may be an image that
is decoded but cannot be drawn. `fuzz --write` makes the files (build it with `swift build -c release --product fuzz`; it is expected beside
PROGRAM, which is .build/release/pinpoint by default), from the parsers' examples, from files that the program writes, and from what
`fuzz --corpus FOLDER` has kept. Where a command takes many files, many are given at once, and the bad one is searched for afterwards.

A run is bad if a signal ends it, if it takes more than 20 seconds for a file, if its exit code is another than 0, 1 and 64, or if it
takes more memory than 400 MB and 10 times the file's size. A few bytes of an image may claim many pixels, up to 178,956,970, so images may
take 16 bytes for each of those. Bad files are kept in FOLDER (fuzz-found), with the command that repeats each, and the exit code is 1.
Each reader gets N files (200) in each round; rounds with new files follow until M minutes are over (0: one round). A round takes about
5 minutes on two cores.
"""

import argparse
import dataclasses
import os
import pathlib
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
sys.dont_write_bytecode = True
import trials

MEGABYTE = 1 << 20
# Options of commands that draw, so that they draw something and soon end.
FEW = ["--threshold", "0.05", "--top", "3"]
MOST_PIXELS = 178_956_970
SECONDS = 20


@dataclasses.dataclass
class Reader:
    """Where a command reads files of a kind, and how it is called for some of them, which lie in `place`."""

    # The parser of `fuzz` that knows the format.
    parser: str
    # Puts files, pairs of a number and bytes, where the command finds them, and returns its arguments.
    arrange: object
    # How many files a command takes at once.
    batch: int = 1
    # The folder of valid files, made by the program, instead of the parser's own.
    examples: str = ""
    # The most memory for a file of no size.
    memory: int = 400 * MEGABYTE


class Place:
    """The folder in which commands run: `shapes`, `Runs/tiny` and `tiny.onnx` lie in it, `in` and `out` are made anew each time."""

    def __init__(self, program, folder):
        self.original, self.folder = program, folder
        self.program = program = trials.prepare(program, folder)
        for arguments in [
            ["export", "--model", "Runs/tiny", "--onnx", "tiny.onnx"],
            ["evaluate", "--model", "Runs/tiny", "--output", "found"],
        ]:
            outcome = trials.run(program, arguments, folder)
            if outcome.status != 0:
                trials.fail(f"{arguments[0]}: {outcome.message}")
        self.weights = (folder / "Runs/tiny/weights/best.safetensors").read_bytes()
        for name, data in {
            "header": self.header(self.weights),
            "checkpoint": self.header((folder / "Runs/tiny/weights/resume.safetensors").read_bytes()),
            "record": (folder / "Runs/tiny/experiment.json").read_bytes(),
            "detections": (folder / "found/detections.json").read_bytes()[:4000].rsplit(b"}", 1)[0] + b"}]",
            "names": b"circle\nsquare\nstar\ntriangle\n",
        }.items():
            (folder / "examples" / name).mkdir(parents=True)
            (folder / "examples" / name / "1").write_bytes(data)
        for path in (trials.REPOSITORY / "Experiments").glob("*.json"):
            shutil.copy(path, folder / "examples/record")
        self.images = sorted((folder / "shapes/JPEGImages").iterdir())

    @staticmethod
    def header(data):
        return data[:8 + struct.unpack_from("<Q", data)[0]]

    def put(self, name, data):
        path = self.folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return f"in/{name}"

    def link(self, name):
        path = self.folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        os.link(self.images[0], path)

    def clean(self):
        for name in ["in", "out", "Runs/new"]:
            shutil.rmtree(self.folder / name, ignore_errors=True)


def images(ending):
    def arrange(place, files):
        for number, data in files:
            place.put(f"{number}.{ending}", data)
        return ["demo", "in", "--model", "Runs/tiny", "--output", "out", *FEW]
    return arrange


def one(name, *arguments):
    """Returns how a file is given to a command by name, in the place of FILE."""
    def arrange(place, files):
        path = place.put(name, files[0][1])
        return [path if word == "FILE" else word for word in arguments]
    return arrange


def annotations(pattern, image="{}.jpg"):
    """Returns how files become the annotations of a data set: one each, with an image of the same name."""
    def arrange(place, files):
        for number, data in files:
            if image:
                place.link(image.format(number))
            for name in ["a.png", "b.png"]:
                if not (place.folder / "in/images" / name).exists():
                    place.link(f"images/{name}")
            place.put(pattern.format(number), data)
        return ["data", "check", "in", "--size", "64"]
    return arrange


def yolo(place, files):
    # A configuration and a label file, one after the other.
    configuration, mark, labels = files[0][1].partition(b"===\n")
    place.link("images/train/a.jpg")
    place.put("data.yaml", configuration if mark else b"names: [a, b]\n")
    place.put("labels/train/a.txt", labels if mark else configuration)
    return ["data", "check", "in", "--size", "64"]


def lists(place, files):
    shutil.copytree(place.folder / "shapes", place.folder / "in")
    place.put("ImageSets/Main/train.txt", files[0][1])
    return ["data", "check", "in", "--size", "64"]


def model(place, files):
    data = files[0][1]
    rest = place.weights[len(place.header(place.weights)):]
    return ["demo", str(place.images[0]), "--model", place.put("w.safetensors", data + rest), "--output", "out", *FEW]


def checkpoint(place, files):
    shutil.copytree(place.folder / "Runs/tiny", place.folder / "Runs/new")
    path = place.folder / "Runs/new/weights/resume.safetensors"
    whole = path.read_bytes()
    path.write_bytes(files[0][1] + whole[len(place.header(whole)):])
    return ["train", "--data", "shapes", "--name", "new", "--set", "training.epochs=3", *trials.SMALL, "--resume"]


def record(place, files):
    shutil.copytree(place.folder / "Runs/tiny", place.folder / "Runs/new")
    (place.folder / "Runs/new/experiment.json").write_bytes(files[0][1])
    return ["evaluate", "--model", "Runs/new"]


def names(place, files):
    path = place.put("n.txt", files[0][1])
    return ["demo", str(place.images[0]), "--model", "tiny.onnx", "--classes", path, "--output", "out", *FEW]


LARGE = 400 * MEGABYTE + 16 * MOST_PIXELS
READERS = {
    **{ending: Reader(name, images(ending), batch=50, memory=LARGE) for ending, name in [
        ("png", "png"), ("jpg", "jpeg"), ("bmp", "bmp"), ("gif", "gif"), ("tif", "tiff"), ("webp", "webp")]},
    "animation": Reader("gif", one("a.gif", "inspect", "FILE", "--model", "Runs/tiny", "--output", "out", *FEW), memory=LARGE),
    "voc": Reader("voc", annotations("{}.xml"), batch=50),
    "labelme": Reader("labelme", annotations("{}.json"), batch=50),
    "coco": Reader("coco", annotations("annotations/instances_{}.json", ""), batch=10),
    "yolo": Reader("yolo", yolo),
    "cvat": Reader("cvat", annotations("{}.xml", ""), batch=5),
    "createml": Reader("createml", annotations("{}.json", ""), batch=5),
    "csv": Reader("csv-boxes", annotations("{}.csv", ""), batch=5),
    "lists": Reader("lists", lists),
    "experiment": Reader("json", one("e.json", "run", "FILE", "--print"), examples="record"),
    "record": Reader("json", record, examples="record"),
    "detections": Reader(
        "json", one("d.json", "evaluate", "--detections", "FILE", "--data", "shapes"), examples="detections"),
    "names": Reader("text", names, examples="names"),
    "safetensors": Reader("safetensors", one("w.safetensors", "weights", "FILE")),
    "model": Reader("safetensors", model, examples="header"),
    "checkpoint": Reader("safetensors", checkpoint, examples="checkpoint"),
    "pth": Reader("pth", one("w.pth", "weights", "FILE")),
    "pth-legacy": Reader("pth-legacy", one("w.pth", "weights", "FILE")),
    "onnx": Reader("onnx", one("m.onnx", "layers", "--onnx", "FILE", "--size", "64")),
    "graph": Reader("onnx", one("m.onnx", "bench", "--mode", "infer", "--onnx", "FILE", "--size", "64", "--runs", "1")),
    "npy": Reader("npy", one("x.npy", "layers", "--onnx", "tiny.onnx", "--input", "FILE", "--outputs", "out")),
}

class Search:
    def __init__(self, options, place, work):
        self.options, self.place, self.work = options, place, work
        self.found, self.runs = 0, 0

    def mutants(self, name, seed):
        """Returns the files of a round, made by `fuzz`."""
        reader, folder = READERS[name], self.work / "mutants"
        shutil.rmtree(folder, ignore_errors=True)
        arguments = [
            self.options.fuzz, reader.parser, "--write", folder, "--files", str(self.options.count), "--seed", str(seed),
            "--corpus", self.options.corpus or self.work / "corpus"]
        if reader.examples:
            arguments += ["--examples", self.place.folder / "examples" / reader.examples]
        made = subprocess.run(list(map(str, arguments)), cwd=trials.REPOSITORY, capture_output=True, text=True)
        if made.returncode != 0:
            trials.fail(f"fuzz {reader.parser}: {made.stderr.strip()}")
        return [(number, (folder / str(number)).read_bytes()) for number in range(self.options.count)]

    def run(self, reader, files):
        """Runs a command on files; returns what is wrong with its end, or None, and its arguments."""
        self.place.clean()
        arguments = reader.arrange(self.place, files)
        self.runs += 1
        outcome = trials.run(self.place.program, arguments, self.place.folder, limit=SECONDS + len(files) - 1)
        size = max(len(data) for _, data in files)
        limit = reader.memory + 10 * size
        if outcome.status is None:
            return f"more than {SECONDS} s", arguments, outcome
        if outcome.status not in (0, 1, 64):
            return outcome.ending, arguments, outcome
        if outcome.peak > limit:
            return f"{outcome.peak // MEGABYTE} MB of memory instead of {limit // MEGABYTE}", arguments, outcome
        return None, arguments, outcome

    def search(self, name, files):
        """Runs files together, and halves of them as long as their end is bad; returns whether it was."""
        reader = READERS[name]
        wrong, arguments, outcome = self.run(reader, files)
        if wrong is None:
            return False
        if len(files) > 1:
            middle = len(files) // 2
            halves = [self.search(name, part) for part in (files[:middle], files[middle:])]
            if any(halves):
                return True
            self.run(reader, files)
        self.keep(name, files, wrong, arguments, outcome)
        return True

    def keep(self, name, files, wrong, arguments, outcome):
        self.found += 1
        folder = self.options.found / f"{name}-{self.seed}-{files[0][0]}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        # Everything that the command reads, so that the finding outlives the temporary folder.
        for path in ["in", "Runs", "shapes", "tiny.onnx"]:
            source = self.place.folder / path
            if source.is_dir():
                shutil.copytree(source, folder / path)
            elif source.exists():
                shutil.copy(source, folder / path)
        words = [str(word).replace(str(self.place.folder) + "/", "") for word in arguments]
        command = f"cd {shlex.quote(str(folder.resolve()))} && {shlex.join([str(self.place.original), *words])}"
        (folder / "repeat").write_text(command + "\n")
        (folder / "errors").write_text(outcome.errors)
        print(f"BAD {name}: {len(files)} files from {files[0][0]}: {wrong}: {outcome.message}\n    repeat: {command}", flush=True)

    def round(self, name, seed):
        self.seed = seed
        files, batch = self.mutants(name, seed), READERS[name].batch
        began, runs, found = time.monotonic(), self.runs, self.found
        for start in range(0, len(files), batch):
            self.search(name, files[start:start + batch])
        print(
            f"{name:12}{len(files)} files, {self.runs - runs} runs, {time.monotonic() - began:.0f} s,"
            f" {self.found - found} findings", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?", type=pathlib.Path, default=trials.REPOSITORY / ".build/release/pinpoint")
    parser.add_argument("--reader", choices=READERS, action="append")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--found", type=pathlib.Path, default=pathlib.Path("fuzz-found"))
    parser.add_argument("--corpus", type=pathlib.Path)
    parser.add_argument("--fuzz", type=pathlib.Path, help="the program that makes files, instead of the one beside PROGRAM")
    options = parser.parse_args()
    options.fuzz = (options.fuzz or options.program.parent / "fuzz").resolve()
    options.corpus = options.corpus and options.corpus.resolve()
    if not os.access(options.fuzz, os.X_OK):
        trials.fail(f"there is no program at {options.fuzz}: swift build -c release --product fuzz")
    with tempfile.TemporaryDirectory(prefix="pinpoint-fuzz-") as work:
        work = pathlib.Path(work).resolve()
        search = Search(options, Place(options.program.resolve(), work / "place"), work)
        end = time.monotonic() + 60 * options.minutes
        seed = options.seed
        while True:
            for name in options.reader or READERS:
                search.round(name, seed)
            seed += 1
            if time.monotonic() > end:
                break
    print(f"{search.runs} runs, {search.found} findings" + (f" in {options.found}" if search.found else ""))
    sys.exit(1 if search.found else 0)


if __name__ == "__main__":
    main()
