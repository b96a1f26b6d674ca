"""Fitting a network, and asking it."""

import math
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

from .examples import Examples, batches, padded
from .tokens import Ids


def predict(network, ids: list[list[int]], size: int = 64) -> np.ndarray:
    """Logits, one row a text."""
    network.eval()
    order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
    result = np.zeros((len(ids), network.head[-1].out_features), np.float32)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for at in range(0, len(order), size):
            part = order[at : at + size]
            tensor, mask = padded([ids[k] for k in part])
            result[part] = network(tensor, mask).float().numpy()
    return result


def fit(network, examples: Examples, ids: Ids, *, epochs, rate, seed, batch=32, teacher=None, trust=0.5,
        decay=0.01, name="", after=None):
    """Trains `network`. With a `teacher`, the aim is `trust` of what the teacher says and the rest of
    what the label says; its errors are corrected by the label, the label's coarseness by it.
    `after(epoch)` is called after each epoch."""
    mixed = examples.rows
    if teacher is not None:
        logits = torch.tensor(predict(teacher, ids(examples.texts, examples.contexts), 128))
        mixed = trust * torch.sigmoid(logits).numpy() + (1 - trust) * examples.rows
    rng = random.Random(seed)
    torch.manual_seed(seed)
    table = [p for n, p in network.named_parameters() if n.startswith(("words.", "places."))]
    others = [p for n, p in network.named_parameters() if not n.startswith(("words.", "places."))]
    optimizer = torch.optim.AdamW(
        [{"params": others, "weight_decay": decay}, {"params": table, "weight_decay": 0.0}], lr=rate, fused=True
    )
    steps = epochs * math.ceil(len(examples.texts) / batch)
    warm = max(1, steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.02, (steps - step) / (steps - warm)))
    )
    begun = time.time()
    for epoch in range(epochs):
        texts, contexts, rows = examples.epoch(rng, mixed)
        encoded = ids(texts, contexts)
        aims = torch.tensor(rows)
        network.train()
        losses = []
        for group in batches(encoded, batch, rng):
            tensor, mask = padded([encoded[k] for k in group])
            with torch.autocast("cpu", torch.bfloat16):
                logits = network(tensor, mask)
            # A flag is rare: what has it weighs more, so that the network is not content with "none".
            weight = 1 + 2 * aims[group]
            loss = (F.binary_cross_entropy_with_logits(logits.float(), aims[group], reduction="none") * weight).sum(1).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        print(f"{name} epoch {epoch + 1}/{epochs}: loss {np.mean(losses):.4f}, {time.time() - begun:.0f} s", flush=True)
        if after is not None:
            after(epoch)
