"""What the networks learn from: lines, their variations, and two lines in one."""

import random

import numpy as np
import torch

from .data import Line, plain
from .flags import INDEX
from .vary import dressed, hidden, typing_errors

OBFUSCATION = INDEX["obfuscation"]


def labels(line: Line) -> np.ndarray:
    row = np.zeros(len(INDEX), np.float32)
    for flag in line.flags:
        row[INDEX[flag]] = 1
    return row


class Examples:
    """Lines with an evasive variation of many, as the engine shows them to the model."""

    def __init__(self, lines: list[Line], tool, seed: int, evasive: float = 0.35):
        rng = random.Random(seed)
        texts, rows, contexts = [], [], []
        for line in lines:
            texts.append(line.text)
            rows.append(labels(line))
            contexts.append(line.context)
        # A hidden word adds a flag of form, which the rules find: what the model has to learn is
        # that the meaning stays.
        for line in lines:
            if line.kind == "flagged" and rng.random() < evasive:
                varied = hidden(line.text, rng)
                if varied != line.text:
                    row = labels(line)
                    row[OBFUSCATION] = 1
                    texts.append(varied)
                    rows.append(row)
                    contexts.append(line.context)
        self.texts = plain(texts, tool)
        self.rows = np.stack(rows)
        self.contexts = contexts
        self.lines = len(lines)

    def epoch(self, rng: random.Random, aims: np.ndarray, pairs: float = 0.12, slips: float = 0.25):
        """One pass: each text once, some with slips, some joined with another. `aims` has a row a text.
        Gives texts, contexts, aims."""
        order = list(range(len(self.texts)))
        rng.shuffle(order)
        texts, contexts, rows = [], [], []
        for at in order:
            text, row, context = self.texts[at], aims[at], self.contexts[at]
            turn = rng.random()
            if turn < slips:
                text = typing_errors(text, rng)
            elif turn < slips + 0.15:
                text = dressed(text, rng)
            if rng.random() < pairs:
                other = rng.randrange(len(self.texts))
                halves = [text, self.texts[other]]
                rng.shuffle(halves)
                text = rng.choice([" ", ". ", " - ", "! ", "? "]).join(halves)
                row = np.maximum(row, aims[other])
            if rng.random() < 0.2:
                context = rng.choice("ga") + context[1]
            texts.append(text)
            contexts.append(context)
            rows.append(row)
        return texts, contexts, np.stack(rows)


def batches(ids: list[list[int]], size: int, rng: random.Random, even: bool = True):
    """Places of examples of like length, in batches of `size`, in no order."""
    order = sorted(range(len(ids)), key=lambda at: (len(ids[at]), rng.random()))
    groups = [order[at : at + size] for at in range(0, len(order), size)]
    rng.shuffle(groups)
    return groups


def padded(ids: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(row) for row in ids)
    tensor = torch.zeros(len(ids), longest, dtype=torch.long)
    mask = torch.zeros(len(ids), longest)
    for place, row in enumerate(ids):
        tensor[place, : len(row)] = torch.tensor(row)
        mask[place, : len(row)] = 1
    return tensor, mask
