/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whole look-ups, each cut in many ways: the layouts of the large registries.
 */
#include "text/play.h"

extern const struct dissector whois_dissector;
const struct dissector *const dissector_registry[] = {&whois_dissector, NULL};

static void gtld(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "domain example.com\r\n", 0},
        {'S', "   Domain Name: EXAMPLE.COM\r\n", 0},
        {'S', "   Registrar WHOIS Server: whois.registrar.example\r\n", 0},
        {'S', "   Updated Date: 2026-08-14T07:01:44Z\r\n", 0},
        {'S', "   Creation Date: 1995-08-14T04:00:00Z\r\n", 0},
        {'S', "   Registry Expiry Date: 2026-12-22T04:00:00Z\r\n", 0},
        {'S', "   Registrar: Example Registrar, Inc.\r\n", 0},
        {'S', "   Registrar Abuse Contact Email: abuse@registrar.example\r\n", 0},
        {'S', "   Domain Status: clientDeleteProhibited https://icann.org/epp#clientDeleteProhibited\r\n", 0},
        {'S', "   Domain Status: clientTransferProhibited (https://icann.org/epp#clientTransferProhibited)\r\n", 0},
        {'S', "   Name Server: A.NS.EXAMPLE\r\n", 0},
        {'S', "   Name Server: B.NS.EXAMPLE\r\n", 0},
        {'S', "   DNSSEC: unsigned\r\n", 0},
        {'S', ">>> Last update of whois database: 2026-11-22T01:00:00Z <<<\r\n", 0},
        {'S', "\r\n", 0},
        {'S', "NOTICE: The expiration date displayed in this record is the date: not found\r\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=domain example.com\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=706\n"
                "whois.response.text=   Domain Name: EXAMPLE.COM\n"
                "   Registrar WHOIS Server: whois.registrar.example\n"
                "   Updated Date: 2026-08-14T07:01:44Z\n"
                "   Creation Date: 1995-08-14T04:00:00Z\n"
                "   Registry Expiry Date: 2026-12-22T04:00:00Z\n"
                "   Registrar: Example Registrar, Inc.\n"
                "   Registrar Abuse Contact Email: abuse@registrar.example\n"
                "   Domain Status: clientDeleteProhibited https://icann.org/epp#clientDeleteProhibited\n"
                "   Domain Status: clientTransferProhibited (https://icann.org/epp#clientTransferProhibited)\n"
                "   Name Server: A.NS.EXAMPLE\n"
                "   Name Server: B.NS.EXAMPLE\n"
                "   DNSSEC: unsigned\n"
                ">>> Last update of whois database: 2026-11-22T01:00:00Z <<<\n"
                "\n"
                "NOTICE: The expiration date displayed in this record is the date: not found\n"
                "\n"
                "whois.domain=EXAMPLE.COM\n"
                "whois.referral=whois.registrar.example\n"
                "whois.updated=2026-08-14T07:01:44Z\n"
                "whois.created=1995-08-14T04:00:00Z\n"
                "whois.expires=2026-12-22T04:00:00Z\n"
                "whois.registrar=Example Registrar, Inc.\n"
                "whois.abuse_contact=abuse@registrar.example\n"
                "whois.status=clientDeleteProhibited\n"
                "whois.status=clientTransferProhibited\n"
                "whois.name_servers=A.NS.EXAMPLE\n"
                "whois.name_servers=B.NS.EXAMPLE\n"
                "<whois.referral>\n"
                "<whois.created>\n"
                "<whois.expires>\n");
}

static void iana(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "com\r\n", 0},
        {'S', "% IANA WHOIS server\n", 0},
        {'S', "\n", 0},
        {'S', "refer:        whois.verisign-grs.com\n", 0},
        {'S', "\n", 0},
        {'S', "domain:       COM\n", 0},
        {'S', "organisation: VeriSign Global Registry Services\n", 0},
        {'S', "organisation: another\n", 0},
        {'S', "nserver:      A.GTLD-SERVERS.NET 192.5.6.30 2001:503:a83e:0:0:0:2:30\n", 0},
        {'S', "whois:        whois.verisign-grs.com\n", 0},
        {'S', "status:       ACTIVE\n", 0},
        {'S', "created:      1985-01-01\n", 0},
        {'S', "changed:      2023-12-07\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=com\n"
                "<whois.asks_name>\n"
                "whois.response.bytes=324\n"
                "whois.response.text=% IANA WHOIS server\n"
                "\n"
                "refer:        whois.verisign-grs.com\n"
                "\n"
                "domain:       COM\n"
                "organisation: VeriSign Global Registry Services\n"
                "organisation: another\n"
                "nserver:      A.GTLD-SERVERS.NET 192.5.6.30 2001:503:a83e:0:0:0:2:30\n"
                "whois:        whois.verisign-grs.com\n"
                "status:       ACTIVE\n"
                "created:      1985-01-01\n"
                "changed:      2023-12-07\n"
                "\n"
                "whois.referral=whois.verisign-grs.com\n"
                "whois.domain=COM\n"
                "whois.organization=VeriSign Global Registry Services\n"
                "whois.name_servers=A.GTLD-SERVERS.NET\n"
                "whois.status=ACTIVE\n"
                "whois.created=1985-01-01\n"
                "whois.updated=2023-12-07\n"
                "<whois.referral>\n"
                "<whois.created>\n");
}

