"""Records what Python's ConfigParser makes of odd ini files, as the Rust table src/config/ini_cases.rs.

Run from the crate's directory: python3 tests/record/configparser_cases.py > src/config/ini_cases.rs
The table in the repository was recorded with CPython 3.11.
"""

import configparser
import io

CASES = [
    # sections and options
    "",
    "\n\n# nothing\n; here\n",
    "[alembic]\n",
    "[alembic]\nscript_location = %(here)s/alembic\n",
    "[a]\nkey = value\n[b]\nkey: value\n",
    "[a]\nKEY = 1\nKey.Sub = 2\nÉTÉ = 3\n",
    "[a]\nkey=value=with:both\nother:value=x\n",
    "[a]\nkey with spaces   =   value with spaces   \n",
    "[a]\nkey =\nother:\n",
    "[a]\n=value\n",
    "[a]\n: value\n  more\n\n",
    "[a]\n=1\n=2\n",
    "[a]\nkey\n",
    "[a]\nkey\nother\n[b]\nx\n",
    "[a]\nx = 1\nkey alone\n  indented\n",
    "[a]\nkey = 'quoted'\nother = \"quoted\"\n",
    "[a]\nkey = 1\nkey = 2\n",
    "[a]\nkey = 1\nKEY: 2\n",
    "[a]\nx=1\n[a]\ny=2\n",
    "[a]\nx=1\n[A]\ny=2\n",
    "[a]\nbogus\nkey=1\nkey=2\n",
    "key = value\n",
    "# comment\n\n  key = value\n[a]\n",
    "\ufeff[a]\nkey=1\n",
    # headers
    "[a]b]\nkey=1\n",
    "[a] trailing ; words\nkey=1\n",
    "[]\nkey=1\n",
    "[x]\n[]\n",
    "[x]\n[]=y\n",
    "[]]\nkey=1\n",
    "[ spaced ]\nkey=1\n",
    "  [a]\n  key=1\n",
    "[a\nkey=1\n",
    "[x]\n[a\n",
    "[x]\n[a = 1\n",
    "[[a]]\nkey=1\n",
    "[x]\nkey = [not a section]\n",
    # comments
    "[a]\n# comment\n; comment\nkey = 1 # not a comment\nother = 2 ; neither\n",
    "[a]\n   # indented comment\nkey = 1\n",
    "[a]\nkey = 1\n# between\n  continued\n",
    "[a]\nkey = 1\n  # within\n  continued\n  ; within\n  again\n",
    "[a]\nkey = #value\n",
    "[a]\nrem key = 1\n",
    # values on several lines
    "[a]\nkey = one\n  two\n    three\n  four\nother = 1\n",
    "[a]\nkey =\n  one\n  two\n",
    "[a]\nkey = one\n\n  two\n\n\n  three\n\n\nother = x\n\n",
    "[a]\nkey = one\n\n[b]\nkey = two\n",
    "[a]\nkey = one\n\ttab\n \tboth\n",
    "[a]\n  key = one\n  other = two\n",
    "[a]\n  key = one\n   more\n other = two\n  three = more\n",
    "[a]\n  key = one\nother = two\n  key2 = three\n",
    "[a]\nkey = one\n  [b]\n  x = y\n",
    "[a]\n  indented = 1\n  [b]\n  x = y\n",
    "[a]\n   continuation of nothing\n",
    "  [a]\n    x = 1\n      y = 2\n",
    "[a]\nkey = 1\n   \n  two\n",
    "[a]\nkey = 1\n\x0c\n  two\n",
    "[a]\nkey = \n\n\n",
    "[a]\n\u00a0key\u00a0=\u00a0value\u00a0\n\u3000more\n",
    "[a]\nkey\x1c=\x1dvalue\x1e\n\x1fmore\n",
    "[a]\nkey\u200b=\u200bvalue\n",
    # line ends
    "[a]\r\nkey = one\r\n  two\r\nother = x\r\n",
    "[a]\rkey = one\r  two\r",
    "[a]\nkey = one\n  two",
    "[a]\nkey = one\u2028two\n",
    "[a]\nkey = one\x0btwo\n",
    "[a]\nkey alone\r\n",
    "[a]\nkey = nul\x00nul\n",
    # DEFAULT
    "[DEFAULT]\nx = 1\n[a]\ny = %(x)s\n[b]\nx = 2\ny = %(x)s\n",
    "[DEFAULT]\nx = 1\n[a]\ny = 2\n[DEFAULT]\nz = 3\n",
    "[DEFAULT]\nx = 1\n[a]\ny = 2\n[DEFAULT]\nx = 3\n",
    "[DEFAULT]\nhere = elsewhere\n[a]\ny = %(here)s\n",
    "[a]\nhere = own\ny = %(here)s\n",
    "[default]\nx = 1\n[a]\n",
    "[DEFAULT]\nx = %(y)s\n[a]\ny = 1\n",
    "[DEFAULT]\nx = 1\n  two\n\n[a]\n",
    # interpolation
    "[a]\nx = %(here)s/%%/100%%\n",
    "[a]\nx = 50%\n",
    "[a]\nx = %\n",
    "[a]\nx = %d\n",
    "[a]\nx = %(y)s\n",
    "[a]\nx = %(y)d\n",
    "[a]\nx = %(y\n",
    "[a]\nx = %()s\n",
    "[a]\nx = %(HERE)s\n",
    "[a]\nx = %(b c)s\nb c = 1\n",
    "[a]\nx = before %(y)s after\ny = %(z)s%(z)s\nz = 1%%2\n",
    "[a]\nx = %%(here)s\n",
    "[a]\nx = %%%(here)s%%\n",
    "[a]\nx = %(x)s\n",
    "[a]\nx = %(y)s\ny = %(x)s\n",
    "[a]\nv1=%(v2)s\nv2=%(v3)s\nv3=%(v4)s\nv4=%(v5)s\nv5=%(v6)s\nv6=%(v7)s\nv7=%(v8)s\nv8=%(v9)s\nv9=%(v10)s\nv10=%(v11)s\nv11=end\n",
    "[a]\nv1=%(v2)s\nv2=%(v3)s\nv3=%(v4)s\nv4=%(v5)s\nv5=%(v6)s\nv6=%(v7)s\nv7=%(v8)s\nv8=%(v9)s\nv9=%(v10)s\nv10=%(v11)s\nv11=%%\n",
    "[a]\nx = one %(y)s\n  two\ny = multi\n  line\n",
    "[a]\nx = %(y)s\ny = it's %(z)s\n",
    "[a]\nx = %(y)s\ny = 5%\n",
    "[a]\nx = ${here} $(here)\n",
    "[a]\nx = é%(ü)s\nÜ = ß\n",
]


