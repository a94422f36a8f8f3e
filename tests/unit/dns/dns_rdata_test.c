/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every record type against the text that dig 9.18 prints for the same bytes (names without the last period).
 */
#include "dns/dns_rdata.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct sample {
    uint16_t type;
    const char *hex;
    const char *text;
};

static const struct sample samples[] = {
    {1, "c0000201", "192.0.2.1"},
    {2, "036e7331076578616d706c65036e657400", "ns1.example.net"},
    {5, "03577777074578616d706c65036e657400", "Www.Example.net"},
    {6,
     "036e7331076578616d706c65036e6574000c686f73746d61737465722e78076578616d706c65036e65740078"
     "a3f17400001c2000000e100012750000000e10",
     "ns1.example.net hostmaster\\.x.example.net 2024010100 7200 3600 1209600 3600"},
    {7, "026d62076578616d706c6500", "mb.example"},
    {8, "026d67076578616d706c6500", "mg.example"},
    {9, "026d72076578616d706c6500", "mr.example"},
    {10, "deadbeef", "\\# 4 DEADBEEF"},
    {11, "0a000001060000004000000400000080", "10.0.0.1 6 25 53 80"},
    {12, "04686f7374076578616d706c6500", "host.example"},
    {13, "1047656e6572696320504320636c6f6e650a4e65744253442d312e34", "\"Generic PC clone\" \"NetBSD-1.4\""},
    {14, "0172076578616d706c65000165076578616d706c6500", "r.example e.example"},
    {15, "000a046d61696c076578616d706c6503636f6d00", "10 mail.example.com"},
    {15, "000000", "0 ."},
    {16, "0e763d73706631202d616c6c3b20781071756f7465226261636b5c736c61736806001f7fc8c3a900",
     "\"v=spf1 -all; x\" \"quote\\\"back\\\\slash\" \"\\000\\031\\127\\200\\195\\169\" \"\""},
    {17, "046d626f78076578616d706c650003747874076578616d706c6500", "mbox.example txt.example"},
    {18, "000103616673076578616d706c6500", "1 afs.example"},
    {19, "0c333131303631373030393536", "\"311061700956\""},
    {20, "0f31353038363230323830303332313703303034", "\"150862028003217\" \"004\""},
    {20, "0f313530383632303238303033323137", "\"150862028003217\""},
    {21, "00020572656c6179076578616d706c6500", "2 relay.example"},
    {22, "47000580005a0000000001e133ffffff00016100", "0x47000580005a0000000001e133ffffff00016100"},
    {23, "03666f6f076578616d706c6500", "foo.example"},
    {24,
     "0001080200000e107fe81780659200803039076578616d706c6500000102030405060708090a0b0c0d0e0f10"
     "1112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c"
     "3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768"
     "696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f8081",
     "A 8 2 3600 20380101000000 20240101000000 12345 example AAECAwQFBgcICQoLDA0ODxARE"
     "hMUFRYXGBkaGxwdHh8gISIjJCUmJygp KissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xN"
     "Tk9QUVJT VFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9 fn+AgQ=="},
    {25,
     "01000308000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
     "28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f50515253"
     "5455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
     "8081",
     "256 3 8 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp KissLS4vMDEyMzQ"
     "1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJT VFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3"
     "BxcnN0dXZ3eHl6e3x9 fn+AgQ=="},
    {25, "c0000308", "49152 3 8"},
    {26, "000a046e657432026974000950524d442d6e6574320941444d442d7034303004432d697400",
     "10 net2.it PRMD-net2.ADMD-p400.C-it"},
    {27, "082d33322e36383832083131362e383635320431302e30", "\"-32.6882\" \"116.8652\" \"10.0\""},
    {28, "20010db8000000000000000000000001", "2001:db8::1"},
    {28, "00000000000000000000ffffc0000201", "::ffff:192.0.2.1"},
    {28, "000000000000000000000000c0000201", "::192.0.2.1"},
    {28, "00010000000000020000000000000003", "1:0:0:2::3"},
    {29, "000016138b3cf018810cbce0009895b8", "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m"},
    {29, "0033161376e8d03c70be157500989fe0", "42 21 54.500 S 71 6 18.123 W 24.00m 30m 10000m 10m"},
    {29, "009910318000000080000000ffffffff", "0 0 0.000 N 0 0 0.000 E 42849672.95m 90000000m 0.01m 0.30m"},
    {30, "03666f6f076578616d706c650040010082", "foo.example A MX SIG NXT"},
    {31, "1234", "1234"},
    {32, "1234", "1234"},
    {33, "0000000513c403736970076578616d706c6500", "0 5 5060 sip.example"},
    {35, "0064000a0175074532552b7369701b215e2e2a24217369703a696e666f406578616d706c652e636f6d2100",
     "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:info@example.com!\" ."},
    {36, "000a026b78076578616d706c6500", "10 kx.example"},
    {37,
     "0001303908000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223242526"
     "2728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152"
     "535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e"
     "7f8081",
     "PKIX 12345 RSASHA256 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp Ki"
     "ssLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJT VFVWV1hZWltcXV5fYGFiY2RlZ"
     "mdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9 fn+AgQ=="},
    {37, "fde8000000010203", "65000 0 0 AQID"},
    {37, "0003000008010203", "PGP 0 RSASHA256 AQID"},
    {38, "0020010db8000000000000000000000001", "0 2001:db8::1"},
    {38, "40000100020003000406707265666978076578616d706c6500", "64 ::1:2:3:4 prefix.example"},
    {38, "800178076578616d706c6500", "128  x.example"},
    {39, "06746172676574076578616d706c6500", "target.example"},
    {40, "010000010203", "1 0 0 AQID"},
    {42, "00011503c0a82000011c83c0a82600020801ff", "1:192.168.32.0/21 !1:192.168.38.0/28 2:ff00::/8"},
    {42, "", ""},
    {43, "ec4505012bb183af5f22588179a53b0a98631fad1a292118", "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"},
    {43, "4f660802e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d",
     "20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237 C7F8EC8D"},
    {44, "0402e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d",
     "4 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237 C7F8EC8D"},
    {44, "01012bb183af5f22588179a53b0a98631fad1a292118", "1 1 2BB183AF5F22588179A53B0A98631FAD1A292118"},
    {45, "0a0102c0000226010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801",
     "10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ=="},
    {45, "0a0002010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801",
     "10 0 2 . AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ=="},
    {45,
     "0a0302096d7967617465776179076578616d706c6503636f6d00010351537986ed35533b6064478eeeb27b5b"
     "d74dae149b6e81ba3a0521af82ab7801",
     "10 3 2 mygateway.example.com AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ=="},
    {45,
     "0a020220010db8000080020000000020000001010351537986ed35533b6064478eeeb27b5bd74dae149b6e81"
     "ba3a0521af82ab7801",
     "10 2 2 2001:db8:0:8002::2000:1 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ=="},
    {46,
     "ff000d03000151807fe81780659200803039076578616d706c6503636f6d00000102030405060708090a0b0c"
     "0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738"
     "393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f6061626364"
     "65666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f8081",
     "TYPE65280 13 3 86400 20380101000000 20240101000000 12345 example.com AAECAwQFBgc"
     "ICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp KissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQk"
     "NERUZHSElKS0xNTk9QUVJT VFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9 "
     "fn+AgQ=="},
    {47,
     "04686f7374076578616d706c6503636f6d000006400100000003041b00000000000000000000000000000000"
     "0000000000000000000020",
     "host.example.com A MX RRSIG NSEC TYPE1234"},
    {48,
     "01010308000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
     "28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f50515253"
     "5455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
     "8081",
     "257 3 8 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp KissLS4vMDEyMzQ"
     "1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJT VFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3"
     "BxcnN0dXZ3eHl6e3x9 fn+AgQ=="},
    {49, "000201636fc0b8271c82825bb1ac5c41cf5351aa69b4febd94e8f17cdb95000da48c40",
     "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA="},
    {51, "0100000c04aabbccdd", "1 0 12 AABBCCDD"},
    {51, "0100000000", "1 0 0 -"},
    {52,
     "030101000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728"
     "292a2b2c2d2e2f",
     "3 1 1 000102030405060708090A0B0C0D0E0F101112131415161718191A1B 1C1D1E1F202122232"
     "425262728292A2B2C2D2E2F"},
    {53,
     "030000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728"
     "292a2b2c2d2e2f",
     "3 0 0 000102030405060708090A0B0C0D0E0F101112131415161718191A1B 1C1D1E1F202122232"
     "425262728292A2B2C2D2E2F"},
    {55,
     "10020084200100107b1a74df365639cc39f1d57803010001b771ca136e4aeb5ce44333c53b3d2c13c2224385"
     "1fc708bcce29f7e2eb5787b5f56ccad34f8223acc10904ddb56b2ec4a6d6232f3b50ea094f0914b3b941bbe5"
     "29af582c36bbadefdaf2adaf9b4911906f5b2522603c615272b880ec8fb930cc6ee39c444daa75b1678f005a"
     "4b2499d1da5433f805c7a5ad3237acc5dd5c5e4303727673076578616d706c6503636f6d0004727673320765"
     "78616d706c6500",
     "2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV"
     "4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+bSRGQb1slImA8YVJyu"
     "IDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D rvs.example.com rvs2.example"},
    {56, "036f6e650374776f", "\"one\" \"two\""},
    {57,
     "0000ff08000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
     "28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f50515253"
     "5455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
     "8081",
     "0 255 8 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp KissLS4vMDEyMzQ"
     "1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJT VFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3"
     "BxcnN0dXZ3eHl6e3x9 fn+AgQ=="},
    {58, "000162076578616d706c6500", ". b.example"},
    {59, "ec4505012bb183af5f22588179a53b0a98631fad1a292118", "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"},
    {59, "0000000000", "0 0 0 00"},
    {60,
     "01010308000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
     "28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f50515253"
     "5455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
     "8081",
     "257 3 8 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp KissLS4vMDEyMzQ"
     "1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJT VFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3"
     "BxcnN0dXZ3eHl6e3x9 fn+AgQ=="},
    {61,
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b"
     "2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f5051525354555657"
     "58595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f8081",
     "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp KissLS4vMDEyMzQ1Njc4OTo"
     "7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJT VFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3BxcnN0dX"
     "Z3eHl6e3x9 fn+AgQ=="},
    {62, "000000420003000460000008", "66 3 A NS AAAA"},
    {62, "000000420000", "66 0"},
    {63,
     "7848b78c0101000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425"
     "262728292a2b2c2d2e2f",
     "2018031500 1 1 000102030405060708090A0B0C0D0E0F101112131415161718191A1B 1C1D1E1F"
     "202122232425262728292A2B2C2D2E2F"},
    {64,
     "000103737663076578616d706c6500000000040001000300010006026832026833000200000003000220fb00"
     "040008c0000201c0000202000500040045fe0d0006001020010db8000000000000000000000001029b000568"
     "656c6c6f",
     "1 svc.example mandatory=alpn,port alpn=\"h2,h3\" no-default-alpn port=8443 ipv4hin"
     "t=192.0.2.1,192.0.2.2 ech=AEX+DQ== ipv6hint=2001:db8::1 key667=\"hello\""},
    {64, "000004706f6f6c03737663076578616d706c6500", "0 pool.svc.example"},
    {65, "0001000001000c08665c6f6f2c626172026832", "1 . alpn=\"f\\\\\\\\oo\\\\,bar,h2\""},
    {65, "001003666f6f076578616d706c65036f726700000700102f646e732d71756572797b3f646e737d",
     "16 foo.example.org key7=\"/dns-query{?dns}\""},
    {65, "000100029b00066120622263c8", "1 . key667=\"a b\\\"c\\200\""},
    {65, "000100029b0000", "1 . key667"},
    {99, "0b763d73706631202d616c6c", "\"v=spf1 -all\""},
    {100, "1234", "\\# 2 1234"},
    {104, "000a00144fffff20ee64", "10 14:4fff:ff20:ee64"},
    {105, "000a0a010200", "10 10.1.2.0"},
    {106, "000a20010db811401000", "10 2001:db8:1140:1000"},
    {107, "000a0b6c36342d7375626e657431076578616d706c6503636f6d00", "10 l64-subnet1.example.com"},
    {108, "00005e00532a", "00-00-5e-00-53-2a"},
    {109, "00005eef1000002a", "00-00-5e-ef-10-00-00-2a"},
    {256, "000a00016674703a2f2f667470312e6578616d706c652e636f6d2f707562226c6963",
     "10 1 \"ftp://ftp1.example.com/pub\\\"lic\""},
    {257, "0005697373756563612e6578616d706c652e6e65743b20706f6c6963793d6576", "0 issue \"ca.example.net; policy=ev\""},
    {257, "8003746273556e6b6e6f776e", "128 tbs \"Unknown\""},
    {258, "116170702d6e616d653a574f4c4647414e47", "\"app-name:WOLFGANG\""},
    {259,
     "00000000000000010200000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021"
     "22232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d"
     "4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f70717273747576777879"
     "7a7b7c7d7e7f8081",
     "0 1 2 \"\" AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ"
     "1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3B"
     "xcnN0dXZ3eHl6e3x9fn+AgQ=="},
    {259, "499602d2000000010209696d6167652f676966010203", "1234567890 1 2 \"image/gif\" AQID"},
    {259, "00000000000000000000", "0 0 0 \"\" -"},
    {260, "0a01cb00710f", "10 0 1 203.0.113.15"},
    {260, "0a8220010db8000000000000000000000015", "10 1 2 2001:db8::15"},
    {260, "808309616d7472656c617973076578616d706c6503636f6d00", "128 1 3 amtrelays.example.com"},
    {260, "0a00", "10 0 0 ."},
    {261, "08716e616d656d696e0c6578746572723d31352d3137", "\"qnamemin\" \"exterr=15-17\""},
    {262, "034254430178", "\"BTC\" \"x\""},
    {32768, "4f660802e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d",
     "20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237 C7F8EC8D"},
    {32769, "4f660802e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d",
     "20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237 C7F8EC8D"},
    {65280, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627",
     "\\# 40 000102030405060708090A0B0C0D0E0F101112131415161718191A1B 1C1D1E1F202122232"
     "4252627"},
    {65280, "", "\\# 0"},
    /* as RFC 8945 and RFC 2930 name their parts */
    {250,
     "0b686d61632d736861323536000000"
     "65920080012c0004deadbeef303900100000",
     "hmac-sha256 1704067200 300 4 3q2+7w== 12345 BADSIG 0"},
    {250,
     "0b686d61632d736861323536000000"
     "65920080012c0000303900120006000065920080",
     "hmac-sha256 1704067200 300 0 12345 BADTIME 6 AABlkgCA"},
    {249,
     "08677373"
     "2d7473696700"
     "6592008065920080"
     "0003"
     "0000"
     "0002abcd"
     "0000",
     "gss-tsig 1704067200 1704067200 3 NOERROR 2 q80= 0"},
    /* obsolete types that dig prints like their kin */
    {3, "026d64076578616d706c6500", "md.example"},
    {4, "026d66076578616d706c6500", "mf.example"},
    /* an IPSECKEY without gateway and key, and NSEC3 of an empty non-terminal */
    {45, "0a0000", "10 0 0 ."},
    {50,
     "01000000"
     "0014"
     "174eb2409fe28bcb4887a1836f957f0a8425e27b",
     "1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR"},
    {50, "010000000014174eb2409fe28bcb4887a1836f957f0a8425e27b", "1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR"},
    {66, "003b011438026e7300", "CDS 1 5176 ns"},
};

