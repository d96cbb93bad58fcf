"""usage: systemd_units_test.py PROJECT BUILT_UNITS

The units are what systemd takes them for, hardened enough, and leave heptap the system calls that
it needs. BUILT_UNITS is the folder of the units that CMake installs. Exit 77: no systemd here."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

project = pathlib.Path(sys.argv[1])
built = pathlib.Path(sys.argv[2])
units = {name: project / "systemd" / name for name in ("heptap.service", "heptap-sidecar.service")}
most_exposure = 20  # in tenths

if shutil.which("systemd-analyze") is None:
    print("skipped: no systemd-analyze, which is in the package systemd")
    sys.exit(77)


def run(*command):
    """Everything that a command says; it must succeed."""
    done = subprocess.run([str(word) for word in command], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


def settings(unit):
    """Its lines without comments, by section."""
    section, found = "", {}
    for line in unit.read_text().splitlines():
        if line.startswith("["):
            section = line
        elif line and not line.startswith("#"):
            found.setdefault(section, []).append(line)
    return found


def verify(folder):
    """systemd-analyze warns about unknown keys and still exits 0: it must say nothing."""
    for name, unit in units.items():
        text = unit.read_text()
        assert "/usr/bin/heptap " in text, f"{name}: starts no heptap"
        (folder / name).write_text(text.replace("/usr/bin/heptap ", "/bin/true "))
    (folder / "kamailio.service").write_text("[Service]\nExecStart=/bin/true\n")
    said = run("systemd-analyze", "verify", "--man=no", *(folder / name for name in units))
    assert said == "", said


def score(unit):
    said = run("systemd-analyze", "security", "--offline=true", "--no-pager",
               f"--threshold={most_exposure}", unit)
    print(said.strip().splitlines()[-1])


def expand(group):
    """The system calls of one of systemd's groups."""
    calls = set()
    for word in run("systemd-analyze", "syscall-filter", group).split("\n"):
        word = word.strip()
        if word.startswith("@") and word != group:
            calls |= expand(word)
        elif word and not word.startswith(("@", "#")):
            calls.add(word)
    return calls


def allowed_by(unit):
    allowed = set()
    for line in settings(unit)["[Service]"]:
        key, value = line.split("=", 1)
        if key != "SystemCallFilter":
            continue
        for word in value.lstrip("~").split():
            calls = expand(word) if word.startswith("@") else {word}
            allowed = allowed - calls if value.startswith("~") else allowed | calls
    return allowed


def leaves_what_heptap_needs(unit):
    """Its own filter, which is narrower, and what it takes to get there."""
    source = (project / "agent/daemon/system_calls.hpp").read_text()
    needed = set()
    for table in ("allowed_calls{", "file_calls{"):
        start = source.index(table)
        needed |= set(re.findall(r'"(\w+)"', source[start:source.index("};", start)]))
    assert len(needed) > 100, "the table of allowed calls was not found"
    needed |= {"capset", "prctl", "seccomp", "mmap", "mprotect", "socket", "clone", "clone3",
               "prlimit64", "tgkill", "ioctl"}
    missing = needed - allowed_by(unit)
    assert not missing, f"{unit.name} refuses {sorted(missing)}"


def sidecar_is_as_hard():
    """What heptap.service says of the process, the sidecar says as well."""
    missing = [line for line in settings(units["heptap.service"])["[Service]"]
               if line not in settings(units["heptap-sidecar.service"])["[Service]"]
               and not line.startswith("ExecStart=")]
    assert not missing, f"not in the sidecar: {missing}"


def makes_user_and_folder(folder):
    (folder / "etc").mkdir()
    run("systemd-sysusers", f"--root={folder}", project / "systemd/sysusers.conf")
    users = (folder / "etc/passwd").read_text()
    assert re.search(r"^heptap:.*nologin$", users, re.MULTILINE), users
    run("systemd-tmpfiles", f"--root={folder}", "--create", project / "systemd/tmpfiles.conf")
    made = (folder / "etc/heptap").stat()
    group = re.search(r"^heptap:[^:]*:(\d+)", (folder / "etc/group").read_text(), re.MULTILINE)
    assert made.st_mode & 0o777 == 0o750, oct(made.st_mode)
    assert (made.st_uid, made.st_gid) == (0, int(group.group(1))), (made.st_uid, made.st_gid)


with tempfile.TemporaryDirectory() as scratch:
    verify(pathlib.Path(scratch))
for path in units.values():
    score(path)
    leaves_what_heptap_needs(path)
sidecar_is_as_hard()
installed = settings(built / "heptap.service")["[Service]"]
start = next(line for line in installed if line.startswith("ExecStart="))
assert re.fullmatch(r"ExecStart=/\S+/heptap run -c /etc/heptap/heptap.yaml", start), start
if os.getuid() == 0:
    with tempfile.TemporaryDirectory() as scratch:
        makes_user_and_folder(pathlib.Path(scratch))
else:
    print("the user and the folder are not made: only root can")
