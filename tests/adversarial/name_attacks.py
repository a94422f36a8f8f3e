# SPDX-License-Identifier: BSD-3-Clause
"""Names of addresses (docs/names.md): what may name one, for whom and how long; and what tries to without right."""

import struct

from packets import ACK, CLIENT, PSH, SERVER, SYN, Builder, address, dns_message, dns_name, dns_record, tcp, udp
from suite import get

NAMESERVER, NEIGHBOUR = "10.9.0.53", "10.9.0.3"
QUERY, ANSWER = 0x0100, 0x8180
A, CNAME, PTR, AAAA = 1, 5, 12, 28
SECOND = 10**9


def a_record(name, ip, ttl=60):
    packed = address(ip)
    return dns_record(dns_name(name), A if len(packed) == 4 else AAAA, ttl, packed)


def alias(name, target, ttl=60):
    return dns_record(dns_name(name), CNAME, ttl, dns_name(target))


class Talk(Builder):
    """Questions and answers, each in a conversation of its own; then somebody sends a datagram to port 9."""

    def __init__(self):
        super().__init__()
        self.port = 20000

    def ask(self, name, answers, kind=A, client=CLIENT, identifier=None):
        self.port += 1
        question = [(dns_name(name), kind, 1)]
        self.add(udp(client, self.port, NAMESERVER, 53, dns_message(self.port, QUERY, question)))
        self.add(udp(NAMESERVER, 53, client, self.port,
                     dns_message(self.port if identifier is None else identifier, ANSWER, question, answers)))
        return self

    def wait(self, seconds):
        self.now += seconds * SECOND
        return self

    def talk(self, client=CLIENT, server=SERVER):
        self.port += 1
        self.add(udp(client, self.port, server, 9, b"hello"))
        return self


def names(cases, name, talk, expected, field="destination.domain"):
    """What the servers of the datagrams to port 9 are called, in order; None: nothing."""
    found = cases.look(name, talk)
    flows = sorted((flow for flow in found.of("flow") if get(flow, "destination.port") == 9), key=lambda flow: flow["@timestamp"])
    cases.equal([get(flow, field) for flow in flows], expected, f"{name}: {field}")
    return found


def chains_lead_to_the_question(cases):
    """The name asked for is what the address is called, through aliases of any depth; both families; letters are small."""
    names(cases, "names-chain", Talk().ask("wWw.Example.org", [
        alias("www.example.org", "edge.cdn.example"), alias("EDGE.cdn.example", "e7.cdn.example"), a_record("e7.cdn.example", SERVER)]).talk(),
        ["www.example.org"])
    talk = Talk().ask("six.example.org", [a_record("six.example.org", "2001:db8::7")], kind=AAAA)
    names(cases, "names-six", talk.ask("six.example.org", [a_record("six.example.org", SERVER)]).talk(), ["six.example.org"])
    # Only who asks over IPv6 talks over it here: the name is the asker's.
    talk = Talk()
    question = [(dns_name("six.example.org"), AAAA, 1)]
    talk.add(udp("2001:db8::2", 5000, "2001:db8::53", 53, dns_message(9, QUERY, question)))
    talk.add(udp("2001:db8::53", 53, "2001:db8::2", 5000, dns_message(9, ANSWER, question, [a_record("six.example.org", "2001:db8::7")])))
    names(cases, "names-over-six", talk.talk("2001:db8::2", "2001:db8::7"), ["six.example.org"])


def strangers_name_nothing(cases):
    """Records beside the answer: another name, an alias of another name, a chain that does not begin at the question."""
    beside = {
        "other": [a_record("www.example.org", "192.0.2.99"), a_record("bank.example", SERVER)],
        "other-alone": [a_record("bank.example", SERVER)],
        "other-chain": [alias("bank.example", "x.example"), a_record("x.example", SERVER)],
        "broken-chain": [alias("www.example.org", "x.example"), a_record("y.example", SERVER)],
        "old-link": [alias("www.example.org", "x.example"), a_record("www.example.org", SERVER)],
    }
    for what, answers in beside.items():
        names(cases, f"names-beside-{what}", Talk().ask("www.example.org", answers).talk(), [None])
    question = [(dns_name("www.example.org"), A, 1)]
    for what, sections in {"authority": {"authorities": [a_record("www.example.org", SERVER)]},
                           "additional": {"additionals": [a_record("www.example.org", SERVER)]}}.items():
        talk = Talk()
        talk.add(udp(CLIENT, 5000, NAMESERVER, 53, dns_message(9, QUERY, question)))
        talk.add(udp(NAMESERVER, 53, CLIENT, 5000, dns_message(9, ANSWER, question, **sections)))
        names(cases, f"names-in-{what}", talk.talk(), [None])
    loop = [alias("www.example.org", "x.example"), alias("x.example", "www.example.org")] * 50
    names(cases, "names-loop", Talk().ask("www.example.org", [*loop, a_record("www.example.org", SERVER)]).talk(), ["www.example.org"])


