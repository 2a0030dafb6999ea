"""Harm: loops, bombs, floods, signals, values that are too much, what stays behind, what a page would run."""

from __future__ import annotations

from tests.attacks import STAYS, Attack
from tests.attacks.marks import answer


def cell(name: str, code: str, deserved: float = 6, **more: object) -> Attack:
    """Return the case of a cell beside right answers."""
    return Attack(name, deserved, code, **more)


SLOW = {"slow": True}
ENDLESS_DEL = """
class Endless:
    def __del__(self):
        while True: pass"""

CASES = [
    # ------------------------------------------------------------- loops
    answer("a loop in the function", "while True: pass"),
    cell("a loop in a cell", "while True: pass", **SLOW),
    answer("a loop in C", "return sum(range(10**12))", **SLOW),
    cell("a loop in C in a cell", "sum(range(10**12))", **SLOW),
    answer("a sleep without end", "import time\ntime.sleep(10**6)"),
    cell("a sleep without end in a cell", "import time\ntime.sleep(10**6)", **SLOW),
    answer(
        "an interrupt that is swallowed",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        **SLOW,
    ),
    cell(
        "an interrupt that is ignored",
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        **SLOW,
    ),
    answer(
        "an interrupt that is ignored in the function",
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        **SLOW,
    ),
    answer("a loop in __del__", "Endless()\nreturn params, v", ENDLESS_DEL, **SLOW),
    cell("a loop in __del__ at the end", ENDLESS_DEL + "\nkept = Endless()"),
    cell("a loop at import", "import endless", files={"endless.py": b"while True: pass"}, **SLOW),
    cell(
        "a loop in a thread",
        "import threading\ndef run():\n    while True: pass\nthreading.Thread(target=run).start()",
        **SLOW,
    ),
    answer(
        "a loop in a signal handler",
        """
import signal
def again(*a):
    while True: pass
signal.signal(signal.SIGALRM, again)
signal.alarm(1)
while True: pass""",
        **SLOW,
    ),
    cell(
        "a storm of timer signals",
        "import signal\nsignal.signal(signal.SIGALRM, lambda *a: 1 / 0)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\nimport time\ntime.sleep(1)",
        spoils=True,
        **SLOW,
    ),
    cell("a regular expression without end", "import re\nre.match('(a+)+$', 'a' * 40 + 'b')", **SLOW),
    cell("an await without end", "import asyncio\nawait asyncio.Event().wait()", **SLOW),
    cell("a wait for input", "input('password: ')"),
    cell("a process that is waited for", "import subprocess\nsubprocess.run(['sleep', '1000'])", **SLOW),
    cell(
        "loops in every special method",
        """
class Endless(dict):
    def _(self, *a):
        while True: pass
    __len__ = __iter__ = items = keys = __repr__ = __eq__ = _
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    return Endless(a=1), Endless(a=1)""",
        deserved=2,
        slow=True,
    ),
    # ------------------------------------------------------------- ends and signals
    cell("sys.exit in a cell", "import sys\nsys.exit(0)"),
    cell("os._exit in a cell", "import os\nos._exit(0)"),
    cell("abort in a cell", "import os\nos.abort()", **SLOW),
    answer("a read of address 0", "import ctypes\nctypes.string_at(0)"),
    cell("a read of address 0 in a cell", "import ctypes\nctypes.string_at(0)", **SLOW),
    cell("SIGKILL to itself", "import os\nos.kill(os.getpid(), 9)"),
    cell("SIGSTOP to itself", "import os\nos.kill(os.getpid(), 19)", **SLOW),
    answer("SIGKILL to the parent", "import os\nos.kill(os.getppid(), 9)\nreturn params, v"),
    answer("SIGSTOP to the parent", "import os\nos.kill(os.getppid(), 19)\nreturn params, v", **SLOW),
    answer("SIGKILL to everybody", "import os\nos.kill(-1, 9)\nreturn params, v", **SLOW),
    cell("SIGKILL to everybody from a cell", "import os\nos.kill(-1, 9)", **SLOW),
    cell("SIGKILL to the group", "import os\nos.killpg(0, 9)", **SLOW),
    cell(
        "signals to the first process",
        """
import os, signal
for number in range(1, 32):
    for pid in {1, os.getppid()}:
        if pid > 0:
            try: os.kill(pid, number)
            except OSError: pass""",
    ),
    cell(
        "its child kills it",
        "import os, time\nif os.fork() == 0:\n    os.kill(os.getppid(), 9)\n    os._exit(0)\ntime.sleep(1)",
        **SLOW,
    ),
    cell("a fork that goes on", "import os\nos.fork()\nos.fork()"),
    cell(
        "its limits changed",
        """
import resource
for name in ("RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_DATA"):
    kind = getattr(resource, name)
    try:
        resource.setrlimit(kind, (resource.RLIM_INFINITY,) * 2)
        print("GOT_IN", name)
    except (OSError, ValueError):
        pass""",
    ),
    cell(
        "its descriptors closed",
        "import os\nfor number in range(3, 256):\n    try: os.close(number)\n    except OSError: pass",
        **SLOW,
    ),
    cell(
        "garbage on every descriptor",
        """
import os
for number in range(1, 256):
    try: os.write(number, os.urandom(10_000))
    except OSError: pass""",
        **SLOW,
    ),
    cell(
        "a flood of messages on every descriptor",
        """
import json, os, struct, threading
body = json.dumps({"id": -1}).encode()
message = (struct.pack(">I", len(body)) + body) * 1000
def flood(number):
    while True: os.write(number, message)
for name in os.listdir("/proc/self/fd"):
    if int(name) > 2:
        threading.Thread(target=flood, args=(int(name),), daemon=True).start()
while True: pass""",
        spoils=True,
        **SLOW,
    ),
    cell(
        "modules and builtins emptied",
        "import sys, builtins\nsys.modules.clear()\nvars(builtins).clear()",
        spoils=True,
        **SLOW,
    ),
    cell(
        "a recursion limit that lets the stack overflow",
        """
import sys
sys.setrecursionlimit(10**9)
def deep(x): return deep([x])
sys.setprofile(None)
class D:
    def __repr__(self): return repr(self)
repr(D())
deep(0)""",
        **SLOW,
    ),
    cell(
        "IPython turned inside out",
        """
ip = get_ipython()
ip.run_cell = ip.showtraceback = ip.events.trigger = None
ip.user_ns = None
ip.display_pub = ip.displayhook = None""",
        **SLOW,
    ),
    cell(
        "a trace function that never returns",
        "import sys\ndef t(*a):\n    while True: pass\nsys.settrace(t)\n(lambda: 0)()",
        **SLOW,
    ),
    cell("an exit handler without end", "import atexit, time\natexit.register(time.sleep, 10**6)"),
    # ------------------------------------------------------------- bombs
    cell("a fork bomb", "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", **SLOW),
    answer(
        "a fork bomb in the function", "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", **SLOW
    ),
    cell("a shell's fork bomb", "import os\nos.system('bomb() { bomb | bomb & }; bomb')", spoils=True, **SLOW),
    cell(
        "a thread bomb",
        "import threading, time\nfor i in range(10_000):\n    threading.Thread(target=time.sleep, args=(9,)).start()",
        spoils=True,
        **SLOW,
    ),
    cell("a memory bomb", "kept = []\nwhile True: kept.append(np.ones(10**7))", **SLOW),
    answer("a memory bomb in the function", "kept = []\nwhile True: kept.append(bytearray(10**8))", **SLOW),
    cell("a list that grows", "kept = [0]\nwhile True: kept += kept", **SLOW),
    cell(
        "memory by mmap",
        """
import mmap
kept = []
while True:
    kept.append(mmap.mmap(-1, 10**8))
    kept[-1].write(b"x" * 10**8)""",
        **SLOW,
    ),
    cell(
        "System V shared memory",
        """
import ctypes
libc = ctypes.CDLL(None)
for key in range(20):
    if libc.shmget(0x0a77ac00 + key, 10**8, 0o1666) >= 0 or libc.msgget(0x0a77ac00 + key, 0o1666) >= 0:
        print("GOT_IN")""",
    ),
    cell(
        "memory that no limit counts",
        """
import os
try:
    os.memfd_create("memory")
    print("GOT_IN")
except OSError:
    pass""",
    ),
    # ------------------------------------------------------------- floods
    cell("a flood of prints", "while True: print('x' * 10_000)", **SLOW),
    cell("a flood by a subprocess", "import subprocess\nsubprocess.run('yes | head -c 200000000', shell=True)", **SLOW),
    cell("a flood of displays", "from IPython.display import display\nfor i in range(100_000): display(i)", **SLOW),
    cell("100 MB printed at once", "print('x' * 10**8)"),
    cell("100 MB as an error's words", "raise ValueError('x' * 10**8)", **SLOW),
    cell(
        "a picture of 100 MB",
        "from IPython.display import display\ndisplay({'image/png': 'A' * 10**8}, raw=True)",
        **SLOW,
    ),
    cell("a disk flood", "with open('/tmp/big', 'wb') as f:\n    while True: f.write(b'x' * 10**6)", **SLOW),
    cell("many files", "import os\nfor i in range(200_000):\n    open(f'/tmp/{i}', 'w').close()", **SLOW),
    cell(
        "many files that fill the disk",
        """
try:
    for i in range(1000):
        open(f"/dev/shm/{i}", "wb").write(b"x" * 10**6)
except OSError:
    pass""",
    ),
    cell("a file with holes", "with open('/tmp/holes', 'wb') as f:\n    f.truncate(10**13)"),
    cell(
        "all descriptors", "import os\nkept = []\nwhile True: kept.append(os.open('/dev/null', 0))", spoils=True, **SLOW
    ),
    cell("200 folders deep", "import os\nfor i in range(2000):\n    os.mkdir('d'); os.chdir('d')"),
    # ------------------------------------------------------------- too much, too deep, not text
    answer("100 MB of result", "return {k: np.ones(12_500_000) for k in params}, v"),
    answer("an array of 10^9 elements", "return {k: np.broadcast_to(0.0, (10**9,)) for k in params}, v"),
    answer("an array with 10^18 elements of no bytes", "return {k: np.zeros((10**9, 10**9, 0)) for k in params}, v"),
    answer("a list of 10^7 elements", "return [0] * 10**7, v"),
    answer("an array of a million objects", "return {k: np.array([object()] * 10**6) for k in params}, v"),
    answer("a list inside itself", "a = []\na.append(a)\nreturn a, a"),
    answer("a dict inside itself", "a = {}\na['a'] = a\nreturn a, a"),
    answer("lists 10^5 deep", "a = []\nfor i in range(10**5): a = [a]\nreturn a, a"),
    answer("a number of a million digits", "return 10**1_000_000, -10**1_000_000", **SLOW),
    answer(
        "a fraction that takes forever", "from fractions import Fraction\nreturn Fraction(1, 10**1_000_000), v", **SLOW
    ),
    answer("deep recursion", "return momentum_step(params, grads, v, learning_rate)"),
    answer(
        "an error that cannot be printed",
        "raise E()",
        "class E(Exception):\n    def __str__(self): raise self\n    __repr__ = __str__",
    ),
    answer("an error with a name of 10^6 characters", "raise type('E' * 10**6, (Exception,), {})('x' * 10**6)"),
    answer("text that is no text", r"return {'\ud800': '\udfff', 'a\x00b': chr(27)}, '\ud83d'"),
    answer("keys that are no text", "return {np.nan: 1, (1, 2): 2, None: 3, True: 4}, {object(): 1}"),
    answer("half a million keys", "return {str(i): 0 for i in range(500_000)}, v", **SLOW),
    cell(
        "output that is not UTF-8",
        r"""
import os, sys
os.write(1, bytes(range(256)) * 10)
sys.stdout.write("\ud800\udfff\x00\x1b[2J\x1b]0;title\x07\r\b")
print("\N{RIGHT-TO-LEFT OVERRIDE}", file=sys.stderr)
raise ValueError("\ud800\x00\x1b[31m")""",
    ),
    cell(
        "names that are not UTF-8",
        r"import os" "\n" r"open(b'\xff\xfe', 'w').close(); os.mkdir(b'\xff'); print(os.listdir('.'))",
    ),
    cell(
        "HTML and script in outputs",
        """
from IPython.display import HTML, Javascript, SVG, Markdown, Image, display
script = "<script>GOT_IN_PAGE</script><img src=x onerror=GOT_IN_PAGE>"
for kind in (HTML, Javascript, Markdown): display(kind(script))
display({"image/png": 'x"><script>GOT_IN_PAGE</script>', "image/svg+xml": f"<svg>{script}</svg>"}, raw=True)
display({"application/vnd.jupyter.widget-view+json": {"model_id": script}, "text/latex": script}, raw=True)
print(script)
raise ValueError(script)""",
    ),
    # ------------------------------------------------------------- the machine
    cell(
        "every file of /proc/sys and /sys opened for writing",
        """
import os
for top in ("/proc/sys", "/sys", "/proc/irq", "/proc/bus", "/proc/1", "/proc/sysrq-trigger"):
    for folder, _, files in os.walk(top):
        for file in (*files, ""):
            try:
                os.close(os.open(os.path.join(folder, file) if file else top, os.O_WRONLY))
            except OSError:
                continue
            if not folder.startswith("/proc/1"):
                print("GOT_IN", folder, file)
for name in ("/proc/1/mem", "/proc/1/uid_map", "/proc/self/uid_map", "/proc/1/environ"):
    try:
        os.close(os.open(name, os.O_WRONLY))
    except OSError:
        continue
    if name.endswith("mem"):
        print("GOT_IN", name)""",
    ),
    cell(
        "a file in every folder",
        """
import os
for folder, folders, _ in os.walk("/"):
    folders[:] = [f for f in folders if folder != "/" or f != "proc"]
    if folder.startswith(("/scratch", "/dev/shm")):
        continue
    try:
        with open(os.path.join(folder, "attacked"), "w"):
            print("GOT_IN", folder)
    except OSError:
        pass""",
        slow=True,
    ),
    cell(
        "changes to the course",
        """
import os, shutil
for name in ("seeds.json", "gradebook.db", "submitted/classmate/03_momentum/03_momentum.ipynb", "attacked"):
    try:
        with open(f"{COURSE}/{name}", "a") as file:
            file.write("attacked")
    except OSError:
        pass
shutil.rmtree(COURSE, ignore_errors=True)
shutil.rmtree(TEACHER, ignore_errors=True)""",
    ),
    cell(
        "changes to the Python environment",
        """
import os, sys, optimlab, numpy, IPython
for module in (optimlab, numpy, IPython):
    folder = os.path.dirname(module.__file__)
    for name in (os.path.join(folder, "attacked.py"), module.__file__, os.path.join(sys.prefix, "attacked")):
        try:
            os.close(os.open(name, os.O_WRONLY | os.O_CREAT))
            print("GOT_IN", name)
        except OSError:
            pass""",
    ),
    # ------------------------------------------------------------- what stays behind
    cell(
        "a process that stays",
        f"""
import subprocess, sys
python = [sys.executable, "-c", "import time; time.sleep({STAYS})"]
for command in (["sleep", "{STAYS}"], python, ["setsid", "sleep", "{STAYS}"]):
    subprocess.Popen(command, start_new_session=True)""",
    ),
    cell(
        "a daemon",
        f"""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep({STAYS})
    os._exit(0)""",
    ),
    answer(
        "a process that the function leaves",
        f"import subprocess\nsubprocess.Popen(['sleep', '{STAYS}'], start_new_session=True)\nreturn params, v",
    ),
    cell(
        "files that stay",
        """
import os
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", os.path.expanduser("~")):
    try:
        open(f"{folder}/attacked", "w").close()
    except OSError:
        pass
from multiprocessing import shared_memory
kept = shared_memory.SharedMemory("attacked", create=True, size=1000)""",
    ),
    cell("a file where IPython keeps its folder", "", files={"profile_default": b"x"}),
    cell("a file in the place of a folder of IPython's", "", files={"profile_default-": b"", "startup": b""}),
    cell(
        "leases on files that others open",
        """
import fcntl, os, optimlab
for folder in (os.path.dirname(optimlab.__file__), os.path.dirname(optimlab.__file__) + "/../datasets", "."):
    for name in os.listdir(folder):
        file = os.open(os.path.join(folder, name), os.O_RDONLY)
        for kind in (fcntl.F_WRLCK, fcntl.F_RDLCK):
            try:
                fcntl.fcntl(file, fcntl.F_SETLEASE, kind)
                print("GOT_IN", name)
            except OSError:
                pass""",
    ),
    cell(
        "all processors",
        """
import os
open("mine", "w").close()
try:
    os.sched_setaffinity(0, range(os.cpu_count()))
    print("GOT_IN")
except OSError:
    pass""",
    ),
]
