"""Measures what people would use instead: `python compare.py test.jsonl [--tox PYTHON]`.

The test set has one JSON object a line: {id, audience, surface, language, kind, labels, text}. Prints
Markdown: how well each peer finds the flags that it has a class for, on the English lines and on all.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent

ABUSE = ("profanity", "harassment", "hate")
SEXUAL = ("sexual_explicit", "sexual_harassment", "prohibited_sexual", "solicitation")
CONTACT = ("phone_number", "email_address", "external_link")

# Peer, which of its names count as found, and which flags a line has to carry (any of them).
MAPPING = [
    ("rustrict", ("profane",), ("profanity",)),
    ("rustrict", ("mean",), ("harassment",)),
    ("rustrict", ("offensive",), ("hate",)),
    ("rustrict", ("mean", "offensive"), ("harassment", "hate")),
    ("rustrict", ("sexual",), ("sexual_explicit",)),
    ("rustrict", ("sexual",), SEXUAL),
    ("rustrict", ("spam",), ("spam",)),
    ("rustrict", ("evasive",), ("obfuscation",)),
    ("rustrict", ("inappropriate",), ABUSE + SEXUAL),
    ("rustrict pii", ("pii",), CONTACT),
    ("censor", ("standard",), ("profanity",)),
    ("censor", ("sex",), ("sexual_explicit",)),
    ("censor", ("sex",), SEXUAL),
    ("alt-profanity-check", ("profane",), ("profanity",)),
    ("alt-profanity-check", ("profane",), ABUSE),
    ("hatesonar", ("hate_speech",), ("hate",)),
    ("hatesonar", ("hate_speech", "offensive_language"), ABUSE),
    ("tox-block", ("obscene",), ("profanity",)),
    ("tox-block", ("insult",), ("harassment",)),
    ("tox-block", ("identity_hate",), ("hate",)),
    ("tox-block", ("threat",), ("violence",)),
    ("tox-block", ("toxic",), ABUSE),
]


def ask(command: list, cases: list[dict]) -> None:
    """Adds to each case what a program finds in it, and how long that took."""
    rows = "".join(json.dumps({"id": case["id"], "text": case["text"]}) + "\n" for case in cases)
    done = subprocess.run(command, input=rows, stdout=subprocess.PIPE, check=True, encoding="utf-8")
    for case, row in zip(cases, done.stdout.splitlines(), strict=True):
        answer = json.loads(row)
        if answer["id"] != case["id"]:
            raise ValueError(f"asked about {case['id']}, answered about {answer['id']}")
        case.setdefault("found", {}).update(answer["found"])
        case.setdefault("us", {}).update(answer["us"])


def share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"


def row(cases: list[dict], peer: str, names: tuple, flags: tuple) -> str:
    """One line of the table: a peer's names against flags."""
    found = [case for case in cases if set(names) & set(case["found"][peer])]
    wanted = [case for case in cases if set(flags) & set(case["labels"])]
    right = sum(1 for case in found if set(flags) & set(case["labels"]))
    alarms = []
    for kind in ("lookalike", "everyday"):
        wrong = sum(case["kind"] == kind for case in found)
        of = sum(case["kind"] == kind for case in cases)
        alarms.append(f"{wrong} of {of} ({100 * wrong / of:.1f} %)" if of else "–")
    columns = [
        peer,
        " or ".join(names),
        " or ".join(flags),
        str(len(wanted)),
        share(right, len(found)),
        share(right, len(wanted)),
        share(2 * right, len(found) + len(wanted)),
        *alarms,
    ]
    return "| " + " | ".join(columns) + " |"


def table(title: str, cases: list[dict]) -> str:
    """Both tables of a set of lines: how right each peer is, and how long it takes."""
    peers = cases[0]["found"]
    counts = f"{len(cases)} lines, {sum(not case['labels'] for case in cases)} of them harmless"
    out = [f"## {title}: {counts}", ""]
    out.append(
        "| peer | says | flag | lines | precision | recall | F1"
        " | false alarms, lookalike | false alarms, everyday |"
    )
    out.append("|---|---|---|--:|--:|--:|--:|--:|--:|")
    out += [row(cases, *entry) for entry in MAPPING if entry[0] in peers]
    out += ["", "| peer | median time a text |", "|---|--:|"]
    for peer in peers:
        median = statistics.median(case["us"][peer] for case in cases)
        out.append(f"| {peer} | {median:,.0f} µs |")
    return "\n".join(out) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("test", type=pathlib.Path, help="the test set, JSON lines")
    parser.add_argument("--tox", metavar="PYTHON", help="the Python that has tox-block")
    options = parser.parse_args()

    cases = [json.loads(line) for line in options.test.read_text("utf-8").split("\n") if line]
    crate = ["cargo", "run", "--release", "--quiet", "--manifest-path", HERE / "words/Cargo.toml"]
    subprocess.run(["cargo", "build", *crate[2:]], check=True)

    # All that is timed runs on one core.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.environ["OMP_NUM_THREADS"] = "1"
    ask(crate, cases)
    ask([sys.executable, HERE / "models.py", "alt-profanity-check", "hatesonar"], cases)
    if options.tox:
        ask([options.tox, HERE / "models.py", "tox-block"], cases)

    print(table("English", [case for case in cases if case["language"] == "en"]))
    print(table("All languages", cases), end="")


if __name__ == "__main__":
    main()
