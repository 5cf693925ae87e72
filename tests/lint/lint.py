"""Runs every check of the sources and says "ok - what holds" or "not ok - what should hold", with the places.

The checks of layers.py, texts.py and documents.py work on texts, so each of them is also given a tree that it must
refuse. What needs a compiler or another program is in here.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import documents
import layers
import texts
import tree

ROOT = os.environ["SRCDIR"]
BUILD = os.environ["BUILDDIR"]
CC = shlex.split(os.environ.get("CC", "cc"))
CFLAGS = shlex.split(os.environ.get("CONFIG_CFLAGS", ""))
NM = shlex.split(os.environ.get("NM", "nm"))
WARNINGS = "-Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Werror".split()
failures = 0


def tell(name, complaints):
    global failures
    complaints = list(complaints)
    for complaint in complaints[:40]:
        print("# " + complaint)
    if len(complaints) > 40:
        print("# ... and %d more" % (len(complaints) - 40))
    failures += bool(complaints)
    print(("not ok - " if complaints else "ok - ") + name, flush=True)


def skip(name, why):
    print("ok - %s # SKIP %s" % (name, why), flush=True)


def run(*command, **more):
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, **more)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def compile_all(compiler, jobs):
    """jobs: (path, flags). Compiles without writing anything; yields the first lines of what the compiler minds."""
    def one(job):
        path, flags = job
        status, said = run(*compiler, "-fsyntax-only", *CFLAGS, "-I" + BUILD, *WARNINGS, *flags, path)
        lines = [line for line in said.splitlines() if ": error:" in line or ": fatal error:" in line]
        return (lines or said.splitlines())[:3] if status else []
    with ThreadPoolExecutor(2) as pool:
        for lines in pool.map(one, jobs):
            yield from lines


def compiler_checks(files):
    headers = tree.sources(files, "engine", (".h",)) + tree.sources(files, "tui", (".h",))
    tell("each header compiles alone", compile_all(CC, [(path, ["-x", "c"]) for path in headers]))
    jobs = [(path, []) for folder in ("engine", "tui", "tests/demo") for path in tree.sources(files, folder, (".c",))]
    for name in ("gcc", "clang"):
        what = "%s has no warning about the program" % name
        if shutil.which(name):
            tell(what, compile_all([name], jobs))
        else:
            skip(what, "no " + name)


def prefixes(files):
    """External names carry the prefix of their room."""
    for room, prefix in (("engine", "kt_"), ("tui", "ui_")):
        for path in tree.sources(files, room, (".c",)):
            object_file = os.path.join(BUILD, "build", path[:-2] + ".o")
            if not os.path.exists(object_file):
                yield "%s was not built" % path
                continue
            _, said = run(*NM, "-g", object_file)
            for line in said.splitlines():
                # Functions, data and constants of the object; not the instruments of a sanitizer.
                found = re.search(r" [TDBRCS] (\w+)$", line)
                name = found.group(1) if found else prefix
                if not name.lstrip("_").startswith((prefix, "asan", "ubsan", "tsan", "odr_asan")) and name != "main":
                    yield "%s: %s does not begin with %s" % (path, name, prefix)


def shell_check(files):
    scripts = [path for path in sorted(files) if re.match(r"#!\s*/(usr/)?bin/(env )?(ba|da)?sh\b", files[path])]
    name = "shellcheck has nothing to say about %d scripts" % len(scripts)
    if not shutil.which("shellcheck"):
        skip(name, "no shellcheck")
        return
    status, said = run("shellcheck", "-f", "gcc", *scripts)
    tell(name, said.splitlines()[:20] if status else [])


TOP = {"tui", "engine", "themes", "tests", "docs", "build-aux", ".ci", "configure", "Makefile.in", "kafkatop.1",
       "README.md", "LICENSE", "CHANGELOG.md"}


def strangers(tracked):
    """What lies at the top and has no business there: dotfiles aside, a log that got in by mistake."""
    tops = {path.split("/")[0] for path in tracked}
    return ["%s stands at the top of the tree" % name for name in sorted(tops - TOP)
            if not (name.startswith(".") and name in tracked)]


def top_check():
    name = "nothing stands at the top of the tree that does not belong there"
    checkout = os.path.exists(os.path.join(ROOT, ".git")) and shutil.which("git")
    status, tracked = run("git", "ls-files") if checkout else (1, "")
    if not strangers(["configure", ".gitignore", "a.log"]):
        tell(name, ["a log is not seen"])
    elif status != 0:
        skip(name, "this is no checkout")
    else:
        tell(name, strangers(tracked.splitlines()))


def configure_limits(files):
    lines = files["configure"].count("\n")
    if lines > 400:
        yield "configure has %d lines, 400 are allowed" % lines
    for shell in ("sh", "dash"):
        if shutil.which(shell):
            status, said = run(shell, "-n", "configure")
            if status:
                yield said.strip()


def option_checks(files):
    program = os.path.join(BUILD, "kafkatop")
    if not os.path.exists(program):
        tell("kafkatop is built", [program + " is not there"])
        return
    status, said = run(program, "--help")
    known = documents.options_of_help(said)
    tell("--help lists the options", [] if status == 0 and len(known) > 20 else ["status %d, %d options" % (status, len(known))])
    written = documents.options_of_manual(files.get("kafkatop.1", ""))
    tell("--help and kafkatop.1 have the same options",
         ["%s is not in the manual" % option for option in sorted(known - written)] +
         ["%s is in the manual alone" % option for option in sorted(written - known)])
    tell("the documents use options that exist", documents.readme_options(files, known))


def manual_check(files):
    if "kafkatop.1" not in files:
        tell("mandoc has no complaint about kafkatop.1", ["kafkatop.1 is not there"])
        return
    if not shutil.which("mandoc"):
        skip("mandoc has no complaint about kafkatop.1", "no mandoc")
        return
    status, said = run("mandoc", "-T", "lint", "-W", "warning", "kafkatop.1")
    tell("mandoc has no complaint about kafkatop.1", said.splitlines() if status else [])


def refusals(rows):
    """Each check must be able to fail."""
    tests = [(check, files, (rows,)) for check, files in layers.BAD]
    tests += [(check, files, ()) for check, files in texts.BAD + documents.BAD]
    for check, files, more in tests:
        if not list(check(files, *more)):
            yield "%s finds nothing wrong with %r" % (check.__name__, sorted(files))
    if documents.options_of_help("  -b, --brokers HOST  text --no\n      --json   x\n") != {"--brokers", "--json"}:
        yield "options_of_help misreads"
    if documents.options_of_manual(".It Fl b , Fl -brokers Ar HOST\n.TP\n\\fB\\-\\-json\\fR\n") != {"--brokers", "--json"}:
        yield "options_of_manual misreads"


def main():
    files = tree.read(ROOT)
    rows = layers.table(open(os.path.join(ROOT, "tests/lint/layers"), encoding="utf-8").read())
    tell("each check of the lint refuses a tree that breaks it", refusals(rows))
    for name, check in layers.CHECKS:
        tell(name, check(files, rows))
    for name, check in texts.CHECKS + documents.CHECKS:
        tell(name, check(files))
    top_check()
    tell("configure is short and plain sh", configure_limits(files))
    compiler_checks(files)
    tell("external names carry their room's prefix", prefixes(files))
    shell_check(files)
    option_checks(files)
    manual_check(files)
    return 1 if failures else 0


sys.exit(main())
