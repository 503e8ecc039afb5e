"""cluster_node: JSON lines on standard output, commands on standard input."""

import json

KINDS = {"alive": "sees", "dead": "failed"}


class Ours:
    name = "ours"

    def __init__(self, program, _count):
        self.program = program
        self.address = None

    def command(self, name, _index, seed):
        seeds = [f'--gossip.seeds=["{seed}"]'] if seed else []
        return [self.program, f"--gossip.node-id={name}", "--gossip.port=0", *seeds]

    def event_of(self, line):
        """A member counts as seen when it is up: one that is still joining does not count."""
        try:
            what = json.loads(line)
        except ValueError:  # something for people, on standard error
            return None
        kind = what.get("event")
        if kind == "started":
            self.address = self.address or what["address"]
            return "ready"
        if kind == "update":
            return ("update", what["key"])
        return (KINDS[kind], what["member"]) if kind in KINDS else None

    def publisher(self, node, _index, word):
        """Returns a function that does nothing but set a key at that node."""
        pipe = node.process.stdin

        def publish():
            pipe.write(f"set {word} 1\n".encode())
            pipe.flush()

        return publish