def forged_answers_name_nothing(cases):
    """Somebody guesses identifiers before the resolver has answered; a second answer comes too late."""
    talk = Talk()
    question = [(dns_name("www.example.org"), A, 1)]
    talk.add(udp(CLIENT, 5000, NAMESERVER, 53, dns_message(77, QUERY, question)))
    for guess in range(100, 150):
        talk.add(udp(NAMESERVER, 53, CLIENT, 5000, dns_message(guess, ANSWER, question, [a_record("www.example.org", "192.0.2.66")])))
    talk.add(udp(NAMESERVER, 53, CLIENT, 5000, dns_message(77, ANSWER, question, [a_record("www.example.org", SERVER)])))
    talk.add(udp(NAMESERVER, 53, CLIENT, 5000, dns_message(77, ANSWER, question, [a_record("www.example.org", "192.0.2.66")])))
    names(cases, "names-forged", talk.talk(server="192.0.2.66").talk(), [None, "www.example.org"])


def each_asker_for_itself(cases):
    """A neighbour was not told; a resolver that asks on does not tell its own name to those who asked it otherwise."""
    names(cases, "names-neighbour", Talk().ask("www.example.org", [a_record("www.example.org", SERVER)]).talk(NEIGHBOUR).talk(),
          [None, "www.example.org"])
    talk = Talk().ask("www.example.org", [a_record("www.example.org", SERVER)])
    talk.ask("mirror.example", [a_record("mirror.example", SERVER)], client=NEIGHBOUR)
    names(cases, "names-each", talk.talk().talk(NEIGHBOUR), ["www.example.org", "mirror.example"])


def names_expire(cases):
    """TTL and five minutes, of the shortest link of a chain; what was begun in time keeps its name."""
    def after(seconds, answers):
        return Talk().ask("www.example.org", answers).wait(seconds).talk()

    one = [a_record("www.example.org", SERVER)]
    names(cases, "names-in-time", after(359, one), ["www.example.org"])
    names(cases, "names-late", after(361, one), [None])
    names(cases, "names-ttl-0", after(299, [a_record("www.example.org", SERVER, 0)]), ["www.example.org"])
    names(cases, "names-ttl-0-late", after(301, [a_record("www.example.org", SERVER, 0)]), [None])
    chain = [alias("www.example.org", "x.example", 10), a_record("x.example", SERVER, 3600)]
    names(cases, "names-chain-late", after(311, chain), [None])
    names(cases, "names-forever", after(6 * 86400, [a_record("www.example.org", SERVER, 0xFFFFFFFF)]), ["www.example.org"])
    talk = Talk().ask("www.example.org", one)
    begin = talk.port + 1
    talk.talk().wait(100)
    for _ in range(10):
        talk.add(udp(CLIENT, begin, SERVER, 9, b"still here"))
        talk.wait(100)
    names(cases, "names-long-talk", talk, ["www.example.org"])


def later_answers_replace(cases):
    talk = Talk().ask("a.example", [a_record("a.example", SERVER)]).talk().wait(130)
    talk.ask("b.example", [a_record("b.example", SERVER)]).talk()
    names(cases, "names-replaced", talk, ["a.example", "b.example"])


def reverse_names(cases):
    """Of both families, through an alias (RFC 2317), for client and server; never in place of the name asked for."""
    reverse = ".".join(reversed(SERVER.split("."))) + ".in-addr.arpa"
    told = [dns_record(dns_name(reverse), PTR, 60, dns_name("host.example"))]
    names(cases, "names-reverse", Talk().ask(reverse, told, PTR).talk(), ["host.example"])
    delegated = [alias(reverse, "80.harbour.example"), dns_record(dns_name("80.harbour.example"), PTR, 60, dns_name("host.example"))]
    names(cases, "names-reverse-alias", Talk().ask(reverse, delegated, PTR).talk(), ["host.example"])
    talk = Talk().ask("www.example.org", [a_record("www.example.org", SERVER)])
    bank = [dns_record(dns_name(reverse), PTR, 60, dns_name("bank.example"))]
    names(cases, "names-reverse-last", talk.ask(reverse, bank, PTR).talk(), ["www.example.org"])
    # A client that looks up itself has that name.
    of_client = ".".join(reversed(CLIENT.split("."))) + ".in-addr.arpa"
    told = [dns_record(dns_name(of_client), PTR, 60, dns_name("laptop.example"))]
    names(cases, "names-client", Talk().ask(of_client, told, PTR).talk(), ["laptop.example"], "source.domain")


