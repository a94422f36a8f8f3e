/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whole conversations, each in pieces of several sizes, and all that is recorded of them.
 */
#include "http/http_play.h"

static void request_and_response(void **state)
{
    static const struct step steps[] = {
        {'C',
         "GET /a?b HTTP/1.1\r\n"
         "Host: a.example\r\n"
         "User-Agent: t/1\r\n"
         "Cookie: x=1; y=2\r\n"
         "Referer: http://u:p@b/\r\n"
         "\r\n",
         0},
        {'S',
         "HTTP/1.1 200 OK\r\n"
         "Content-Length: 5\r\n"
         "Content-Type: text/plain; charset=x\r\n"
         "Set-Cookie: a=b; Path=/; Max-Age=60\r\n"
         "\r\n"
         "hello",
         0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http success\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "<http.version_1_1>\n"
                            "http.request.headers.host=a.example\n"
                            "http.request.headers.user-agent=t/1\n"
                            "user_agent.original=t/1\n"
                            "http.request.headers.cookie=x=1; y=2\n"
                            "http.request.cookies:\n"
                            "  name=x\n"
                            "  value=1\n"
                            "http.request.cookies:\n"
                            "  name=y\n"
                            "  value=2\n"
                            "http.request.headers.referer=http://u:*@b/\n"
                            "http.request.referrer=http://u:*@b/\n"
                            "url.original=/a?b\n"
                            "url.full=http://a.example/a?b\n"
                            "url.scheme=http\n"
                            "url.domain=a.example\n"
                            "url.port=80\n"
                            "url.path=/a\n"
                            "url.query=b\n"
                            "http.response.status_code=200\n"
                            "http.response.status_phrase=OK\n"
                            "http.response.headers.content-length=5\n"
                            "http.response.headers.content-type=text/plain; charset=x\n"
                            "http.response.mime_type=text/plain\n"
                            "http.response.headers.set-cookie=a=b; Path=/; Max-Age=60\n"
                            "<http.cookie_kept>\n"
                            "http.response.cookies:\n"
                            "  name=a\n"
                            "  value=b\n"
                            "  attributes=Path=/; Max-Age=60\n"
                            "http.request.bytes=97\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=117\n"
                            "http.response.body.bytes=5\n");
}

static void chunks_and_pipelining(void **state)
{
    static const struct step steps[] = {
        {'C',
         "POST / HTTP/1.1\r\n"
         "Host: a\r\n"
         "Transfer-Encoding: chunked\r\n"
         "\r\n"
         "3;x\r\n"
         "abc\r\n"
         "2\r\n"
         "de\r\n"
         "0\r\n"
         "T: v\r\n"
         "\r\n"
         "GET /2 HTTP/1.1\r\n"
         "Host: a\r\n"
         "\r\n",
         0},
        {'S',
         "HTTP/1.1 100 Continue\r\n"
         "\r\n"
         "HTTP/1.1 404 No\r\n"
         "Transfer-Encoding: chunked\r\n"
         "\r\n"
         "1\r\n"
         "x\r\n"
         "0\r\n"
         "\r\n"
         "HTTP/1.1 200 OK\r\n"
         "\r\n"
         "until the end",
         0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http failure\n"
                            "http.request.method=POST\n"
                            "http.version=1.1\n"
                            "<http.version_1_1>\n"
                            "http.request.headers.host=a\n"
                            "http.request.headers.transfer-encoding=chunked\n"
                            "url.original=/\n"
                            "url.full=http://a/\n"
                            "url.scheme=http\n"
                            "url.domain=a\n"
                            "url.port=80\n"
                            "url.path=/\n"
                            "http.request.trailers.t=v\n"
                            "http.response.interim=100\n"
                            "http.response.status_code=404\n"
                            "http.response.status_phrase=No\n"
                            "http.response.headers.transfer-encoding=chunked\n"
                            "http.request.bytes=84\n"
                            "http.request.body.bytes=5\n"
                            "http.request.body.chunks=2\n"
                            "http.response.bytes=58\n"
                            "http.response.body.bytes=1\n"
                            "http.response.body.chunks=1\n"
                            "http success\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "http.request.headers.host=a\n"
                            "url.original=/2\n"
                            "url.full=http://a/2\n"
                            "url.scheme=http\n"
                            "url.domain=a\n"
                            "url.port=80\n"
                            "url.path=/2\n"
                            "http.response.status_code=200\n"
                            "http.response.status_phrase=OK\n"
                            "http.request.bytes=28\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=32\n"
                            "http.response.body.bytes=13\n"
                            "<http.until_close>\n");
}

static void a_tunnel_ends_http(void **state)
{
    static const struct step steps[] = {
        {'C',
         "CONNECT a:443 HTTP/1.1\r\n"
         "Host: a:443\r\n"
         "Proxy-Authorization: Basic dTpw\r\n"
         "\r\n"
         "\026\003\001zzzz",
         0},
        {'S',
         "HTTP/1.1 200 Connection established\r\n"
         "\r\n"
         "\026\003",
         0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http success\n"
                            "http.request.method=CONNECT\n"
                            "http.version=1.1\n"
                            "<http.version_1_1>\n"
                            "http.request.headers.host=a:443\n"
                            "http.request.headers.proxy-authorization=Basic ****\n"
                            "<http.basic_user>\n"
                            "user.name=u\n"
                            "user.password=p\n"
                            "url.original=a:443\n"
                            "url.full=a:443\n"
                            "url.domain=a\n"
                            "url.port=443\n"
                            "http.response.status_code=200\n"
                            "http.response.status_phrase=Connection established\n"
                            "<http.tunnel>\n"
                            "http.request.bytes=72\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=39\n"
                            "http.response.body.bytes=0\n");
}

static void a_refused_tunnel_does_not(void **state)
{
    static const struct step steps[] = {
        {'C',
         "CONNECT a:443 HTTP/1.1\r\n"
         "Host: a:443\r\n"
         "\r\n",
         0},
        {'S',
         "HTTP/1.1 407 Auth\r\n"
         "Content-Length: 0\r\n"
         "\r\n",
         0},
        {'C',
         "GET http://u:pw@h/ HTTP/1.1\r\n"
         "Host: other\r\n"
         "\r\n",
         0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http failure\n"
                            "http.request.method=CONNECT\n"
                            "http.version=1.1\n"
                            "<http.version_1_1>\n"
                            "http.request.headers.host=a:443\n"
                            "url.original=a:443\n"
                            "url.full=a:443\n"
                            "url.domain=a\n"
                            "url.port=443\n"
                            "http.response.status_code=407\n"
                            "http.response.status_phrase=Auth\n"
                            "http.response.headers.content-length=0\n"
                            "http.request.bytes=39\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=40\n"
                            "http.response.body.bytes=0\n"
                            "anomaly\n"
                            "overhear.anomaly.name=http.host_conflict\n"
                            "overhear.anomaly.detail=2 different hosts are asked for in one request\n"
                            "http unknown\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "http.request.headers.host=other\n"
                            "url.original=http://u:**@h/\n"
                            "url.full=http://u:**@h/\n"
                            "url.scheme=http\n"
                            "url.domain=h\n"
                            "url.port=80\n"
                            "url.path=/\n"
                            "url.username=u\n"
                            "http.request.bytes=44\n"
                            "http.request.body.bytes=0\n"
                            "<http.no_answer>\n");
}

static void an_upgrade_ends_http(void **state)
{
    static const struct step steps[] = {
        {'C',
         "GET /ws HTTP/1.1\r\n"
         "Host: a\r\n"
         "Upgrade: websocket\r\n"
         "\r\n",
         0},
        {'S',
         "HTTP/1.1 101 Switching Protocols\r\n"
         "Upgrade: websocket\r\n"
         "\r\n"
         "\001hello",
         0},
        {'C', "\001hello", 0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http success\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "<http.version_1_1>\n"
                            "http.request.headers.host=a\n"
                            "http.request.headers.upgrade=websocket\n"
                            "url.original=/ws\n"
                            "url.full=http://a/ws\n"
                            "url.scheme=http\n"
                            "url.domain=a\n"
                            "url.port=80\n"
                            "url.path=/ws\n"
                            "http.response.status_code=101\n"
                            "http.response.status_phrase=Switching Protocols\n"
                            "http.response.headers.upgrade=websocket\n"
                            "<http.upgrade>\n"
                            "http.request.bytes=49\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=56\n"
                            "http.response.body.bytes=0\n");
}

static void a_gap_that_ends_a_body(void **state)
{
    static const struct step steps[] = {
        {'C',
         "GET / HTTP/1.1\r\n"
         "Host: a\r\n"
         "\r\n",
         0},
        {'S',
         "HTTP/1.1 200 OK\r\n"
         "Content-Length: 10\r\n"
         "\r\n"
         "hello",
         0},
        {'s', NULL, 5},
        {'C',
         "GET /2 HTTP/1.1\r\n"
         "Host: a\r\n"
         "\r\n",
         0},
        {'S',
         "HTTP/1.1 200 OK\r\n"
         "Content-Length: 2\r\n"
         "\r\n"
         "he",
         0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http success incomplete\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "<http.version_1_1>\n"
                            "http.request.headers.host=a\n"
                            "url.original=/\n"
                            "url.full=http://a/\n"
                            "url.scheme=http\n"
                            "url.domain=a\n"
                            "url.port=80\n"
                            "url.path=/\n"
                            "http.response.status_code=200\n"
                            "http.response.status_phrase=OK\n"
                            "http.response.headers.content-length=10\n"
                            "http.request.bytes=27\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=44\n"
                            "http.response.body.bytes=5\n"
                            "<http.cut_short>\n"
                            "http success\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "http.request.headers.host=a\n"
                            "url.original=/2\n"
                            "url.full=http://a/2\n"
                            "url.scheme=http\n"
                            "url.domain=a\n"
                            "url.port=80\n"
                            "url.path=/2\n"
                            "http.response.status_code=200\n"
                            "http.response.status_phrase=OK\n"
                            "http.response.headers.content-length=2\n"
                            "http.request.bytes=28\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=40\n"
                            "http.response.body.bytes=2\n");
}

static void a_gap_beyond_a_body(void **state)
{
    static const struct step steps[] = {
        {'C',
         "GET / HTTP/1.1\r\n"
         "\r\n"
         "GET /2 HTTP/1.1\r\n"
         "\r\n",
         0},
        {'S',
         "HTTP/1.1 200 OK\r\n"
         "Content-Length: 10\r\n"
         "\r\n"
         "hello",
         0},
        {'s', NULL, 50},
        {'S',
         "junk of body 2\r\n"
         "more",
         0},
        {'C',
         "GET /3 HTTP/1.1\r\n"
         "\r\n",
         0},
        {'S',
         "HTTP/1.1 203 OK\r\n"
         "Content-Length: 2\r\n"
         "\r\n"
         "he",
         0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http success incomplete\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "<http.version_1_1>\n"
                            "url.original=/\n"
                            "url.full=http://10.0.0.2/\n"
                            "url.scheme=http\n"
                            "url.port=80\n"
                            "url.path=/\n"
                            "http.response.status_code=200\n"
                            "http.response.status_phrase=OK\n"
                            "http.response.headers.content-length=10\n"
                            "http.request.bytes=18\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=44\n"
                            "http.response.body.bytes=5\n"
                            "<http.cut_short>\n"
                            "http unknown incomplete\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "url.original=/2\n"
                            "url.full=http://10.0.0.2/2\n"
                            "url.scheme=http\n"
                            "url.port=80\n"
                            "url.path=/2\n"
                            "http.request.bytes=19\n"
                            "http.request.body.bytes=0\n"
                            "<http.no_answer>\n"
                            "http success\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "url.original=/3\n"
                            "url.full=http://10.0.0.2/3\n"
                            "url.scheme=http\n"
                            "url.port=80\n"
                            "url.path=/3\n"
                            "http.response.status_code=203\n"
                            "http.response.status_phrase=OK\n"
                            "http.response.headers.content-length=2\n"
                            "http.request.bytes=19\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=40\n"
                            "http.response.body.bytes=2\n");
}

static void a_gap_inside_a_chunk(void **state)
{
    static const struct step steps[] = {
        {'C',
         "GET / HTTP/1.1\r\n"
         "Host: a\r\n"
         "\r\n",
         0},
        {'S',
         "HTTP/1.1 200 OK\r\n"
         "Transfer-Encoding: chunked\r\n"
         "\r\n"
         "a\r\n"
         "01",
         0},
        {'s', NULL, 5},
        {'S',
         "789\r\n"
         "1\r\n"
         "x\r\n"
         "0\r\n"
         "\r\n"
         "HTTP/1.1 204 No Content\r\n"
         "\r\n",
         0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http success incomplete\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "<http.version_1_1>\n"
                            "http.request.headers.host=a\n"
                            "url.original=/\n"
                            "url.full=http://a/\n"
                            "url.scheme=http\n"
                            "url.domain=a\n"
                            "url.port=80\n"
                            "url.path=/\n"
                            "http.response.status_code=200\n"
                            "http.response.status_phrase=OK\n"
                            "http.response.headers.transfer-encoding=chunked\n"
                            "http.request.bytes=27\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=68\n"
                            "http.response.body.bytes=6\n"
                            "http.response.body.chunks=2\n"
                            "<http.chunks>\n"
                            "anomaly\n"
                            "overhear.anomaly.name=http.unasked_response\n"
                            "overhear.anomaly.detail=a response to no request that was seen\n"
                            "http success\n"
                            "http.version=1.1\n"
                            "http.response.status_code=204\n"
                            "http.response.status_phrase=No Content\n"
                            "http.response.bytes=27\n"
                            "http.response.body.bytes=0\n");
}

static void a_gap_that_ends_a_chunk(void **state)
{
    static const struct step steps[] = {
        {'C',
         "GET / HTTP/1.1\r\n"
         "Host: a\r\n"
         "\r\n",
         0},
        {'S',
         "HTTP/1.1 200 OK\r\n"
         "Transfer-Encoding: chunked\r\n"
         "\r\n"
         "a\r\n"
         "01",
         0},
        {'s', NULL, 8},
        {'S',
         "\r\n"
         "1\r\n"
         "x\r\n"
         "0\r\n"
         "\r\n",
         0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http success incomplete\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "<http.version_1_1>\n"
                            "http.request.headers.host=a\n"
                            "url.original=/\n"
                            "url.full=http://a/\n"
                            "url.scheme=http\n"
                            "url.domain=a\n"
                            "url.port=80\n"
                            "url.path=/\n"
                            "http.response.status_code=200\n"
                            "http.response.status_phrase=OK\n"
                            "http.response.headers.transfer-encoding=chunked\n"
                            "http.request.bytes=27\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=65\n"
                            "http.response.body.bytes=3\n"
                            "http.response.body.chunks=2\n"
                            "<http.chunks>\n");
}

static void a_gap_beyond_a_chunk(void **state)
{
    static const struct step steps[] = {
        {'C',
         "GET / HTTP/1.1\r\n"
         "Host: a\r\n"
         "\r\n",
         0},
        {'S',
         "HTTP/1.1 200 OK\r\n"
         "Transfer-Encoding: chunked\r\n"
         "\r\n"
         "a\r\n"
         "01",
         0},
        {'s', NULL, 20},
        {'S',
         "9\r\n"
         "rest\r\n"
         "0\r\n"
         "\r\n",
         0},
        {'C',
         "GET /2 HTTP/1.1\r\n"
         "Host: a\r\n"
         "\r\n",
         0},
        {'S',
         "HTTP/1.1 204 No Content\r\n"
         "\r\n",
         0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http success incomplete\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "<http.version_1_1>\n"
                            "http.request.headers.host=a\n"
                            "url.original=/\n"
                            "url.full=http://a/\n"
                            "url.scheme=http\n"
                            "url.domain=a\n"
                            "url.port=80\n"
                            "url.path=/\n"
                            "http.response.status_code=200\n"
                            "http.response.status_phrase=OK\n"
                            "http.response.headers.transfer-encoding=chunked\n"
                            "http.request.bytes=27\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=66\n"
                            "http.response.body.bytes=2\n"
                            "http.response.body.chunks=1\n"
                            "http success\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "http.request.headers.host=a\n"
                            "url.original=/2\n"
                            "url.full=http://a/2\n"
                            "url.scheme=http\n"
                            "url.domain=a\n"
                            "url.port=80\n"
                            "url.path=/2\n"
                            "http.response.status_code=204\n"
                            "http.response.status_phrase=No Content\n"
                            "http.request.bytes=28\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=27\n"
                            "http.response.body.bytes=0\n");
}

/* The end of a method is none. */
static void a_gap_before_the_method(void **state)
{
    static const struct step steps[] = {
        {'C', "GET /a HTTP/1.1\r\n\r\n", 0},
        {'S', "HTTP/1.1 204 N\r\n\r\n", 0},
        {'c', NULL, 2},
        {'C', "T / HTTP/1.1\r\n\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http success\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "<http.version_1_1>\n"
                            "url.original=/a\n"
                            "url.full=http://10.0.0.2/a\n"
                            "url.scheme=http\n"
                            "url.port=80\n"
                            "url.path=/a\n"
                            "http.response.status_code=204\n"
                            "http.response.status_phrase=N\n"
                            "http.request.bytes=19\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=18\n"
                            "http.response.body.bytes=0\n");
}

static void a_gap_in_a_head(void **state)
{
    static const struct step steps[] = {
        {'C',
         "GET / HTTP/1.1\r\n"
         "Host: a\r\n"
         "X:",
         0},
        {'c', NULL, 20},
        {'C',
         "zz\r\n"
         "\r\n"
         "HEAD /2 HTTP/1.1\r\n"
         "Host: a\r\n"
         "\r\n",
         0},
        {'S',
         "HTTP/1.1 200 OK\r\n"
         "Content-Length: 2\r\n"
         "\r\n"
         "abHTTP/1.1 304 NM\r\n"
         "Content-Length: 700\r\n"
         "\r\n"
         "HTTP/1.1 200 Unasked\r\n"
         "Conte",
         0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http success incomplete\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "<http.version_1_1>\n"
                            "http.request.headers.host=a\n"
                            "url.original=/\n"
                            "url.full=http://a/\n"
                            "url.scheme=http\n"
                            "url.domain=a\n"
                            "url.port=80\n"
                            "url.path=/\n"
                            "http.response.status_code=200\n"
                            "http.response.status_phrase=OK\n"
                            "http.response.headers.content-length=2\n"
                            "http.request.bytes=33\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=40\n"
                            "http.response.body.bytes=2\n"
                            "http success incomplete\n"
                            "http.request.method=HEAD\n"
                            "http.version=1.1\n"
                            "http.request.headers.host=a\n"
                            "url.original=/2\n"
                            "url.full=http://a/2\n"
                            "url.scheme=http\n"
                            "url.domain=a\n"
                            "url.port=80\n"
                            "url.path=/2\n"
                            "http.response.status_code=304\n"
                            "http.response.status_phrase=NM\n"
                            "http.response.headers.content-length=700\n"
                            "http.request.bytes=29\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=40\n"
                            "http.response.body.bytes=0\n"
                            "http success incomplete\n"
                            "http.version=1.1\n"
                            "http.response.status_code=200\n"
                            "http.response.status_phrase=Unasked\n"
                            "http.response.bytes=27\n"
                            "http.response.body.bytes=0\n");
}

static void a_bad_chunk(void **state)
{
    static const struct step steps[] = {
        {'C',
         "GET / HTTP/1.1\r\n"
         "Host: a\r\n"
         "\r\n"
         "GET /2 HTTP/1.1\r\n"
         "Host: a\r\n"
         "\r\n",
         0},
        {'S',
         "HTTP/1.1 200 OK\r\n"
         "Transfer-Encoding: chunked\r\n"
         "\r\n"
         "zz\r\n"
         "abcHTTP/1.1 200 OK\r\n"
         "Content-Length: 1\r\n"
         "\r\n"
         "x",
         0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "anomaly\n"
                            "overhear.anomaly.name=http.bad_chunk\n"
                            "overhear.anomaly.detail=chunk 1 has no valid length\n"
                            "http success incomplete\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "<http.version_1_1>\n"
                            "http.request.headers.host=a\n"
                            "url.original=/\n"
                            "url.full=http://a/\n"
                            "url.scheme=http\n"
                            "url.domain=a\n"
                            "url.port=80\n"
                            "url.path=/\n"
                            "http.response.status_code=200\n"
                            "http.response.status_phrase=OK\n"
                            "http.response.headers.transfer-encoding=chunked\n"
                            "http.request.bytes=27\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=54\n"
                            "http.response.body.bytes=0\n"
                            "http.response.body.chunks=0\n"
                            "http success\n"
                            "http.request.method=GET\n"
                            "http.version=1.1\n"
                            "http.request.headers.host=a\n"
                            "url.original=/2\n"
                            "url.full=http://a/2\n"
                            "url.scheme=http\n"
                            "url.domain=a\n"
                            "url.port=80\n"
                            "url.path=/2\n"
                            "http.response.status_code=200\n"
                            "http.response.status_phrase=OK\n"
                            "http.response.headers.content-length=1\n"
                            "http.request.bytes=28\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=39\n"
                            "http.response.body.bytes=1\n");
}

static void the_form_of_1991(void **state)
{
    static const struct step steps[] = {
        {'C', "GET /old\r\n", 0},
        {'S', "<html>text", 0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http unknown\n"
                            "http.request.method=GET\n"
                            "http.version=0.9\n"
                            "<http.version_0_9>\n"
                            "url.original=/old\n"
                            "url.full=http://10.0.0.2/old\n"
                            "url.scheme=http\n"
                            "url.port=80\n"
                            "url.path=/old\n"
                            "http.request.bytes=10\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=10\n"
                            "http.response.body.bytes=10\n"
                            "<http.until_close>\n");
}

static void a_message_full_of_oddities(void **state)
{
    static const struct step steps[] = {
        {'C',
         "\r\n"
         "\r\n"
         "GET  / HTTP/1.1\nHost: a\nHost: b\nX : y\nAuthorization: Basic\n dTpw\nContent-Length: 1\nTransfer-Encoding: "
         "chunked\n\n0\n\n",
         0},
        {'S',
         "HTTP/1.1 302 Found\r\n"
         "Location: /x\r\n"
         "Content-Length: 0\r\n"
         "\r\n",
         0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(
        steps, "anomaly\n"
               "overhear.anomaly.name=http.bad_start_line\n"
               "overhear.anomaly.detail=the first line is not one of HTTP\n"
               "anomaly\n"
               "overhear.anomaly.name=http.bare_lf\n"
               "overhear.anomaly.detail=a line ends without a carriage return\n"
               "anomaly\n"
               "overhear.anomaly.name=http.bad_header\n"
               "overhear.anomaly.detail=header line 3 has no name, or a space before its colon\n"
               "anomaly\n"
               "overhear.anomaly.name=http.folded_header\n"
               "overhear.anomaly.detail=a header goes on over 2 lines, which has been obsolete since 2014\n"
               "anomaly\n"
               "overhear.anomaly.name=http.host_conflict\n"
               "overhear.anomaly.detail=2 different hosts are asked for in one request\n"
               "anomaly\n"
               "overhear.anomaly.name=http.ambiguous_length\n"
               "overhear.anomaly.detail=the length of the body is stated 2 times, and 2 ways of reading it differ\n"
               "http success\n"
               "http.request.method=GET\n"
               "http.version=1.1\n"
               "<http.version_1_1>\n"
               "http.request.headers.host=a\n"
               "http.request.headers.host=b\n"
               "http.request.headers.x=y\n"
               "http.request.headers.authorization=Basic ****\n"
               "<http.basic_user>\n"
               "user.name=u\n"
               "user.password=p\n"
               "http.request.headers.content-length=1\n"
               "http.request.headers.transfer-encoding=chunked\n"
               "url.original=/\n"
               "url.full=http://a/\n"
               "url.scheme=http\n"
               "url.domain=a\n"
               "url.port=80\n"
               "url.path=/\n"
               "url.username=u\n"
               "http.response.status_code=302\n"
               "http.response.status_phrase=Found\n"
               "http.response.headers.location=/x\n"
               "http.response.headers.content-length=0\n"
               "<http.redirect>\n"
               "http.request.bytes=114\n"
               "http.request.body.bytes=0\n"
               "http.request.body.chunks=0\n"
               "http.response.bytes=55\n"
               "http.response.body.bytes=0\n");
}

static void an_early_answer_and_nonsense(void **state)
{
    static const struct step steps[] = {
        {'C',
         "PUT / HTTP/1.1\r\n"
         "Host: a\r\n"
         "Content-Length: 5\r\n"
         "\r\n"
         "ab",
         0},
        {'S',
         "HTTP/1.1 413 Big\r\n"
         "Content-Length: 0\r\n"
         "\r\n"
         "nonsense\r\n"
         "HTTP/1.1 2",
         0},
        {'C',
         "cde!!!!GET /\r\n"
         "GET /x HTTP/1.1\r\n"
         "Host: x\r\n"
         "\r\n",
         0},
        {'S',
         "00 OK\r\n"
         "Content-Length: 1\r\n"
         "\r\n"
         "x",
         0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps,
                     "anomaly\n"
                     "overhear.anomaly.name=message.nonsense\n"
                     "overhear.anomaly.detail=from stream byte 39 on, what is sent makes no sense in this protocol\n"
                     "http failure\n"
                     "http.request.method=PUT\n"
                     "http.version=1.1\n"
                     "<http.version_1_1>\n"
                     "http.request.headers.host=a\n"
                     "http.request.headers.content-length=5\n"
                     "url.original=/\n"
                     "url.full=http://a/\n"
                     "url.scheme=http\n"
                     "url.domain=a\n"
                     "url.port=80\n"
                     "url.path=/\n"
                     "http.response.status_code=413\n"
                     "http.response.status_phrase=Big\n"
                     "http.response.headers.content-length=0\n"
                     "<http.early>\n"
                     "http.request.bytes=51\n"
                     "http.request.body.bytes=5\n"
                     "http.response.bytes=39\n"
                     "http.response.body.bytes=0\n"
                     "anomaly\n"
                     "overhear.anomaly.name=message.nonsense\n"
                     "overhear.anomaly.detail=from stream byte 51 on, what is sent makes no sense in this protocol\n"
                     "http success\n"
                     "http.request.method=GET\n"
                     "http.version=1.1\n"
                     "http.request.headers.host=x\n"
                     "url.original=/x\n"
                     "url.full=http://x/x\n"
                     "url.scheme=http\n"
                     "url.domain=x\n"
                     "url.port=80\n"
                     "url.path=/x\n"
                     "http.response.status_code=200\n"
                     "http.response.status_phrase=OK\n"
                     "http.response.headers.content-length=1\n"
                     "http.request.bytes=28\n"
                     "http.request.body.bytes=0\n"
                     "http.response.bytes=39\n"
                     "http.response.body.bytes=1\n");
}

static void a_request_cut_short(void **state)
{
    static const struct step steps[] = {
        {'C', "GET /pictures HT", 0},
        {'c', NULL, 100},
        {'S',
         "HTTP/1.1 200 OK\r\n"
         "Content-Le",
         0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http success incomplete\n"
                            "http.request.method=GET\n"
                            "url.original=/pictures\n"
                            "http.response.status_code=200\n"
                            "http.response.status_phrase=OK\n"
                            "http.request.bytes=16\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=27\n"
                            "http.response.body.bytes=0\n");
}

static void the_other_protocol_stays_out(void **state)
{
    static const struct step steps[] = {
        {'C',
         "PRI * HTTP/2.0\r\n"
         "\r\n"
         "SM\r\n"
         "\r\n",
         0},
        {'S', "\001\002", 0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "");
}

static void a_radio_station(void **state)
{
    static const struct step steps[] = {
        {'C',
         "GET /live HTTP/1.0\r\n"
         "\r\n",
         0},
        {'S',
         "ICY 200 OK\r\n"
         "icy-name: x\r\n"
         "\r\n"
         "music",
         0},
        {'e', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http success\n"
                            "http.request.method=GET\n"
                            "http.version=1.0\n"
                            "<http.version_1_0>\n"
                            "url.original=/live\n"
                            "url.full=http://10.0.0.2/live\n"
                            "url.scheme=http\n"
                            "url.port=80\n"
                            "url.path=/live\n"
                            "http.response.status_code=200\n"
                            "http.response.status_phrase=OK\n"
                            "http.response.headers.icy-name=x\n"
                            "http.request.bytes=22\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=32\n"
                            "http.response.body.bytes=5\n"
                            "<http.until_close>\n");
}

/* A body that inflates: 3,000 bytes of one letter in 39, cut anywhere. */
static void packed_bodies_are_measured(void **state)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                                 "39\r\n\r\n\037\213\010\000\000\000\000\000\002\003\355\301"
                                 "\061\001\000\000\000\302\240\254\353\137\302\032"
                                 "\036\100\001\000\000\357\006\310\074\334\136\270"
                                 "\013\000\000";
    static const struct step steps[] = {
        {'C', "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        {'S', answer, sizeof answer - 1},
        {0, NULL, 0},
    };
    static const char expected[] = "http.response.body.bytes=39\n"
                                   "http.response.body.decoded_bytes=3000\n"
                                   "<http.compressed>\n";
    struct play *play = calloc(1, sizeof *play);
    (void)state;
    for (size_t cut = 1; cut < sizeof answer; cut++)
        assert_non_null(strstr(play_steps(play, 80, false, steps, cut), expected));
    free(play);
}

/* A request of `count` header lines, then one that repeats the length. */
static void header_lines_have_a_limit(void **state)
{
    static char head[HTTP_HEAD_BYTES];
    (void)state;
    for (int over = 0; over < 2; over++) {
        struct step steps[] = {{'C', head, 0}, {'C', "abc", 0}, {0, NULL, 0}};
        struct play *play = calloc(1, sizeof *play);
        int length = snprintf(head, sizeof head, "POST / HTTP/1.1\r\n");
        for (int i = 0; i < HTTP_HEADER_LINES - 1 + over; i++)
            length += snprintf(head + length, sizeof head - (size_t)length, "X: %d\r\n", i);
        snprintf(head + length, sizeof head - (size_t)length, "Content-Length: 3\r\n\r\n");
        const char *written = play_steps(play, 80, false, steps, 1000);
        assert_int_equal(play->shared.anomaly_counts[ANOMALY_HTTP_TOO_MANY_HEADERS], over);
        assert_int_equal(strstr(written, "headers.content-length=3") == NULL, over);
        /* but the length is obeyed all the same */
        assert_non_null(strstr(written, "http.request.body.bytes=3\n"));
        free(play);
    }
}

static void heads_have_a_limit(void **state)
{
    static char head[HTTP_HEAD_BYTES + 100];
    struct step steps[] = {
        {'C', "GET /1 HTTP/1.1\r\n\r\n", 0}, {'C', head, 0}, {'C', "GET /3 HTTP/1.1\r\n\r\n", 0}, {0, NULL, 0}};
    struct play *play = calloc(1, sizeof *play);
    (void)state;
    memset(head, 'x', sizeof head - 1);
    memcpy(head, "GET /2 HTTP/1.1\r\nX: ", 20);
    memcpy(head + sizeof head - 5, "\r\n\r\n", 4);
    const char *written = play_steps(play, 80, false, steps, 1000);
    assert_int_equal(play->shared.anomaly_counts[ANOMALY_MESSAGE_TOO_LONG], 1);
    assert_non_null(strstr(written, "url.original=/1\n"));
    assert_null(strstr(written, "url.original=/2\n"));
    assert_non_null(strstr(written, "url.original=/3\n"));
    free(play);
}

/* More requests than may be open: the oldest are given up, and the answers go to those that are left. */
static void requests_have_a_limit(void **state)
{
    struct step steps[LIMIT_TRANSACTIONS + 3];
    struct play *play = calloc(1, sizeof *play);
    (void)state;
    for (size_t i = 0; i <= LIMIT_TRANSACTIONS; i++)
        steps[i] = (struct step){'C', i == 1 ? "GET /second HTTP/1.1\r\n\r\n" : "GET /x HTTP/1.1\r\n\r\n", 0};
    steps[LIMIT_TRANSACTIONS + 1] = (struct step){'S', "HTTP/1.1 204 No\r\n\r\n", 0};
    steps[LIMIT_TRANSACTIONS + 2] = (struct step){0, NULL, 0};
    const char *written = play_steps(play, 80, false, steps, 1 << 20);
    assert_int_equal(play->shared.anomaly_counts[ANOMALY_MESSAGE_TRANSACTIONS_LIMIT], 1);
    const char *second = strstr(written, "url.original=/second\n"), *answer = strstr(written, "status_code=204");
    assert_non_null(second);
    assert_non_null(answer);
    assert_true(answer > second && answer - second < 200);
    free(play);
}

static void recognised_by_its_first_bytes(void **state)
{
    static const struct {
        const char *text;
        enum probe probe;
    } rows[] = {
        {"G", PROBE_MORE},
        {"GET", PROBE_MORE},
        {"GET ", PROBE_MORE},
        {"GET /index.html HTT", PROBE_MORE},
        {"GET /index.html HTTP/1.1\r\n", PROBE_CLIENT},
        {"ODD-METHOD x HTTP/1.0\n", PROBE_CLIENT},
        {"\r\nGET / HTTP/1.1\r\n", PROBE_CLIENT},
        {"GET  / HTTP/1.1\r\n", PROBE_MAYBE},
        {"GET /\r\n", PROBE_MAYBE},
        {"HTTP/1.1 200", PROBE_SERVER},
        {"HTTP/1.1 20", PROBE_MORE},
        {"HTTP/2 200", PROBE_MAYBE},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", PROBE_LATER},
        {"EHLO a.example\r\n", PROBE_LATER},
        {"220 mail.example ESMTP\r\n", PROBE_LATER},
        {"\x16\x03\x01", PROBE_LATER},
        {"INVITE sip:a@b SIP/2.0\r\n", PROBE_LATER},
        {"\x16\x03 GET / HTTP/1.1", PROBE_LATER},
        {"junk GET / HTTP/1.1\r\n", PROBE_MAYBE},
        {"\x16\x03 GET / HTTP/1.1\r\n", PROBE_LAST},
    };
    static const struct conversation conversation = {.destination = {.port = 9999}};
    static const struct conversation web = {.destination = {.port = 80}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(http_probe(&conversation, SIDE_CLIENT, bytes_text(rows[i].text)), rows[i].probe);
    assert_int_equal(http_probe(&web, SIDE_CLIENT, bytes_text("GET /index.html HTT")), PROBE_MAYBE);
}

/* Nothing is missing from a capture in which a body was refused before it was sent. */
static void test_unwanted_body(void **state)
{
    static const struct step steps[] = {
        {'C',
         "PUT /a HTTP/1.1\r\n"
         "Expect: 100-Continue\r\n"
         "Content-Length: 5\r\n"
         "\r\n",
         0},
        {'S',
         "HTTP/1.1 413 No\r\n"
         "Content-Length: 0\r\n"
         "\r\n",
         0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(steps, "http failure\n"
                            "http.request.method=PUT\n"
                            "http.version=1.1\n"
                            "<http.version_1_1>\n"
                            "http.request.headers.expect=100-Continue\n"
                            "http.request.headers.content-length=5\n"
                            "url.original=/a\n"
                            "url.full=http://10.0.0.2/a\n"
                            "url.scheme=http\n"
                            "url.port=80\n"
                            "url.path=/a\n"
                            "http.response.status_code=413\n"
                            "http.response.status_phrase=No\n"
                            "http.response.headers.content-length=0\n"
                            "http.request.bytes=60\n"
                            "http.request.body.bytes=0\n"
                            "http.response.bytes=38\n"
                            "http.response.body.bytes=0\n"
                            "<http.not_wanted>\n");
}

/* Behind a gap, the next answer is not surely that to CONNECT; and NECT is no method with a path. */
static void gaps_around_a_proxy(void **state)
{
    static const struct step answer[] = {
        {'C', "CONNECT h:80 HTTP/1.1\r\n\r\n", 0},
        {'s', NULL, 20},
        {'S', "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", 0},
        {0, NULL, 0},
    };
    static const struct step method[] = {
        {'C', "GET /a HTTP/1.1\r\n\r\n", 0},
        {'S', "HTTP/1.1 204 N\r\n\r\n", 0},
        {'c', NULL, 3},
        {'C', "NECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n", 0},
        {'S', "HTTP/1.1 403 N\r\nContent-Length: 0\r\n\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    http_play_expect(answer,
                     "http success incomplete\n"
                     "http.request.method=CONNECT\n"
                     "http.version=1.1\n"
                     "<http.version_1_1>\n"
                     "url.original=h:80\n"
                     "url.full=h:80\n"
                     "url.domain=h\n"
                     "url.port=80\n"
                     "http.response.status_code=200\n"
                     "http.response.status_phrase=OK\n"
                     "http.response.headers.content-length=2\n"
                     "<http.tunnel>\n"
                     "http.request.bytes=25\n"
                     "http.request.body.bytes=0\n"
                     "http.response.bytes=38\n"
                     "http.response.body.bytes=0\n"
                     "anomaly\n"
                     "overhear.anomaly.name=message.nonsense\n"
                     "overhear.anomaly.detail=from stream byte 58 on, what is sent makes no sense in this protocol\n");
    http_play_expect(method, "http success\n"
                             "http.request.method=GET\n"
                             "http.version=1.1\n"
                             "<http.version_1_1>\n"
                             "url.original=/a\n"
                             "url.full=http://10.0.0.2/a\n"
                             "url.scheme=http\n"
                             "url.port=80\n"
                             "url.path=/a\n"
                             "http.response.status_code=204\n"
                             "http.response.status_phrase=N\n"
                             "http.request.bytes=19\n"
                             "http.request.body.bytes=0\n"
                             "http.response.bytes=18\n"
                             "http.response.body.bytes=0\n"
                             "http failure incomplete\n"
                             "http.request.method=NECT\n"
                             "http.version=1.1\n"
                             "http.request.headers.host=h:80\n"
                             "url.original=h:80\n"
                             "http.response.status_code=403\n"
                             "http.response.status_phrase=N\n"
                             "http.response.headers.content-length=0\n"
                             "http.request.bytes=34\n"
                             "http.request.body.bytes=0\n"
                             "http.response.bytes=37\n"
                             "http.response.body.bytes=0\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_and_response),
        cmocka_unit_test(chunks_and_pipelining),
        cmocka_unit_test(a_tunnel_ends_http),
        cmocka_unit_test(a_refused_tunnel_does_not),
        cmocka_unit_test(an_upgrade_ends_http),
        cmocka_unit_test(a_gap_that_ends_a_body),
        cmocka_unit_test(a_gap_beyond_a_body),
        cmocka_unit_test(a_gap_inside_a_chunk),
        cmocka_unit_test(a_gap_that_ends_a_chunk),
        cmocka_unit_test(a_gap_beyond_a_chunk),
        cmocka_unit_test(a_gap_before_the_method),
        cmocka_unit_test(a_gap_in_a_head),
        cmocka_unit_test(a_bad_chunk),
        cmocka_unit_test(the_form_of_1991),
        cmocka_unit_test(a_message_full_of_oddities),
        cmocka_unit_test(an_early_answer_and_nonsense),
        cmocka_unit_test(a_request_cut_short),
        cmocka_unit_test(the_other_protocol_stays_out),
        cmocka_unit_test(a_radio_station),
        cmocka_unit_test(packed_bodies_are_measured),
        cmocka_unit_test(header_lines_have_a_limit),
        cmocka_unit_test(heads_have_a_limit),
        cmocka_unit_test(requests_have_a_limit),
        cmocka_unit_test(recognised_by_its_first_bytes),
        cmocka_unit_test(test_unwanted_body),
        cmocka_unit_test(gaps_around_a_proxy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
