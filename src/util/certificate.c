/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Certificates, taken apart by libcrypto. Anybody may have made the bytes: texts are cut to their room, lists have a
 * bound, and no signature is verified with a key for which that would take long.
 */
#include "overhear/certificate.h"

#include "overhear/digest.h"
#include "overhear/packet.h"

#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>

enum {
    DER_BYTES = 256 * 1024,     /* longest certificate that is opened */
    NAME_DER_BYTES = 16 * 1024, /* longest subject or issuer that is printed */
    RSA_BITS = 8192,            /* longest modulus that verifies its own certificate, and */
    RSA_EXPONENT_BITS = 33,     /* longest exponent: 65537 has 17 */
};

/* Copies as much as fits, never half a character, and ends it with NUL. */
static void copy_text(char *to, size_t room, struct bytes text)
{
    size_t n = text.len < room - 1 ? text.len : room - 1;
    while (n > 0 && n < text.len && (bytes_at(text, n) & 0xc0) == 0x80)
        n--;
    bytes_copy(to, n, text);
    to[n] = 0;
}

static void take_name(const X509_NAME *name, char *ret_text, size_t room)
{
    /* The flag that writes every byte above 127 as an escape is left out: UTF-8 stays UTF-8. */
    const unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
    const unsigned char *der;
    size_t length = 0;
    ret_text[0] = 0;
    if (X509_NAME_get0_der(name, &der, &length) != 1 || length > NAME_DER_BYTES)
        return;
    BIO *out = BIO_new(BIO_s_mem());
    char *text = NULL;
    if (out && X509_NAME_print_ex(out, name, 0, flags) >= 0) {
        long n = BIO_get_mem_data(out, &text);
        copy_text(ret_text, room, bytes_of(text, n > 0 ? (size_t)n : 0));
    }
    BIO_free(out);
}

/* The most specific one. A name with a NUL in it is not given out: C strings would show only its beginning. */
static void take_common_name(const X509_NAME *name, char *ret_text, size_t room)
{
    int at = -1;
    ret_text[0] = 0;
    for (int next = -1; (next = X509_NAME_get_index_by_NID(name, NID_commonName, next)) >= 0;)
        at = next;
    if (at < 0)
        return;
    unsigned char *text = NULL;
    int n = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    struct bytes bytes = bytes_of(text, n > 0 ? (size_t)n : 0);
    if (bytes_find(bytes, 0, 0) == bytes.len)
        copy_text(ret_text, room, bytes);
    OPENSSL_free(text);
}

static void take_serial(const ASN1_INTEGER *serial, char ret_text[65])
{
    static const char digits[] = "0123456789ABCDEF";
    int length = ASN1_STRING_length(serial);
    size_t n = 0;
    ret_text[0] = 0;
    bool negative = ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER;
    if (length < 0 || length > (negative ? 31 : 32))
        return;
    struct reader r = reader_of(bytes_of(ASN1_STRING_get0_data(serial), (size_t)length));
    if (negative)
        ret_text[n++] = '-';
    while (reader_left(&r) > 0) {
        uint8_t octet = reader_u8(&r);
        ret_text[n++] = digits[octet >> 4];
        ret_text[n++] = digits[octet & 15];
    }
    ret_text[n] = 0;
}

static int64_t nanoseconds(const ASN1_TIME *at)
{
    const int64_t second = 1000000000;
    struct tm tm = {0};
    if (!at || ASN1_TIME_to_tm(at, &tm) != 1)
        return 0;
    int64_t seconds = timegm(&tm);
    if (seconds > INT64_MAX / second)
        return INT64_MAX;
    if (seconds < INT64_MIN / second)
        return INT64_MIN;
    return seconds * second;
}

static const char *curve_name(const char *group)
{
    static const char *const names[][2] = {
        {"prime192v1", "P-192"}, {"secp224r1", "P-224"}, {"prime256v1", "P-256"}, {"P-256", "P-256"},
        {"secp384r1", "P-384"},  {"P-384", "P-384"},     {"secp521r1", "P-521"},  {"P-521", "P-521"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(group, names[i][0]) == 0)
            return names[i][1];
    return group;
}

static void take_key(X509 *x509, struct certificate *certificate)
{
    EVP_PKEY *key = X509_get0_pubkey(x509);
    ASN1_OBJECT *algorithm = NULL;
    char group[64] = "";
    if (!key) {
        if (X509_PUBKEY_get0_param(&algorithm, NULL, NULL, NULL, X509_get_X509_PUBKEY(x509)) == 1)
            (void)OBJ_obj2txt(certificate->key, sizeof certificate->key, algorithm, 0);
        return;
    }
    int bits = EVP_PKEY_get_bits(key);
    certificate->key_bits = bits > 0 ? (unsigned)bits : 0;
    const char *form = "%s %s";
    const char *name = OBJ_nid2sn(EVP_PKEY_get_base_id(key));
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC:
        name = "EC";
        if (EVP_PKEY_get_group_name(key, group, sizeof group, NULL) != 1)
            group[0] = 0;
        break;
    case EVP_PKEY_RSA:
        name = "RSA";
        break;
    case EVP_PKEY_RSA_PSS:
        name = "RSA-PSS";
        break;
    case EVP_PKEY_ED25519:
        name = "Ed25519";
        form = "%s";
        break;
    case EVP_PKEY_ED448:
        name = "Ed448";
        form = "%s";
        break;
    default:
        break;
    }
    if (!group[0])
        (void)BIO_snprintf(group, sizeof group, "%u", certificate->key_bits);
    (void)BIO_snprintf(certificate->key, sizeof certificate->key, form, name ? name : "?", curve_name(group));
}

