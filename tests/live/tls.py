# SPDX-License-Identifier: BSD-3-Clause
"""What must be heard of tls.sh: nginx and curl."""

from hearing import get

NAMES = ("overhear.conversation", "tls.version", "tls.cipher", "tls.client.server_name", "tls.client.alpn", "tls.next_protocol",
         "tls.established", "event.outcome")
NEW, OLD = "TLS_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
BOTH = ["h2", "http/1.1"]

# In 1.3 what the server chose of the protocols is encrypted, and so is its certificate.
HANDSHAKES = [
    [1, "1.3", NEW, "www.harbour.example", BOTH, None, True, "success"],
    [2, "1.3", NEW, "harbour.example", BOTH[1:], None, True, "success"],
    [3, "1.2", OLD, "www.harbour.example", BOTH[1:], "http/1.1", True, "success"],
    [4, "1.2", OLD, "www.harbour.example", BOTH, "h2", False, "failure"],
]

CERTIFICATE = {
    "subject": "CN=www.harbour.example,O=The Harbour",
    "issuer": "CN=Harbour Authority,O=The Harbour",
    "not_before": "2026-01-01T00:00:00.000000000Z",
    "not_after": "2036-01-01T00:00:00.000000000Z",
    "x509.alternative_names": ["www.harbour.example", "harbour.example"],
    "x509.public_key_curve": "P-256",
    "self_signed": False,
    "chain_length": 2,
}


def look(heard, cases):
    shakes = sorted((record for record in heard.records if record["event"]["dataset"] == "tls"),
                    key=lambda record: record["overhear"]["conversation"])
    cases.equal([[get(record, name) for name in NAMES] for record in shakes], HANDSHAKES, "tls: the handshakes")
    certificates = [{name: get(record, f"tls.server.{name}") for name in CERTIFICATE} for record in shakes]
    cases.equal(certificates, [dict.fromkeys(CERTIFICATE)] * 2 + [CERTIFICATE] * 2, "tls: the certificates")
    alerts = [get(record, "tls.alerts") for record in shakes]
    cases.equal(alerts, [None] * 3 + [[{"side": "client", "level": "fatal", "description": "unknown_ca"}]], "tls: the alerts")
    cases.check(b"All ships are in" not in heard.output, "tls: what is encrypted stays so")
    heard.sums_up(cases, {"records": ["tls 4", "flow 4"], "logins in clear": [], "files": []})
