"""Variations of lines, for training only: typing errors, casing, emoji, and the ways in which people
get past filters. A variation that hides a word adds the flag `obfuscation`."""

import random

LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "b": "8"}
CYRILLIC = dict(zip("aceopxyikhmtb", "асеорхуікһмтв"))
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo",
    "j": "hk", "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et",
    "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}
EMOJI = ["😂", "🔥", "❤️", "😊", "🙏", "👍", "😭", "💯", "✨", "🥺", "😅", "👀", "💕", "😘", "🤣", "😉"]


def typing_errors(text: str, rng: random.Random) -> str:
    """One to three slips of the finger, none in a number."""
    letters = list(text)
    for _ in range(rng.randint(1, 3)):
        places = [at for at in range(1, len(letters) - 1) if letters[at].isalpha() and letters[at].isascii()]
        if len(places) < 6:
            break
        at = rng.choice(places)
        slip = rng.random()
        if slip < 0.3:
            del letters[at]
        elif slip < 0.55:
            letters[at], letters[at - 1] = letters[at - 1], letters[at]
        elif slip < 0.75:
            letters.insert(at, letters[at])
        else:
            letters[at] = rng.choice(NEIGHBOURS.get(letters[at].lower(), letters[at]))
    return "".join(letters)


def dressed(text: str, rng: random.Random) -> str:
    """Other punctuation or an emoji more."""
    turn = rng.random()
    if turn < 0.4:
        text = text.rstrip(".!?") + rng.choice(["", "", "!", "...", "!!"])
    if turn < 0.2:
        text = text.replace(",", "").replace("'", "")
    if turn > 0.75:
        text = f"{text} {rng.choice(EMOJI)}"
    return text


def _hide_word(word: str, rng: random.Random) -> str:
    way = rng.randrange(4)
    if way == 0:
        at = [k for k in range(len(word)) if word[k].lower() in LEET]
        if not at:
            return word
        chosen = set(rng.sample(at, max(1, len(at) * 2 // 3)))
        return "".join(rng.choice(LEET[c.lower()]) if k in chosen else c for k, c in enumerate(word))
    if way == 1:
        return rng.choice([" ", ".", "-", "*"]).join(word)
    if way == 2:
        return "".join(CYRILLIC.get(c, c) for c in word)
    at = rng.randrange(1, len(word))
    return word[:at] + rng.choice(INVISIBLE) + word[at:]


def hidden(text: str, rng: random.Random) -> str:
    """One to three of its longer words hidden."""
    words = text.split(" ")
    places = [at for at, word in enumerate(words) if len(word) >= 4 and word.isascii() and word.isalpha()]
    for at in rng.sample(places, min(len(places), rng.randint(1, 3))):
        words[at] = _hide_word(words[at], rng)
    return " ".join(words)
