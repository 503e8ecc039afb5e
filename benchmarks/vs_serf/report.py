"""The table, and all values as JSON."""

import json
import math
import statistics

RSS_LIMIT_MB = 15

# measurement, what the table calls it, and the ratio of the medians that is the target
ROWS = [
    ("start", "last start -> all see all, ms", 1 / 3),
    ("update_99", "update -> 99 % know, ms", 1 / 10),
    ("update_all", "update -> all know, ms", None),
    ("kill_first", "kill -9 -> first knows, ms", None),
    ("kill_all", "kill -9 -> all know, ms", 1 / 4),
    ("false_verdicts", "living nodes declared dead", None),
    ("idle_bytes", "idle: bytes/s per node", 1),
    ("idle_packets", "idle: packets/s per node", None),
    ("idle_cpu", "idle: CPU s/min per node", 1),
    ("rss", f"RSS per node, MB (<= {RSS_LIMIT_MB})", 1),
    ("pss", "PSS per node, MB", None),
]


def number(value):
    if math.isinf(value):
        return "never"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def verdict(key, ours, ratio, target):
    if target is None:
        return "", ""
    is_met = ratio <= target and (key != "rss" or max(ours) <= RSS_LIMIT_MB)
    return f"<= {target:.2f}", "met" if is_met else "MISSED"


def row(key, title, target, ours, serf):
    if not ours or not serf:
        return f"{title:32} not readable"
    medians = statistics.median(ours), statistics.median(serf)
    cells = [number(each) for each in (medians[0], max(ours), medians[1], max(serf))]
    if medians[1] == 0:
        return f"{title:32}" + "".join(f"{cell:>9}" for cell in cells)
    ratio = medians[0] / medians[1]
    goal, word = verdict(key, ours, ratio, target)
    return (f"{title:32}" + "".join(f"{cell:>9}" for cell in cells)
            + f"{ratio:9.2f}  {goal:8} {word}").rstrip()


def table(samples):
    """`samples[side][measurement]` is a list of all values of all rounds."""
    head = f"{'':32}{'ours':>9}{'worst':>9}{'serf':>9}{'worst':>9}{'ratio':>9}  target"
    rows = (row(key, title, target, samples["ours"].get(key), samples["serf"].get(key))
            for key, title, target in ROWS)
    return "\n".join([head, *rows])


def write_json(path, about, rounds):
    """`rounds` is a list of {"side", "round", measurement: [values]}; null means never."""
    finite = [{key: [None if math.isinf(each) else each for each in value]
               if isinstance(value, list) else value for key, value in one.items()}
              for one in rounds]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(about | {"rounds": finite}, file, indent=1)
        file.write("\n")
