/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The commands of FTP, each with what has to be done about it. notes.json explains them.
 */
#include "ftp.h"

static const struct ftp_verb verbs[] = {
    /* RFC 959 */
    {"USER", FTP_USER, 0},
    {"PASS", FTP_PASS, 0},
    {"ACCT", FTP_ACCT, FTP_ONLY},
    {"CWD", FTP_CWD, FTP_ONLY | FTP_NAMES},
    {"CDUP", FTP_CDUP, FTP_ONLY},
    {"SMNT", FTP_SMNT, FTP_ONLY | FTP_NAMES},
    {"REIN", FTP_REIN, FTP_ONLY},
    {"QUIT", FTP_QUIT, 0},
    {"PORT", FTP_PORT, FTP_ONLY},
    {"PASV", FTP_PASV, FTP_ONLY},
    {"TYPE", FTP_TYPE, FTP_ONLY},
    {"STRU", FTP_STRU, FTP_ONLY},
    {"MODE", FTP_MODE, 0},
    {"RETR", FTP_RETR, FTP_NAMES},
    {"STOR", FTP_STOR, FTP_ONLY | FTP_NAMES},
    {"STOU", FTP_STOU, FTP_ONLY | FTP_NAMES},
    {"APPE", FTP_APPE, FTP_ONLY | FTP_NAMES},
    {"ALLO", FTP_OTHER, FTP_ONLY},
    {"REST", FTP_REST, FTP_ONLY},
    {"RNFR", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    {"RNTO", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    {"ABOR", FTP_ABOR, FTP_ONLY},
    {"DELE", FTP_OTHER, FTP_NAMES},
    {"RMD", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    {"MKD", FTP_MKD, FTP_ONLY | FTP_NAMES},
    {"PWD", FTP_PWD, FTP_ONLY},
    {"LIST", FTP_LIST, FTP_NAMES},
    {"NLST", FTP_NLST, FTP_ONLY | FTP_NAMES},
    {"SITE", FTP_SITE, FTP_ONLY},
    {"SYST", FTP_OTHER, FTP_ONLY},
    {"STAT", FTP_STAT, FTP_NAMES},
    {"HELP", FTP_HELP, 0},
    {"NOOP", FTP_OTHER, 0},
    {"MLFL", FTP_OTHER, FTP_ONLY},
    {"MAIL", FTP_OTHER, 0},
    {"MSND", FTP_OTHER, FTP_ONLY},
    {"MSOM", FTP_OTHER, FTP_ONLY},
    {"MSAM", FTP_OTHER, FTP_ONLY},
    {"MRSQ", FTP_OTHER, FTP_ONLY},
    {"MRCP", FTP_OTHER, FTP_ONLY},
    /* RFC 775 and 1123: the same under experimental names */
    {"XCWD", FTP_CWD, FTP_ONLY | FTP_NAMES},
    {"XCUP", FTP_CDUP, FTP_ONLY},
    {"XPWD", FTP_PWD, FTP_ONLY},
    {"XMKD", FTP_MKD, FTP_ONLY | FTP_NAMES},
    {"XRMD", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    /* RFC 2228 */
    {"AUTH", FTP_AUTH, 0},
    {"ADAT", FTP_SEALED, FTP_ONLY},
    {"PBSZ", FTP_OTHER, FTP_ONLY},
    {"PROT", FTP_PROT, FTP_ONLY},
    {"CCC", FTP_OTHER, FTP_ONLY},
    {"MIC", FTP_SEALED, FTP_ONLY},
    {"CONF", FTP_SEALED, FTP_ONLY},
    {"ENC", FTP_SEALED, FTP_ONLY},
    /* RFC 1639, 2389, 2428, 2640, 3659, 7151 */
    {"LPRT", FTP_OTHER, FTP_ONLY},
    {"LPSV", FTP_OTHER, FTP_ONLY},
    {"FEAT", FTP_FEAT, FTP_ONLY},
    {"OPTS", FTP_OTHER, FTP_ONLY},
    {"EPRT", FTP_EPRT, FTP_ONLY},
    {"EPSV", FTP_EPSV, FTP_ONLY},
    {"LANG", FTP_OTHER, 0},
    {"MDTM", FTP_MDTM, FTP_ONLY | FTP_NAMES},
    {"SIZE", FTP_SIZE, FTP_ONLY | FTP_NAMES},
    {"MLST", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    {"MLSD", FTP_MLSD, FTP_ONLY | FTP_NAMES},
    {"HOST", FTP_OTHER, FTP_ONLY},
    /* of no RFC */
    {"CLNT", FTP_OTHER, FTP_ONLY},
    {"CSID", FTP_OTHER, FTP_ONLY},
    {"AVBL", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    {"DSIZ", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    {"MFMT", FTP_MFMT, FTP_ONLY | FTP_NAMES},
    {"MFCT", FTP_MFMT, FTP_ONLY | FTP_NAMES},
    {"MFF", FTP_MFMT, FTP_ONLY | FTP_NAMES},
    {"SPSV", FTP_OTHER, FTP_ONLY},
    {"CPSV", FTP_OTHER, FTP_ONLY},
    {"SSCN", FTP_OTHER, FTP_ONLY},
    {"HASH", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    {"RANG", FTP_OTHER, FTP_ONLY},
    {"XCRC", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    {"XMD5", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    {"XSHA", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    {"XSHA1", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    {"XSHA256", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    {"XSHA512", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    {"MD5", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    {"MMD5", FTP_OTHER, FTP_ONLY},
    {"COMB", FTP_OTHER, FTP_ONLY},
    {"RMDA", FTP_OTHER, FTP_ONLY | FTP_NAMES},
    {"THMB", FTP_OTHER, FTP_ONLY},
    {"ESTA", FTP_OTHER, FTP_ONLY},
    {"ESTP", FTP_OTHER, FTP_ONLY},
};

const struct ftp_verb *ftp_verb_find(struct bytes word)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (bytes_is_nocase(word, verbs[i].name))
            return &verbs[i];
    return NULL;
}

bool ftp_is_listing(enum ftp_kind kind)
{
    return kind == FTP_LIST || kind == FTP_NLST || kind == FTP_MLSD;
}

bool ftp_is_upload(enum ftp_kind kind)
{
    return kind == FTP_STOR || kind == FTP_STOU || kind == FTP_APPE;
}

bool ftp_is_transfer(enum ftp_kind kind)
{
    return kind == FTP_RETR || ftp_is_upload(kind) || ftp_is_listing(kind);
}
