"""What the numbers were taken on, and with what."""

import datetime
import os
import platform
import re
import shutil
import subprocess

from compare_load import VERSION


def first_line(*command):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20,
                              check=False)
    except OSError:
        return ""
    return ((done.stdout or done.stderr).splitlines() or [""])[0].strip()


def word_of(path, pattern):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            found = re.search(pattern, file.read(), re.MULTILINE)
    except OSError:
        return ""
    return found.group(1).strip() if found else ""


def version_of(name, path):
    if name == "sivann":
        return first_line(path, "-version")
    if name in ("Burrow", "kminion", "kafka_exporter"):
        told = first_line(path, "--version") if name == "kafka_exporter" else ""
        known = re.search(r"version (\S+),? +\(branch: \S", told)
        return known.group(1) if known else built(path)
    return ""


def built(path):
    """What Go wrote into an executable: the module's version or revision."""
    done = subprocess.run(["go", "version", "-m", path], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False) if shutil.which("go") else None
    told = done.stdout if done else ""
    revision = re.search(r"vcs\.revision=(\w{7})", told)
    module = re.search(r"^\tmod\t\S+\t(v\S+)", told, re.MULTILINE)
    return module.group(1) if module else revision.group(1) if revision else "of unknown version"


def describe(paths):
    """{what: words}, in the order in which it is told."""
    program = os.environ["KAFKATOP"]
    words = {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "processors": "%d x %s" % (os.cpu_count(), word_of("/proc/cpuinfo", r"^model name\s*:\s*(.*)$")),
        "memory": "%.0f GiB" % (int(word_of("/proc/meminfo", r"^MemTotal:\s*(\d+)") or 0) / 1048576),
        "kernel": platform.release(),
        "load before": "%.1f" % os.getloadavg()[0],
        "compiler": first_line(os.environ.get("CC", "cc"), "--version"),
        "librdkafka": first_line("pkg-config", "--modversion", "rdkafka"),
        "broker": "Apache Kafka " + VERSION,
        "kafkatop": first_line(program, "--version"),
    }
    for name, path in paths.items():
        words[name] = version_of(name, path)
    return words
