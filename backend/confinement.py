"""What a child of the sandbox gives up before it touches a stranger's bytes, for good.

Limits end it; the kernel's filter of system calls (seccomp) leaves it memory, threads and the
one line it has. Without the filter - another kernel or processor than we know - the limits and
the missing rights still hold: no file and no socket can be opened.
"""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct

NOBODY = 65534
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2


def confine(cpu_s: int, wall_s: float, memory: int, nice: int) -> None:
    """From here on: no file, no socket, no other process, and an end that is near."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, wall_s)  # Should nobody be left to kill us.
    os.nice(nice)
    for kind, most in (
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),  # What is open stays open; nothing else ever is.
    ):
        resource.setrlimit(kind, (most, most))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _filter(libc)


# --- The filter --------------------------------------------------------------------------

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# The calls that are allowed, by their numbers on these two.
ALLOWED = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "brk": (12, 214),
    "madvise": (28, 233),
    "futex": (202, 98),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "sendto": (44, 206),
    "recvfrom": (45, 207),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "gettimeofday": (96, 169),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
}
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = 435  # On both.
CLONE_THREAD = 0x10000
ALLOW, ERRNO, KILL = 0x7FFF0000, 0x00050000, 0x80000000
LOAD, JUMP_IF_EQUAL, JUMP_IF_SET, RETURN = 0x20, 0x15, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # Where they stand in what the filter sees.

Step = tuple[int, int, int, int]  # Code, steps to skip if true, if not, value.


def _filter(libc: ctypes.CDLL) -> None:
    """Ask the kernel to refuse every call but these; best effort, the limits stand anyway."""
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        return
    steps = b"".join(struct.pack("HBBI", *step) for step in program(machine))
    kept = ctypes.create_string_buffer(steps, len(steps))
    given = struct.pack("HxxxxxxP", len(steps) // 8, ctypes.addressof(kept))
    libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(given), 0, 0)


def program(machine: str) -> list[Step]:
    """The filter in the kernel's own small language (BPF)."""
    allowed = [numbers[list(ARCHITECTURES).index(machine)] for numbers in ALLOWED.values()]
    steps: list[Step] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (JUMP_IF_EQUAL, 1, 0, ARCHITECTURES[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
    ]
    for number in allowed:
        steps += [(JUMP_IF_EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    # The C library tries clone3 first, whose arguments no filter can read; then clone.
    steps += [
        (JUMP_IF_EQUAL, 0, 1, CLONE3),
        (RETURN, 0, 0, ERRNO | errno.ENOSYS),
        (JUMP_IF_EQUAL, 0, 3, CLONE[machine]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (JUMP_IF_SET, 0, 1, CLONE_THREAD),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, ERRNO | errno.EPERM),
    ]
    return steps