static void ripe(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "-B 192.0.2.1\r\n", 0},
        {'S', "% This is the RIPE Database query service.\n", 0},
        {'S', "\n", 0},
        {'S', "inetnum:        192.0.2.0 - 192.0.2.255\n", 0},
        {'S', "netname:        TEST-NET\n", 0},
        {'S', "country:        NL\n", 0},
        {'S', "org-name:       An Example\n", 0},
        {'S', "status:         ASSIGNED PA\n", 0},
        {'S', "abuse-mailbox:  abuse@example.net\n", 0},
        {'S', "created:        2003-03-17T12:15:57Z\n", 0},
        {'S', "last-modified:  2017-12-04T14:42:31Z\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=-B 192.0.2.1\n"
                "<whois.asks_address>\n"
                "whois.response.bytes=291\n"
                "whois.response.text=% This is the RIPE Database query service.\n"
                "\n"
                "inetnum:        192.0.2.0 - 192.0.2.255\n"
                "netname:        TEST-NET\n"
                "country:        NL\n"
                "org-name:       An Example\n"
                "status:         ASSIGNED PA\n"
                "abuse-mailbox:  abuse@example.net\n"
                "created:        2003-03-17T12:15:57Z\n"
                "last-modified:  2017-12-04T14:42:31Z\n"
                "\n"
                "whois.network=192.0.2.0 - 192.0.2.255\n"
                "whois.network_name=TEST-NET\n"
                "whois.country=NL\n"
                "whois.organization=An Example\n"
                "whois.status=ASSIGNED PA\n"
                "whois.abuse_contact=abuse@example.net\n"
                "whois.created=2003-03-17T12:15:57Z\n"
                "whois.updated=2017-12-04T14:42:31Z\n"
                "<whois.created>\n");
}

static void arin(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "n + 192.0.2.1\r\n", 0},
        {'S', "#\r\n", 0},
        {'S', "# ARIN WHOIS data\r\n", 0},
        {'S', "#\r\n", 0},
        {'S', "NetRange:       192.0.2.0 - 192.0.2.255\r\n", 0},
        {'S', "NetName:        TEST\r\n", 0},
        {'S', "OrgName:        Example\r\n", 0},
        {'S', "RegDate:        1998-05-22\r\n", 0},
        {'S', "ReferralServer:  rwhois://rwhois.example.net:4321/\r\n", 0},
        {'S', "OrgAbuseEmail:  abuse@example.net\r\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=n + 192.0.2.1\n"
                "<whois.asks_address>\n"
                "whois.response.bytes=228\n"
                "whois.response.text=#\n"
                "# ARIN WHOIS data\n"
                "#\n"
                "NetRange:       192.0.2.0 - 192.0.2.255\n"
                "NetName:        TEST\n"
                "OrgName:        Example\n"
                "RegDate:        1998-05-22\n"
                "ReferralServer:  rwhois://rwhois.example.net:4321/\n"
                "OrgAbuseEmail:  abuse@example.net\n"
                "\n"
                "whois.network=192.0.2.0 - 192.0.2.255\n"
                "whois.network_name=TEST\n"
                "whois.organization=Example\n"
                "whois.created=1998-05-22\n"
                "whois.referral=rwhois.example.net:4321\n"
                "whois.abuse_contact=abuse@example.net\n"
                "<whois.referral>\n"
                "<whois.created>\n");
}

