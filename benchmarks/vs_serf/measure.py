"""One round of one side: cold start, idle, updates, kill."""

import math
import random
import time

import usage
from cluster import Cluster, Failed

START_SECONDS = 30
UPDATE_SECONDS = 20
KILL_SECONDS = 60
# Joining has its own traffic; this is long enough for both to be done with it.
SETTLE_SECONDS = 5
# Another moment of the gossip round each time.
PAUSE_SECONDS = (0.5, 1.5)


def milliseconds(since, times, count):
    """From `since` until `count` nodes have told something; infinite if fewer have."""
    if len(times) < count:
        return math.inf
    return (sorted(times)[count - 1] - since) / 1e6


def cold_start(cluster):
    everyone = [("sees", name) for name in cluster.names]

    def all_see_all():
        return all(len(cluster.seen.get(event, ())) == len(cluster.names) for event in everyone)

    since = cluster.start()
    if not cluster.wait(all_see_all, START_SECONDS):
        raise Failed(f"{cluster.side.name}: not every node sees all after {START_SECONDS} s")
    last = max(max(cluster.seen[event].values()) for event in everyone)
    return {"start": [(last - since) / 1e6]}


def update(cluster, word):
    """The node that publishes knows already and does not count."""
    index = random.randrange(len(cluster.names))
    origin = cluster.names[index]
    publish = cluster.side.publisher(cluster.nodes[origin], index, word)
    cluster.rest(random.uniform(*PAUSE_SECONDS))
    others = len(cluster.names) - 1

    def told():
        by_name = cluster.seen.get(("update", word), {})
        return [at for name, at in by_name.items() if name != origin]

    since = time.monotonic_ns()
    publish()
    cluster.wait(lambda: len(told()) == others, UPDATE_SECONDS)
    return {"update_99": [milliseconds(since, told(), math.ceil(0.99 * others))],
            "update_all": [milliseconds(since, told(), others)]}


def kill(cluster, name):
    """Whatever was believed of the node before it died was wrong and is counted apart."""
    cluster.rest(random.uniform(*PAUSE_SECONDS))
    wrong = [cluster.seen.pop(("failed", each), {}) for each in cluster.names]
    since = cluster.kill(name)
    survivors = cluster.survivors()

    def told():
        return list(cluster.seen.get(("failed", name), {}).values())

    cluster.wait(lambda: len(told()) == len(survivors), KILL_SECONDS)
    return {"false_verdicts": [sum(map(len, wrong))],
            "kill_first": [milliseconds(since, told(), 1)],
            "kill_all": [milliseconds(since, told(), len(survivors))]}


def one_round(side, options, number):
    """Returns lists of samples by measurement."""
    names = [f"node-{index + 1:02}" for index in range(options.nodes)]
    cluster = Cluster(side, names)
    try:
        result = cold_start(cluster)
        cluster.rest(SETTLE_SECONDS)
        result |= usage.of_idle(cluster, options.idle)
        for index in range(options.updates):
            for key, values in update(cluster, f"update-{index + 1}").items():
                result.setdefault(key, []).extend(values)
        victim = names[1 + number % (len(names) - 1)]  # never the seed, it is a special case
        return result | kill(cluster, victim)
    finally:
        cluster.close()
