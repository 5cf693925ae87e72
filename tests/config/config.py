"""The executable with configuration files: no network but loopback. Also a build that has none."""

import glob
import json
import os
import shlex
import subprocess
import sys
import traceback

PROGRAM = os.environ["KAFKATOP"]
SOURCE = os.environ["SRCDIR"]
BUILD = os.environ["BUILDDIR"]
WORK = os.environ.get("TMPDIR", "/tmp")
PATIENCE = 120
MOCK = "test.mock.num.brokers = 1\n"
TESTS = []


def test(function):
    TESTS.append(function)
    return function


def run(*arguments, program=PROGRAM, **environment):
    env = dict(os.environ, **environment)
    return subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=env,
                          timeout=PATIENCE, check=False)


def write(text, name="config", mode=0o600):
    path = os.path.join(WORK, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def expect(condition, seen):
    assert condition, ("%s" % (seen,))[:1500]


def settings(name):
    """A variable of config.mk."""
    with open(os.path.join(BUILD, "config.mk"), encoding="utf-8") as lines:
        for line in lines:
            key, _, value = line.partition(" = ")
            if key.strip() == name:
                return shlex.split(value)
    return []


HAS_FILES = bool(settings("INIH_LIBS"))


@test
def two_clusters_in_one_document():
    path = write("[cluster one]\n%s[cluster two]\n%s" % (MOCK, MOCK))
    done = run("-F", path, "--json", "--timeout", "60")
    expect(done.returncode == 0, done)
    clusters = json.loads(done.stdout)["clusters"]
    expect([one["name"] for one in clusters] == ["one", "two"], clusters)
    expect(len({one["cluster_id"] for one in clusters}) == 2 and not any(one["partial"] for one in clusters), clusters)


@test
def one_that_is_down_is_told():
    path = write("[cluster alive]\n%s[cluster dead]\nbrokers = 127.0.0.1:1\n" % MOCK)
    done = run("-F", path, "--json", "--timeout", "5")
    expect(done.returncode == 69 and "cluster dead" in done.stderr, done)
    alive, dead = json.loads(done.stdout)["clusters"]
    expect(not alive["partial"] and dead["partial"] and dead["problems"], done.stdout)
    done = run("-F", path, "-c", "alive", "--once", "--timeout", "60")
    expect(done.returncode == 0 and done.stdout.count("kafkatop 20") == 1, done)
    expect(run("-F", path, "--csv", "--timeout", "5", "--exit-status").returncode == 3, "another status")


@test
def unknown_words_are_named():
    path = write("[cluster a]\nbrokers = x\nssl.ca.locatoin = y\n")
    for what in ("--once", "--print-config"):
        done = run("-F", path, what)
        expect(done.returncode == 78, done)
        expect("config:3: unknown property 'ssl.ca.locatoin': did you mean 'ssl.ca.location'?" in done.stderr, done)
    done = run("-F", write("[cluster a]\nbrokers = x\nbrokrs = y\n"), "--once")
    expect(done.returncode == 78 and "config:3: unknown key 'brokrs', did you mean 'brokers'?" in done.stderr, done)
    done = run("-F", path, "-c", "b", "--once")
    expect(done.returncode == 78, done)  # first of all the file must make sense
    done = run("-F", write("[cluster prod]\n" + MOCK), "-c", "prdo", "--once")
    expect(done.returncode == 64 and "did you mean 'prod'?" in done.stderr, done)


@test
def secrets_stay_secret():
    path = write("[cluster a]\n%ssasl.password = hun;ter # 2\n" % MOCK, mode=0o644)
    done = run("-F", path, "--print-config")
    expect(done.returncode == 0 and "config:3" in done.stdout and "********" in done.stdout, done)
    expect("hun" not in done.stdout + done.stderr and "everybody on this machine can read" in done.stderr, done)


@test
def the_users_file_is_found_and_left_alone():
    text = "[kafkatop]\nhold = 7\n[cluster mine]\n" + MOCK
    path = write(text, "xdg/kafkatop/config")
    done = run("--json", "--timeout", "60", "-g", "^only-now$", XDG_CONFIG_HOME=os.path.join(WORK, "xdg"))
    expect(done.returncode == 0 and json.loads(done.stdout)["clusters"][0]["name"] == "mine", done)
    with open(path, encoding="utf-8") as file:
        expect(file.read() == text, "it was written to")


def build_without(folder):
    """The executable once more, made as if libinih were not here."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(BUILD, "config.h"), encoding="utf-8") as file:
        lines = [line for line in file if "HAVE_INIH" not in line]
    with open(os.path.join(folder, "config.h"), "w", encoding="utf-8") as file:
        file.writelines(lines)
    made = os.path.join(folder, "option_file.o")
    compiler = settings("CC")
    flags = settings("STD") + settings("CFLAGS") + ["-I" + folder, "-I" + os.path.join(SOURCE, "engine")]
    subprocess.run(compiler + flags + ["-Wall", "-Wextra", "-Werror", "-c", os.path.join(SOURCE, "engine/option_file.c"),
                                       "-o", made], check=True)
    objects = [one for room in ("engine", "tui") for one in glob.glob(os.path.join(BUILD, "build", room, "*.o"))
               if not one.endswith("/option_file.o")]
    libraries = [word for name in ("NCURSES_LIBS", "RDKAFKA_LIBS", "CJSON_LIBS", "SASL_LIBS", "OPENSSL_LIBS")
                 for word in settings(name)]
    program = os.path.join(folder, "kafkatop")
    subprocess.run(compiler + settings("CFLAGS") + ["-pthread", "-o", program, made] + objects + settings("LDFLAGS")
                   + libraries + ["-lm"] + settings("LIBS"), check=True)
    return program


@test
def a_file_of_java_is_taken_as_it_is():
    store = os.path.join(SOURCE, "tests", "unit", "stores", "trust.jks")
    lines = ["security.protocol=SSL", "ssl.truststore.location=" + store, "odd.key=hunter2", "group.id=x", ""]
    path = write("\r\n".join(lines), "java/client.properties")
    done = run("-b", "127.0.0.1:1", "--command-config", path, "--print-config")
    expect(done.returncode == 0 and done.stderr.count("\n") == 1, done)
    expect("client.properties:3: 'odd.key' is not understood" in done.stderr and "hunter2" not in done.stderr, done)
    expect("(PEM, certificates: 2)" in done.stdout and path + ":2" in done.stdout, done)
    done = run("-b", "127.0.0.1:1", "--command-config", path, "-X", "noverify=1", "--print-config")
    expect(done.returncode == 78 and "'enable.ssl.certificate.verification'" in done.stderr, done)
    write("security.protocol=SSLL\n", "java/client.properties")
    done = run("-b", "127.0.0.1:1", "--command-config", path, "--once")
    expect(done.returncode == 78 and "client.properties:1: property 'security.protocol'" in done.stderr, done)


@test
def a_build_without_the_library_says_so():
    program = build_without(os.path.join(WORK, "without"))
    path = write("[cluster mine]\n" + MOCK, "xdg/kafkatop/config")
    done = run("-F", path, "--once", program=program)
    expect(done.returncode == 78 and done.stderr.count("\n") == 1, done)
    expect("this build has no configuration files" in done.stderr, done)
    recording = os.path.join(SOURCE, "tests", "replay", "healthy.trace")
    done = run("--replay", recording, "--once", program=program, XDG_CONFIG_HOME=os.path.join(WORK, "xdg"))
    expect(done.returncode == 0 and done.stdout and done.stderr.count("\n") == 1, done)
    expect("this build has no configuration files" in done.stderr, done)
    done = run("--replay", recording, "--once", program=program)
    expect(done.returncode == 0 and not done.stderr, done)


def main():
    failed = 0
    for function in TESTS:
        name = "config: " + function.__name__.replace("_", " ")
        if not HAS_FILES and function is not a_build_without_the_library_says_so:
            print("ok - %s # SKIP this build has no configuration files" % name)
            continue
        try:
            function()
        except Exception:  # whatever breaks is a test that failed
            failed += 1
            for line in traceback.format_exc().splitlines():
                print("# " + line)
            print("not ok - " + name)
        else:
            print("ok - " + name)
    sys.exit(1 if failed else 0)


main()
