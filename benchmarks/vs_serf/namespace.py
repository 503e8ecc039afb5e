"""A network namespace of its own, so that nothing else on the machine is counted or disturbs."""

import fcntl
import os
import socket
import struct
import subprocess
import sys

MARK = "VS_SERF_INSIDE"
UNSHARE = ["unshare", "--map-root-user", "--net", "--"]
SIOCSIFFLAGS = 0x8914
IFF_UP_AND_RUNNING = 0x41


def enter():
    """Starts this program again in a namespace if that is permitted; returns whether it is in
    one. Both sides use the same one, but never at the same time."""
    if os.environ.get(MARK):
        lo_up()
        return True
    try:
        subprocess.run([*UNSHARE, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    sys.stdout.flush()
    os.execvpe(UNSHARE[0], [*UNSHARE, sys.executable, *sys.argv], os.environ | {MARK: "1"})


def lo_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP_AND_RUNNING))
