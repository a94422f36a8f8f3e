#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What a system gets: the manual page, the completions, the Debian packages and the sensor's files.

The packages are made from a release build, in a folder of their own. What a machine has no tool for is skipped and said.
"""

import gzip
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import completions
from suite import TOP, Suite

# An answer to an announcement that nobody made: there is no bug of Debian's that a first version could close.
KNOWN_WARNINGS = ["initial-upload-closes-no-bugs"]
NOBODY = 65534  # whom overhear becomes
EXPOSURE = 2.0  # as systemd-analyze counts: 10 is the worst

FILES = {
    "overhear": """
        etc/logrotate.d/overhear
        usr/bin/overhear
        usr/lib/systemd/system/overhear@.service
        usr/share/bash-completion/completions/overhear
        usr/share/doc/overhear/README.md
        usr/share/doc/overhear/SECURITY.md
        usr/share/doc/overhear/changelog.Debian.gz
        usr/share/doc/overhear/changelog.gz
        usr/share/doc/overhear/copyright
        usr/share/fish/vendor_completions.d/overhear.fish
        usr/share/man/man1/overhear.1.gz
        usr/share/zsh/vendor-completions/_overhear""".split(),
    "liboverhear-dev": """
        usr/lib/LIBRARIES/liboverhear.a
        usr/lib/LIBRARIES/pkgconfig/overhear.pc
        usr/share/doc/liboverhear-dev/changelog.Debian.gz
        usr/share/doc/liboverhear-dev/changelog.gz
        usr/share/doc/liboverhear-dev/copyright""".split(),
}

DATASETS = "datasets"  # those that the program lists
VERBS = "completion explain fields help manual protocols schema".split()
COMPARISONS = "!= < <= == > >= contains exists in matches".split()
CODE = "http.response.status_code"


def before(text, words):
    return [text + word for word in words]


# Line, and what each shell offers. One list: all three the same. A name alone: only this shell differs.
CANDIDATES = [
    ("overhear --on", {"": ["--only"], "zsh": ["--only="]}),
    ("overhear --col", {"": ["--color", "--color="], "zsh": ["--color="]}),
    ("overhear --color=", {"": before("--color=", ["always", "auto", "never"]), "bash": ["always", "auto", "never"]}),
    ("overhear --color=al", {"": ["--color=always"], "bash": ["always"]}),
    ("overhear --summary=", {"": before("--summary=", ["json", "none", "text"]), "bash": ["json", "none", "text"]}),
    ("overhear --only ", {"": DATASETS}),
    ("overhear --only dns,h", {"": ["dns,http"]}),
    ("overhear --only dns,http,d", {"": []}),
    ("overhear --only=dns,h", {"": ["--only=dns,http"], "bash": ["dns,http"]}),
    ("overhear -d ht", {"": ["http:"]}),
    ("overhear -d http:", {"": [], "fish": ["http:"]}),
    ("overhear -T ", {"": ["json", "text"]}),
    ("overhear --raw ", {"": ["client", "server"]}),
    ("overhear -a ", {"": ["duration:"]}),
    ("overhear -c ", {"": []}),
    ("overhear -Z roo", {"": ["root"]}),
    ("overhear -i ", {"": ["any", "eth0", "lo"]}),
    ("overhear -nqi l", {"": ["lo"]}),
    ("overhear --interface=et", {"": ["--interface=eth0"], "bash": ["eth0"]}),
    ("overhear -i eth0 ", {"": []}),
    ("overhear ", {"bash": ["a.pcap", "c d.pcap", "dir", *VERBS], "zsh": ["a.pcap", "c\\ d.pcap", "dir", *VERBS],
                   "fish": ["a.pcap", "b.txt", "c d.pcap", "dir/", *VERBS]}),
    ("overhear b", {"": ["b.txt"]}),
    ("overhear exp", {"": ["explain"]}),
    ("overhear a.pcap exp", {"": []}),
    ("overhear explain d", {"": ["dns"]}),
    ("overhear explain dns d", {"": []}),
    ("overhear fields dns re", {"": ["record"]}),
    ("overhear fields re", {"": ["record"]}),
    ("overhear completion ", {"": ["bash", "fish", "zsh"]}),
    ("overhear schema ", {"": []}),
    ("overhear --follow ", {"": ["all"]}),
    ("overhear --follow all ", {"": ["dir"], "fish": ["dir/"]}),
    ("overhear --extract ", {"": ["dir"], "fish": ["dir/"]}),
    ("overhear -o b", {"": ["b.txt"]}),
    ("overhear -Y http.response.status_c", {"": [CODE]}),
    ("overhear -Y 'url.do", {"": ["url.domain"]}),
    (f"overhear -Y '{CODE} ", {"": before(f"{CODE} ", COMPARISONS)}),
    (f"overhear -Y '{CODE} >= ", {"": []}),
    (f"overhear -Y '{CODE} >= 400 ", {"": before(f"{CODE} >= 400 ", ["and", "or"])}),
    (f"overhear -Y '{CODE} == 404 and url.do", {"": [f"{CODE} == 404 and url.domain"]}),
    ("overhear -Y 'not (url.do", {"": ["not (url.domain"]}),
]


def run(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60, check=False, **options)


def has(suite, *programs):
    for program in programs:
        if not shutil.which(program):
            print(f"{suite.name}: {program} is not here: skipped")
            return False
    return True


def configure(parser):
    parser.add_argument("--build", default=str(TOP / "build/release"), type=os.path.abspath, help="the release build to pack")


def clean_page(suite, folder):
    page = folder / "overhear.1"
    page.write_bytes(suite.run("manual").stdout)
    if has(suite, "man"):
        result = run("man", "--warnings=w", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page)
        suite.check(result.returncode == 0 and not result.stderr, "man has nothing to complain of", result.stderr)
    if has(suite, "groff"):
        result = run("groff", "-man", "-ww", "-b", "-Tutf8", page)
        suite.check(result.returncode == 0 and not result.stderr, "groff has nothing to complain of", result.stderr)
    return page


def complete_page(suite, page):
    """Every option of --help stands on the page, and --help fits into 80 columns."""
    lines = suite.run("--help").stdout.decode().splitlines()
    suite.check(max(map(len, lines)) < 80, "--help is narrower than 80 columns", max(lines, key=len))
    shown = run("man", "-l", page, env=os.environ | {"MANWIDTH": "78", "LC_ALL": "C.UTF-8"}).stdout
    shown = re.sub(".\\x08", "", shown)  # bold is printed twice
    options = [match.group(1) for line in lines if (match := re.match(r" {2,6}(-\S.*?)(?:  |$)", line))]
    suite.check(len(options) > 40, "--help lists the options", options)
    missing = [option for option in options if option not in shown]
    suite.equal(missing, [], "the manual page has every option")
    sections = [line for line in shown.splitlines() if line.isupper() and not line.startswith(" ")]
    suite.equal([line for line in sections if "OVERHEAR" not in line],
                ["NAME", "SYNOPSIS", "DESCRIPTION", "WORDS", "OPTIONS", "DISPLAY FILTER", "OUTPUT", "RIGHTS", "SIGNALS",
                 "ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES", "SEE ALSO"], "the sections of the manual page")


def complete_words(suite, shell, folder):
    if not has(suite, shell):
        return
    folder = folder / shell
    folder.mkdir()
    script = folder / f"overhear.{shell}"
    script.write_bytes(suite.run("completion", shell).stdout)
    lines = [line for line, _ in CANDIDATES]
    found, said = completions.SHELLS[shell](script, lines, completions.make_place(folder))
    if not suite.equal(len(found), len(lines), f"{shell} answers"):
        print(said)
        return
    if shell != "zsh":  # a terminal shows what was typed
        suite.equal(said, "", f"{shell} complains of nothing")
    datasets = re.findall(r"^([\w-]+): ", suite.run("fields").stdout.decode(), re.M)
    datasets.remove("record")
    for (line, expected), candidates in zip(CANDIDATES, found):
        words = expected.get(shell, expected.get(""))
        suite.equal(candidates, sorted(datasets if words is DATASETS else words), f"{shell}: {line}")
    options = {word for line in suite.run("--help").stdout.decode().splitlines()
               for word in re.findall(r"^ +(?:-\w, )?(--[\w-]+)", line)}
    (offered,), _ = completions.SHELLS[shell](script, ["overhear --"], completions.make_place(folder / "all"))
    suite.equal({word.rstrip("=") for word in offered} & options, options, f"{shell} knows every option")


def make_packages(suite, folder):
    config = Path(suite.options.build) / "CPackConfig.cmake"
    result = run("cpack", "--config", config, "-B", folder, "-G", "DEB", cwd=folder)
    packages = {path.name.split("_")[0]: path for path in folder.glob("*.deb")}
    suite.check(result.returncode == 0, "cpack", result.stdout + result.stderr)
    suite.equal(sorted(packages), sorted(FILES), "the packages that are made")
    return packages


def lint(suite, package):
    result = run("lintian", "--tag-display-limit", "0", "--allow-root", package)
    wrong = [line for line in result.stdout.splitlines()
             if line.startswith(("E:", "W:")) and not any(f" {tag}" in line for tag in KNOWN_WARNINGS)]
    suite.equal(wrong, [], f"lintian about {package.name}")


def expected_files(name, libraries):
    files = {path.replace("LIBRARIES", libraries) for path in FILES[name]}
    if name == "overhear":
        files |= {f"usr/share/doc/overhear/{path.name}" for path in TOP.glob("docs/*.md")}
    else:
        files |= {f"usr/include/overhear/{path.name}" for path in TOP.glob("include/overhear/*.h") if path.name != "analyzer.h"}
    return files


def unpack(suite, name, package, folder):
    """The exact files, with their modes and owner; what stands in the control files. Returns where it lies."""
    libraries = run("dpkg-architecture", "-qDEB_HOST_MULTIARCH").stdout.strip()
    listing = run("dpkg-deb", "--contents", package).stdout.splitlines()
    found, wrong = set(), []
    for line in listing:
        mode, owner, *_, path = line.split()
        path = path.removeprefix("./").rstrip("/")
        if mode[0] == "d":
            wanted = "drwxr-xr-x"
        else:
            found.add(path)
            wanted = "-rwxr-xr-x" if path.startswith("usr/bin/") else "-rw-r--r--"
        if (mode, owner) != (wanted, "root/root"):
            wrong.append(f"{mode} {owner} {path}")
    suite.equal(wrong, [], f"{name}: modes and owners")
    suite.equal(sorted(found ^ expected_files(name, libraries)), [], f"{name}: the list of files")
    control = folder / f"{name}.control"
    run("dpkg-deb", "--control", package, control)
    sums = {line.split(maxsplit=1)[1] for line in (control / "md5sums").read_text().splitlines()}
    suite.equal(sorted(sums ^ found), [], f"{name}: md5sums")
    root = folder / name
    run("dpkg-deb", "--extract", package, root)
    return root, control


def look_at_program(suite, root, control):
    fields = dict(re.findall(r"^(\S+): (.*)$", (control / "control").read_text(), re.M))
    for name, value in {"Package": "overhear", "Section": "net", "Priority": "optional"}.items():
        suite.equal(fields.get(name), value, name)
    needed = [word.split()[0] for word in fields["Depends"].split(", ")]
    for library in ("libc6", "libisal2", "libjson-c5", "libpcap0.8", "libssl3", "zlib1g", "adduser"):
        suite.check(library in needed, f"depends on {library}", fields["Depends"])
    suite.equal((control / "conffiles").read_text(), "/etc/logrotate.d/overhear\n", "conffiles")
    for script in ("postinst", "prerm", "postrm"):
        suite.equal(oct((control / script).stat().st_mode & 0o777), "0o755", f"mode of {script}")
        suite.equal(run("sh", "-n", control / script).returncode, 0, f"{script} is a script")
    program = root / "usr/bin/overhear"
    suite.check(b"overhear" in subprocess.run([program, "--version"], capture_output=True, check=False).stdout, "it runs")
    headers = run("readelf", "-hldS", "-W", program).stdout
    suite.check(".symtab" not in headers, "it is stripped")
    suite.check("DYN (" in headers, "its addresses are not fixed")
    suite.check("GNU_RELRO" in headers and "BIND_NOW" in headers, "its tables are read-only")
    suite.check("GNU_STACK" in headers and not re.search(r"GNU_STACK.*RWE", headers), "its stack is not executed")
    symbols = run("readelf", "--dyn-syms", "-W", program).stdout
    suite.check("__stack_chk_fail" in symbols and "_chk@" in symbols, "its buffers are guarded")
    page = gzip.decompress((root / "usr/share/man/man1/overhear.1.gz").read_bytes())
    suite.equal(page, suite.run("manual").stdout, "the manual page is that of this program")
    for shell, path in {"bash": "bash-completion/completions/overhear", "zsh": "zsh/vendor-completions/_overhear",
                        "fish": "fish/vendor_completions.d/overhear.fish"}.items():
        suite.equal((root / "usr/share" / path).read_bytes(), suite.run("completion", shell).stdout, f"{shell}'s completion")


def sensor(suite, root, folder):
    """The unit is right, hardened, and keeps what the program needs."""
    text = (root / "usr/lib/systemd/system/overhear@.service").read_text()
    suite.check("ExecStart=/usr/bin/overhear -i %i " in text, "the unit starts the program on its interface")
    unit = folder / "overhear@.service"
    unit.write_text(text.replace("/usr/bin/overhear", suite.program))
    if not has(suite, "systemd-analyze"):
        return
    result = run("systemd-analyze", "verify", "--man=no", unit)
    suite.check(result.returncode == 0 and not result.stderr, "systemd-analyze verify", result.stdout + result.stderr)
    result = run("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
    level = re.search(r"exposure level for \S+: ([\d.]+)", result.stdout)
    suite.check(level and float(level.group(1)) < EXPOSURE, f"exposure below {EXPOSURE}", result.stdout[-600:])
    options = re.search(r"^ExecStart=\S+ (.*) \$OVERHEAR_OPTIONS$", text, re.M)
    words = options.group(1).replace("%i", "none0").replace("/var/log/overhear", str(folder)).split()
    result = suite.run(*words)
    suite.check(result.returncode == 1 and b"none0" in result.stderr, "its command line is understood", result.stderr.decode())


def rotation(suite, root, folder):
    """logrotate takes the file, and with -f moves a log away while overhear writes it."""
    if not has(suite, "logrotate"):
        return
    logs = folder / "logs"
    logs.mkdir(mode=0o755)
    text = (root / "etc/logrotate.d/overhear").read_text()
    config = folder / "rotate"
    pid = folder / "pid"
    mine = text.replace("/var/log/overhear", str(logs)).replace("\tsu overhear overhear\n", "")
    mine = re.sub(r"postrotate\n.*?\tendscript", f"postrotate\n\t\tkill -HUP $(cat {pid})\n\tendscript", mine, flags=re.S)
    config.write_text(mine)
    config.chmod(0o644)
    result = run("logrotate", "-d", config)
    suite.check(result.returncode == 0 and "error" not in result.stderr, "logrotate -d", result.stderr)
    if os.geteuid() != 0:
        print(f"{suite.name}: not root: nothing is rotated under a program that listens")
        return
    os.chown(logs, NOBODY, NOBODY)
    log = logs / "lo.json"
    command = [suite.program, "-i", "lo", "--json", "--stats", "1", "-o", str(log), "--append"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        pid.write_text(f"{process.pid}\n")
        try:
            wait_for(lambda: log.exists() and log.stat().st_size > 0)
            result = run("logrotate", "-f", "-s", folder / "state", config)
            suite.check(result.returncode == 0, "logrotate -f", result.stderr)
            suite.check(wait_for(lambda: log.exists() and log.stat().st_size > 0), "the new log is written",
                        sorted(path.name for path in logs.iterdir()))
            suite.check((logs / "lo.json.1").exists(), "the old log was moved away")
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                said = process.communicate(timeout=20)[1]
            except subprocess.TimeoutExpired:
                process.kill()
                said = "it does not end"
        suite.equal(process.returncode, 0, f"it ends well ({said})")
    for path in sorted(logs.iterdir()):
        suite.check(path.read_bytes().endswith(b"\n"), f"{path.name}: the last line is whole")


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def main():
    suite = Suite("packaging", __doc__, configure)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # overhear becomes somebody else
        page = clean_page(suite, folder)
        complete_page(suite, page)
        suite.each(lambda shell: complete_words(suite, shell, folder), completions.SHELLS)
        if has(suite, "cpack", "dpkg-deb", "dpkg-shlibdeps"):
            made = folder / "made"
            made.mkdir()
            packages = make_packages(suite, made)
            if has(suite, "lintian"):
                suite.each(lambda package: lint(suite, package), packages.values())
            roots = {name: unpack(suite, name, package, folder) for name, package in packages.items()}
            if "overhear" in roots:
                look_at_program(suite, *roots["overhear"])
                sensor(suite, roots["overhear"][0], folder)
                rotation(suite, roots["overhear"][0], folder)
    suite.finish()


main()
