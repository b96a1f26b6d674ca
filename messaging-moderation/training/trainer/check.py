"""Checks the data: `python -m trainer.check`.

No line that is not as the guide says, no two lines alike (within the data, or one of the test set and
one of the data), 250 lines a flag at least; and how many of a flag's lines do without the words that it
usually has. Fails when one of the first three does not hold.
"""

import collections
import json
import pathlib
import re
import sys

from . import data
from .flags import FLAGS

HERE = pathlib.Path(__file__).resolve().parents[1]

# The words that a list of words would have for a flag, as regular expressions.
USUAL = {
    "minor_safety": r"under ?age|minor|years? old|yo\b|1[0-7]\b|teen|kid|child|school|grade|young",
    "trafficking_coercion": r"traffick|forced?|pimp|passport|debt|owe|boss|manager|escape|earn|money",
    "non_consent": r"consent|without (my|her|his|their)|secret|hidden|drug|asleep|permission|leak|spy|record",
    "self_harm": r"suicid|kill (my|your)sel|kys|die\b|death|cut(ting)?\b|harm|end it|overdose|life",
    "violence": r"kill|beat|punch|stab|shoot|hurt|blood|break your|smash|dead|kick|burn|knife|gun",
    "extortion": r"\bpay\b|leak|or else|expose|blackmail|unless|publish|screenshots?|money|send me",
    "doxxing": r"address|lives? (at|in|on)|real name|phone|number|works? (at|in)|dox|expose|home",
    "stalking": r"follow|track|watch|stalk|outside (your|my|her|his)|block|waiting|house|new account",
    "extremism": r"join|cause|martyr|war|brothers?|movement|race|infidel|army|hero|attack|manifesto",
    "harassment": r"stupid|idiot|loser|ugly|pathetic|fat|dumb|trash|clown|disgust|worthless|moron",
    "hate": r"people|muslim|jew|black|white|gay|trans|women|immigrant|foreigner|disabled|country|kind",
    "profanity": r"f[u*@]+c?k|sh[i*1]t|bitch|ass ?hole|bastard|dick|cunt|piss|wtf|stfu|bullshit",
    "sexual_explicit": r"sex|nude|naked|cock|pussy|cum|blow|fuck|dick|tits|orgasm|masturbat|horny|strip",
    "sexual_harassment": r"nude|tits|ass\b|sexy|body|show me|boob|pics?|bed|hot|strip",
    "prohibited_sexual": r"step|incest|sister|brother|mom|daddy|forced?|rape|drunk|animal|sleep|hypno|blood",
    "impersonation": r"support|staff|official|admin|moderator|team|real|account|it'?s me|this is",
    "scam": r"prize|won|invest|double|profit|fee|bitcoin|crypto|guarantee|wire|transfer|inherit|gift card",
    "phishing": r"password|code|login|log in|verify|pin\b|card|confirm|account|link|credential",
    "spam": r"follow|free|promo|click|share|forward|discount|!!|subscribe|dm\b|offer|sale",
    "off_platform_payment": r"paypal|cash ?app|venmo|zelle|bank|transfer|crypto|bitcoin|gift card|fees?|iban|cash|wire",
    "off_platform_contact": r"whats ?app|telegram|snap|text me|call me|number|insta|discord|signal|e-?mail|dm\b|kik",
    "solicitation": r"hotel|incall|outcall|hour|night|escort|meet|donation|rates?|massage|overnight",
    "drugs": r"weed|coke|pills?|mdma|xan|meth|gram|dealer|plug|ounce|drug|high|lsd|ket",
    "weapons": r"gun|pistol|rifle|ammo|glock|weapon|bullet|knife|9 ?mm|shotgun|firearm|rounds",
}


def main() -> None:
    lines = data.read(HERE / "data")
    test = [
        data.Line(row["id"], "test", row["kind"], tuple(row["labels"]), "gm", row["language"], row["text"])
        for row in map(json.loads, (HERE / "test" / "test.jsonl").read_text("utf-8").splitlines())
    ]
    faults = [f"{one.where} is like {other.where} ({share:.2f}): {one.text[:60]}" for one, other, share in data.alike(lines)]
    mixed = data.alike(test + lines)
    faults += [f"{one.where} is like the test's {other.where}" for one, other, _ in mixed if (one.author == "test") != (other.author == "test")]
    counts = collections.Counter(flag for line in lines for flag in line.flags)
    faults += [f"{flag} has {counts[flag]} lines, 250 are needed" for flag in FLAGS if counts[flag] < 250]
    kinds = collections.Counter(line.kind for line in lines)
    languages = collections.Counter(line.language for line in lines)
    print(f"{len(lines)} lines: {dict(kinds)}, {dict(languages)}; test: {len(test)}")
    for flag in FLAGS:
        usual = USUAL.get(flag)
        if usual is None:
            print(f"  {flag:22} {counts[flag]:5}")
            continue
        of = [line for line in lines if flag in line.flags and line.language == "en"]
        without = sum(re.search(usual, line.text, re.IGNORECASE) is None for line in of)
        print(f"  {flag:22} {counts[flag]:5}  without usual words {without / len(of):.0%}")
    for fault in faults:
        print(fault)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
