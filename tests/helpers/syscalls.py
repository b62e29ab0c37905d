"""Runs a function in a process of its own and decides, at each system call by which it changes a folder, what becomes of it.

    ended = supervised(act, folder, decide)

The kernel asks us: the child installs a seccomp filter whose listener we hold (seccomp_unotify(2); Linux 5.6 and newer). So every
thread's calls are seen, those of Rust and C++ as well as Python's, in one order, and each waits until `decide` has said what
becomes of it. strace counts each thread's calls apart (`when=`) and so cannot kill "at the hundredth".

The process is forked, not started: what the caller has imported is there, which saves 3 s of CPU per run. So the caller must not
have threads: it runs nothing of the product itself.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_PLACES = {
    # call: its number on x86-64, and the argument that names its file: a descriptor, a path, or a folder's descriptor and a path
    "write": (1, "fd", 0),
    "pwrite": (18, "fd", 0),
    "writev": (20, "fd", 0),
    "sendfile": (40, "fd", 0),
    "truncate": (76, "path", 0),
    "fsync": (74, "fd", 0),
    "fdatasync": (75, "fd", 0),
    "ftruncate": (77, "fd", 0),
    "rename": (82, "path", 1),
    "mkdir": (83, "path", 0),
    "rmdir": (84, "path", 0),
    "link": (86, "path", 1),
    "unlink": (87, "path", 0),
    "openat": (257, "at", 0),
    "mkdirat": (258, "at", 0),
    "unlinkat": (263, "at", 0),
    "renameat": (264, "at", 2),
    "linkat": (265, "at", 2),
    "syncfs": (306, "fd", 0),
    "renameat2": (316, "at", 2),
    "copy_file_range": (326, "fd", 2),
    "fallocate": (285, "fd", 0),
}
_BY_NUMBER = {number: (name, kind, index) for name, (number, kind, index) in _PLACES.items()}
_OPENS = _PLACES["openat"][0]
_FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_SECCOMP, _PIDFD_GETFD = 317, 438
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _ASK = 0x7FFF0000, 0x7FC00000
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_AT_FDCWD = -100
_libc = ctypes.CDLL(None, use_errno=True)

GO_ON, KILL, SHORT, SKIP = 0, -1, -2, -3
"""What becomes of a call, beside a positive error number that it fails with: it is made; the process is killed before it; a write
writes half of what it was to; it is answered as done and not made."""


class Call(NamedTuple):
    """A system call that is about to change something."""

    name: str
    path: str
    """Relative to the folder that is watched; "" for a flush of all of it."""
    pid: int
    """The thread that makes it."""
    arguments: tuple[int, ...]


class Ended(NamedTuple):
    """How a process ended: its exit code, negative where a signal ended it, and what it wrote to both of its outputs."""

    code: int
    said: str


def unsupported() -> str | None:
    """Returns why calls cannot be watched here, `None` where they can."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "system calls are watched on Linux on x86-64 only"
    if tuple(int(part) for part in platform.release().split("-")[0].split(".")[:2]) < (5, 6):
        return "seccomp's user notification needs Linux 5.6"
    try:
        return (
            None if supervised(lambda: 0, "/nowhere", lambda _call: GO_ON, "/dev/null").code == 0 else "seccomp refused its filter"
        )
    except OSError as error:
        return f"seccomp refused its filter: {error}"


