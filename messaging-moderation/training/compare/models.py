"""Says what the Python peers find in texts: `python models.py PEER… < test.jsonl`.

Reads JSON lines with the fields `id` and `text`, and prints for each one line as `words` does:
{"id": …, "found": {peer: [names]}, "us": {peer: microseconds}}. The time is the processor's, not the
clock's: other work on the machine does not count. Every peer gets one text at a time, and runs as it
comes, at its own threshold or, where it has none, at a probability of one half.
"""

import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def alt_profanity_check():
    import profanity_check

    return lambda text: ["profane"] if profanity_check.predict([text])[0] else []


def hatesonar():
    import hatesonar

    sonar = hatesonar.Sonar()

    def find(text):
        top = sonar.ping(text)["top_class"]
        return [] if top == "neither" else [top]

    return find


def tox_block():
    import tensorflow

    tensorflow.keras.utils.disable_interactive_logging()
    from tox_block.prediction import make_single_prediction

    def find(text):
        said = make_single_prediction(text)
        return [name for name, value in said.items() if name != "text" and value >= 0.5]

    return find


PEERS = {"alt-profanity-check": alt_profanity_check, "hatesonar": hatesonar, "tox-block": tox_block}


def main(names: list[str]) -> None:
    finders = {name: PEERS[name]() for name in names}
    for find in finders.values():
        find("warm up")
    for line in sys.stdin:
        case = json.loads(line)
        found, us = {}, {}
        for name, find in finders.items():
            start = time.process_time()
            found[name] = find(case["text"])
            us[name] = (time.process_time() - start) * 1e6
        print(json.dumps({"id": case["id"], "found": found, "us": us}))


if __name__ == "__main__":
    main(sys.argv[1:])
