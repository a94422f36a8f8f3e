# SPDX-License-Identifier: BSD-3-Clause
"""What must be heard of files.sh: ProFTPD, curl and lftp."""

from hearing import get, lines_of, talk

# Ports are what the kernel gave: one number in EPRT, two in PORT.
PORTS = ((r"(?<=\|1\|10\.9\.0\.2\|)\d+", "*"), (r"(?<=PORT 10,9,0,2,)\d+,\d+", "*"))


def login(number, password="230 success"):
    return f"""{number} ftp 220 success
{number} ftp USER alice 331 success
{number} ftp PASS [hidden] {password} user=alice"""


TALK = f"""
{login(1, "530 failure")}
{login(2)}
2 ftp PWD 257 success
2 ftp CWD charts 250 success
2 ftp EPSV 229 success
2 ftp TYPE I 200 success
2 ftp SIZE Seekarte Möwe.png 213 success
2 ftp RETR Seekarte Möwe.png 226 success
2 ftp QUIT 221 success
3 file Seekarte Möwe.png image/png download ftp-data
{login(4)}
4 ftp PWD 257 success
4 ftp CWD charts 250 success
4 ftp PASV 227 success
4 ftp TYPE I 200 success
4 ftp SIZE soundings.bin 213 success
4 ftp RETR soundings.bin 226 success
4 ftp QUIT 221 success
5 file soundings.bin application/octet-stream download ftp-data
{login(6)}
6 ftp PWD 257 success
6 ftp CWD charts 250 success
6 ftp EPRT |1|10.9.0.2|*| 200 success
6 ftp TYPE I 200 success
6 ftp SIZE buoys.txt 213 success
6 ftp RETR buoys.txt 226 success
6 ftp QUIT 221 success
7 file buoys.txt text/plain download ftp-data
{login(8)}
8 ftp PWD 257 success
8 ftp PORT 10,9,0,2,* 200 success
8 ftp TYPE I 200 success
8 ftp STOR log.zip 226 success
8 ftp QUIT 221 success
9 file log.zip application/zip upload ftp-data
10 ftp 220 success
10 ftp FEAT 211 success
10 ftp AUTH TLS 500 failure
10 ftp CLNT lftp/4.9.2 200 success
10 ftp LANG 200 success
10 ftp OPTS UTF8 ON 200 success
10 ftp HOST 10.9.0.21 220 success
10 ftp USER bob 331 success
10 ftp PASS [hidden] 230 success user=bob
10 ftp OPTS MLST modify;perm;size;type;UNIX.group;UNIX.mode;UNIX.owner; 200 success
10 ftp PWD 257 success
10 ftp TYPE I 200 success
10 ftp PASV 227 success
10 ftp STOR horn.wav 226 success
10 ftp MFMT 20261101080000 horn.wav 213 success
10 ftp CWD /charts 250 success
10 ftp SIZE buoys.txt 213 success
10 ftp MDTM buoys.txt 213 success
10 ftp PORT 10,9,0,2,* 200 success
10 ftp RETR buoys.txt 226 success
10 ftp QUIT 221 success
11 file horn.wav audio/x-wav upload ftp-data
12 file buoys.txt text/plain download ftp-data
"""

SUMMARY = {
    "records": ["ftp 62", "file 6", "flow 12"],
    "files": ["transferred 6"],
    "logins in clear": ["ftp 6 at 10.9.0.21 port 21"],
}

SECRETS = ["gull-feather-7", "gull-feather-8", "rope-and-tar"]


def look(heard, cases):
    records = heard.records
    cases.equal(talk(records, ("ftp",), PORTS), lines_of(TALK), "files: what was said")
    heard.files_match(cases, ["Seekarte Möwe.png", "soundings.bin", "buoys.txt", "log.zip", "horn.wav", "buoys.txt"])
    heard.hides(cases, SECRETS)
    heard.sums_up(cases, SUMMARY)

    retrieved = [[get(record, "ftp.path"), [reply["code"] for reply in get(record, "ftp.preliminary", [])]] for record in records
                 if get(record, "ftp.command") in ("RETR", "STOR")]
    cases.equal(retrieved, [[f"/{path}", [150]] for path in ("charts/Seekarte Möwe.png", "charts/soundings.bin", "charts/buoys.txt",
                                                          "log.zip", "horn.wav", "charts/buoys.txt")], "files: the paths")
    parents = [get(record, "overhear.parent_conversation") for record in records if record["event"]["dataset"] == "file"]
    cases.equal(parents, [2, 4, 6, 8, 10, 10], "files: whose data connections")
    # A passive data connection is opened by the client, an active one from port 20 or any other, by the server.
    openers = [get(record, "source.ip") for record in records
               if record["event"]["dataset"] == "flow" and get(record, "network.protocol") == "ftp-data"]
    client, server = "10.9.0.2", "10.9.0.21"
    cases.equal(openers, [client, client, server, server, client, server], "files: who opened the data connections")
    gaps = [get(record, "overhear.flow.gap_bytes") for record in records if record["event"]["dataset"] == "flow"]
    cases.equal(gaps, [0] * 12, "files: nothing was missed")
