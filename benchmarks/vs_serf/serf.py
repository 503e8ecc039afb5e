"""The agent of serf: log lines on standard output, commands over its RPC.

Its log is what disturbs least. `serf members` would start a process per poll and node. Handlers and
the event stream of the RPC tell of members only after the agent has coalesced them, 1 to 3 seconds
later; the library below logs a member at once and at the default log level. User events that are
not to be coalesced are logged when they are delivered.
"""

import re
import socket

LINES = [
    (re.compile(rb"serf: EventMemberJoin: (\S+)"), "sees"),
    (re.compile(rb"serf: EventMemberFailed: (\S+)"), "failed"),
    (re.compile(rb"agent: Received event: user-event: (\S+)"), "update"),
]
BIND = re.compile(rb"Bind addr: '([^']+)'")
HOST = "127.0.0.1"
RPC_SECONDS = 5


def free_ports(count):
    """Ports that are free for TCP and UDP. All are held until the last is found."""
    held, ports = [], []
    while len(ports) < count:
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        held += [tcp, udp]
        tcp.bind((HOST, 0))
        try:
            udp.bind(tcp.getsockname())
        except OSError:
            continue
        ports.append(tcp.getsockname()[1])
    for one in held:
        one.close()
    return ports


def packed(value):
    """The little of MessagePack that a request needs."""
    if isinstance(value, dict):
        return bytes([0x80 | len(value)]) + b"".join(
            packed(each) for pair in value.items() for each in pair)
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return bytes([value])
    return bytes([0xA0 | len(value)]) + value.encode()


class Serf:
    name = "serf"

    def __init__(self, program, count):
        self.program = program
        self.address = None
        ports = free_ports(2 * count)
        self.gossip_ports, self.rpc_ports = ports[:count], ports[count:]

    def command(self, name, index, seed):
        join = [f"-join={seed}"] if seed else []
        return [self.program, "agent", f"-node={name}", "-profile=lan",
                f"-bind={HOST}:{self.gossip_ports[index]}",
                f"-rpc-addr={HOST}:{self.rpc_ports[index]}", *join]

    def event_of(self, line):
        if bind := BIND.search(line):
            self.address = self.address or bind[1].decode()
            return "ready"
        for pattern, kind in LINES:
            if match := pattern.search(line):
                return (kind, match[1].decode())
        return None

    def publisher(self, _node, index, word):
        """Returns a function that does nothing but send a user event on an open connection."""
        rpc = socket.create_connection((HOST, self.rpc_ports[index]), RPC_SECONDS)
        rpc.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        rpc.sendall(packed({"Command": "handshake", "Seq": 0}) + packed({"Version": 1}))
        if b"Error\xa0" not in rpc.recv(4096):
            raise ConnectionError("serf refuses the handshake of its RPC")
        request = packed({"Command": "event", "Seq": 1}) + packed(
            {"Name": word, "Payload": "1", "Coalesce": False})

        def publish():
            with rpc:
                rpc.sendall(request)
                if b"Error\xa0" not in rpc.recv(4096):
                    raise ConnectionError("serf refuses an event")

        return publish
