"""What every text of the tree has to keep to: lengths, blanks, words, names."""

import os
import re

from tree import module, sources

MAX_FILE = 600
MAX_FUNCTION = 100
# .clang-format wraps code at 110; a remark at the end of a line may stand out a little.
MAX_COLUMNS = 120
C_FOLDERS = ("engine", "tui", "tests")


def c_files(files, endings=(".c", ".h", ".def")):
    return [path for path in sorted(files) if path.split("/")[0] in C_FOLDERS + ("build-aux",) and path.endswith(endings)]


def file_lengths(files):
    for path in sorted(files):
        lines = files[path].count("\n")
        code = path.endswith((".c", ".h", ".def", ".py")) or files[path].startswith("#!")
        if code and lines > MAX_FILE:
            yield "%s has %d lines, %d are allowed" % (path, lines, MAX_FILE)


def functions(text):
    """(name, first line, lines) of each function: from its head to the brace that closes it, both in column 0."""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        if lines[number].startswith("{"):
            head = number
            while head > 0 and lines[head - 1].strip() and not lines[head - 1].startswith(("}", "#", "/", " */")):
                head -= 1
            end = number
            while end < len(lines) and not lines[end].startswith("}"):
                end += 1
            name = re.search(r"(\w+)\s*\(", " ".join(lines[head:number]))
            yield (name.group(1) if name else "?", head + 1, end - head + 1)
            number = end
        number += 1


def function_lengths(files):
    for path in c_files(files):
        for name, line, length in functions(files[path]):
            if length > MAX_FUNCTION:
                yield "%s:%d: %s has %d lines, %d are allowed" % (path, line, name, length, MAX_FUNCTION)


def brace_style(files):
    """The measure above rests on it: the brace that opens a function stands alone at the start of a line."""
    for path in c_files(files, (".c",)):
        for number, line in enumerate(files[path].splitlines(), 1):
            if re.match(r"^(static |const |unsigned |struct |enum |void |int |bool |char )[^=;]*\)\s*\{", line):
                yield "%s:%d: the brace of a function stands on a line of its own" % (path, number)


def blanks(files):
    for path in sorted(files):
        text = files[path]
        for number, line in enumerate(text.split("\n"), 1):
            if line.endswith((" ", "\t", "\r")):
                yield "%s:%d ends in a blank" % (path, number)
            if "\t" in line and path.endswith((".c", ".h", ".def", ".py", ".md")):
                yield "%s:%d has a tab" % (path, number)
        if text and not text.endswith("\n"):
            yield "%s has no newline at its end" % path


def columns(files):
    for path in c_files(files):
        for number, line in enumerate(files[path].splitlines(), 1):
            if len(line) > MAX_COLUMNS:
                yield "%s:%d has %d columns, %d are allowed" % (path, number, len(line), MAX_COLUMNS)


# Put together here so that this file does not hold what it looks for.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK", "st" + "ubs?", "st" + "ubbed")) + r")\b")
MACHINE = re.compile(r"(?<![\w.$}])/(work|root|home|Users|tmp/kt)(/|\b)")


def unfinished(files):
    for path in sorted(files):
        for number, line in enumerate(files[path].splitlines(), 1):
            found = UNFINISHED.search(line)
            if found:
                yield "%s:%d says %s" % (path, number, found.group(1))


def machine_paths(files):
    for path in sorted(files):
        for number, line in enumerate(files[path].splitlines(), 1):
            found = MACHINE.search(line)
            if found:
                yield "%s:%d names %s, which is a folder of one machine" % (path, number, found.group(0))


def header_openings(files):
    """A header says first what its module is for; its guard is made of its name."""
    for room, prefix in (("engine", "KT"), ("tui", "UI")):
        for path in sources(files, room, (".h",)):
            if not re.match(r"/\*(\n \*)? %s: \S" % re.escape(module(path)), files[path]):
                yield "%s does not open with '/*\\n * %s: what it is for'" % (path, module(path))
            guard = "%s_%s_H" % (prefix, module(path).upper())
            if "#ifndef %s\n#define %s\n" % (guard, guard) not in files[path]:
                yield "%s is not guarded by %s" % (path, guard)


