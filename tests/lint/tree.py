"""The source tree as a table of texts, so that a check can be given a bad one and must complain."""

import os
import re

FOLDERS = ("engine", "tui", "tests", "themes", "docs", "build-aux", ".ci")
FILES = ("configure", "Makefile.in", "README.md", "CHANGELOG.md", "kafkatop.1", ".gitignore")
TEXT_ENDINGS = (".c", ".h", ".def", ".py", ".sh", ".md", ".1", ".in", ".theme", ".awk", ".java", ".xml")


def read(root):
    """Path relative to root -> text, for what people write: no binaries, no test data."""
    files = {}

    def take(path):
        try:
            with open(os.path.join(root, path), encoding="utf-8") as file:
                text = file.read()
        except (UnicodeDecodeError, OSError):
            return
        if path.endswith(TEXT_ENDINGS) or path in FILES or text.startswith("#!") or path.startswith("build-aux/"):
            files[path] = text

    for path in FILES:
        take(path)
    for folder in FOLDERS:
        for where, folders, names in os.walk(os.path.join(root, folder)):
            folders[:] = sorted(name for name in folders if name not in ("__pycache__", "corpus", "logs", ".venv"))
            for name in sorted(names):
                take(os.path.relpath(os.path.join(where, name), root))
    return files


def sources(files, folder, endings=(".c", ".h", ".def")):
    """The C files directly in one folder."""
    return [path for path in sorted(files) if os.path.dirname(path) == folder and path.endswith(endings)]


def module(path):
    return os.path.splitext(os.path.basename(path))[0]


INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def includes(text):
    """Pairs (is it ours, name) of each #include."""
    return [(mark == '"', name) for mark, name in INCLUDE.findall(text)]
