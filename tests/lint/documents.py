"""Documents that say what the code says: options, keys of the README, themes, links, the map of the house."""

import os
import re

from tree import module, sources

OPTION = re.compile(r"--[a-z][a-z0-9-]*")


def options_of_help(text):
    """Long options that open a line of --help."""
    found = set()
    for line in text.splitlines():
        if re.match(r"^ {0,8}-", line):
            found.update(OPTION.findall(re.split(r" {2,}", line.strip())[0]))
    return found


def options_of_manual(text):
    """Long options that head an item (.It Fl -name, or the line after .TP), in mdoc or man."""
    found = set()
    lines = text.replace("\\-", "-").replace("\\(hy", "-").splitlines()
    for number, line in enumerate(lines):
        if line.startswith(".It"):
            plain = re.sub(r"\bFl +-(?=[a-z])", "--", line)
            found.update(OPTION.findall(plain))
        elif line.startswith((".TP", ".TQ")) and number + 1 < len(lines):
            found.update(OPTION.findall(re.sub(r"\\f[BIRP]", "", lines[number + 1])))
    return found


def readme_commands(files):
    """The two commands at the README's very top are the ones that .ci/run and people type."""
    readme = files.get("README.md", "")
    commands = re.findall(r"^ {4}(\S.*)$", readme, re.M)[:2]
    if len(commands) != 2 or readme.find(commands[0]) > 600:
        yield "README.md does not open with its two commands"
    elif commands[1] not in files.get(".ci/run", ""):
        yield ".ci/run does not run '%s'" % commands[1]


def readme_options(files, known):
    for path in ("README.md", "docs/TESTING.md", "docs/HACKING.md"):
        for number, line in enumerate(files.get(path, "").splitlines(), 1):
            if "kafkatop " in line and "configure" not in line:
                for option in OPTION.findall(line[line.index("kafkatop "):]):
                    if option not in known:
                        yield "%s:%d: kafkatop has no %s" % (path, number, option)


def links(files):
    """Links to files of the tree lead somewhere."""
    for path in sorted(files):
        if not path.endswith(".md"):
            continue
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", files[path]):
            goal = os.path.normpath(os.path.join(os.path.dirname(path), target))
            if goal not in files and not os.path.exists(os.path.join(os.environ["SRCDIR"], goal)):
                yield "%s links to %s, which is not there" % (path, target)


def recipes(files):
    """What docs/HACKING.md tells one to edit is there: files in backquotes, and `table[]` in `file`."""
    text = files.get("docs/HACKING.md", "")
    plain = re.sub(r"\s+", " ", text)
    for name in sorted(set(re.findall(r"`((?:engine|tui|tests|build-aux|docs|themes)/[\w./-]+)`", plain))):
        template = re.search(r"(^|[/_])x\.", name)
        if not template and name not in files and not os.path.exists(os.path.join(os.environ["SRCDIR"], name)):
            yield "docs/HACKING.md sends one to %s, which is not there" % name
    for table, name in re.findall(r"`(\w+)\[\]` in `([\w./]+)`", plain):
        if not re.search(r"\b%s\[" % table, files.get(name, "")):
            yield "docs/HACKING.md speaks of %s[] in %s, which is not there" % (table, name)


def proofs(files):
    """The tests that docs/VERDICTS.md names as proofs are there: files, and names within the tests."""
    text = files.get("docs/VERDICTS.md", "")
    tables = "".join(text.partition(title)[2].partition("\n## ")[0] for title in ("\n## Departures", "\n## Traps\n"))
    tests = "\n".join(text for path, text in files.items() if path.startswith("tests/"))
    for row in tables.splitlines():
        cells = row.split("|")
        for word in re.findall(r"`([^`]*)`", cells[-2]) if len(cells) > 4 else ():
            where = tests  # a name behind a file is in that file
            for name in word.replace("make check-", "").split():
                plain = name.rstrip("*")
                is_file = "." in plain[-3:]
                where = next((files[path] for path in files if path.endswith("/" + plain)), None) if is_file else where
                if where is None or not (is_file or plain in where):
                    yield "docs/VERDICTS.md takes %s for a proof, which is not there" % name
                    break


CONSTANTS = ("engine/evaluate_rules.c", "engine/evaluate.c", "engine/stable.c")
UNITS = {"s": 1000, "min": 60000, "h": 3600000}


