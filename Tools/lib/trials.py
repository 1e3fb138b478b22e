"""Runs the built program under injected faults, and judges the files that it leaves. Used by the checks beside this folder."""

import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent

# The settings of a training that takes a second and uses every part of the program.
SMALL = [
    word for setting in ["input.size=64", "network.headChannels=16", "training.batchSize=8", "training.evaluateEvery=1",
                         "outputs.demoCount=3", "outputs.heatmapCount=2"]
    for word in ["--set", setting]
]


@dataclasses.dataclass
class Fault:
    """A fault as faults.c injects it; see its first lines."""

    kind: str
    at: int = 0
    error: int = 0
    lasting: bool = False
    kill: str = ""
    above: int = 0


@dataclasses.dataclass
class Outcome:
    """How a run ended: its exit code, or the negative number of a signal, or None when it was stopped at the time limit."""

    status: int
    output: str
    errors: str
    seconds: float
    peak: int
    calls: int = 0
    hits: int = 0
    place: str = ""

    @property
    def ending(self):
        if self.status is None:
            return "stopped at the time limit"
        if self.status < 0:
            return f"signal {signal.Signals(-self.status).name}"
        return f"exit code {self.status}"

    @property
    def message(self):
        """The last lines on standard error, in one line."""
        return " | ".join(line for line in self.errors.strip().splitlines()[-3:])[-300:]


def build_faults(folder):
    """Builds the library that injects faults."""
    library = folder / "faults.so"
    compiler = os.environ.get("CC", "cc")
    subprocess.run(
        [compiler, "-O1", "-shared", "-fPIC", "-w", str(HERE / "faults.c"), "-o", str(library), "-ldl"], check=True)
    return library


def run(program, arguments, folder, fault=None, library=None, limit=60, kill_after=None):
    """Runs the program in a folder; `kill_after` kills it after that many seconds."""
    environment = dict(os.environ)
    state = folder.parent / "state"
    if fault:
        state.write_bytes(bytes(4096))
        environment.update({
            "LD_PRELOAD": str(library), "FAULT_STATE": str(state), "FAULT_KIND": fault.kind, "FAULT_AT": str(fault.at),
            "FAULT_ERROR": str(fault.error), "FAULT_LASTING": str(int(fault.lasting)), "FAULT_KILL": fault.kill,
            "FAULT_ABOVE": str(fault.above), "FAULT_BELOW": str(folder),
        })
    texts = [folder.parent / "stdout", folder.parent / "stderr"]
    with open(texts[0], "wb") as out, open(texts[1], "wb") as errors:
        began = time.monotonic()
        process = subprocess.Popen(
            [str(program), *map(str, arguments)], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out,
            stderr=errors)
        end = began + min(limit, kill_after if kill_after is not None else limit)
        is_stopped = False
        try:
            while True:
                child, status, usage = os.wait4(process.pid, os.WNOHANG)
                if child:
                    break
                if time.monotonic() > end and not is_stopped:
                    is_stopped = True
                    process.kill()
                time.sleep(0.002)
        except BaseException:
            process.kill()
            raise
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    ended = process.returncode
    if is_stopped and kill_after is None and ended == -signal.SIGKILL:
        ended = None
    outcome = Outcome(
        ended, texts[0].read_text(errors="replace"), texts[1].read_text(errors="replace"), seconds,
        usage.ru_maxrss << 10)
    if fault:
        data = state.read_bytes()
        outcome.calls, outcome.hits = struct.unpack_from("qq", data)
        call, path = (data[start:end].split(b"\0")[0].decode(errors="replace") for start, end in [(16, 80), (80, 4096)])
        outcome.place = f"{call} {path.removeprefix(str(folder) + '/')}".strip()
    return outcome


def files(folder):
    """Returns all files below a folder with the sums of their contents."""
    found = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = hashlib.sha256(file.read()).hexdigest()
    return found


# The names under which the program writes files that are not complete yet: hidden, with a process and a random number.
TEMPORARY = re.compile(r"^\..*\.\d+\.\d+$")


def is_temporary(path):
    return bool(TEMPORARY.match(os.path.basename(path)))


# Files with the time in their names, one for each start of a training.
TIMED = re.compile(r"\.\d{9,}\.[a-z]+$")


def incompleteness(path):
    """Returns why a file is not a whole one of its kind; None if it is."""
    data = path.read_bytes()
    if not data:
        # A lock is what the kernel keeps; its file only tells others who has it.
        return None if path.name == ".pinpoint.lock" else "empty"
    ending = path.suffix.lower()
    try:
        if ending in (".json", ".ipynb"):
            json.loads(data)
        elif ending == ".jsonl":
            if not data.endswith(b"\n"):
                return "its last line has no end"
            for line in data.splitlines():
                json.loads(line)
        elif ending == ".png" and not data.endswith(b"IEND\xaeB`\x82"):
            return "without end"
        elif ending in (".jpg", ".jpeg") and not data.endswith(b"\xff\xd9"):
            return "without end"
        elif ending == ".safetensors":
            (length,) = struct.unpack_from("<Q", data)
            tensors = json.loads(data[8:8 + length])
            end = max((value["data_offsets"][1] for name, value in tensors.items() if name != "__metadata__"), default=0)
            if len(data) != 8 + length + end:
                return f"{len(data)} bytes instead of {8 + length + end}"
        elif ending == ".html" and not data.rstrip().endswith(b"</html>"):
            return "without end"
        elif ending == ".npy":
            header = data[10:10 + struct.unpack_from("<H", data, 8)[0]].decode("latin-1")
            shape = [int(word) for word in re.findall(r"\d+", header.split("(")[1].split(")")[0])]
            size = 10 + len(header) + 4
            for extent in shape:
                size += (size - 10 - len(header)) * (extent - 1)
            if len(data) != size:
                return f"{len(data)} bytes instead of {size}"
    except (ValueError, KeyError, IndexError, struct.error) as error:
        return f"broken: {error}"
    return None


def fail(text):
    print(f"{os.path.basename(sys.argv[0])}: {text}", file=sys.stderr)
    sys.exit(2)


def prepare(program, work, count=32, epochs=2):
    """Makes a small data set and a trained model in a folder, `shapes` and `Runs/tiny`, and returns a copy of the program beside it.

    The copy stays the same when the program is built again.
    """
    work.mkdir(parents=True, exist_ok=True)
    if not os.access(program, os.X_OK):
        fail(f"there is no program at {program}; build it, or name one as argument")
    program = pathlib.Path(shutil.copy(program, work.parent / program.name))
    for arguments in [
        ["data", "synthesize", "shapes", "--count", str(count), "--size", "64"],
        ["run", "--data", "shapes", "--name", "tiny", "--set", f"training.epochs={epochs}", *SMALL],
    ]:
        outcome = run(program, arguments, work, limit=600)
        if outcome.status != 0:
            fail(f"{' '.join(arguments)}: {outcome.ending}: {outcome.message}")
    return program


# Temporary folders are removed after SIGTERM, too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
