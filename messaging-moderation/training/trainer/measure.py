"""Thresholds and figures."""

import numpy as np

from .flags import CRITICAL, FLAGS, STRUCTURAL


def f1(true: np.ndarray, said: np.ndarray) -> float:
    hits = (true & said).sum()
    return 2 * hits / max(1, true.sum() + said.sum())


def thresholds(logits: np.ndarray, rows: np.ndarray, harmless: np.ndarray, share: float) -> np.ndarray:
    """A threshold a flag (as a logit): the best F1, or for a critical flag the best F2 (recall counts
    more); then, while more than `share` of the harmless texts have some flag, the threshold whose
    raising spares most of them for the least loss is raised."""
    chosen = np.full(len(FLAGS), 20.0)
    for place, flag in enumerate(FLAGS):
        if flag in STRUCTURAL:
            continue
        true = rows[:, place] > 0.5
        beta = 4 if flag in CRITICAL else 1
        best = -1.0
        for threshold in np.arange(-2.5, 3.5, 0.1):
            said = logits[:, place] >= threshold
            hits = (true & said).sum()
            score = (1 + beta) * hits / max(1, beta * true.sum() + said.sum())
            # Of equal ones the middle is kept by preferring those nearer to even odds.
            score -= 1e-3 * abs(threshold)
            if score > best:
                best, chosen[place] = score, threshold
    for _ in range(400):
        wrong = logits[harmless] >= chosen
        if wrong.any(1).mean() <= share:
            break
        gains = []
        for place in np.flatnonzero(wrong.any(0)):
            raised = chosen[place] + 0.2
            spared = (wrong.any(1) & ~(np.delete(wrong, place, 1).any(1) | (logits[harmless][:, place] >= raised))).sum()
            true = rows[:, place] > 0.5
            lost = ((logits[:, place] >= chosen[place]) & (logits[:, place] < raised) & true).sum()
            weight = 3 if FLAGS[place] in CRITICAL else 1
            gains.append(((spared + 0.1) / (weight * lost + 0.5), place))
        if not gains:
            break
        chosen[max(gains)[1]] += 0.2
    return chosen


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
