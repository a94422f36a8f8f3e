#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What the servers of tests/bench/build serve, the same in every run: content.py FOLDER

www/ for nginx, files/ for the FTP server, letters/ for attachments of mail, requests.lua for wrk.
"""

import json
import random
import struct
import sys
import zlib
from pathlib import Path

MEBIBYTE = 1 << 20
RANDOM = random.Random(20261122)


def make_word():
    return "".join(RANDOM.choice("bcdfglmnprstv") + RANDOM.choice("aeiou") for _ in range(RANDOM.randint(1, 4)))


WORDS = [make_word() for _ in range(4000)]


def text(length):
    """Lines of words, some of them much more frequent than others, as in a language."""
    lines, size = [], 0
    while size < length:
        line = " ".join(WORDS[min(len(WORDS) - 1, int(RANDOM.paretovariate(0.6)))] for _ in range(RANDOM.randint(6, 14))) + "\n"
        lines.append(line)
        size += len(line)
    return "".join(lines)[:length]


def page(length):
    title = text(30).replace("\n", " ")
    return (f'<!doctype html>\n<html><head><title>{title}</title><link rel="stylesheet" href="/small/style.css"></head>\n'
            f"<body><p>{text(length)}</p></body></html>\n")


def table(length):
    rows, size = [], 0
    while size < length:
        rows.append(json.dumps({"id": RANDOM.randint(1, 10**9), "name": RANDOM.choice(WORDS), "tags": RANDOM.sample(WORDS, 3),
                                "score": RANDOM.random(), "ok": RANDOM.random() < 0.5}))
        size += len(rows[-1])
    return "[" + ",\n".join(rows) + "]\n"


def picture(length):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", RANDOM.randbytes(length)) + chunk(b"IEND", b""))


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def write_site(folder):
    """Small objects of all kinds, pages and pictures of some size, and large files. Returns the names of the small ones."""
    makers = {"html": page, "json": table, "css": text, "js": text, "png": picture, "txt": text}
    small = []
    for number in range(400):
        kind = RANDOM.choice(["html", "html", "json", "json", "css", "js", "png", "txt"])
        small.append(f"small/{kind}{number}.{kind}")
        write(folder / small[-1], makers[kind](max(120, min(24000, int(RANDOM.lognormvariate(7.0, 1.0))))))
    write(folder / "small/style.css", text(900))
    for number in range(40):
        write(folder / f"medium/data{number}.bin", RANDOM.randbytes(RANDOM.randint(30_000, 900_000)))
        write(folder / f"medium/page{number}.html", page(RANDOM.randint(20_000, 300_000)))
    block, noise = text(4 * MEBIBYTE).encode(), RANDOM.randbytes(16 * MEBIBYTE)
    for name, size in (("text.txt", 64), ("report.csv", 32), ("page.html", 16)):
        write(folder / "large" / name, block * (size // 4))
    write(folder / "large/data.json", table(MEBIBYTE) * 24)
    for name, size in (("image.iso", 128), ("video.mp4", 64), ("archive.zip", 48)):
        write(folder / "large" / name, noise * (size // 16))
    return small


def write_files(folder):
    for number in range(120):
        length = RANDOM.choice([0, 1, 300, 5000, 60_000, 400_000, 1_500_000])
        kind = RANDOM.choice(["txt", "bin", "tar.gz", "jpg"])
        write(folder / f"pub/part{number % 8}/file{number}.{kind}", RANDOM.randbytes(length) if number % 2 else text(length))
    write(folder / "pub/big.iso", RANDOM.randbytes(32 * MEBIBYTE))
    write(folder / "pub/notes.txt", text(3 * MEBIBYTE))


def write_letters(folder):
    for number in range(30):
        length = int(min(1_200_000, RANDOM.lognormvariate(11.0, 1.2)))
        write(folder / f"attachment{number}.{RANDOM.choice(['pdf', 'docx', 'png', 'zip'])}", RANDOM.randbytes(length))
    write(folder / "words.txt", "\n".join(WORDS))
    write(folder / "text.txt", text(400_000))


AGENTS = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "curl/8.8.0", "python-requests/2.32.3", "Go-http-client/1.1", "okhttp/4.12.0",
]

REQUESTS = """
local requests, next_one = {}, 0

local function choose(list) return list[math.random(#list)] end

local function headers(number)
    local h = { ["Host"] = choose(hosts), ["User-Agent"] = choose(agents), ["Accept"] = "text/html,application/xhtml+xml,*/*;q=0.8",
                ["Accept-Language"] = "en-US,en;q=0.5" }
    if math.random() < 0.5 then h["Accept-Encoding"] = "gzip, deflate, br" end
    if math.random() < 0.6 then
        h["Cookie"] = string.format("sid=%08x%08x; theme=dark; n=%d", math.random(2^30), math.random(2^30), number)
    end
    if math.random() < 0.4 then h["Referer"] = "http://www.corp.test" .. choose(paths) end
    return h
end

local function make(number)
    local method, path, body, h, r = "GET", choose(paths), nil, headers(number), math.random()
    if math.random() < 0.3 then path = path .. string.format("?q=%d&t=a%%20b&v=%x", math.random(10^6), math.random(10^6)) end
    if r < 0.08 then
        method, path, h["Content-Type"] = "POST", "/api/post", "application/json"
        body = string.format('{"user":"u%d","items":[%d,%d],"note":"%s"}', number, math.random(99), math.random(99),
                             string.rep("x", math.random(200)))
    elseif r < 0.11 then
        method, path, h["Content-Type"] = "POST", "/form", "application/x-www-form-urlencoded"
        body = string.format("name=user%d&pass=s3cret%%21&token=%08x", number, math.random(2^30))
    elseif r < 0.15 then path = "/missing/" .. number .. ".html"
    elseif r < 0.18 then path = "/old/" .. number
    elseif r < 0.26 then h["If-Modified-Since"] = "Fri, 01 Jan 2038 00:00:00 GMT"
    elseif r < 0.28 then h["Range"] = "bytes=0-99"
    elseif r < 0.31 then path = "/api/echo?id=" .. number
    end
    return wrk.format(method, path, h, body)
end

function init(arguments)
    math.randomseed(tonumber(arguments[1] or "1"))
    for number = 1, 3000 do requests[number] = make(number) end
end

function request()
    next_one = next_one % #requests + 1
    return requests[next_one]
end
"""


def lua_list(name, values):
    return f"local {name} = {{ {', '.join(json.dumps(value) for value in values)} }}\n"


def main(folder):
    small = write_site(folder / "www")
    write_files(folder / "files")
    write_letters(folder / "letters")
    hosts = [f"{name}.test" for name in ("www.corp", "api.corp", "img.corp", "static.shop", "www.shop", "m.shop")]
    write(folder / "requests.lua", lua_list("paths", [f"/{name}" for name in small]) + lua_list("agents", AGENTS)
          + lua_list("hosts", hosts) + REQUESTS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
