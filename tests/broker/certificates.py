"""Certificates for a broker on loopback and its clients, good ones and bad ones, made by openssl in a folder.

`Certificates(folder)` makes all of them at once; `path(name)` is where one lies:

    ca.pem                      the authority that signed everything below
    other-ca.pem                an authority that signed nothing
    server.pem, .p12            for localhost and 127.0.0.1
    expired.pem, .p12           the same, of last year
    elsewhere.pem, .p12         for another host name
    client.pem, client.key, .p12    of a client; its principal is CLIENT_PRINCIPAL
    stranger.pem, stranger.key  of a client, by the other authority
    trust.p12                   ca.pem as a Java trust store

X.pem has the certificate; X.key the key without a password; X.locked.key the key, and X.p12 both, under PASSWORD.
"""

import os
import subprocess

PASSWORD = "store-secret"
CLIENT_PRINCIPAL = "User:CN=kafkatop-client"
HERE = "DNS:localhost,IP:127.0.0.1"
LONG = ("20200101000000Z", "20491231000000Z")
PAST = ("20200101000000Z", "20210101000000Z")

# name: whose it is, the names it is for, the authority, from when to when
LEAVES = {
    "server": ("localhost", HERE, "ca", LONG),
    "expired": ("localhost", HERE, "ca", PAST),
    "elsewhere": ("elsewhere.example", "DNS:elsewhere.example", "ca", LONG),
    "client": ("kafkatop-client", None, "ca", LONG),
    "stranger": ("kafkatop-client", None, "other-ca", LONG),
}

SETTINGS = """
[ca]
default_ca = here
[here]
dir = {folder}
new_certs_dir = {folder}
database = {folder}/index
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
[req]
distinguished_name = name
prompt = no
[name]
commonName = nobody
"""


class Certificates:
    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        self.write("index", "")
        self.write("settings", SETTINGS.format(folder=folder))
        for name in ("ca", "other-ca"):
            self.authority(name)
        for name, words in LEAVES.items():
            self.leaf(name, *words)
        self.run("keytool", "-importcert", "-noprompt", "-alias", "ca", "-file", self.path("ca.pem"), "-keystore",
                 self.path("trust.p12"), "-storetype", "PKCS12", "-storepass", PASSWORD)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def run(self, *words):
        done = subprocess.run(words, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise RuntimeError("%s: %s%s" % (" ".join(words), done.stdout, done.stderr))

    def key(self, name):
        self.run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", name + ".key")

    def authority(self, name):
        self.key(name)
        self.run("openssl", "req", "-x509", "-config", "settings", "-new", "-key", name + ".key", "-out", name + ".pem",
                 "-subj", "/CN=kafkatop tests " + name, "-days", "9000",
                 "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")

    def leaf(self, name, common, others, authority, lifetime):
        self.key(name)
        more = ["-addext", "subjectAltName=" + others] if others else []
        self.run("openssl", "req", "-config", "settings", "-new", "-key", name + ".key", "-out", name + ".request",
                 "-subj", "/CN=" + common, *more)
        self.run("openssl", "ca", "-batch", "-notext", "-config", "settings", "-cert", authority + ".pem", "-keyfile",
                 authority + ".key", "-in", name + ".request", "-out", name + ".pem", "-startdate", lifetime[0],
                 "-enddate", lifetime[1])
        self.run("openssl", "pkcs12", "-export", "-in", name + ".pem", "-inkey", name + ".key", "-certfile",
                 authority + ".pem", "-name", name, "-out", name + ".p12", "-passout", "pass:" + PASSWORD)
        self.run("openssl", "pkcs8", "-topk8", "-in", name + ".key", "-out", name + ".locked.key", "-passout",
                 "pass:" + PASSWORD)
