#!/usr/bin/env python3
"""Finds, in a capture, what clients sent in place of a password, as it crossed: APOP's digest, the answers to CRAM-MD5,
DIGEST-MD5, SCRAM and NTLM, tickets of GSSAPI, and what XOAUTH2 and OAUTHBEARER wrap around a token.

    digests.py CAPTURE
"""
import base64
import binascii
import re
import struct
import sys

PROOF = re.compile(rb"\S+ [0-9a-f]{32}$|.*,response=[0-9a-f]{32}|c=[^,]*,r=[^,]*,p=|NTLMSSP\x00\x03|\x60\x82|.*auth=Bearer ", re.S)


def payloads(data):
    """What TCP carries in each frame of a capture of Ethernet and IPv4."""
    at = 24 if data[20] == 1 else len(data)
    while at < len(data):
        length, = struct.unpack_from("<I", data, at + 8)
        frame = data[at + 16:at + 16 + length]
        at += 16 + length
        if frame[12:14] == b"\x08\0" and frame[23] == 6:
            head = 14 + (frame[14] & 15) * 4
            yield frame[head + (frame[head + 12] >> 4) * 4:14 + struct.unpack_from(">H", frame, 16)[0]]


def main():
    with open(sys.argv[1], "rb") as file:
        wire = b"\0".join(payloads(file.read()))
    found = set(re.findall(rb"APOP \S+ ([0-9a-f]{32})\r", wire, re.I))
    for text in re.findall(rb"[A-Za-z0-9+/]{40,}={0,2}(?=\r\n)", wire):
        try:
            if PROOF.match(base64.b64decode(text, validate=True)):
                found.add(text)
        except binascii.Error:
            pass
    for text in sorted(found):
        print(text.decode())


if __name__ == "__main__":
    main()
