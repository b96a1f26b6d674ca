"""The networks: a BERT encoder written plainly, so that it exports to operators every runtime has.

The student halves its sequence after its first layer (each two neighbouring positions become their
mean): the later layers, which cost as much as the first, then run on half the positions.
"""

import torch
import torch.nn.functional as F
from torch import nn


class Layer(nn.Module):
    """One encoder layer, normalising after each part as BERT does."""

    def __init__(self, width: int, heads: int, inner: int, dropout: float):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.output = nn.Linear(width, width)
        self.attention_norm = nn.LayerNorm(width, eps=1e-12)
        self.widen = nn.Linear(width, inner)
        self.narrow = nn.Linear(inner, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, bias):
        batch, length, width = x.shape
        size = width // self.heads

        def split(part):
            return part.view(batch, -1, self.heads, size).transpose(1, 2)

        scores = split(self.query(x)) @ split(self.key(x)).transpose(2, 3) * size**-0.5
        if bias is not None:
            scores = scores + bias
        seen = self.dropout(torch.softmax(scores, -1)) @ split(self.value(x))
        seen = seen.transpose(1, 2).reshape(batch, -1, width)
        x = self.attention_norm(x + self.dropout(self.output(seen)))
        return self.norm(x + self.dropout(self.narrow(F.gelu(self.widen(x)))))


def halved(x):
    """Each two neighbouring positions become their mean; an odd last one is left out."""
    return F.avg_pool1d(x.transpose(1, 2), 2, 2).transpose(1, 2)


class Encoder(nn.Module):
    """Token ids to one logit a flag.

    `halve_after`: the layer after which the sequence is halved, or None.
    """

    def __init__(self, vocabulary, width, heads, layers, inner, flags, positions=128, halve_after=None, dropout=0.1):
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        self.places = nn.Embedding(positions, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        inner = inner if isinstance(inner, (list, tuple)) else [inner] * layers
        self.layers = nn.ModuleList(Layer(width, heads, inner[k], dropout) for k in range(layers))
        self.head = nn.Sequential(nn.Linear(2 * width, width), nn.GELU(), nn.Dropout(dropout), nn.Linear(width, flags))
        self.halve_after = halve_after
        self.dropout = nn.Dropout(dropout)

    def forward(self, ids, mask=None):
        """`ids`: batch x length, even when the sequence is halved; `mask`: 1 where a token stands."""
        length = ids.shape[1]
        x = self.words(ids) + self.places.weight[:length]
        x = self.dropout(self.norm(x))
        held = None if mask is None else mask.to(x.dtype)
        for number, layer in enumerate(self.layers):
            if number == self.halve_after:
                if held is None:
                    x = halved(x)
                else:
                    share = halved(held[..., None])
                    x = halved(x * held[..., None]) / share.clamp(min=0.5)
                    held = (share[..., 0] > 0).to(x.dtype)
            bias = None if held is None else (1 - held[:, None, None]) * -1e4
            x = layer(x, bias)
        if held is None:
            mean, peak = x.mean(1), x.amax(1)
        else:
            mean = (x * held[..., None]).sum(1) / held.sum(1, keepdim=True)
            peak = (x - (1 - held[..., None]) * 1e4).amax(1)
        return self.head(torch.cat([mean, peak], -1))
