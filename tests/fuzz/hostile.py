"""What is sent: values, headers and bodies that something somewhere takes raw."""

from __future__ import annotations

from collections.abc import Iterator

from tests.fuzz.raw import Ask, Headers

VALUES = [
    b"", b"0", b"-1", b"1.5", b"1e999", b"nan", b"9" * 18, b"9" * 30, b"9" * 4_301, b"%D9%A1%D9%A2",
    b"%00", b"a%00b", b"%FF%FE", b"%C3", b"%ED%A0%80", b"%F0%9F%98%80", b"%", b"%%30", b"+", b"%0D%0Ax:y",
    b"%E2%80%AE", b"a" * 8_000, b"%F0%9F%98%80" * 400, b"'%22%3E%3Cscript%3E", b"../../etc/passwd",
    b"//evil.example", b"http:%5C%5Cevil.example", b"null", b"[]", b"{}", b"()", b"*", b"%5C", b"__proto__",
]  # fmt: skip
# Whatever any page, or the admin, reads; and some that none knows.
NAMES = [
    b"after", b"page", b"own", b"q", b"goal", b"next", b"token", b"signed_up", b"level", b"p", b"o", b"e",
    b"all", b"_facets", b"_popup", b"_to_field", b"_changelist_filters", b"state", b"state__exact",
    b"id__in", b"created_at__gte", b"term", b"app_label", b"model_name", b"field_name", b"language", b"x",
    b"limit", b"whose",
]  # fmt: skip
ODD_QUERIES = [
    b"?", b"&", b"=", b"&&&=&", b"a=1;b=2", b"x=1&" * 2_000, b"x" * 8_000, b"%00=%00", b"\xff\xfe", b"q=\xc3\x28",
]  # fmt: skip
COOKIES = [
    b'sessionid="\\000abcdefgh"', b'sessionid="\\0"', b"sessionid=" + b"a" * 4_000, b"sessionid=\xff\xfe\xfd",
    b'sessionid="\\377\\376abcdef"', b"sessionid=;;;=;", b"sessionid=../../x", b"=", b"\x80",
    b'csrftoken="\\000"', b"csrftoken=" + b"\xc3" * 32, b"messages=\xff", b'messages="\\000"',
    b"messages=W10:1x:y", b"django_language=%00", b'django_language="\\000"', b"django_language=" + b"z" * 600,
    b"a=b; " * 500, b'x="unclosed',
]  # fmt: skip
HEADERS: Headers = [
    (b"Host", b""), (b"Host", b"evil.example"), (b"Host", b"\xff"), (b"Host", b"[::1"), (b"Host", b"a" * 5_000),
    (b"Host", b"localhost:99999999"), (b"Host", b"localhost:x"), (b"Host", b"a b"),
    (b"X-Forwarded-For", b"\xff, ,,, 1.2.3.4.5, [::"), (b"X-Forwarded-For", b"1.1.1.1," * 1_000),
    (b"X-Forwarded-Host", b"\x80"), (b"X-Forwarded-Proto", b"\x80"), (b"Forwarded", b"for=\xff"),
    (b"Accept", b"\xff"), (b"Accept", b"text/html;q=abc, */*;q=nan;q=1e999"), (b"Accept", b"a/b," * 1_000),
    (b"Accept", b";;;,,,//"), (b"Accept-Language", b"\xff"), (b"Accept-Language", b"x-" * 2_000),
    (b"Accept-Language", b"en;q=" + b"9" * 4_400), (b"Accept-Encoding", b"\xff, gzip;q=x"),
    (b"Referer", b"\xff"), (b"Referer", b"http://["), (b"Origin", b"null"), (b"Origin", b"http://[::"),
    (b"Origin", b"\xff"), (b"X-CSRFToken", b"\xff"), (b"X-CSRFToken", b"a" * 5_000),
    (b"If-Modified-Since", b"\xff"), (b"If-Modified-Since", b"Mon, 99 Foo 99999999999999999999 00:00:00 GMT"),
    (b"If-Modified-Since", b"Fri, 31 Dec 9999 23:59:60 GMT"), (b"If-None-Match", b'W/"\xff'), (b"If-None-Match", b'"' * 3_000),
    (b"Range", b"bytes=" + b"9" * 4_400 + b"-"), (b"Range", b"bytes=5-1"), (b"Range", b"lines=0-"),
    (b"Authorization", b"Basic \xff"), (b"Authorization", b"Bearer \xff"), (b"Authorization", b"Basic !!!"),
    (b"Content-Length", b"-1"), (b"Content-Length", b"9" * 4_400), (b"Content-Length", b"abc"),
    (b"Transfer-Encoding", b"gzip"), (b"Expect", b"100-continue"), (b"Upgrade", b"websocket"),
    (b"HX-Request", b"\xff"), (b"Sec-Purpose", b"\xff"), (b"User-Agent", b"\xff\x80"), (b"X" * 3_000, b"1"),
    (b"Idempotency-Key", b"\xff\x80"), (b"Idempotency-Key", b"k" * 5_000), (b"Idempotency-Key", b""),
    (b"Content-Encoding", b"gzip"), (b"Cookie", b"\xff\xfe=\x80"),
]  # fmt: skip
FORM = b"application/x-www-form-urlencoded"
CHARSETS = [
    b"utf-7", b"latin-1", b"utf-16", b"hex", b"base64", b"zip", b"rot13", b"idna", b"punycode", b"undefined",
    b"unicode_escape", b"utf-8-sig", b"utf8", b"nonsense", b"", b"'", b"\xff", b"a" * 3_000, b"cp037", b"mbcs",
]  # fmt: skip
_PARTS = b'--b\r\nContent-Disposition: form-data; name="goal"'
BODIES: list[tuple[bytes, bytes]] = [
    (FORM, b""), (FORM, b"goal=%00"), (FORM, b"goal=\xff\xfe"), (FORM, b"goal=%ED%A0%80"), (FORM, b"&=" * 3_000),
    (FORM, b"goal=a&hours_per_week=" + b"9" * 4_400 + b"&target_date=99999-99-99&level=%00&language=%00&concepts=1e9"),
    (FORM, b"goal=Tying+knots&hours_per_week=nan&target_date=0000-00-00"),
    (FORM, b"goal=Tying+knots&key=%00&hours_per_week=-1"), (FORM, b"goal=" + b"%F0%9F%98%80" * 2_000),
    (FORM, b"goal=Tying+knots&target_date=9999-12-31&hours_per_week=0.0000000000001"),
    (FORM, b"username=%00&password=%00&next=%00"), (FORM, b"username=a%40b.example&password=" + b"x" * 9_000),
    (FORM, b"username=\xff&password=\xff&next=http:%5C%5Cevil.example"), (FORM, b"username=" + b"a" * 5_000 + b"%40b.example&password=x"),
    (FORM, b"email=%00%40b.example&password1=%00&password2=%00"), (FORM, b"email=a%40%ED%A0%80&password1=q&password2=q"),
    (FORM, b"email=" + b"a" * 300 + b"%40example.org&password1=Correct-horse-7&password2=Correct-horse-7"),
    (FORM, b"email=\xc4\xb1%40example.org&password1=Correct-horse-7%00&password2=Correct-horse-7%00&next=%00"),
    (FORM, b"action=delete_selected&_selected_action=%00&_selected_action=" + b"9" * 4_400 + b"&index=x&select_across=x"),
    (FORM, b"action=nothing&index=" + b"9" * 4_400 + b"&_save=1&form-TOTAL_FORMS=" + b"9" * 4_400),
    (FORM, b"form-TOTAL_FORMS=-1&form-INITIAL_FORMS=x&_save=1"), (FORM, b"post=yes&_popup=%00&_to_field=%00"),
    (b"multipart/form-data", b"x"), (b"multipart/form-data; boundary=", b"x"), (b"multipart/form-data; boundary=" + b"b" * 500, b"x"),
    (b"multipart/form-data; boundary=\xff", b"x"), (b"multipart/form-data; boundary=b", _PARTS + b"\r\n\r\n\x00\xff\r\n--b--\r\n"),
    (b"multipart/form-data; boundary=b", _PARTS + b'; filename="\x00"\r\n\r\nx\r\n--b--'),
    (b"multipart/form-data; boundary=b", _PARTS + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--b--\r\n"),
    (b"multipart/form-data; boundary=b", (_PARTS + b"\r\n\r\nx\r\n") * 1_200 + b"--b--\r\n"),
    (b"multipart/form-data; boundary=b", _PARTS + b"\r\nContent-Type: text/plain; charset=hex\r\n\r\nx\r\n--b--\r\n"),
    (b"multipart/form-data; boundary=b", b"--b\r\n" + b"X-A: b\r\n" * 2_000 + b"\r\nx\r\n--b--\r\n"),
    (b"application/json", b"{"), (b"application/json", b"[" * 100_000), (b"application/json", b'{"a": ' + b"9" * 5_000 + b"}"),
    (b"application/json", b'"\\ud800"'), (b"application/json", b"\xff\xfe{\x00}\x00"), (b"text/plain", b"\x00"),
    (b"application/json", b"null"), (b"application/json", b"[" * 60_000), (b"application/json", b'{"user_request": "\\ud800\\u0000"}'),
    (b"application/json", b'{"user_request": "Tying knots", "level": "\\u0000", "language": "\\udfff", "concepts": 1e999}'),
    (b"application/json", b'{"user_request": "Python web development", "user_id": "\\ud800", "hours_per_week": NaN}'),
    (b"application/json", b'{"user_request": "Python web development", "target_date": "99999-99-99", "plan_first": []}'),
    (b"application/json", b'{"user_request": "Python web development", "target_date": "9999-12-31", "user_id": "\\u0000"}'),
    (b"", b"goal=x"), (b"\xff", b"goal=x"), (b"a/b; charset", b"x"), (b"application/octet-stream", b"\x00" * 4_000),
]  # fmt: skip
METHODS = [
    b"GET",
    b"HEAD",
    b"POST",
    b"PUT",
    b"PATCH",
    b"DELETE",
    b"OPTIONS",
    b"TRACE",
    b"BREW",
    b"CONNECT",
]
PATHS = [
    b"/%00", b"/roadmaps/%00/", b"/roadmaps/%FF/", b"/roadmaps/%ED%A0%80/", b"/roadmaps/" + b"a" * 6_000 + b"/",
    b"/roadmaps/" + b"%F0%9F%98%80" * 500 + b"/x/", b"/runs/%00/", b"/runs/" + b"0" * 500 + b"/", b"/ws/runs/x/", b"/%2e%2e/",
    b"//", b"///x", b"/\\", b"/static/%00", b"/static/../manage.py", b"/static/%2e%2e/manage.py", b"/static/\xff", b"/;x",
    b"/admin/%00/", b"/admin/generation/generationrun/%00/change/", b"/admin/generation/generationrun/_00/change/",
    b"/admin/concepts/concept/" + b"9" * 4_400 + b"/change/", b"/admin/concepts/artifact/-1/history/", b"/admin/r/9/%00/",
    b"/admin/r/" + b"9" * 40 + b"/1/", b"/admin/jsi18n/?x=%00", b"/admin/autocomplete/?app_label=%00", b"/health?" + b"x" * 6_000,
    b"http://evil.example/", b"http://[/", b"*", b"/?" + b"%" * 300, b"/roadmaps/-/", b"/\xe4",
]  # fmt: skip


def query_asks(route: bytes) -> Iterator[Ask]:
    """Each name with each value is too many: each name and each value turn up, and turn about."""
    for number, name in enumerate(NAMES):
        values = (VALUES[(number + step) % len(VALUES)] for step in range(0, len(VALUES), 7))
        yield from (Ask(target=b"%s?%s=%s" % (route, name, value)) for value in values)
    yield from (Ask(target=b"%s?%s" % (route, query)) for query in ODD_QUERIES)


def header_asks(route: bytes) -> Iterator[Ask]:
    for header in HEADERS:
        yield Ask(target=route, headers=[header])
    for cookie in COOKIES:
        yield Ask(target=route, headers=[(b"Cookie", cookie)])
    for charset in CHARSETS:
        yield Ask(
            target=route + b"?q=%FF", headers=[(b"Content-Type", FORM + b"; charset=" + charset)]
        )


def body_asks(route: bytes) -> Iterator[Ask]:
    for kind, body in BODIES:
        yield Ask(b"POST", route, [(b"Content-Type", kind)], body)
    for charset in CHARSETS:
        for kind in (FORM, b"multipart/form-data; boundary=b"):
            body = b"goal=%FFx" if kind == FORM else _PARTS + b"\r\n\r\n\xff\r\n--b--\r\n"
            yield Ask(b"POST", route, [(b"Content-Type", kind + b"; charset=" + charset)], body)


def method_asks(route: bytes) -> Iterator[Ask]:
    yield from (Ask(method, route) for method in METHODS)