static void uk(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "example.co.uk\r\n", 0},
        {'S', "\r\n", 0},
        {'S', "    Domain name:\r\n", 0},
        {'S', "        example.co.uk\r\n", 0},
        {'S', "\r\n", 0},
        {'S', "    Registrar:\r\n", 0},
        {'S', "        Example Ltd [Tag = EXAMPLE]\r\n", 0},
        {'S', "        URL: https://www.example.com\r\n", 0},
        {'S', "\r\n", 0},
        {'S', "    Relevant dates:\r\n", 0},
        {'S', "        Registered on: 14-Feb-1999\r\n", 0},
        {'S', "        Expiry date:  14-Feb-2027\r\n", 0},
        {'S', "        Last updated:  13-Jan-2026\r\n", 0},
        {'S', "\r\n", 0},
        {'S', "    Registration status:\r\n", 0},
        {'S', "        Registered until expiry date.\r\n", 0},
        {'S', "\r\n", 0},
        {'S', "    Name servers:\r\n", 0},
        {'S', "        ns1.example.com           192.0.2.1   2001:db8::1\r\n", 0},
        {'S', "        ns2.example.com           2001:db8::2\r\n", 0},
        {'S', "\r\n", 0},
        {'S', "    WHOIS lookup made at 07:38:06 22-Nov-2026\r\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=example.co.uk\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=509\n"
                "whois.response.text=\n"
                "    Domain name:\n"
                "        example.co.uk\n"
                "\n"
                "    Registrar:\n"
                "        Example Ltd [Tag = EXAMPLE]\n"
                "        URL: https://www.example.com\n"
                "\n"
                "    Relevant dates:\n"
                "        Registered on: 14-Feb-1999\n"
                "        Expiry date:  14-Feb-2027\n"
                "        Last updated:  13-Jan-2026\n"
                "\n"
                "    Registration status:\n"
                "        Registered until expiry date.\n"
                "\n"
                "    Name servers:\n"
                "        ns1.example.com           192.0.2.1   2001:db8::1\n"
                "        ns2.example.com           2001:db8::2\n"
                "\n"
                "    WHOIS lookup made at 07:38:06 22-Nov-2026\n"
                "\n"
                "whois.domain=example.co.uk\n"
                "whois.registrar=Example Ltd [Tag = EXAMPLE]\n"
                "whois.created=14-Feb-1999\n"
                "whois.expires=14-Feb-2027\n"
                "whois.updated=13-Jan-2026\n"
                "whois.status=Registered until expiry date.\n"
                "whois.name_servers=ns1.example.com\n"
                "whois.name_servers=ns2.example.com\n"
                "<whois.created>\n"
                "<whois.expires>\n");
}

static void de(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "-T dn example.de\r\n", 0},
        {'S', "Domain: example.de\n", 0},
        {'S', "Nserver: ns1.example.de 192.0.2.1\n", 0},
        {'S', "Nserver: ns2.example.de\n", 0},
        {'S', "Status: connect\n", 0},
        {'S', "Changed: 2018-03-12T21:44:25+01:00\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=-T dn example.de\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=128\n"
                "whois.response.text=Domain: example.de\n"
                "Nserver: ns1.example.de 192.0.2.1\n"
                "Nserver: ns2.example.de\n"
                "Status: connect\n"
                "Changed: 2018-03-12T21:44:25+01:00\n"
                "\n"
                "whois.domain=example.de\n"
                "whois.name_servers=ns1.example.de\n"
                "whois.name_servers=ns2.example.de\n"
                "whois.status=connect\n"
                "whois.updated=2018-03-12T21:44:25+01:00\n");
}

static void de_free(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "-T dn nosuch.de\r\n", 0},
        {'S', "Domain: nosuch.de\n", 0},
        {'S', "Status: free\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois failure\n"
                "whois.server=10.0.0.2\n"
                "whois.query=-T dn nosuch.de\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=31\n"
                "whois.response.text=Domain: nosuch.de\n"
                "Status: free\n"
                "\n"
                "whois.domain=nosuch.de\n"
                "whois.status=free\n"
                "<whois.missing>\n");
}