def constants_of_code(files):
    """Names and values of the constants of the rules, all numbers and products of numbers."""
    text = "\n".join(files.get(path, "") for path in CONSTANTS + ("engine/lagging.h",))
    text = re.sub(r"INT64_C\((\d+)\)", r"\1", text)
    defined = dict(re.findall(r"^#define (\w+) +([\w() *+]+?) *(?:/\*.*)?$", text, re.M))
    found = {}
    for name, value in re.findall(r"^const (?:int64_t|unsigned) (kt_\w+) = ([^;]+);", text, re.M):
        for _ in range(4):
            value = re.sub(r"\b[A-Z_]\w*\b", lambda word: "(%s)" % defined.get(word[0], word[0]), value)
            found[name] = eval(value) if re.fullmatch(r"[\d\s()*+]+", value) else None
    return found


def constants(files):
    """The constants of docs/VERDICTS.md are those of the code, each with its value."""
    code = constants_of_code(files)
    table = files.get("docs/VERDICTS.md", "").partition("\n## Constants\n")[2].partition("\n## ")[0]
    told = {}
    for name, number, unit in re.findall(r"\| `(kt_\w+)` \| (\d+) ?(\w*)", table):
        told[name] = int(number) * UNITS.get(unit, 1)
    for name in sorted(set(told) | set(code)):
        if told.get(name) != code.get(name, -1):
            yield "docs/VERDICTS.md has %s = %s, the code %s" % (name, told.get(name), code.get(name))


def house_map(files):
    """docs/ARCHITECTURE.md names every module of both rooms: singly, as panel_*, or app for what belongs to app."""
    if "docs/ARCHITECTURE.md" not in files:
        yield "docs/ARCHITECTURE.md is not there"
        return
    text = files["docs/ARCHITECTURE.md"]
    families = tuple(re.findall(r"(\w+)\*", text))
    for room in ("engine", "tui"):
        for name in sorted({module(path) for path in sources(files, room)}):
            head = name.split("_")[0]
            whose = head if "%s/%s.h" % (room, head) in files else name
            if not name.startswith(families) and not re.search(r"(?<!\w)(%s|%s)(?!\w)" % (name, whose), text):
                yield "docs/ARCHITECTURE.md does not name %s/%s" % (room, name)


def roles(files):
    """Names of roles.def: the first argument of each row of the macro list."""
    return set(re.findall(r"^\s*[A-Z_]+\(\s*\"?(\w+)", files.get("tui/roles.def", ""), re.M))


def themes(files):
    """Each line of a theme is empty, a remark, or role = style with a role that exists."""
    known = {name.lower().replace("_", "-") for name in roles(files)}
    for path in sorted(files):
        if not path.endswith(".theme"):
            continue
        for number, line in enumerate(files[path].splitlines(), 1):
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            match = re.match(r"^([\w.-]+)\s*=\s*\S", text)
            if not match:
                yield "%s:%d is not 'role = style'" % (path, number)
            elif known and match.group(1).lower().replace("_", "-") not in known | {"name", "inherit", "background"}:
                yield "%s:%d: there is no role %s" % (path, number, match.group(1))


def roles_document(files):
    """docs/THEMES.md has the row of each role of roles.def: name, what it looks as, meaning."""
    text = files.get("docs/THEMES.md", "")
    rows = re.findall(r'^UI_ROLE\((\w+), (\w+), "(.*)"\)', files.get("tui/roles.def", ""), re.M)
    for name, parent, meaning in rows:
        looks = "`%s`" % parent if parent != name else ""
        if "| `%s` | %s | %s |" % (name, looks, meaning) not in text:
            yield "docs/THEMES.md does not have the role %s as tui/roles.def has it" % name


def java_rows(files):
    """Keys of the table in engine/java_client.c, each with its cell of the document; None: passed over."""
    table = files.get("engine/java_client.c", "").partition("rows[] = {")[2].partition("\n};")[0]
    for row in re.split(r"\n {4}(?=\{)", table)[1:]:
        name = re.search(r'\.property = "([^"]+)"', row)
        words = re.search(r'MAKE\(((?:\s*"[^"]*")+)', row)
        text = "`%s`" % name[1] if name else "".join(re.findall(r'"([^"]*)"', words[1])) if words else None
        yield re.search(r'\.key = "([^"]+)"', row)[1], text


