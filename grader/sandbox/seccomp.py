"""A filter of system calls for the sandbox, as the kernel takes it.

What a notebook never needs and an escape might: other namespaces, mounts, tracing, other processes' memory,
memory that no limit counts, keys, kernel programs, the kernel's log, sockets of families that no namespace
holds. They fail with EPERM, clone3 with ENOSYS, so that the C library falls back on clone, whose flags can be
read here.
"""

from __future__ import annotations

import errno
import platform
import struct

ALLOW = 0x7FFF0000
KILL = 0x80000000
ERRNO = 0x00050000
LOAD, JUMP_EQUAL, JUMP_GREATER, JUMP_SET, RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT = 0, 4, 16
CLONE_NEW = 0x7E020000
"""CLONE_NEWNS, -CGROUP, -UTS, -IPC, -USER, -PID and -NET."""
X32 = 0x3FFFFFFF
"""Numbers above this are the x32 ABI's."""

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
REFUSED = {
    # name: (x86_64, aarch64)
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "name_to_handle_at": (303, 264),
    "fanotify_init": (300, 262),
    "chroot": (161, 51),
    "quotactl": (179, 60),
    "acct": (163, 89),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "sched_setaffinity": (203, 122),
    "io_setup": (206, 0),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
}
SOCKET = (41, 198)
FAMILIES = (1, 2, 10)
"""AF_UNIX, AF_INET and AF_INET6. AF_VSOCK, for one, would reach the machine that hosts this one."""
FCNTL = (72, 25)
SECOND_ARGUMENT_AT, SET_LEASE = 24, 1024
"""A lease on a file that it may read keeps whoever opens that file waiting."""
CLONE = (56, 220)
CLONE3 = (435, 435)


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def program(machine: str | None = None) -> bytes | None:
    """Return the filter for a machine, this one without; None where its numbers are not known here."""
    machine = machine or platform.machine()
    if machine not in ARCHITECTURES:
        return None
    column = list(ARCHITECTURES).index(machine)
    refuse = _instruction(RETURN, ERRNO | errno.EPERM)
    parts = [
        _instruction(LOAD, ARCHITECTURE_AT),
        _instruction(JUMP_EQUAL, ARCHITECTURES[machine], 1, 0),
        _instruction(RETURN, KILL),
        _instruction(LOAD, NUMBER_AT),
        _instruction(JUMP_GREATER, X32, 0, 1),
        refuse,
        _instruction(JUMP_EQUAL, CLONE3[column], 0, 1),
        _instruction(RETURN, ERRNO | errno.ENOSYS),
    ]
    for numbers in REFUSED.values():
        parts += [_instruction(JUMP_EQUAL, numbers[column], 0, 1), refuse]
    families = [_instruction(JUMP_EQUAL, family, len(FAMILIES) - i, 0) for i, family in enumerate(FAMILIES)]
    parts += [
        _instruction(JUMP_EQUAL, FCNTL[column], 0, 4),
        _instruction(LOAD, SECOND_ARGUMENT_AT),
        _instruction(JUMP_EQUAL, SET_LEASE, 0, 1),
        refuse,
        _instruction(RETURN, ALLOW),
        _instruction(JUMP_EQUAL, SOCKET[column], 0, len(FAMILIES) + 3),
        _instruction(LOAD, FIRST_ARGUMENT_AT),
        *families,
        refuse,
        _instruction(RETURN, ALLOW),
        _instruction(JUMP_EQUAL, CLONE[column], 0, 3),
        _instruction(LOAD, FIRST_ARGUMENT_AT),
        _instruction(JUMP_SET, CLONE_NEW, 0, 1),
        refuse,
        _instruction(RETURN, ALLOW),
    ]
    return b"".join(parts)