static void jp(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "example.co.jp/e\r\n", 0},
        {'S', "[ JPRS database provides information on network administration. ]\n", 0},
        {'S', "\n", 0},
        {'S', "Domain Information:\n", 0},
        {'S', "a. [Domain Name]                EXAMPLE.CO.JP\n", 0},
        {'S', "g. [Organization]               Example K.K.\n", 0},
        {'S', "p. [Name Server]                ns1.example.jp\n", 0},
        {'S', "p. [Name Server]                ns2.example.jp\n", 0},
        {'S', "[State]                         Connected (2027/03/31)\n", 0},
        {'S', "[Registered Date]               2001/03/22\n", 0},
        {'S', "[Last Update]                   2026/04/01 01:05:10 (JST)\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=example.co.jp/e\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=428\n"
                "whois.response.text=[ JPRS database provides information on network administration. ]\n"
                "\n"
                "Domain Information:\n"
                "a. [Domain Name]                EXAMPLE.CO.JP\n"
                "g. [Organization]               Example K.K.\n"
                "p. [Name Server]                ns1.example.jp\n"
                "p. [Name Server]                ns2.example.jp\n"
                "[State]                         Connected (2027/03/31)\n"
                "[Registered Date]               2001/03/22\n"
                "[Last Update]                   2026/04/01 01:05:10 (JST)\n"
                "\n"
                "whois.domain=EXAMPLE.CO.JP\n"
                "whois.organization=Example K.K.\n"
                "whois.name_servers=ns1.example.jp\n"
                "whois.name_servers=ns2.example.jp\n"
                "whois.status=Connected (2027/03/31)\n"
                "whois.created=2001/03/22\n"
                "whois.updated=2026/04/01 01:05:10 (JST)\n"
                "<whois.created>\n");
}

static void it(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "example.it\r\n", 0},
        {'S', "Domain:             example.it\n", 0},
        {'S', "Status:             ok\n", 0},
        {'S', "Created:            1999-12-10 00:00:00\n", 0},
        {'S', "Last Update:        2026-05-07 00:52:45\n", 0},
        {'S', "Expire Date:        2027-04-21\n", 0},
        {'S', "\n", 0},
        {'S', "Registrant\n", 0},
        {'S', "  Organization:     Somebody\n", 0},
        {'S', "\n", 0},
        {'S', "Registrar\n", 0},
        {'S', "  Organization:     MARKMONITOR\n", 0},
        {'S', "  Name:             MARKMONITOR-REG\n", 0},
        {'S', "\n", 0},
        {'S', "Nameservers\n", 0},
        {'S', "  ns1.example.it\n", 0},
        {'S', "  ns4.example.it\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=example.it\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=332\n"
                "whois.response.text=Domain:             example.it\n"
                "Status:             ok\n"
                "Created:            1999-12-10 00:00:00\n"
                "Last Update:        2026-05-07 00:52:45\n"
                "Expire Date:        2027-04-21\n"
                "\n"
                "Registrant\n"
                "  Organization:     Somebody\n"
                "\n"
                "Registrar\n"
                "  Organization:     MARKMONITOR\n"
                "  Name:             MARKMONITOR-REG\n"
                "\n"
                "Nameservers\n"
                "  ns1.example.it\n"
                "  ns4.example.it\n"
                "\n"
                "whois.domain=example.it\n"
                "whois.status=ok\n"
                "whois.created=1999-12-10 00:00:00\n"
                "whois.updated=2026-05-07 00:52:45\n"
                "whois.expires=2027-04-21\n"
                "whois.organization=Somebody\n"
                "whois.registrar=MARKMONITOR\n"
                "whois.name_servers=ns1.example.it\n"
                "whois.name_servers=ns4.example.it\n"
                "<whois.created>\n"
                "<whois.expires>\n");
}

static void fi(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "example.fi\r\n", 0},
        {'S', "domain.............: example.fi\r\n", 0},
        {'S', "status.............: Registered, Delegated\r\n", 0},
        {'S', "created............: 30.6.2006 00:00:00\r\n", 0},
        {'S', "expires............: 4.7.2027 10:15:55\r\n", 0},
        {'S', "nserver............: ns1.example.fi [OK]\r\n", 0},
        {'S', "registrar..........: Example Oy\r\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=example.fi\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=233\n"
                "whois.response.text=domain.............: example.fi\n"
                "status.............: Registered, Delegated\n"
                "created............: 30.6.2006 00:00:00\n"
                "expires............: 4.7.2027 10:15:55\n"
                "nserver............: ns1.example.fi [OK]\n"
                "registrar..........: Example Oy\n"
                "\n"
                "whois.domain=example.fi\n"
                "whois.status=Registered\n"
                "whois.status=Delegated\n"
                "whois.created=30.6.2006 00:00:00\n"
                "whois.expires=4.7.2027 10:15:55\n"
                "whois.name_servers=ns1.example.fi\n"
                "whois.registrar=Example Oy\n");
}