def java_keys(files):
    """docs/CONFIG.md has what becomes of each key of Java as the code has it, and no others."""
    text = files.get("docs/CONFIG.md", "")
    told, over = text.partition("| key of Java |")[2].partition("\n## ")[0].partition("Passed over")[::2]
    rows = dict(java_rows(files))
    for key, cell in rows.items():
        if ("| `%s` | %s |" % (key, cell) not in told) if cell else "`%s`" % key not in over:
            yield "docs/CONFIG.md does not have the Java key %s as engine/java_client.c has it" % key
    for key in re.findall(r"^\| `([^`]+)`", told, re.M) + re.findall(r"`([^`]+)`", over):
        if key not in rows:
            yield "docs/CONFIG.md has the Java key %s, engine/java_client.c has not" % key


def file_keys(files):
    """docs/CONFIG.md names each option that may stand in a configuration file, and each variable."""
    keys = files.get("docs/CONFIG.md", "").replace("_command`", "-command`")
    for row in re.split(r"\n {4}(?=\{)", files.get("engine/option.c", "").partition("kt_option_rows[] = {")[2]):
        name = re.search(r'\.name = "([^"]+)"', row)
        if name and ".place = " in row and "`%s`" % name[1] not in keys:
            yield "docs/CONFIG.md does not name the key %s" % name[1]
        variable = re.search(r'\.environment = "([^"]+)"', row)
        if variable and "`%s`" % variable[1] not in keys:
            yield "docs/CONFIG.md does not name the variable %s" % variable[1]


CHECKS = (
    ("the README opens with the commands that .ci/run runs", readme_commands),
    ("links between documents lead somewhere", links),
    ("docs/ARCHITECTURE.md names every module", house_map),
    ("docs/HACKING.md sends one to files and tables that exist", recipes),
    ("docs/VERDICTS.md names proofs that exist", proofs),
    ("docs/VERDICTS.md has the constants of the rules", constants),
    ("docs/CONFIG.md has the Java keys of the code", java_keys),
    ("docs/CONFIG.md has the keys of the configuration file", file_keys),
    ("themes name roles that exist", themes),
    ("docs/THEMES.md has the roles of tui/roles.def", roles_document),
)

BAD = (
    (readme_commands, {"README.md": "# a\n\n    make a\n    make b\n", ".ci/run": "make c\n"}),
    (readme_commands, {"README.md": "# a\n"}),
    (links, {"README.md": "[a](docs/none.md)\n"}),
    (recipes, {"docs/HACKING.md": "a row in `tui/none.c`\n"}),
    (recipes, {"docs/HACKING.md": "a row of `rows[]`\nin `tui/a.c`\n", "tui/a.c": "int x;\n"}),
    (proofs, {"docs/VERDICTS.md": "\n## Traps\n\n| a | b | `unit/test_none.c` |\n", "tests/unit/test_a.c": ""}),
    (proofs, {"docs/VERDICTS.md": "\n## Traps\n\n| a | b | `unit/test_a.c holds` |\n", "tests/unit/test_a.c": "fails",
              "tests/unit/test_b.c": "holds"}),
    (proofs, {"docs/VERDICTS.md": "\n## Departures\n\n| a | b | c | unit `holds` |\n", "tests/unit/test_a.c": "fails"}),
    (proofs, {"docs/VERDICTS.md": "\n## Traps\n\n| a | b | unit `holds` |\n", "tests/unit/test_a.c": "fails"}),
    (constants, {"docs/VERDICTS.md": "\n## Constants\n\n| `kt_a_ms` | 2 s |\n",
                 "engine/stable.c": "#define SECOND INT64_C(1000)\nconst int64_t kt_a_ms = 3 * SECOND;\n"}),
    (constants, {"engine/stable.c": "const int64_t kt_a_ms = 3;\n"}),
    (java_keys, {"engine/java_client.c": 'rows[] = {\n    {.key = "a", .property = "b"},\n};'}),
    (java_keys, {"engine/java_client.c": 'rows[] = {\n    {.key = "a"},\n};', "docs/CONFIG.md": "| key of Java |\n| `a` | b |"}),
    (java_keys, {"docs/CONFIG.md": "| key of Java |\n| `a` | `b` |\n"}),
    (file_keys, {"engine/option.c": 'kt_option_rows[] = {\n    {.name = "a",\n     .place = KT_PLACE_BOTH}'}),
    (house_map, {"docs/ARCHITECTURE.md": "", "engine/model.c": ""}),
    (themes, {"themes/a.theme": "no-such = red\n", "tui/roles.def": "ROLE(OK, NONE)\n"}),
    (roles_document, {"tui/roles.def": 'UI_ROLE(dim, text, "less")\n', "docs/THEMES.md": "| `dim` |  | less |\n"}),
    (themes, {"themes/a.theme": "ok\n", "tui/roles.def": "ROLE(OK, NONE)\n"}),
)