static size_t from_hex(const char *hex, uint8_t *ret_bytes, size_t size)
{
    size_t length = 0;
    for (; hex[0] && hex[1] && length < size; hex += 2) {
        unsigned value;
        assert_int_equal(sscanf(hex, "%2x", &value), 1);
        ret_bytes[length++] = (uint8_t)value;
    }
    return length;
}

struct result {
    char text[2048];
    bool fine;
    struct dns_fault fault;
};

static struct result write_hex(uint16_t type, uint16_t class_number, const char *hex)
{
    struct result result = {.fine = false};
    uint8_t content[1024];
    size_t length = from_hex(hex, content, sizeof content);
    struct dns_text text = dns_text_in(result.text, sizeof result.text - 1);
    struct bytes all = bytes_of(content, length);
    result.fine = dns_rdata_write(NULL, all, all, type, class_number, &text, &result.fault);
    result.text[text.length] = 0;
    return result;
}

static void test_types(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct result result = write_hex(samples[i].type, DNS_CLASS_IN, samples[i].hex);
        assert_string_equal(result.text, samples[i].text);
        assert_true(result.fine);
    }
}

/* One byte less, or one more, does not fit types of a fixed form. */
static void test_wrong_length(void **state)
{
    static const struct sample wrong[] = {
        {1, "c00002", "\\# 3 C00002"},
        {1, "c000020100", "\\# 5 C000020100"},
        {28, "20010db8", "\\# 4 20010DB8"},
        {15, "000a", "\\# 2 000A"},
        {15, "000a00ff", "\\# 4 000A00FF"},
        {2, "", "\\# 0"},
        {16, "", "\\# 0"},
        {16, "05616263", "\\# 4 05616263"},
        {6, "0000000000010000000200000003000000", "\\# 17 0000000000010000000200000003000000"},
        {29, "0112161389174d0980003f0000989680", "\\# 16 0112161389174D0980003F0000989680"},
        {29,
         "00fa1613"
         "89174d2d"
         "70be15f0"
         "0098968d",
         "\\# 16 00FA161389174D2D70BE15F00098968D"},
        {42, "00012103c0a820", "\\# 7 00012103C0A820"},
        {42, "00090001c0", "\\# 5 00090001C0"},
        {45, "0a0402", "\\# 3 0A0402"},
        {47, "0000220000", "\\# 5 0000220000"},
        {47,
         "0001014000"
         "0140",
         "\\# 7 00010140000140"},
        {64, "0001000001000302683200", "\\# 11 0001000001000302683200"},
        {64, "000100000300015000", "\\# 9 000100000300015000"},
        {64, "00010000040003c00002", "\\# 10 00010000040003C00002"},
        {64, "00010000020001ff", "\\# 8 00010000020001FF"},
        {108, "0000", "\\# 2 0000"},
        {257, "0003697300", "\\# 5 0003697300"},
        {257, "000169", "0 i \"\""},
        {257, "00037a3039", "0 z09 \"\""},
        {64, "0001000001000403612c22", "1 . alpn=\"a\\\\,\\\"\""},
        {64, "0001000001000403611f7f", "1 . alpn=\"a\\031\\127\""},
        {106, "000a0000000100000abc", "10 0:1:0:abc"},
        {29, "0012161a8b3cf018810cbce0009895b8", "\\# 16 0012161A8B3CF018810CBCE0009895B8"},
        {29, "001a16138b3cf018810cbce0009895b8", "\\# 16 001A16138B3CF018810CBCE0009895B8"},
        {29, "001216139fffffff810cbce0009895b8", "\\# 16 001216139FFFFFFF810CBCE0009895B8"},
        {29, "001216138b3cf018ffffffff009895b8", "\\# 16 001216138B3CF018FFFFFFFF009895B8"},
        {38, "81", "\\# 1 81"},
        {42, "00030801c0", "\\# 5 00030801C0"},
        {42, "00012005c000020101", "\\# 9 00012005C000020101"},
        {42, "00012101c0", "\\# 5 00012101C0"},
        {42, "0002810120", "\\# 5 0002810120"},
        {47, "000021010101010101010101010101010101010101010101010101010101010101010101",
         "\\# 36 00002101010101010101010101010101010101010101010101010101 0101010101010101"},
        {55, "00020001ff00", "\\# 6 00020001FF00"},
        {64, "0001000001000100", "\\# 8 0001000001000100"},
        {64, "00010000030003005000", "\\# 10 00010000030003005000"},
        {64, "00010000000000", "\\# 7 00010000000000"},
        {257, "0003692d7361", "\\# 6 0003692D7361"},
        {257, "0003697b7361", "\\# 6 0003697B7361"},
        {257, "0003692f7361", "\\# 6 0003692F7361"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct result result = write_hex(wrong[i].type, DNS_CLASS_IN, wrong[i].hex);
        assert_string_equal(result.text, wrong[i].text);
        assert_int_equal(result.fine, wrong[i].text[0] != '\\');
    }
}

/* Cut anywhere: what is left is a record of its type, or bytes, never anything in between. */
static void test_cut_short(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        char hex[1024];
        for (size_t length = 0; length < strlen(samples[i].hex); length += 2) {
            snprintf(hex, sizeof hex, "%.*s", (int)length, samples[i].hex);
            struct result result = write_hex(samples[i].type, DNS_CLASS_IN, hex);
            struct result bytes = write_hex(65280, DNS_CLASS_IN, hex);
            if (!result.fine)
                assert_string_equal(result.text, bytes.text);
            else
                assert_string_not_equal(result.text, samples[i].text);
        }
    }
}