def forked(act: Callable[[], int], output: str) -> Ended:
    """Runs a function in a forked process, unwatched; its output as in `supervised`."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _run_child(act, None, output)
    return _ended(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), output)


def supervised(act: Callable[[], int], folder: str, decide: Callable[[Call], int], output: str) -> Ended:
    """Runs a function in a forked process.

    Args:
        act: What the process does; returns its exit code.
        folder: Calls that change something below it are decided on, all others are made.
        decide: Called with each call in turn; returns what becomes of it.
        output: A file for what the process prints.
    """
    ours, theirs = socket.socketpair()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        ours.close()
        _run_child(act, theirs, output)
    theirs.close()
    with ours:
        _, descriptors, _, _ = socket.recv_fds(ours, 1, 1)
    if not descriptors:
        return _ended(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), output)
    listener, alive = descriptors[0], os.pidfd_open(child)
    try:
        code = _serve(child, listener, alive, folder, decide)
    finally:
        os.close(listener)
        os.close(alive)
    return _ended(code, output)


def _ended(code: int, output: str) -> Ended:
    return Ended(code, Path(output).read_text(errors="replace"))


def _run_child(act: Callable[[], int], channel: socket.socket | None, output: str) -> None:
    """Becomes the process that acts, watched by the process at the other end of the channel; does not return."""
    code = 70
    try:
        sink = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        if channel:
            listener = _install_filter()
            socket.send_fds(channel, [b"."], [listener])
            os.close(listener)
            channel.close()
        code = act()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


class _Step(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("then", ctypes.c_ubyte), ("otherwise", ctypes.c_ubyte), ("value", ctypes.c_uint))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


def _install_filter() -> int:
    """Makes the kernel ask before each of our calls; returns the descriptor it asks by."""
    steps = [(_LOAD, 0, 0, 0)]
    for number in sorted(set(_BY_NUMBER) - {_OPENS}):
        steps += [(_JUMP_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ASK)]
    steps += [(_JUMP_IF_EQUAL, 0, 3, _OPENS), (_LOAD, 0, 0, 16 + 2 * 8), (_JUMP_IF_SET, 0, 1, _FOR_WRITING), (_RETURN, 0, 0, _ASK)]
    steps += [(_RETURN, 0, 0, _ALLOW)]
    program = _Program(len(steps), (_Step * len(steps))(*(_Step(*step) for step in steps)))
    no_new_privileges, set_filter, with_listener = 38, 1, 8
    _libc.prctl(no_new_privileges, 1, 0, 0, 0)
    listener = _libc.syscall(_SECCOMP, set_filter, with_listener, ctypes.byref(program))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return listener


def _serve(child: int, listener: int, alive: int, folder: str, decide: Callable[[Call], int]) -> int:
    """Answers the kernel until the child has ended; returns its exit code."""
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    poll.register(alive, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in poll.poll()}
        if alive in ready:
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        asked = bytearray(80)
        try:
            fcntl.ioctl(listener, _RECEIVE, asked)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.EINTR):
                continue  # who asked has ended meanwhile
            raise
        identifier, thread, _, number, _, _, *arguments = struct.unpack("QIIiIQ6Q", asked)
        call = _understand(number, thread, arguments, folder)
        fate = decide(call) if call else GO_ON
        if fate == KILL:
            os.kill(child, signal.SIGKILL)
            continue
        _answer(listener, identifier, fate, call, child)


def _answer(listener: int, identifier: int, fate: int, call: Call | None, child: int) -> None:
    value, failure, goes_on = 0, 0, 1
    if fate == SKIP:
        goes_on = 0
    elif fate == SHORT and call and call.name == "write":
        value, goes_on = _write_half(call, child), 0
    elif fate > 0:
        failure, goes_on = -fate, 0
    try:
        fcntl.ioctl(listener, _SEND, struct.pack("QqiI", identifier, value, failure, goes_on))
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise


def _write_half(call: Call, child: int) -> int:
    """Does half of a write in the child's name; returns how many bytes that were."""
    target, address, count = call.arguments[:3]
    half = max(1, count // 2)
    data = bytes_at(call.pid, address, half)
    owner = os.pidfd_open(child)
    copy = _libc.syscall(_PIDFD_GETFD, owner, target, 0)
    os.close(owner)
    if copy < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    try:
        return os.write(copy, data)
    finally:
        os.close(copy)


def bytes_at(thread: int, address: int, count: int) -> bytes:
    """Returns bytes of another process's memory."""
    with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(count)


def file_of(thread: int, descriptor: int) -> tuple[str, int, int]:
    """Returns the path, the position and the flags of an open file of another process."""
    number = ctypes.c_int(descriptor).value
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{thread}/fdinfo/{number}").read_text().splitlines() if ":" in line)
    return os.readlink(f"/proc/{thread}/fd/{number}"), int(fields["pos"]), int(fields["flags"], 8)


def _understand(number: int, thread: int, arguments: list[int], folder: str) -> Call | None:
    """Returns a call below the folder, `None` for any other."""
    name, kind, index = _BY_NUMBER[number]
    try:
        if kind == "fd":
            path = os.readlink(f"/proc/{thread}/fd/{ctypes.c_int(arguments[index]).value}")
        else:
            path = text_at(thread, arguments[index + (kind == "at")])
            if not path.startswith("/"):
                base = ctypes.c_int(arguments[index]).value if kind == "at" else _AT_FDCWD
                path = os.path.join(os.readlink(f"/proc/{thread}/cwd" if base == _AT_FDCWD else f"/proc/{thread}/fd/{base}"), path)
    except OSError:
        return None
    if path != folder and not path.startswith(f"{folder}/"):
        return None
    return Call(name, path[len(folder) + 1 :], thread, tuple(arguments))


def text_at(thread: int, address: int) -> str:
    """Returns a string of another process's memory, which ends at a zero byte; read page by page, as the next may not exist."""
    found = b""
    with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:
        while b"\0" not in found:
            start = address + len(found)
            memory.seek(start)
            found += memory.read(4096 - start % 4096)
    return os.fsdecode(found.partition(b"\0")[0])
