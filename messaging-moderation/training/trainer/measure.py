"""Thresholds and figures."""

import numpy as np

from .flags import CRITICAL, FLAGS, STRUCTURAL


def f1(true: np.ndarray, said: np.ndarray) -> float:
    hits = (true & said).sum()
    return 2 * hits / max(1, true.sum() + said.sum())


# How many of the held-back harmless texts may have some flag: under what the engine is to reach.
ALLOWED = {"lookalike": 0.028, "everyday": 0.009}

STEPS = np.arange(-3.0, 9.0, 0.1)


def thresholds(logits: np.ndarray, rows: np.ndarray, kinds: list[str]) -> np.ndarray:
    """A threshold a flag (as a logit): the best F1, or for a critical flag the best F2 (recall counts
    more), less a price for each harmless text that the flag alone accuses. Each kind of harmless text
    has its price: of the prices at which no more texts of a kind have some flag than are `ALLOWED`,
    those that cost the flags least."""
    kinds = np.array(kinds)
    worth = np.full((len(FLAGS), len(STEPS)), -1.0)
    for place, flag in enumerate(FLAGS):
        if flag in STRUCTURAL:
            continue
        true = rows[:, place] > 0.5
        beta = 4 if flag in CRITICAL else 1
        for step, threshold in enumerate(STEPS):
            said = logits[:, place] >= threshold
            hits = (true & said).sum()
            worth[place, step] = (1 + beta) * hits / max(1, beta * true.sum() + said.sum())
    harmless = {kind: logits[kinds == kind] for kind in ALLOWED}

    def at(prices: dict) -> np.ndarray:
        chosen = np.full(len(FLAGS), 20.0)
        for _ in range(4):
            for place, flag in enumerate(FLAGS):
                if flag in STRUCTURAL:
                    continue
                value = worth[place].copy()
                for kind, texts in harmless.items():
                    others = (np.delete(texts, place, 1) >= np.delete(chosen, place)).any(1)
                    alone = texts[~others, place]
                    value -= prices[kind] * (alone[:, None] >= STEPS).sum(0) / max(1.0, ALLOWED[kind] * len(texts))
                chosen[place] = STEPS[int(value.argmax())]
        return chosen

    grid = np.geomspace(0.01, 10, 13)
    best, most = at(dict.fromkeys(ALLOWED, 30.0)), -1.0
    for lookalike in grid:
        for everyday in grid:
            chosen = at({"lookalike": lookalike, "everyday": everyday})
            accused = {kind: (texts >= chosen).any(1).mean() if len(texts) else 0.0 for kind, texts in harmless.items()}
            steps = np.abs(STEPS[None] - chosen[:, None]).argmin(1)
            value = sum(worth[place, steps[place]] for place, flag in enumerate(FLAGS) if flag not in STRUCTURAL)
            if value > most and all(accused[kind] <= ALLOWED[kind] for kind in ALLOWED):
                best, most = chosen, value
    return best


def report(logits: np.ndarray, rows: np.ndarray, kinds: list[str], chosen: np.ndarray) -> str:
    """The figures of the model alone, for the training's eye (the engine's own are `moderate --eval`)."""
    said = logits >= chosen
    true = rows > 0.5
    kinds = np.array(kinds)
    out, scores = [], []
    for place, flag in enumerate(FLAGS):
        if flag in STRUCTURAL:
            continue
        scores.append(f1(true[:, place], said[:, place]))
        recall = (true[:, place] & said[:, place]).sum() / max(1, true[:, place].sum())
        precision = (true[:, place] & said[:, place]).sum() / max(1, said[:, place].sum())
        out.append(f"  {flag:22} f1 {scores[-1]:.3f}  precision {precision:.3f}  recall {recall:.3f}  of {true[:, place].sum()}")
    out.append(f"  macro f1 (24 flags of meaning) {np.mean(scores):.4f}")
    for kind in ("lookalike", "everyday"):
        some = said[kinds == kind].any(1)
        if len(some):
            out.append(f"  {kind} with any flag {some.mean():.4f} of {len(some)}")
    return "\n".join(out)
