"""Lines of data: reading, and telling whether two are the same line in other clothes.

A line is `flags <TAB> context <TAB> language <TAB> text`; see LABELLING.md. The name of its file says
who wrote it and of what kind it is: `w3-flagged.tsv`, `w3-lookalike.tsv`, `w8-everyday.tsv`.
"""

import collections
import dataclasses
import pathlib
import re
import subprocess

from .flags import INDEX

KINDS = ("flagged", "lookalike", "everyday")
LANGUAGES = ("en", "es", "fr", "de", "pt")
AUDIENCES = {"g": "[GENERAL]", "a": "[ADULT]"}
SURFACES = {"m": "[MESSAGE]", "c": "[CLIP]", "p": "[PROFILE]"}


@dataclasses.dataclass(frozen=True)
class Line:
    where: str
    author: str
    kind: str
    flags: tuple
    context: str
    language: str
    text: str


class Mistake(ValueError):
    """A line that is not as the guide says."""


def parse(row: str, where: str, author: str, kind: str | None) -> Line:
    columns = row.split("\t")
    if kind is None:
        if len(columns) != 5 or columns[4] not in KINDS:
            raise Mistake(f"{where}: the fifth column is no kind")
        kind = columns.pop()
    if len(columns) != 4:
        raise Mistake(f"{where}: {len(columns)} columns, not 4")
    flags, context, language, text = columns
    names = () if flags == "-" else tuple(flags.split(","))
    for name in names:
        if name not in INDEX:
            raise Mistake(f"{where}: no flag is called {name!r}")
    if len(set(names)) != len(names):
        raise Mistake(f"{where}: a flag twice")
    if len(context) != 2 or context[0] not in AUDIENCES or context[1] not in SURFACES:
        raise Mistake(f"{where}: no context is called {context!r}")
    if language not in LANGUAGES:
        raise Mistake(f"{where}: no language is called {language!r}")
    if not text.strip():
        raise Mistake(f"{where}: no text")
    if kind != "flagged" and names:
        raise Mistake(f"{where}: a {kind} line has flags")
    if kind == "flagged" and not names:
        raise Mistake(f"{where}: a flagged line has no flag")
    return Line(where, author, kind, names, context, language, text.replace("\\n", "\n"))


def read(folder: pathlib.Path) -> list[Line]:
    """All lines of a folder, in the order of its files' names."""
    lines = []
    for path in sorted(folder.glob("*.tsv")):
        author, _, kind = path.stem.partition("-")
        for number, row in enumerate(path.read_text("utf-8").split("\n"), 1):
            if row.strip():
                lines.append(parse(row, f"{path.name}:{number}", author, kind or None))
    return lines


def words(text: str) -> list[str]:
    """A text's words, without its signs, and with one digit for every number."""
    return re.findall(r"[^\W\d_]+|\d", re.sub(r"\d+", "0", text.lower()))


def shingles(text: str) -> frozenset:
    """Three words in a row, each; of a shorter text, all its words; of a text without words, itself."""
    found = words(text)
    if not found:
        return frozenset([(text.strip(),)])
    if len(found) < 3:
        return frozenset([tuple(found)])
    return frozenset(tuple(found[at : at + 3]) for at in range(len(found) - 2))


def alike(lines: list[Line], limit: float = 0.4) -> list[tuple[Line, Line, float]]:
    """Pairs of lines that share more than `limit` of their shingles (Jaccard)."""
    holders = collections.defaultdict(list)
    sets, pairs = [], []
    for number, line in enumerate(lines):
        mine = shingles(line.text)
        shared = collections.Counter()
        for shingle in mine:
            shared.update(holders[shingle][:200])
            holders[shingle].append(number)
        for other, count in shared.items():
            likeness = count / (len(mine) + len(sets[other]) - count)
            if likeness > limit:
                pairs.append((line, lines[other], likeness))
        sets.append(mine)
    return pairs


def plain(texts: list[str], tool: pathlib.Path) -> list[str]:
    """The texts as the engine shows them to the model: `tool` is the example `plain` of the crate."""
    rows = "".join(text.replace("\r", " ").replace("\n", "\\n") + "\n" for text in texts)
    done = subprocess.run([tool], input=rows.encode(), stdout=subprocess.PIPE, check=True)
    shown = done.stdout.decode().split("\n")[:-1]
    if len(shown) != len(texts):
        raise RuntimeError(f"{len(texts)} texts in, {len(shown)} out")
    return shown
