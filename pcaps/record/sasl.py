"""SASL, the client's half: what to answer to each challenge.

A mechanism is a function that makes a generator: it yields one answer (bytes; None where the server speaks first) and is
sent the next challenge (bytes).
"""
import base64
import hashlib
import hmac
import re


def plain(user, password):
    yield b"\0" + user.encode() + b"\0" + password.encode()


def login(user, password):
    yield None
    yield user.encode()
    yield password.encode()


def cram_md5(user, password):
    challenge = yield None
    yield user.encode() + b" " + hmac.new(password.encode(), challenge, "md5").hexdigest().encode()


def digest_md5(user, password):
    challenge = yield None
    fields = dict(re.findall(r'([\w-]+)="?([^",]*)"?', challenge.decode()))
    realm, service, host = fields.get("realm", ""), "smtp", "mail.harbour.example"
    nonce, own, count, kind = fields["nonce"], base64.b64encode(hashlib.md5(challenge).digest()).decode(), "00000001", "auth"
    uri = f"{service}/{host}"

    def md5(data):
        return hashlib.md5(data.encode() if isinstance(data, str) else data)

    one = md5(f"{user}:{realm}:{password}").digest() + f":{nonce}:{own}".encode()
    proof = md5(":".join([md5(one).hexdigest(), nonce, count, own, kind, md5(f"AUTHENTICATE:{uri}").hexdigest()])).hexdigest()
    yield (f'username="{user}",realm="{realm}",nonce="{nonce}",cnonce="{own}",nc={count},qop={kind},'
           f'digest-uri="{uri}",response={proof},charset=utf-8').encode()
    yield b""  # the server has proved that it knows, too


def scram(hash_name):
    def mechanism(user, password):
        bare = f"n={user},r=fyko-d2lbbFgONRv9qkxdawL".encode()
        first = yield b"n,," + bare
        fields = dict(part.split("=", 1) for part in first.decode().split(","))
        salted = hashlib.pbkdf2_hmac(hash_name, password.encode(), base64.b64decode(fields["s"]), int(fields["i"]))
        key = hmac.new(salted, b"Client Key", hash_name).digest()
        last = b"c=biws,r=" + fields["r"].encode()
        signature = hmac.new(hashlib.new(hash_name, key).digest(), b",".join((bare, first, last)), hash_name).digest()
        proof = bytes(one ^ other for one, other in zip(key, signature))
        yield last + b",p=" + base64.b64encode(proof)
        yield b""

    return mechanism


def xoauth2(user, token):
    yield f"user={user}\1auth=Bearer {token}\1\1".encode()
    yield b""


def oauthbearer(user, token):
    yield f"n,a={user},\1host=mail.harbour.example\1port=143\1auth=Bearer {token}\1\1".encode()
    yield b"\1"


MECHANISMS = {
    "PLAIN": plain,
    "LOGIN": login,
    "CRAM-MD5": cram_md5,
    "DIGEST-MD5": digest_md5,
    "SCRAM-SHA-1": scram("sha1"),
    "SCRAM-SHA-256": scram("sha256"),
    "XOAUTH2": xoauth2,
    "OAUTHBEARER": oauthbearer,
}


def converse(mechanism, user, password, ask, initial=True):
    """Goes through one exchange: ask(text) says a line, None first for the command itself, and returns the challenge in
    base64, or None when the server has decided. The first answer goes with the command where there is one, if so wished."""
    steps = MECHANISMS[mechanism](user, password)
    answer = next(steps)
    if answer is not None and initial:
        challenge = ask(f"{mechanism} {base64.b64encode(answer).decode() or '='}")
    else:
        challenge = ask(mechanism)
        if answer is not None and challenge is not None:
            challenge = ask(base64.b64encode(answer).decode())
    while challenge is not None:
        answer = steps.send(base64.b64decode(challenge))
        challenge = ask(base64.b64encode(answer).decode())
