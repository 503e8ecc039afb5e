"""What idle nodes cost: traffic from the counters of lo, CPU time and memory from /proc."""

import os
import re
import time
from pathlib import Path

# lo counts a header of this size on every packet. IP, TCP and UDP headers stay in.
ETHERNET_BYTES = 14
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def sent_on_lo():
    """Bytes without Ethernet headers, and packets. Segments that the kernel never had to split
    count once, as they would not on a wire; of such small messages there are few."""
    for line in Path("/proc/net/dev").read_text().splitlines():
        name, _, numbers = line.partition(":")
        if name.strip() == "lo":
            octets, packets = (int(number) for number in numbers.split()[8:10])
            return octets - ETHERNET_BYTES * packets, packets
    raise OSError("there is no interface lo")


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def megabytes(path, field):
    """Returns None if the kernel does not tell."""
    try:
        found = re.search(rf"^{field}:\s+(\d+) kB", Path(path).read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) * 1024 / 1e6 if found else None


def of_idle(cluster, seconds):
    """Returns lists of samples: of memory one per node, of the rest one per round. CPU time comes
    in ticks of 10 ms, too coarse for one node, so the nodes are added up."""
    pids = [node.pid for node in cluster.nodes.values()]
    began, sent_before = time.monotonic(), sent_on_lo()
    cpu_before = [cpu_seconds(pid) for pid in pids]
    cluster.rest(seconds)
    took, sent = time.monotonic() - began, sent_on_lo()
    cpu = [cpu_seconds(pid) - before for pid, before in zip(pids, cpu_before)]
    per_node = took * len(pids)
    pss = [megabytes(f"/proc/{pid}/smaps_rollup", "Pss") for pid in pids]
    return {
        "idle_bytes": [(sent[0] - sent_before[0]) / per_node],
        "idle_packets": [(sent[1] - sent_before[1]) / per_node],
        "idle_cpu": [sum(cpu) * 60 / per_node],
        "rss": [megabytes(f"/proc/{pid}/status", "VmRSS") for pid in pids],
        "pss": [one for one in pss if one is not None],
    }
