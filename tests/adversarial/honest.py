# SPDX-License-Identifier: BSD-3-Clause
"""A hundred conversations of people who mean no harm, out of recordings, to be mixed into a flood.

Each recording is stretched over the whole of the flood, so that its conversations begin and end somewhere in it, and live
while most of it passes.
"""

import pcapfile
import suite

RECORDINGS = ("http-vhosts", "dns-types", "smtp-swaks", "pop3-by-hand", "imap-session", "ftp-session", "tls-versions", "telnet",
              "whois", "ipv6", "mail-attachments", "http-files", "pop3-stls", "imap-starttls", "dig-trace", "http-upload")


def write(path):
    """Returns how many frames there are. Their times are of no account: they go in one after another."""
    frames = []
    for number, name in enumerate(RECORDINGS):
        capture = pcapfile.read(suite.PCAPS / f"{name}.pcap")
        if capture.link != pcapfile.ETHERNET:
            raise ValueError(f"{name} is not of Ethernet")
        count = len(capture.frames)
        frames += [((place + 0.5) / count, number, frame) for place, frame in enumerate(capture.frames)]
    frames.sort(key=lambda row: row[:2])
    pcapfile.write(path, pcapfile.Capture(frames=[frame for _, _, frame in frames]))
    return len(frames)
