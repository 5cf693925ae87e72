"""What configure, build-aux/newest-librdkafka and "make portable" promise. No network."""

import glob
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
import traceback

SOURCE = os.environ["SRCDIR"]
BUILD = os.environ["BUILDDIR"]
WORK = os.environ.get("TMPDIR", "/tmp")
NEWEST = os.path.join(SOURCE, "build-aux", "newest-librdkafka")
RECORDING = os.path.join(SOURCE, "tests", "replay", "healthy.trace")
PATIENCE = 300
# What a portable executable may want of its host.
HOSTS = re.compile(r"linux-vdso|linux-gate|ld-linux|ld64|lib(c|m|pthread|dl|rt|resolv|ssl|crypto|sasl2)\.so")
TESTS = []


class Skip(Exception):
    """It cannot be tried here; the text says why."""


def test(function):
    TESTS.append(function)
    return function


def run(*command, env=None, cwd=WORK):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=cwd, timeout=PATIENCE,
                          env=env or os.environ, check=False)


def expect(condition, seen):
    assert condition, ("%s" % (seen,))[:2000]


def settings(name, folder=BUILD):
    """A variable of config.mk."""
    with open(os.path.join(folder, "config.mk"), encoding="utf-8") as lines:
        for line in lines:
            key, _, value = line.partition(" =")
            if key.strip() == name:
                return value.strip()
    return ""


