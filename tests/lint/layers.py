"""The walls between the rooms and the allow-list of include edges: tests/lint/layers made to hold."""

import fnmatch
import os

from tree import includes, module, sources

ROOMS = ("engine", "tui")


def table(text):
    """(room, row) -> patterns, in the order of the file; a row may have several lines."""
    rows = {}
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if words:
            rows.setdefault((words[0], words[1]), []).extend(words[2:])
    return rows


def matches(name, patterns):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def room_of(header, files):
    """The room that has a header of this name; <sys/wait.h> is nobody's."""
    for room in ROOMS:
        if "/" not in header and room + "/" + header in files:
            return room
    return None


def walls(files, rows):
    """Engine sees no tui; tui sees only the door; loop and main alone see engine.h."""
    for path in sources(files, "engine"):
        for _, name in includes(files[path]):
            if room_of(name, files) == "tui" or name.startswith(("../", "tui/")):
                yield "%s includes %s: engine knows nothing of tui" % (path, name)
    for path in sources(files, "tui"):
        for _, name in includes(files[path]):
            if name.startswith(("../", "engine/")):
                yield "%s includes %s by a way round the door" % (path, name)
            if room_of(name, files) != "engine":
                continue
            if not matches(module(name), rows[("door", "headers")]):
                yield "%s includes %s, which is no front door of engine" % (path, name)
            if name == "engine.h" and not matches(module(path), rows[("door", "engine")]):
                yield "%s includes engine.h, which only loop and main may" % path


def curses(files, rows):
    """One .c file includes curses; nothing else in either room does."""
    for path in sources(files, "engine") + sources(files, "tui"):
        for _, name in includes(files[path]):
            if "curses" in os.path.basename(name) and room_of(name, files) is None:
                if not (path.startswith("tui/") and path.endswith(".c") and matches(module(path), rows[("only", "curses")])):
                    yield "%s includes %s" % (path, name)


def rdkafka(files, rows):
    """tui never names librdkafka, and in engine few files include it."""
    for path in sources(files, "tui"):
        for number, line in enumerate(files[path].splitlines(), 1):
            if "rdkafka" in line.lower() or "rd_kafka" in line.lower():
                yield "%s:%d names librdkafka" % (path, number)
    for path in sources(files, "engine"):
        for _, name in includes(files[path]):
            if "rdkafka" in name and not matches(module(path), rows[("only", "rdkafka")]):
                yield "%s includes %s" % (path, name)


def row_numbers(files, rows, room):
    order = [row for row in rows if row[0] == room]
    found = {}
    for path in sources(files, room, (".c", ".h")):
        name = module(path)
        # The longest pattern decides: panel_help may stand elsewhere than panel_*.
        fits = [(len(pattern), number) for number, row in enumerate(order) for pattern in rows[row]
                if fnmatch.fnmatchcase(name, pattern)]
        found[name] = max(fits, key=lambda fit: fit[0])[1] if fits else None
    return found


def edges(files, rows):
    """Each module stands in a row and includes nothing from a row below its own."""
    for room in ROOMS:
        numbers = row_numbers(files, rows, room)
        for name in sorted(numbers):
            if numbers[name] is None:
                yield "%s/%s stands in no row of tests/lint/layers" % (room, name)
        for path in sources(files, room, (".c", ".h")):
            mine = numbers[module(path)]
            for ours, name in includes(files[path]):
                theirs = numbers.get(module(name)) if ours and name.endswith(".h") else None
                if mine is not None and theirs is not None and theirs > mine:
                    yield "%s includes %s, which stands below it" % (path, name)


def cycles(files, _rows):
    """No circle of modules that include one another, counting what the .c of each includes too. Files that begin with
    the same word (decode.c, decode_kinds.h) are one module cut in pieces: what they share is their own business."""
    graph = {}

    def head(name):
        return name.split("_")[0]

    for room in ROOMS:
        for path in sources(files, room, (".c", ".h")):
            near = graph.setdefault((room, module(path)), set())
            for ours, name in includes(files[path]):
                where = room_of(name, files)
                if ours and where and name.endswith(".h") and head(module(name)) != head(module(path)):
                    near.add((where, module(name)))
    done = set()

    def walk(node, way):
        if node in way:
            return way[way.index(node):] + [node]
        if node in done:
            return None
        done.add(node)
        for other in sorted(graph.get(node, ())):
            circle = walk(other, way + [node])
            if circle:
                return circle
        return None

    for node in sorted(graph):
        circle = walk(node, [])
        if circle:
            yield " -> ".join(name for _, name in circle)
            return


CHECKS = (
    ("engine knows no tui, tui knows engine's front door alone", walls),
    ("one .c file includes curses", curses),
    ("tui never names librdkafka, few files of engine do", rdkafka),
    ("every module stands in a row and looks only upwards", edges),
    ("no modules include each other in a circle", cycles),
)

# Trees that each of the checks must refuse.
BAD = (
    (walls, {"engine/model.c": '#include "app.h"\n', "tui/app.h": ""}),
    (walls, {"tui/app.c": '#include "model.h"\n', "engine/model.h": ""}),
    (walls, {"tui/panel_log.c": '#include "engine.h"\n', "engine/engine.h": ""}),
    (walls, {"tui/app.c": '#include "../engine/model.h"\n', "engine/model.h": ""}),
    (curses, {"tui/app.c": "#include <ncursesw/curses.h>\n"}),
    (curses, {"engine/error.c": "# include <curses.h>\n"}),
    (rdkafka, {"tui/app.c": "/* librdkafka */\n"}),
    (rdkafka, {"engine/model.c": "#include <librdkafka/rdkafka.h>\n"}),
    (edges, {"engine/error.c": '#include "model.h"\n', "engine/model.h": ""}),
    (edges, {"engine/util.c": ""}),
    (cycles, {"engine/model.c": '#include "events.h"\n', "engine/events.c": '#include "model.h"\n',
              "engine/model.h": "", "engine/events.h": ""}),
)