def rust(text):
    out = '"'
    for char in text:
        if char in '"\\':
            out += "\\" + char
        elif char == "\n":
            out += "\\n"
        elif 32 <= ord(char) < 127:
            out += char
        else:
            out += "\\u{%x}" % ord(char)
    return out + '"'


def outcome(text):
    parser = configparser.ConfigParser({"here": "/project"})
    try:
        parser.read_file(io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"), source="alembic.ini")
    except configparser.Error as error:
        return "Outcome::Refused(%s)" % rust(str(error))
    sections = []
    for section in parser.sections():
        values = []
        for option in parser.options(section):
            try:
                value = "Ok(%s)" % rust(parser.get(section, option))
            except configparser.Error as error:
                value = "Err(%s)" % rust(str(error))
            values.append("(%s, %s)" % (rust(option), value))
        sections.append("(%s, &[%s])" % (rust(section), ", ".join(values)))
    return "Outcome::Read(&[%s])" % ", ".join(sections)


print("//! What Python's ConfigParser makes of odd ini files; recorded by `tests/record/configparser_cases.py`.")
print()
print("/// The name of an option, and its value or the error of `ConfigParser.get`.")
print("type OptionCase = (&'static str, Result<&'static str, &'static str>);")
print()
print("/// What reading a file gives: sections with their options and values, or an error.")
print("pub(super) enum Outcome {")
print("    /// The options are in the order of `ConfigParser.options`.")
print("    Read(&'static [(&'static str, &'static [OptionCase])]),")
print("    /// The error's text.")
print("    Refused(&'static str),")
print("}")
print()
print("/// The text of a file `alembic.ini` and the outcome, with `here` as `/project`.")
print("#[rustfmt::skip]")
print("pub(super) const CASES: &[(&str, Outcome)] = &[")
for case in CASES:
    print("    (%s, %s)," % (rust(case), outcome(case)))
print("];")