def write(path, text):
    path = os.path.join(WORK, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def without_make():
    """The environment without what "make check" hands on to what it runs."""
    return {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}


# ---- --with-librdkafka ----

def system_library():
    """Where the system's librdkafka is, if this build uses it."""
    if settings("RDKAFKA_PREFIX"):
        raise Skip("this build has another librdkafka than the system's")
    said = run(*settings("PKG_CONFIG").split(), "--variable=libdir", "rdkafka")
    if said.returncode != 0 or not said.stdout.strip():
        raise Skip("the system's librdkafka has no pkg-config file")
    return said.stdout.strip()


def prefix_with(name, shared):
    """The system's library as if somebody had installed it below a folder of his own."""
    libdir = system_library()
    prefix = os.path.join(WORK, name)
    with open(os.path.join(libdir, "pkgconfig", "rdkafka.pc"), encoding="utf-8") as file:
        text = file.read()
    write(os.path.join(name, "lib", "pkgconfig", "rdkafka.pc"),
          re.sub(r"(?m)^libdir=.*$", "libdir=%s/lib" % prefix, text))
    wanted = glob.glob(os.path.join(libdir, "librdkafka.so*")) if shared else [os.path.join(libdir, "librdkafka.a")]
    for one in wanted:
        if not os.path.exists(one):
            raise Skip("the system has no %s" % one)
        shutil.copy(one, os.path.join(prefix, "lib"), follow_symlinks=False)
    return prefix


def linked_with(prefix, name):
    """The program, from the objects that are there, as a build folder with that library links it."""
    folder = os.path.join(WORK, name)
    os.makedirs(folder)
    done = run("sh", os.path.join(SOURCE, "configure"), "--with-librdkafka", prefix, cwd=folder)
    expect(done.returncode == 0, done)
    objects = [one for room in ("engine", "tui") for one in glob.glob(os.path.join(BUILD, "build", room, "*.o"))
               if os.path.exists(os.path.join(SOURCE, room, os.path.basename(one)[:-2] + ".c"))]
    words = [word for name in ("NCURSES_LIBS", "RDKAFKA_LIBS", "CJSON_LIBS", "SASL_LIBS", "INIH_LIBS", "OPENSSL_LIBS", "LIBS", "LDFLAGS")
             for word in settings(name, folder).split()]
    done = run(*settings("CC").split(), *settings("CFLAGS").split(), "-pthread", "-o", "kafkatop", *objects, *words, "-lm",
               cwd=folder)
    expect(done.returncode == 0, done)
    return run("ldd", os.path.join(folder, "kafkatop")).stdout


@test
def a_shared_library_below_a_prefix_is_found_again_at_start():
    prefix = prefix_with("shared", True)
    said = linked_with(prefix, "build-shared")
    expect("librdkafka.so.1 => %s/lib/" % prefix in said, said)


@test
def a_static_library_below_a_prefix_is_linked_in():
    said = linked_with(prefix_with("static", False), "build-static")
    expect("librdkafka" not in said and "libc.so" in said, said)


@test
def a_prefix_without_library_is_told():
    done = run("sh", os.path.join(SOURCE, "configure"), "--with-librdkafka=" + WORK)
    expect(done.returncode == 1 and "no lib/pkgconfig/rdkafka.pc below" in done.stderr, done)
    done = run("sh", os.path.join(SOURCE, "configure"), "--with-deps=newset")
    expect(done.returncode == 1 and "takes 'build', 'test' or 'newest', not 'newset'" in done.stderr, done)


@test
def what_the_library_lacks_is_told():
    """A library made of words: old, and built without this and that."""
    prefix = os.path.join(WORK, "poor")
    write("poor/lib/pkgconfig/rdkafka.pc", "prefix=%s\nName: x\nDescription: x\nVersion: 2.0.2\n"
          "Cflags: -I${prefix}/include\nLibs: -L${prefix}/lib -lrdkafka\n" % prefix)
    write("poor/include/librdkafka/rdkafka.h", """#include <string.h>
#define RD_KAFKA_VERSION 0x020002ff
#define RD_KAFKA_CONF_OK 0
typedef int rd_kafka_conf_t;
int rd_kafka_version(void);
rd_kafka_conf_t *rd_kafka_conf_new(void);
int rd_kafka_conf_get(rd_kafka_conf_t *conf, const char *name, char *out, size_t *size);
""")
    source = write("poor/poor.c", """#include <librdkafka/rdkafka.h>
int rd_kafka_version(void) { return RD_KAFKA_VERSION; }
rd_kafka_conf_t *rd_kafka_conf_new(void) { return 0; }
int rd_kafka_conf_get(rd_kafka_conf_t *conf, const char *name, char *out, size_t *size)
{
    (void)conf, (void)name;
    return strcpy(out, "gzip,lz4,zstd,sasl,sasl_plain,sasl_oauthbearer") == 0 || *size < 100;
}
""")
    made = os.path.join(prefix, "poor.o")
    done = run(*settings("CC").split(), "-I" + os.path.join(prefix, "include"), "-c", source, "-o", made)
    expect(done.returncode == 0, done)
    expect(run("ar", "rc", os.path.join(prefix, "lib", "librdkafka.a"), made).returncode == 0, "no archive")
    folder = os.path.join(WORK, "build-poor")
    os.makedirs(folder)
    said = run("sh", os.path.join(SOURCE, "configure"), "--with-librdkafka=" + prefix, cwd=folder).stdout
    lost = said.partition("too old for")[2].partition("It was built without")[0]
    without = said.partition("It was built without")[2]
    for word in ("2.6.0", "2.6.1", "2.10.0", "demonstration", "--with-deps=newest"):
        expect(word in lost, said)
    for word in ("(ssl)", "(sasl_scram)", "(sasl_gssapi)", "(oidc)"):
        expect(word in without, said)
    expect("(sasl_plain)" not in without and "(zstd)" not in without, said)


# ---- the newest librdkafka ----

DEBIAN = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12"\n'


def newest(*arguments, release=DEBIAN, sources=None, deps="deps"):
    """The script on a machine whose /etc is this one's."""
    root = os.path.join(WORK, "root")
    shutil.rmtree(root, ignore_errors=True)
    write("root/etc/os-release", release)
    for name, text in (sources or {}).items():
        write("root/etc/apt/" + name, text)
    os.makedirs(os.path.join(root, "etc/apt/sources.list.d"), exist_ok=True)
    env = dict(without_make(), KAFKATOP_ROOT=root, KAFKATOP_DEPS=os.path.join(WORK, deps))
    return run("sh", NEWEST, *arguments, env=env)


def needs_apt():
    if not shutil.which("apt-get"):
        raise Skip("no apt-get")


@test
def elsewhere_than_on_debian_the_other_way_is_named():
    done = newest(release='ID=fedora\nPRETTY_NAME="Fedora Linux 41"\n')
    expect(done.returncode == 69 and not done.stdout and done.stderr.count("\n") == 1, done)
    expect("this is not Debian (Fedora Linux 41)" in done.stderr and "--with-librdkafka=PREFIX" in done.stderr, done)


@test
def the_mirror_is_the_machines_own():
    needs_apt()
    lines = ("# of a comment: http://no.invalid/debian\n"
             "deb [arch=amd64] http://one.invalid/debian bookworm main contrib\n"
             "deb http://one.invalid/debian-security bookworm-security main\n"
             "deb-src http://one.invalid/debian bookworm main\n")
    expect(newest("--mirrors", sources={"sources.list": lines}).stdout == "http://one.invalid/debian/\n",
           newest("--mirrors", sources={"sources.list": lines}))
    paragraphs = ("Types: deb\nURIs: http://two.invalid/pub/debian\nSuites: bookworm bookworm-updates\nComponents: main\n"
                  "\nTypes: deb\nURIs: https://else.invalid/apt\nSuites: bookworm\nComponents: main\n"
                  "\nTypes: deb\nEnabled: no\nURIs: http://off.invalid/debian\nSuites: bookworm\nComponents: main\n")
    done = newest("--mirrors", sources={"sources.list.d/debian.sources": paragraphs,
                                        "sources.list.d/more.list": "deb http://three.invalid/debian/ bookworm main\n"})
    expect(done.stdout.split() == ["http://three.invalid/debian/", "http://two.invalid/pub/debian/"], done)
    done = newest(sources={"sources.list": "deb https://else.invalid/apt bookworm main\n"})
    expect(done.returncode == 69 and "no mirror of Debian" in done.stderr and done.stderr.count("\n") == 1, done)


@test
def a_mirror_that_fails_or_is_not_signed_is_told():
    needs_apt()
    mirror = os.path.join(WORK, "mirror", "debian")
    sources = {"sources.list": "deb file:%s bookworm main\n" % mirror}
    done = newest(sources=sources)
    expect(done.returncode == 69 and not done.stdout, done)
    last = done.stderr.splitlines()[-1]
    expect("failed: fetching the source package" in last and "--with-librdkafka=PREFIX" in last, done)
    # All is there but a signature.
    write("mirror/debian/dists/unstable/main/source/Sources", "")
    write("mirror/debian/dists/unstable/Release",
          "Origin: Debian\nSuite: unstable\nCodename: sid\nComponents: main\nDate: Sat, 21 Nov 2026 00:00:00 UTC\n"
          "SHA256:\n e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 main/source/Sources\n")
    done = newest(sources=sources)
    expect(done.returncode == 69 and not done.stdout and "not signed" in done.stderr, done)
    left = [one for one in os.listdir(os.path.join(WORK, "deps")) if one.startswith("work")]
    expect(not left, left)


@test
def what_was_built_is_not_built_again():
    needs_apt()
    system = "debian12-" + run("dpkg", "--print-architecture").stdout.strip()
    done = newest("--offline", deps="built")
    expect(done.returncode == 69 and "none was built yet" in done.stderr, done)
    for version in ("2.9.0", "2.14.2"):
        write("built/librdkafka-%s-%s/complete" % (version, system), version)
    os.makedirs(os.path.join(WORK, "built/librdkafka-2.15.0-" + system))  # one that was interrupted
    write("built/librdkafka-2.16.0-%s-portable/complete" % system, "2.16.0")
    done = newest(deps="built")
    expect((done.returncode, done.stderr) == (0, ""), done)
    expect(done.stdout == os.path.join(WORK, "built/librdkafka-2.14.2-%s\n" % system), done)
    expect("2.16.0" in newest("--portable", deps="built").stdout, "no portable one")


# ---- make portable ----

def portable():
    """The executable, made once."""
    path = os.path.join(BUILD, "kafkatop-portable")
    if sys.platform != "linux":
        raise Skip("only for Linux")
    done = run("make", "-s", "-C", BUILD, "portable", env=without_make())
    if done.returncode != 0 and ("no archive" in done.stderr or "newest-librdkafka: failed: fetching" in done.stderr):
        raise Skip(done.stderr.splitlines()[0])
    expect(done.returncode == 0, done)
    return path


def copied(name):
    """Where nothing of ours is beside it."""
    folder = os.path.join(WORK, name)
    os.makedirs(folder)
    return shutil.copy(portable(), os.path.join(folder, "kafkatop"))


@test
def a_portable_executable_needs_only_what_every_host_has():
    said = run("ldd", portable()).stdout
    wanted = [line.split()[0] for line in said.splitlines()]
    expect(len(wanted) > 3 and all(HOSTS.search(one) for one in wanted), said)


@test
def a_portable_executable_runs_by_itself():
    path = copied("alone")
    done = run(path, "--replay", RECORDING, "--once", env={"PATH": "/nowhere"}, cwd=os.path.dirname(path))
    expect(done.returncode == 0 and not done.stderr and "audit" in done.stdout, done)
    done = run(path, "--replay", RECORDING, "--once", "--json", env={}, cwd=os.path.dirname(path))
    expect(done.returncode == 0 and '"groups"' in done.stdout, done)


def screen_of(path, **environment):
    """What it writes on a terminal until it has drawn its rows; then q. Also its exit status."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(os.path.dirname(path))
        os.execve(path, [path, "--replay", RECORDING], dict(environment, LINES="24", COLUMNS="80"))
    seen, asked, deadline = b"", False, time.monotonic() + 60
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 0.5)[0]:
            continue
        try:
            some = os.read(terminal, 65536)
        except OSError:  # it has ended
            some = b""
        if not some:
            break
        seen += some
        if b"audit" in seen and not asked:
            os.write(terminal, b"q")
            asked = True
    else:
        os.kill(pid, 9)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), seen.decode("utf-8", "replace")


def entry(name):
    """The description of a terminal, as one's own."""
    target = os.path.join(WORK, "terminfo")
    for folder in ("/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo"):
        path = os.path.join(folder, name[0], name)
        if os.path.exists(path):
            os.makedirs(os.path.join(target, name[0]), exist_ok=True)
            shutil.copy(path, os.path.join(target, name[0], name))
            return target
    raise Skip("no description of " + name)


@test
def a_portable_executable_finds_the_hosts_terminal():
    path = copied("terminal")
    for more in ({}, {"TERMINFO": entry("xterm-256color")}, {"TERMINFO_DIRS": entry("xterm-256color")}):
        status, seen = screen_of(path, TERM="xterm-256color", LANG="C.UTF-8", **more)
        expect(status == 0 and "audit" in seen, (more, status, seen[-1000:]))
    status, seen = screen_of(path, TERM="no-such-terminal", LANG="C.UTF-8")
    expect(status != 0 and "no-such-terminal" in seen, (status, seen))


def main():
    failed = 0
    for function in TESTS:
        name = "build: " + function.__name__.replace("_", " ")
        try:
            function()
        except Skip as why:
            print("ok - %s # SKIP %s" % (name, why), flush=True)
        except Exception:  # whatever breaks is a test that failed
            failed += 1
            for line in traceback.format_exc().splitlines():
                print("# " + line)
            print("not ok - " + name, flush=True)
        else:
            print("ok - " + name, flush=True)
    sys.exit(1 if failed else 0)


main()
