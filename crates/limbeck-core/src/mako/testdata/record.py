"""Records what Mako makes of some templates into cases.json.

Run with a Python that has Mako 1.4.3: python record.py
With a path, it instead runs the translations that the tests wrote there (LIMBECK_MAKO_TRANSLATIONS=path).
A case: (name, rendered natively, template, arguments).
"""

import datetime
import json
import pathlib
import sys

from mako import exceptions
from mako.template import Template

utc2 = datetime.timezone(datetime.timedelta(hours=2))
moment = datetime.datetime(2026, 1, 2, 3, 4, 5, 678)

STOCK = '''"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

# revision identifiers
revision: str = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
'''

REVISION = dict(
    message="it's \"new\"", up_revision="ae1027a6acf", down_revision=None, create_date=moment,
    imports="", branch_labels=None, depends_on=None, upgrades="pass", downgrades="op.x()\n    op.y()",
)

CASES = [
    ("stock, first revision", True, STOCK, REVISION),
    ("stock, merge", True, STOCK, {**REVISION, "down_revision": ("a1", "b2"), "branch_labels": ["x"],
                                   "depends_on": ("q",), "imports": "import a\nimport b"}),
    ("stock, with offset", True, STOCK, {**REVISION, "create_date": datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=utc2)}),
    ("stock, undefined imports", True, STOCK, {k: v for k, v in REVISION.items() if k != "imports"}),
    ("no newline at the end", True, "a", {}),
    ("empty", True, "", {}),
    ("control lines leave no trace", True, "a\n% if x:\nb\n% endif\nc\n", {"x": True}),
    ("indented control lines", True, "a\n   % if x:\n  b\n\t% endif   \nc", {"x": True}),
    ("if elif else", True, "% if a:\n1\n% elif b:\n2\n% else:\n3\n% endif\n", {"a": False, "b": "y"}),
    ("else", True, "% if a:\n1\n% elif b:\n2\n% else:\n3\n% endif\n", {"a": False, "b": ""}),
    ("nested", True, "% if a:\n% for x in b:\n${x}\\\n% endfor\n% endif\nend", {"a": True, "b": ["1", "2"]}),
    ("empty blocks", True, "% if a:\n% endif\n% for x in b:\n% endfor\n% if a:\n% else:\n% endif\nz", {"a": True, "b": ["1"]}),
    ("comments", True, "## one\na ## kept\n  ## two\nb\n", {}),
    ("a joined comment", True, "## one \\\nstill comment\nb\n", {}),
    ("doc", True, "a<%doc>\nx ${y}\n</%doc>b\n<%doc></%doc>\n", {}),
    ("percent escapes", True, "%% a\n  %%% b\nc %% d\n\n  %% e\n", {}),
    ("percent inside a line", True, "100% sure\n 50 %\n", {}),
    ("line joins", True, "a \\\nb\\\r\nc\n\\ d\\e\n", {}),
    ("joined into control", True, "a\\\n% if x:\nb\\\n% endif\nc", {"x": True}),
    ("joined control line", True, "% if x and \\\n   y:\nb\n% endif\n", {"x": True, "y": True}),
    ("text tag", True, "<%text>${x} % if\n% if:\n</%text>after\n", {}),
    ("text tag with filter", False, "<%text filter=\"h\">a < b 'q'</%text>", {}),
    ("expression with braces", True, "${'}' + \"{\" + ['a', 'b'][1]}", {}),
    ("expression with a dict", False, "${ {'a': 1}['a'] }", {}),
    ("expression with a bar in a string", True, "${'a|b' | trim}", {}),
    ("expression with a comment", True, "${x # the name }\n}", {"x": "v"}),
    ("empty expression", True, "a${}b${ }c", {}),
    ("trailing comma", True, "${x,}", {"x": "v"}),
    ("a tuple", True, "${(x, y)}", {"x": "v", "y": None}),
    ("crlf", True, "a\r\n% if x:\r\nb\r\n% endif\r\nc\r\n", {"x": True}),
    ("unicode", True, "ä ${x} 漢\n% if x:\nñ\n% endif\n", {"x": "é\u0301"}),
    ("repr of strings", True, "${repr(x)}", {"x": ["a'b", 'a"b', "a'b\"c", "\\ \n\r\t\x00\x7f\x85\xa0\xad", "\u2028\u200b\ue000\U0001f600\U000e0001", "é\u0301"]}),
    ("repr of others", True, "${repr(a)} ${repr(b)} ${repr(c)} ${repr(d)} ${e}", {"a": ("x",), "b": (), "c": [True, None], "d": moment, "e": [("a",), []]}),
    ("whole seconds", True, "${a} ${repr(a)} ${b} ${repr(b)}", {"a": datetime.datetime(2026, 1, 2, 3, 4, 5), "b": datetime.datetime(2026, 1, 2)}),
    ("odd offset", True, "${a} ${a.isoformat()} ${a.year}-${a.month}", {"a": datetime.datetime(1890, 1, 2, 3, 4, 5, tzinfo=datetime.timezone(datetime.timedelta(seconds=-4321)))}),
    ("comma", True, "${a | comma,n} ${b | comma} ${c | comma,n}|${comma(d)}", {"a": ("x", "y"), "b": "q", "c": None, "d": ["k"]}),
    ("filters", True, "${a | h} ${a | x} ${a | u} ${a | trim}| ${a | str} ${a | unicode} ${a | n}", {"a": " <é> & 'x' \"y\" ~-_. "}),
    ("entity filter", False, "${a | entity}", {"a": "<é> & 'x' \"y\""}),
    ("decode filter", False, "${a | decode.utf8} ${b | n,decode.utf8}", {"a": "é", "b": None}),
    ("h then u", False, "${a | h,u}", {"a": "<é>"}),
    ("h of a number", True, "${3 | h}", {}),
    ("filter with arguments", False, "<%! \ndef pad(n):\n    return lambda s: s.rjust(n)\n%>${a | pad(6)}", {"a": "x"}),
    ("user filter", False, "<%!\n    def shout(s):\n        return s.upper()\n%>\n${a | shout}", {"a": "x"}),
    ("conditional", True, "${a if b else c}${a or b}${a and b}${not a}", {"a": "x", "b": "", "c": "z"}),
    ("comparisons", True, "${a == 'x'} ${a != 'x'} ${b is None} ${b is not None} ${a in c} ${'z' not in c} ${1 < 2 <= 2} ${'q' in 'pqr'} ${True == 1} ${(1, 2) == (1, 2)}", {"a": "x", "b": None, "c": ["x"]}),
    ("methods", True, "${a.strip()}|${a.lstrip()}|${a.rstrip(' x')}|${a.upper()}|${a.lower()}|${a.replace('b', 'c')}|${a.split()}|${a.split('b')}|${', '.join(c)}|${a.startswith(' a')}|${a.endswith('x ')}", {"a": " aBb x ", "c": ("p", "q")}),
    ("subscripts", True, "${a[0]}${a[-1]}${a[1:]}${a[:-1]}${b[0]}${b[1:]}${a[5:9]}${len(a)}${len(b)}", {"a": "xyz", "b": ("1", "2")}),
    ("formatting", True, "${'%s-%r %d%%' % (a, a, 3)}${'<%s>' % a}", {"a": "x"}),
    ("loop over a string", True, "% for a, b in ['xy', ('1', '2')]:\n${a}${b}\n% endfor\n${a}", {}),
    ("enumerate", True, "% for i, x in enumerate(xs):\n${i}:${x}\n% else:\nend\n% endfor\n", {"xs": ["a", "b"]}),
    ("context get", True, "${context.get('a', 'pass')} ${context.get('%s_b' % x, 'pass')} ${context['a']}", {"a": "1", "x": "q"}),
    ("undefined is false", True, "% if nothing:\nx\n% else:\ny\n% endif\n${'a' if nothing else 'b'}", {}),
    ("undefined is an error", False, "a${nothing}", {}),
    ("a builtin is no undefined name", False, "${'a' if id else 'b'}", {}),
    ("code", False, "<%\n    x = a + 'b'\n    y = [c for c in x]\n%>\n${x}${y}\n", {"a": "1"}),
    ("code in a block", False, "% for i in range(2):\n<%\n    x = '''a\n  b'''\n    # comment\n    if i:\n        x += 'c'\n%>${x}\n% endfor\n", {}),
    ("code that only comments", False, "% if a:\n<%\n   # nothing\n%>\n% endif\nz", {"a": True}),
    ("code returns", False, "a<% return %>b", {}),
    ("code on one line", False, "<% x = 1 %>${x}", {}),
    ("module code", False, "<%!\nimport re\n\n%>${re.sub('a', 'b', x)}", {"x": "aa"}),
    ("the loop variable", False, "% for x in xs:\n${loop.index}${loop.first}${loop.last}${loop.reverse_index}${loop.cycle('p', 'q')}\n% for y in xs:\n${loop.parent.index}${y}${loop.even}\n% endfor\n${loop.odd}\n% endfor\n", {"xs": ["a", "b"]}),
    ("loop in an else", False, "% for x in xs:\na\n% else:\n${loop.index}\n% endfor\n", {"xs": ["a", "b"]}),
    ("while", False, "<% n = 0 %>\n% while n < 3:\n${n}\n<% n += 1 %>\\\n% endwhile\n", {}),
    ("try", False, "% try:\n${1/0}\n% except ZeroDivisionError as e:\n${e}\n% endtry\n", {}),
    ("finally is refused", False, "% try:\na\n% finally:\nf\n% endtry\n", {}),
    ("with", False, "<%!\nimport contextlib\n%>\\\n% with contextlib.suppress(ValueError) as s:\n${s is None}\n% endwith\n", {}),
    ("comprehension", False, "${','.join(x.upper() for x in xs)}", {"xs": ["a", "b"]}),
    ("assigned before use", False, "${x}\n% for x in xs:\n${x}\n% endfor\n", {"xs": ["a"], "x": "outer"}),
    ("pageargs", False, "${sorted(pageargs)}", {"a": "1", "b": "2"}),
    ("expression as n without a string", False, "${x | n}", {"x": None}),
    ("coding line", True, "# -*- coding: utf-8 -*-\na\n", {}),
    ("commented coding line", True, "## -*- coding: utf-8 -*-\na\n", {}),
    ("multidb", False, "<%!\nimport re\n\n%>\"\"\"${message}\"\"\"\n<%\n    db_names = names\n%>\n\n## generate\n\n% for db_name in re.split(r',\\s*', db_names):\n\ndef upgrade_${db_name}() -> None:\n    ${context.get(\"%s_upgrades\" % db_name, \"pass\")}\n\n% endfor\n", {"message": "m", "names": "e1, e2", "e2_upgrades": "op.x()"}),
    ("two statements", False, "${1; 2}", {}),
    ("unclosed expression", False, "a\n${x", {}),
    ("bad expression", False, "a\n\n${x +}", {}),
    ("bad code", False, "a\n<%\n  x = 1\n  y = = 2\n%>", {}),
    ("unclosed if", False, "a\n% if x:\nb", {}),
    ("endif without if", False, "a\n% endif\n", {}),
    ("mismatched end", False, "% if x:\n% endfor\n", {}),
    ("wrong continuation", False, "% for x in y:\n% elif x:\n% endfor\n", {}),
    ("else of while", False, "% while x:\n% else:\n% endwhile\n", {}),
    ("else twice", False, "% if x:\n% else:\n% else:\n% endif\n", {}),
    ("elif after else", False, "% if x:\n% else:\n% elif y:\n% endif\n", {}),
    ("try alone", False, "% try:\na\n% endtry\n", {}),
    ("no colon", False, "% if x\n% endif\n", {}),
    ("unsupported control", False, "% class x:\n% endclass\n", {}),
    ("not a control line", False, "\n% = 1\n", {}),
    ("unclosed block", False, "a\n<% x = 1", {}),
    ("unclosed text", False, "a\n<%text>", {}),
    ("unknown tag", False, "\n<%foo bar='1'/>", {}),
    ("stray close", False, "\n</%foo>", {}),
    ("star import", False, "\n<%! from os import * %>", {}),
    ("stray open close", True, "a</% b\n", {}),
    ("reserved", False, "<% loop = 1 %>", {}),
]


