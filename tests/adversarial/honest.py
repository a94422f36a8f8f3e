# SPDX-License-Identifier: BSD-3-Clause
"""Some three hundred conversations of people who mean no harm, out of recordings, to be mixed into a flood.

They go through the whole of the flood in lanes, eight recordings at any time, so that between two frames of a recording there are eight
times as many frames of the flood as between two honest ones: for ten million SYNs, 100,000 of them a second, 30 ms.
"""

import pcapfile
import suite

RECORDINGS = ("http-vhosts", "dns-types", "smtp-swaks", "pop3-by-hand", "imap-session", "ftp-session", "tls-versions", "telnet",
              "whois", "ipv6", "mail-attachments", "http-files", "pop3-stls", "imap-starttls", "dig-trace", "http-upload")
LANES = 8


def write(path):
    """Returns how many frames there are. Their times are of no account: they go in one after another."""
    lanes = [[] for _ in range(LANES)]
    captures = [pcapfile.read(suite.PCAPS / f"{name}.pcap") for name in RECORDINGS]
    for capture in sorted(captures, key=lambda capture: -len(capture.frames)):
        if capture.link != pcapfile.ETHERNET:
            raise ValueError("a recording is not of Ethernet")
        min(lanes, key=len).extend(capture.frames)
    frames = [((place + 0.5) / len(lane), number, frame) for number, lane in enumerate(lanes) for place, frame in enumerate(lane)]
    frames.sort(key=lambda row: row[:2])
    pcapfile.write(path, pcapfile.Capture(frames=[frame for _, _, frame in frames]))
    return len(frames)
