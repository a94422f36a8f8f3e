/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where is the client, and which file does it mean? Paths of Unix servers; others are joined in the same way, as their
 * FTP servers mostly take slashes too.
 */
#include "ftp.h"

static bool append(struct ftp_path *path, struct bytes text)
{
    if (text.len > sizeof path->text - path->length)
        return false;
    path->length = (uint16_t)(path->length + bytes_copy(path->text + path->length, text.len, text));
    return true;
}

/* Where the last name begins: behind the last slash. */
static size_t last_name(const struct ftp_path *path)
{
    size_t at = path->length;
    while (at > 0 && path->text[at - 1] != '/')
        at--;
    return at;
}

/* One name goes; where there is none to go, `..` itself must stay. */
static bool go_up(struct ftp_path *path)
{
    size_t at = last_name(path);
    bool is_root = path->length == 1 && path->text[0] == '/';
    if (is_root)
        return true;
    if (path->length == 0 || bytes_is(bytes_skip(ftp_path_bytes(path), at), ".."))
        return (path->length == 0 || append(path, bytes_text("/"))) && append(path, bytes_text(".."));
    if (at > 1 || (at == 1 && path->text[0] != '/'))
        at--;
    path->length = (uint16_t)at;
    return true;
}

static bool go_down(struct ftp_path *path, struct bytes name)
{
    bool needs_slash = path->length > 0 && path->text[path->length - 1] != '/';
    return (!needs_slash || append(path, bytes_text("/"))) && append(path, name);
}

bool ftp_path_stands_alone(struct bytes argument)
{
    return bytes_at(argument, 0) == '/' || bytes_at(argument, 0) == '~' || bytes_at(argument, 1) == ':';
}

void ftp_path_join(const struct ftp_path *from, struct bytes argument, struct ftp_path *ret_path)
{
    struct ftp_path path;
    path.length = 0;
    bool fits = true;
    if (bytes_at(argument, 0) == '/')
        fits = append(&path, bytes_text("/"));
    else if (!ftp_path_stands_alone(argument))
        fits = append(&path, ftp_path_bytes(from));
    while (fits && argument.len > 0) {
        size_t end = bytes_find(argument, '/', 0);
        struct bytes name = bytes_first(argument, end);
        argument = bytes_skip(argument, end + 1);
        if (bytes_is(name, ".."))
            fits = go_up(&path);
        else if (name.len > 0 && !bytes_is(name, "."))
            fits = go_down(&path, name);
    }
    ret_path->length = 0;
    if (fits)
        append(ret_path, ftp_path_bytes(&path));
}

bool ftp_path_quoted(struct bytes text, struct ftp_path *ret_path)
{
    struct ftp_path path;
    path.length = 0;
    size_t at = bytes_find(text, '"', 0);
    if (at == text.len) {
        struct bytes word;
        if (!text_word_next(&text, &word) || bytes_at(word, 0) != '/' || !append(&path, word))
            return false;
    }
    for (at++; at < text.len;) {
        size_t quote = bytes_find(text, '"', at);
        bool doubled = bytes_at(text, quote + 1) == '"';
        if (quote == text.len || !append(&path, bytes_slice(text, at, quote - at + (doubled ? 1 : 0))))
            return false;
        if (!doubled)
            break;
        at = quote + 2;
    }
    if (path.length == 0)
        return false;
    ret_path->length = 0;
    return append(ret_path, ftp_path_bytes(&path));
}