/* Types that mean something in the internet's class alone are bytes in others. */
static void test_classes(void **state)
{
    (void)state;
    assert_string_equal(write_hex(1, 42, "c0000201").text, "\\# 4 C0000201");
    assert_string_equal(write_hex(1, DNS_CLASS_CH, "0163000555").text, "c 2525");
    assert_string_equal(write_hex(1, DNS_CLASS_CH, "0163000000").text, "c 0");
    assert_string_equal(write_hex(1, DNS_CLASS_CH, "0163000005").text, "c 5");
    assert_string_equal(write_hex(1, DNS_CLASS_CH, "01630000").text, "\\# 4 01630000");
    assert_string_equal(write_hex(1, DNS_CLASS_CH, "0263").text, "\\# 2 0263");
    assert_string_equal(write_hex(28, DNS_CLASS_CH, "0163000555").text, "\\# 5 0163000555");
    assert_string_equal(write_hex(16, DNS_CLASS_CH, "03392e31").text, "\"9.1\"");
    assert_string_equal(write_hex(2, 42, "016100").text, "a");
    assert_string_equal(write_hex(1, DNS_CLASS_NONE, "c0000201").text, "192.0.2.1");
}

/* A name inside a record may go on elsewhere in the message. */
static void test_compressed(void **state)
{
    (void)state;
    static const uint8_t message[] = {0,   0,   0,   0,   0,   0, 0, 0,  0, 0,   0,   0,   7,   'e',  'x',
                                      'a', 'm', 'p', 'l', 'e', 0, 0, 10, 4, 'm', 'a', 'i', 'l', 0xc0, 12};
    char buffer[128];
    struct dns_text text = dns_text_in(buffer, sizeof buffer);
    struct dns_fault fault;
    struct bytes all = bytes_of(message, sizeof message);
    assert_true(dns_rdata_write(NULL, all, bytes_skip(all, 21), 15, DNS_CLASS_IN, &text, &fault));
    assert_true(bytes_is(dns_text_bytes(&text), "10 mail.example"));

    static const uint8_t loop[] = {0, 10, 4, 'm', 'a', 'i', 'l', 0xc0, 2};
    all = bytes_of(loop, sizeof loop);
    text.length = 0;
    assert_false(dns_rdata_write(NULL, all, all, 15, DNS_CLASS_IN, &text, &fault));
    assert_int_equal(fault.kind, DNS_FAULT_LOOP);
    assert_int_equal(fault.at, 2);
    assert_int_equal(fault.detail, 2);
    assert_true(bytes_is(dns_text_bytes(&text), "\\# 9 000A046D61696CC002"));
}

