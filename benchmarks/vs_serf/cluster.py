"""The processes of one cluster: starts them, reads what they print, and ends them on every way out.

One thread does it all. Whoever waits reads the pipes meanwhile, so a line is stamped when it
arrives, with the same clock and after the same delay for both programs. Their own stamps would not
do: the log of serf has whole seconds.
"""

import atexit
import os
import selectors
import shutil
import signal
import subprocess
import time

# Ends a node even if this program is killed in a way it cannot notice.
LEASH = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
LINES_KEPT = 20
READY_SECONDS = 15


class Failed(Exception):
    """A cluster did not do what every measurement needs."""


class Node:
    """One process, what it has not finished printing, and its last lines for error messages."""

    def __init__(self, name, command):
        self.name = name
        self.rest = b""
        self.last_lines = []
        self.process = subprocess.Popen(
            LEASH + command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True, cwd="/")
        os.set_blocking(self.process.stdout.fileno(), False)

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def close(self):
        self.kill()
        self.process.stdout.close()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass


class Cluster:
    """`seen[event][name]` is when that node first told that event, in nanoseconds."""

    def __init__(self, side, names):
        self.side = side
        self.names = names
        self.nodes = {}
        self.killed = set()
        self.seen = {}
        self.selector = selectors.DefaultSelector()
        atexit.register(self.close)

    def start(self):
        """Starts the first node, then all others at once; returns when the last was started."""
        self._spawn(self.names[0], None)
        if not self.wait(lambda: "ready" in self.seen, READY_SECONDS):
            raise Failed(f"{self.side.name}: the first node does not get ready")
        for name in self.names[1:]:
            started = time.monotonic_ns()
            self._spawn(name, self.side.address)
        return started

    def wait(self, is_done, seconds):
        """Reads until `is_done()` or the time is over; returns whether it is done."""
        end = time.monotonic() + seconds
        while not is_done():
            left = end - time.monotonic()
            if left <= 0:
                return False
            for key, _ in self.selector.select(left):
                self._read(key.data)
        return True

    def rest(self, seconds):
        """Lets time pass; the pipes are read all the while, or the nodes would block."""
        self.wait(lambda: False, seconds)

    def kill(self, name):
        self.killed.add(name)
        killed_at = time.monotonic_ns()
        self.nodes[name].kill()
        return killed_at

    def survivors(self):
        return [name for name in self.names if name not in self.killed]

    def close(self):
        atexit.unregister(self.close)
        for node in self.nodes.values():
            node.close()
        self.nodes = {}
        self.selector.close()

    def _spawn(self, name, seed):
        node = Node(name, self.side.command(name, self.names.index(name), seed))
        self.nodes[name] = node
        self.selector.register(node.process.stdout, selectors.EVENT_READ, node)

    def _read(self, node):
        try:
            data = os.read(node.process.stdout.fileno(), 1 << 16)
        except BlockingIOError:
            return
        now = time.monotonic_ns()
        if not data:
            self._end_of(node)
            return
        *lines, node.rest = (node.rest + data).split(b"\n")
        node.last_lines = (node.last_lines + lines)[-LINES_KEPT:]
        for event in filter(None, map(self.side.event_of, lines)):
            self.seen.setdefault(event, {}).setdefault(node.name, now)

    def _end_of(self, node):
        self.selector.unregister(node.process.stdout)
        if node.name not in self.killed:
            said = b"\n".join(node.last_lines).decode(errors="replace")
            raise Failed(f"{self.side.name}: {node.name} has ended; its last lines:\n{said}")
