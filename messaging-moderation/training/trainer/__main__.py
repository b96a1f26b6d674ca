"""From the data to the model, in one command: `python -m trainer`.

Steps whose results are in the work folder already are not done again: delete it to begin anew.
Everything is seeded; on one machine and one number of threads a second run gives the same model.
"""

import argparse
import json
import pathlib
import random
import subprocess
import zlib

import numpy as np
import torch

from . import data, export, fit, measure, pretrained, tokens
from .examples import Examples, labels
from .flags import FLAGS
from .network import Encoder

HERE = pathlib.Path(__file__).resolve().parents[1]
CRATE = HERE.parent
VOCABULARY = 18_000
LONGEST = 128
SEED = 20261127

# Writers whose lines read most like ordinary chat: more of theirs is held back for the thresholds.
PLAIN_WRITERS = {"w10", "w11", "w12"}


def held_back(line: data.Line) -> bool:
    """Whether a line serves to set the thresholds, instead of to train. By its text alone, so that a
    line added later moves no other."""
    share = 25 if line.author in PLAIN_WRITERS else 5
    return zlib.crc32(line.text.encode()) % 100 < share


def teacher_network(rows: list[int]) -> Encoder:
    network = Encoder(len(rows), 384, 12, 6, 1536, len(FLAGS), LONGEST)
    pretrained.fill(network, pretrained.six_layers(), list(range(6)), rows)
    return network


def student_network(rows: list[int]) -> Encoder:
    network = Encoder(len(rows), 384, 12, 2, 512, len(FLAGS), LONGEST)
    pretrained.fill(network, pretrained.three_layers(), [0, 1], rows)
    return network


def main() -> None:
    arguments = argparse.ArgumentParser(prog="trainer", description=__doc__)
    arguments.add_argument("--work", type=pathlib.Path, default=HERE / "work", help="folder of what is done")
    arguments.add_argument("--out", type=pathlib.Path, default=CRATE / "model", help="the model's folder")
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--teacher-epochs", type=int, default=2)
    arguments.add_argument("--student-epochs", type=int, default=9)
    arguments.add_argument("--version", default="1.0.0", help="the model's version")
    arguments.add_argument("--until", choices=["teacher", "student", "model"], default="model")
    chosen = arguments.parse_args()
    torch.set_num_threads(chosen.threads)
    chosen.work.mkdir(parents=True, exist_ok=True)

    build = ["cargo", "build", "--quiet", "--release", "-p", "messaging-moderation", "--example", "plain"]
    subprocess.run(build, cwd=CRATE, check=True)
    metadata = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=CRATE, check=True, stdout=subprocess.PIPE
    )
    tool = pathlib.Path(json.loads(metadata.stdout)["target_directory"]) / "release" / "examples" / "plain"

    lines = data.read(HERE / "data")
    train = [line for line in lines if not held_back(line)]
    check = [line for line in lines if held_back(line)]
    print(f"{len(train)} lines to train, {len(check)} held back", flush=True)
    examples = Examples(train, tool, SEED, evasive=0.25)
    # The vocabulary is the teacher's and the student's: lines that come between them change neither.
    kept = chosen.work / "vocabulary.json"
    if not kept.exists():
        made = tokens.cut_down(pretrained.tokenizer(), examples.texts, VOCABULARY)
        kept.write_text(json.dumps(made), "utf-8")
    tokenizer, rows = json.loads(kept.read_text("utf-8"))
    ids = tokens.Ids(tokenizer, LONGEST)

    check_ids = ids(data.plain([line.text for line in check], tool), [line.context for line in check])
    check_rows = np.stack([labels(line) for line in check])
    kinds = [line.kind for line in check]

    def figures(network, whole=False) -> np.ndarray:
        logits = fit.predict(network, check_ids)
        thresholds = measure.thresholds(logits, check_rows, kinds)
        report = measure.report(logits, check_rows, kinds, thresholds)
        print(report if whole else "\n".join(report.split("\n")[-3:]), flush=True)
        return thresholds

    def trained(name: str, network: Encoder, epochs: int, **how) -> Encoder:
        path = chosen.work / f"{name}.pt"
        if path.exists():
            network.load_state_dict(torch.load(path))
            return network

        def keep(epoch):
            figures(network)
            torch.save(network.state_dict(), chosen.work / f"{name}-epoch-{epoch + 1}.pt")

        fit.fit(network, examples, ids, epochs=epochs, seed=SEED, name=name, after=keep, **how)
        torch.save(network.state_dict(), path)
        return network

    teacher = trained("teacher", teacher_network(rows), chosen.teacher_epochs, rate=2e-4)
    if chosen.until == "teacher":
        return
    student = trained(
        "student", student_network(rows), chosen.student_epochs, rate=4e-4, batch=32, teacher=teacher, trust=0.25
    )
    if chosen.until == "student":
        return
    sample = random.Random(SEED).sample(check_ids, 200)
    export.write(student, tokenizer, chosen.out, chosen.version, LONGEST, lambda network: figures(network, True), sample)


if __name__ == "__main__":
    main()