static void test_times(void **state)
{
    (void)state;
    static const struct {
        uint32_t seconds;
        const char *text;
    } times[] = {
        {0, "19700101000000"},          {951782399, "20000228235959"},  {951782400, "20000229000000"},
        {951868800, "20000301000000"},  {1704067199, "20231231235959"}, {1709164800, "20240229000000"},
        {2147483647, "20380119031407"}, {UINT32_MAX, "21060207062815"},
    };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        char buffer[16];
        struct dns_text text = dns_text_in(buffer, sizeof buffer);
        dns_text_time(&text, times[i].seconds);
        assert_true(bytes_is(dns_text_bytes(&text), times[i].text));
    }
}

/* The longest rdata, all of it unprintable, fits the buffer that the dissector has for it. */
static void test_longest(void **state)
{
    (void)state;
    static uint8_t content[UINT16_MAX];
    static char buffer[DNS_RDATA_TEXT];
    struct dns_text text = dns_text_in(buffer, sizeof buffer);
    struct dns_fault fault;
    struct bytes all = bytes_of(content, sizeof content);
    memset(content, 1, sizeof content);
    for (size_t i = 0; i < sizeof content; i += 256)
        content[i] = (uint8_t)(sizeof content - i > 255 ? 255 : sizeof content - i - 1);
    assert_true(dns_rdata_write(NULL, all, all, 16, DNS_CLASS_IN, &text, &fault));
    assert_false(text.cut);
    text.length = 0;
    assert_true(dns_rdata_write(NULL, all, all, 256, DNS_CLASS_IN, &text, &fault));
    assert_false(text.cut);
    text.length = 0;
    text.capacity = 10;
    assert_true(dns_rdata_write(NULL, all, all, 256, DNS_CLASS_IN, &text, &fault));
    assert_true(text.cut);
    assert_int_equal(text.length, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),   cmocka_unit_test(test_wrong_length), cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_classes), cmocka_unit_test(test_compressed),   cmocka_unit_test(test_times),
        cmocka_unit_test(test_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