def comma(value):
    return "" if value is None else value if isinstance(value, str) else ", ".join(value)


def encode(value):
    if isinstance(value, tuple):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, datetime.datetime):
        offset = value.utcoffset()
        return {"datetime": value.replace(tzinfo=None).isoformat(), "offset": None if offset is None else int(offset.total_seconds())}
    return value


def record(name, native, text, arguments):
    case = {"name": name, "native": native, "template": text, "arguments": {k: encode(v) for k, v in arguments.items()}}
    try:
        template = Template(text=text)
    except (exceptions.CompileException, exceptions.SyntaxException) as error:
        return {**case, "parse_error": error.lineno}
    except (SyntaxError, exceptions.MakoException) as error:
        return {**case, "compile_error": type(error).__name__}
    try:
        return {**case, "output": template.render_unicode(comma=comma, **arguments)}
    except Exception as error:
        return {**case, "render_error": type(error).__name__}


def check(path):
    """Runs the translations at path; returns those that do not do what Mako did."""
    arguments = {case[0]: case[3] for case in CASES}
    recorded = {case["name"]: case for case in json.loads(pathlib.Path(__file__).with_name("cases.json").read_text())}
    failures = []
    for translation in json.loads(pathlib.Path(path).read_text()):
        name, module = translation["name"], {}
        try:
            exec(compile(translation["source"], name, "exec"), module)
            result = {"output": module["render"](arguments[name])}
        except Exception as error:
            result = {"render_error": type(error).__name__}
        expected = {key: recorded[name][key] for key in ("output", "render_error") if key in recorded[name]}
        if result != expected:
            failures.append((name, result, expected))
    return failures


if __name__ == "__main__" and sys.argv[1:]:
    sys.exit("\n".join(map(str, check(sys.argv[1]))))
elif __name__ == "__main__":
    cases = [record(*case) for case in CASES]
    path = pathlib.Path(__file__).with_name("cases.json")
    path.write_text(json.dumps(cases, indent=1) + "\n")