def junk_drawers(files):
    for path in c_files(files):
        if re.search(r"(^|_)(utils?|misc|common|helpers?|stuff)(_|$)", module(path)):
            yield "%s: a file is named for its one job" % path


def exits(files):
    """Only main ends the process; error.c does where memory or an invariant fails."""
    for path in sources(files, "engine", (".c",)) + sources(files, "tui", (".c",)):
        if path in ("tui/main.c", "engine/error.c"):
            continue
        for number, line in enumerate(files[path].splitlines(), 1):
            if re.search(r"(?<![\w.>])(exit|abort|quick_exit)\s*\(", line) and not line.lstrip().startswith(("*", "/*")):
                yield "%s:%d ends the process, which only main may" % (path, number)


def typedefs(files):
    for path in sources(files, "engine") + sources(files, "tui"):
        for number, line in enumerate(files[path].splitlines(), 1):
            if re.match(r"\s*typedef\s+(struct|union|enum)\b[^(]*$", line):
                yield "%s:%d: structs and enums have no second name" % (path, number)


def sleeps(files):
    """Tests wait for a condition with a deadline, or turn the hands of a clock of their own."""
    for path in sorted(files):
        if path.startswith(("tests/unit/", "tests/fake/", "tests/screen/", "tests/replay/")) and path.endswith(".c"):
            for number, line in enumerate(files[path].splitlines(), 1):
                if re.search(r"\b(sleep|usleep|nanosleep|thrd_sleep)\s*\(", line):
                    yield "%s:%d sleeps" % (path, number)


CHECKS = (
    ("no file of code has over %d lines" % MAX_FILE, file_lengths),
    ("no function has over %d lines" % MAX_FUNCTION, function_lengths),
    ("a function's braces stand in the first column", brace_style),
    ("no blanks at the end of a line, no tabs", blanks),
    ("C lines have at most %d columns" % MAX_COLUMNS, columns),
    ("nothing is left unfinished", unfinished),
    ("no path of one machine", machine_paths),
    ("a header opens with its purpose and its guard", header_openings),
    ("no file is a junk drawer", junk_drawers),
    ("only main ends the process", exits),
    ("no second names for structs", typedefs),
    ("no sleep in the tests that have a clock", sleeps),
)

BAD = (
    (file_lengths, {"engine/a.c": "\n" * 601}),
    (function_lengths, {"engine/a.c": "int a(void)\n{\n" + "    x();\n" * 98 + "}\n"}),
    (function_lengths, {"tests/unit/a.c": "int a(int b,\n      int c)\n{\n" + "\n" * 98 + "}\n"}),
    (brace_style, {"engine/a.c": "int a(void) {\n}\n"}),
    (blanks, {"engine/a.c": "int a; \n"}),
    (blanks, {"engine/a.c": "\tint a;\n"}),
    (blanks, {"README.md": "a"}),
    (columns, {"engine/a.c": "/* %s */\n" % ("a" * 120)}),
    (unfinished, {"engine/a.c": "/* " + "TO" + "DO */\n"}),
    (unfinished, {"docs/a.md": "a " + "st" + "ub\n"}),
    (machine_paths, {"docs/a.md": "see " + "/ro" + "ot/a\n"}),
    (header_openings, {"engine/a.h": "#ifndef KT_A_H\n#define KT_A_H\n"}),
    (header_openings, {"tui/a.h": "/*\n * a: b\n */\n#ifndef A_H\n#define A_H\n"}),
    (junk_drawers, {"engine/string_util.c": ""}),
    (exits, {"engine/a.c": "    exit(1);\n"}),
    (typedefs, {"engine/a.h": "typedef struct a a;\n"}),
    (sleeps, {"tests/unit/test_a.c": "    usleep(10);\n"}),
)
assert os.sep == "/"