static void fr(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "example.fr\r\n", 0},
        {'S', "domain:                        example.fr\r\n", 0},
        {'S', "status:                        ACTIVE\r\n", 0},
        {'S', "registrar:                     EXAMPLE SAS\r\n", 0},
        {'S', "Expiry Date:                   2026-11-20T00:00:00Z\r\n", 0},
        {'S', "created:                       2000-07-26T22:00:00Z\r\n", 0},
        {'S', "last-update:                   2026-12-03T10:12:00.351952Z\r\n", 0},
        {'S', "nserver:                       ns1.example.fr\r\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=example.fr\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=339\n"
                "whois.response.text=domain:                        example.fr\n"
                "status:                        ACTIVE\n"
                "registrar:                     EXAMPLE SAS\n"
                "Expiry Date:                   2026-11-20T00:00:00Z\n"
                "created:                       2000-07-26T22:00:00Z\n"
                "last-update:                   2026-12-03T10:12:00.351952Z\n"
                "nserver:                       ns1.example.fr\n"
                "\n"
                "whois.domain=example.fr\n"
                "whois.status=ACTIVE\n"
                "whois.registrar=EXAMPLE SAS\n"
                "whois.expires=2026-11-20T00:00:00Z\n"
                "whois.created=2000-07-26T22:00:00Z\n"
                "whois.updated=2026-12-03T10:12:00.351952Z\n"
                "whois.name_servers=ns1.example.fr\n"
                "<whois.created>\n"
                "<whois.expired>\n");
}

static void br(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "example.br\r\n", 0},
        {'S', "domain:      example.br\r\n", 0},
        {'S', "owner:       Exemplo\r\n", 0},
        {'S', "nserver:     a.example.br\r\n", 0},
        {'S', "created:     19990518 #162310\r\n", 0},
        {'S', "expires:     20270518\r\n", 0},
        {'S', "status:      published\r\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=example.br\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=152\n"
                "whois.response.text=domain:      example.br\n"
                "owner:       Exemplo\n"
                "nserver:     a.example.br\n"
                "created:     19990518 #162310\n"
                "expires:     20270518\n"
                "status:      published\n"
                "\n"
                "whois.domain=example.br\n"
                "whois.organization=Exemplo\n"
                "whois.name_servers=a.example.br\n"
                "whois.created=19990518 #162310\n"
                "whois.expires=20270518\n"
                "whois.status=published\n"
                "<whois.created>\n"
                "<whois.expires>\n");
}

static void missing(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "nosuch.example\r\n", 0},
        {'S', "No match for \"NOSUCH.EXAMPLE\".\r\n", 0},
        {'S', ">>> Last update of whois database: 2026\r\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois failure\n"
                "whois.server=10.0.0.2\n"
                "whois.query=nosuch.example\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=73\n"
                "whois.response.text=No match for \"NOSUCH.EXAMPLE\".\n"
                ">>> Last update of whois database: 2026\n"
                "\n"
                "<whois.missing>\n");
}

static void refused(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "10.0.0.0\r\n", 0},
        {'S', "%ERROR:201: access denied for 10.9.0.2\n", 0},
        {'S', "%\n", 0},
        {'S', "% Sorry, access from your host has been denied\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois failure\n"
                "whois.server=10.0.0.2\n"
                "whois.query=10.0.0.0\n"
                "<whois.asks_address>\n"
                "whois.response.bytes=88\n"
                "whois.response.text=%ERROR:201: access denied for 10.9.0.2\n"
                "%\n"
                "% Sorry, access from your host has been denied\n"
                "\n"
                "<whois.refused>\n");
}