static bool is_quick_to_verify(const EVP_PKEY *key)
{
    int kind = EVP_PKEY_get_base_id(key);
    if (kind == EVP_PKEY_ED25519 || kind == EVP_PKEY_ED448)
        return true;
    if (kind == EVP_PKEY_EC) {
        char group[64];
        return EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 && curve_name(group) != group;
    }
    if ((kind != EVP_PKEY_RSA && kind != EVP_PKEY_RSA_PSS) || EVP_PKEY_get_bits(key) > RSA_BITS)
        return false;
    BIGNUM *exponent = NULL;
    bool quick = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 &&
                 BN_num_bits(exponent) <= RSA_EXPONENT_BITS;
    BN_free(exponent);
    return quick;
}

static void take_signature(X509 *x509, struct certificate *certificate)
{
    const X509_ALGOR *algorithm = NULL;
    const ASN1_OBJECT *object = NULL;
    X509_get0_signature(NULL, &algorithm, x509);
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    int nid = OBJ_obj2nid(object);
    if (nid != NID_undef)
        copy_text(certificate->signature, sizeof certificate->signature, bytes_text(OBJ_nid2ln(nid)));
    else
        (void)OBJ_obj2txt(certificate->signature, sizeof certificate->signature, object, 1);
    EVP_PKEY *key = X509_get0_pubkey(x509);
    certificate->self_issued = X509_NAME_cmp(X509_get_subject_name(x509), X509_get_issuer_name(x509)) == 0;
    certificate->self_signed = certificate->self_issued && key && is_quick_to_verify(key) &&
                               X509_verify(x509, key) == 1;
}

static bool address_name(const ASN1_OCTET_STRING *octets, char ret_text[ADDRESS_TEXT_SIZE])
{
    struct address address = {0};
    int length = ASN1_STRING_length(octets);
    if (length != 4 && length != 16)
        return false;
    address.family = length == 4 ? 4 : 6;
    bytes_copy(address.octets, sizeof address.octets, bytes_of(ASN1_STRING_get0_data(octets), (size_t)length));
    return address_text(&address, ret_text) > 0;
}

static void take_names(X509 *x509, struct certificate *certificate, void (*ret_name)(void *context, struct bytes name),
                       void *context)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        char text[ADDRESS_TEXT_SIZE];
        struct bytes bytes;
        if (name->type == GEN_DNS)
            bytes = bytes_of(ASN1_STRING_get0_data(name->d.dNSName), (size_t)ASN1_STRING_length(name->d.dNSName));
        else if (name->type == GEN_IPADD && address_name(name->d.iPAddress, text))
            bytes = bytes_text(text);
        else
            continue;
        if (certificate->name_count++ < CERTIFICATE_NAMES && ret_name)
            ret_name(context, bytes);
    }
    GENERAL_NAMES_free(names);
}

static bool is_authority(X509 *x509)
{
    BASIC_CONSTRAINTS *constraints = X509_get_ext_d2i(x509, NID_basic_constraints, NULL, NULL);
    bool result = constraints && constraints->ca;
    BASIC_CONSTRAINTS_free(constraints);
    return result;
}

bool certificate_parse(struct bytes der, struct certificate *ret_certificate,
                       void (*ret_name)(void *context, struct bytes name), void *context)
{
    const unsigned char *at = der.at;
    struct certificate *certificate = ret_certificate;
    if (der.len == 0 || der.len > DER_BYTES)
        return false;
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    ERR_set_mark();
    X509 *x509 = d2i_X509(NULL, &at, (long)der.len);
    if (x509) {
        memset(certificate, 0, sizeof *certificate);
        take_name(X509_get_subject_name(x509), certificate->subject, sizeof certificate->subject);
        take_name(X509_get_issuer_name(x509), certificate->issuer, sizeof certificate->issuer);
        take_common_name(X509_get_subject_name(x509), certificate->common_name, sizeof certificate->common_name);
        take_serial(X509_get0_serialNumber(x509), certificate->serial);
        digest_sha256(der, certificate->sha256);
        certificate->not_before_ns = nanoseconds(X509_get0_notBefore(x509));
        certificate->not_after_ns = nanoseconds(X509_get0_notAfter(x509));
        take_key(x509, certificate);
        take_signature(x509, certificate);
        take_names(x509, certificate, ret_name, context);
        certificate->is_authority = is_authority(x509);
        X509_free(x509);
    }
    ERR_pop_to_mark();
    return x509 != NULL;
}
