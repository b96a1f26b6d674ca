"""The tokenizer: BERT's word pieces, cut down to those that count, with the engine's five tokens."""

import collections
import json
import pathlib

from tokenizers import Tokenizer

CONTEXTS = ["[GENERAL]", "[ADULT]", "[MESSAGE]", "[CLIP]", "[PROFILE]"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *CONTEXTS]


def cut_down(source: pathlib.Path, texts: list[str], size: int) -> tuple[dict, list[int]]:
    """The tokenizer with `size` pieces, as JSON, and each piece's row in the source's embedding.

    Every piece that the texts use twice stays; the rest is filled with the commonest of the source,
    whose pieces stand in the order of how common they are.
    """
    full = json.loads(source.read_text("utf-8"))
    full["padding"] = full["truncation"] = None
    whole = Tokenizer.from_str(json.dumps(full))
    rows = full["model"]["vocab"]
    used = collections.Counter(
        token for encoding in whole.encode_batch(texts, add_special_tokens=False) for token in encoding.tokens
    )
    # Single characters can spell any word that is not kept whole.
    kept = {piece for piece in rows if len(piece.removeprefix("##")) == 1 and piece.isascii()}
    kept |= {piece for piece, count in used.items() if count >= 2 and piece in rows}
    kept -= set(SPECIAL)
    for piece in sorted(rows, key=rows.get):
        if len(kept) + len(SPECIAL) >= size:
            break
        if piece.removeprefix("##").isascii() and not piece.startswith("[unused") and piece not in SPECIAL:
            kept.add(piece)
    pieces = SPECIAL + sorted(kept, key=rows.get)
    taken = [rows.get(piece, rows["[MASK]"]) for piece in pieces]
    full["model"]["vocab"] = {piece: place for place, piece in enumerate(pieces)}
    full["post_processor"] = None
    full["added_tokens"] = [
        {"id": place, "content": piece, "single_word": False, "lstrip": False, "rstrip": False,
         "normalized": False, "special": True}
        for place, piece in enumerate(SPECIAL)
    ]
    return full, taken


class Ids:
    """Texts to ids, as the engine does it: context, text, end."""

    def __init__(self, tokenizer: dict, longest: int):
        self.tokenizer = Tokenizer.from_str(json.dumps(tokenizer))
        vocabulary = tokenizer["model"]["vocab"]
        self.first = {
            audience + surface: [vocabulary[a], vocabulary[s]]
            for audience, a in (("g", "[GENERAL]"), ("a", "[ADULT]"))
            for surface, s in (("m", "[MESSAGE]"), ("c", "[CLIP]"), ("p", "[PROFILE]"))
        }
        self.end = vocabulary["[SEP]"]
        self.longest = longest

    def __call__(self, texts: list[str], contexts: list[str]) -> list[list[int]]:
        encodings = self.tokenizer.encode_batch(texts, add_special_tokens=False)
        room = self.longest - 3
        return [
            [*self.first[context], *encoding.ids[:room], self.end]
            for encoding, context in zip(encodings, contexts)
        ]