static void no_end_of_line(void **state)
{
    static const struct step steps[] = {
        {'C', "AS64496\r\n", 0},
        {'S', "aut-num: AS64496\r\nregistrar: X\rY\nstatus: ok\r", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=AS64496\n"
                "<whois.asks_network>\n"
                "whois.response.bytes=44\n"
                "whois.response.text=aut-num: AS64496\n"
                "registrar: X\rY\n"
                "status: ok\n"
                "whois.network=AS64496\n"
                "whois.registrar=X\rY\n"
                "whois.status=ok\n");
}

static void unanswered(void **state)
{
    static const struct step steps[] = {
        {'C', "example.com\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois unknown\n"
                "whois.server=10.0.0.2\n"
                "whois.query=example.com\n"
                "<whois.asks_domain>\n");
}

static void asked_twice(void **state)
{
    static const struct step steps[] = {
        {'C', "-k a.example\n", 0},
        {'S', "domain: a.example\n\n", 0},
        {'C', "b.example\n", 0},
        {'S', "domain: b.example\n\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=-k a.example\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=19\n"
                "whois.response.text=domain: a.example\n"
                "\n"
                "\n"
                "whois.domain=a.example\n"
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=b.example\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=19\n"
                "whois.response.text=domain: b.example\n"
                "\n"
                "\n"
                "whois.domain=b.example\n");
}

static void only_the_server(void **state)
{
    static const struct step steps[] = {
        {'S', "main: a.example\nregistrar: X\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, true, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.response.bytes=29\n"
                "whois.response.text=main: a.example\n"
                "registrar: X\n"
                "\n"
                "whois.registrar=X\n");
}

static void a_hole(void **state)
{
    static const struct step steps[] = {
        {'C', "a.example\n", 0}, {'S', "domain: a.example\nregis", 0},
        {'s', NULL, 20},         {'S', "status: lost\nstatus: ok\n", 0},
        {'e', NULL, 0},          {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success incomplete\n"
                "whois.server=10.0.0.2\n"
                "whois.query=a.example\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=47\n"
                "whois.response.text=domain: a.example\n"
                "regis\n"
                "whois.domain=a.example\n"
                "whois.status=ok\n");
}

static void broken_off(void **state)
{
    static const struct step steps[] = {
        {'C', "a.example", 0},
        {'E', NULL, 0},
        {'S', "domain: a.example", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success incomplete\n"
                "whois.server=10.0.0.2\n"
                "whois.query=a.example\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=17\n"
                "whois.response.text=domain: a.example\n"
                "whois.domain=a.example\n");
}

static void dates_far_away(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "a.example\n", 0},
        {'S', "created: 1999-12-31\nexpires: 9999-12-31\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=a.example\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=40\n"
                "whois.response.text=created: 1999-12-31\n"
                "expires: 9999-12-31\n"
                "\n"
                "whois.created=1999-12-31\n"
                "whois.expires=9999-12-31\n"
                "<whois.created>\n");
}

static void dates_that_are_none(void **state)
{
    static const struct step steps[] = {
        {'T', NULL, 1795305600},
        {'C', "a.example\n", 0},
        {'S', "created: 31-Foo-2020\nexpires: 2026-13-01\n", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=a.example\n"
                "<whois.asks_domain>\n"
                "whois.response.bytes=41\n"
                "whois.response.text=created: 31-Foo-2020\n"
                "expires: 2026-13-01\n"
                "\n"
                "whois.created=31-Foo-2020\n"
                "whois.expires=2026-13-01\n");
}

static void abuse_in_a_remark(void **state)
{
    static const struct step steps[] = {
        {'C', "AS64496\n", 0},
        {'S',
         "% Abuse contact for 'AS64496' is 'abuse@example.net'\n% Abuse contact for ''\n% Abuse contact for "
         "'\naut-num: AS64496\nas-name: X\n",
         0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(43, false, steps,
                "whois success\n"
                "whois.server=10.0.0.2\n"
                "whois.query=AS64496\n"
                "<whois.asks_network>\n"
                "whois.response.bytes=126\n"
                "whois.response.text=% Abuse contact for 'AS64496' is 'abuse@example.net'\n"
                "% Abuse contact for ''\n"
                "% Abuse contact for '\n"
                "aut-num: AS64496\n"
                "as-name: X\n"
                "\n"
                "whois.abuse_contact=abuse@example.net\n"
                "whois.network=AS64496\n"
                "whois.network_name=X\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gtld),
        cmocka_unit_test(iana),
        cmocka_unit_test(ripe),
        cmocka_unit_test(arin),
        cmocka_unit_test(uk),
        cmocka_unit_test(de),
        cmocka_unit_test(de_free),
        cmocka_unit_test(jp),
        cmocka_unit_test(it),
        cmocka_unit_test(fi),
        cmocka_unit_test(fr),
        cmocka_unit_test(br),
        cmocka_unit_test(missing),
        cmocka_unit_test(refused),
        cmocka_unit_test(no_end_of_line),
        cmocka_unit_test(unanswered),
        cmocka_unit_test(asked_twice),
        cmocka_unit_test(only_the_server),
        cmocka_unit_test(a_hole),
        cmocka_unit_test(broken_off),
        cmocka_unit_test(dates_far_away),
        cmocka_unit_test(dates_that_are_none),
        cmocka_unit_test(abuse_in_a_remark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