def wild_names(cases):
    """Names that would write over a terminal or be too long stay words, in every form (look() holds the characters)."""
    label = b"\x1b[2J\x07evil\xe2\x80\xae"
    wild = bytes([len(label)]) + label + b"\x07example\0"
    question = [(wild, A, 1)]
    talk = Talk()
    talk.add(udp(CLIENT, 5000, NAMESERVER, 53, dns_message(9, QUERY, question)))
    talk.add(udp(NAMESERVER, 53, CLIENT, 5000, dns_message(9, ANSWER, question, [dns_record(wild, A, 60, address(SERVER))])))
    found = cases.look("names-wild", talk.talk())
    cases.check(all("evil" in (get(flow, "destination.domain") or "") for flow in found.of("flow") if get(flow, "destination.port") == 9),
                "names-wild: the name is there", found.of("flow"))
    long = b"".join(bytes([60]) + b"\x01" * 60 for _ in range(4)) + b"\0"
    question = [(long, A, 1)]
    talk = Talk()
    talk.add(udp(CLIENT, 5000, NAMESERVER, 53, dns_message(9, QUERY, question)))
    talk.add(udp(NAMESERVER, 53, CLIENT, 5000, dns_message(9, ANSWER, question, [dns_record(long, A, 60, address(SERVER))])))
    cases.look("names-long", talk.talk())


def shown_in_the_transcript(cases):
    """Beside the address; -n turns it off."""
    talk = Talk().ask("www.example.org", [a_record("www.example.org", SERVER)])
    request = b"GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n"
    talk.add(tcp(CLIENT, 30000, SERVER, 80, 1, 0, SYN))
    talk.add(tcp(SERVER, 80, CLIENT, 30000, 1, 2, SYN | ACK))
    talk.add(tcp(CLIENT, 30000, SERVER, 80, 2, 2, PSH | ACK, request))
    talk.add(tcp(SERVER, 80, CLIENT, 30000, 2, 2 + len(request), PSH | ACK, b"HTTP/1.1 204 No Content\r\n\r\n"))
    path = cases.write("names-transcript", talk)
    for arguments, expected in (((), f"HTTP  {CLIENT}:30000 → www.example.org ({SERVER}):80"), (("-n",), f"HTTP  {CLIENT}:30000 → {SERVER}:80")):
        result = cases.run("--color=never", "--width", "100", *arguments, path)
        cases.check(expected in result.stdout.decode(), f"names-transcript {arguments}", result.stdout.decode())
    path.unlink()


def names_flood(cases):
    """More names than are kept: the latest are there, the memory is bounded."""
    def make(count):
        talk = Talk()
        question = [(dns_name("www.example.org"), A, 1)]
        for i in range(count):
            answers = [dns_record(dns_name("www.example.org"), A, 60, struct.pack("!I", 0x0B000000 + 50 * i + k)) for k in range(50)]
            talk.add(udp(CLIENT, 5000, NAMESERVER, 53, dns_message(i & 0xFFFF, QUERY, question)), step_ns=1000)
            talk.add(udp(NAMESERVER, 53, CLIENT, 5000, dns_message(i & 0xFFFF, ANSWER, question, answers)), step_ns=1000)
        return talk.talk(server=str(address_of(0x0B000000 + 50 * count - 1))).talk()

    found = cases.scales("names-flood", make, 500)
    flows = [get(flow, "destination.domain") for flow in found.of("flow") if get(flow, "destination.port") == 9]
    cases.equal(sorted(map(str, flows)), ["None", "www.example.org"], "names-flood: the latest is known")


def address_of(number):
    return ".".join(map(str, struct.pack("!I", number)))


TESTS = (chains_lead_to_the_question, strangers_name_nothing, forged_answers_name_nothing, each_asker_for_itself, names_expire,
         later_answers_replace, reverse_names, wild_names, shown_in_the_transcript, names_flood)
