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

# Templates of the kinds that projects have.
DEFS = '''<%def name="function(direction, body)">
def ${direction}() -> None:
    """${direction.capitalize()} the schema."""
    ${body if body else "pass"}
</%def>\\
<%def name="header()" filter="trim">
"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
"""
</%def>\\
${header()}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
% for direction, body in (("upgrade", upgrades), ("downgrade", downgrades)):

${function(direction, body)}\\
% endfor
'''

BLOCKS = '''<%!
    def quoted(text):
        return "'" + text.replace("'", "\\\\'") + "'"
%>\\
<%block name="doc">"""${message | trim}"""</%block>
<%block filter="trim">
    revision = ${up_revision | quoted}
</%block>
% if imports:
${imports}
% endif
% for name in ("upgrade", "downgrade"):
<%block>

def ${name}():  # ${loop.index + 1} of 2
    ${context.get(name + "s") or "pass"}
</%block>\\
% endfor
'''

PAGE = '''<%page args="up_revision, message, schema='public'" expression_filter="trim"/>\\
## formatted by hand
<%
    from datetime import date
    header = "-- %s (%s)" % (message, schema)
%>\\
${header}
revision = "${up_revision}"
<%text>${not_an_expression}</%text>
% while False:
never
% endwhile
% with open(__import__("os").devnull) as nothing:
${nothing.read()}done ${len(pageargs) > 0}
% endwith
'''

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
    ('def sees what the body assigned', False, '<%def name="f()">${x}</%def><% x = 1 %>${f()}<% x = 2 %>${f()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def does not see a loop target', False, '<%def name="f()">${x}</%def>\n% for x in [1,2]:\n${f()}\n% endfor\n', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def inside a loop', False, '% for x in [1,2]:\n<%def name="f()">${x}</%def>${f()}\n% endfor\n', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('block without a name in a loop', False, '% for x in [1,2]:\n<%block>[${x} ${y}]</%block>\n% endfor\n', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('block with a name does not see assignments', False, '<% z = 3 %><%block name="b">${z}</%block>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('self and local have defs', False, '<%def name="f(a)">F${a}</%def>${self.f(1)} ${local.f(2)}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('self has module attributes', False, '<%! foo = 3 %>${self.attr.foo}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('page arguments', False, '<%page args="a, b=2"/>${a} ${b} ${sorted(pageargs)}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('page argument that is missing', False, '<%page args="zz"/>${zz}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('page filter', False, '<%page expression_filter="h"/>${\'<a>\'} ${\'<b>\' | n} ${\'<c> \' | trim}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('page filter with n', False, '<%page expression_filter="n, h"/>${\'<a>\'} ${\'<b>\' | n} ${3}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('page without loop', False, '<%page enable_loop="False"/>\n% for loop in [1,2]:\n${loop}\n% endfor\n', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('loops of def and body', False, '<%def name="f()">\n% for x in [1,2]:\n${loop.index}\n% endfor\n</%def>\n% for x in [1,2]:\n${loop.index} ${f()}\n% endfor\n', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('buffered def', False, '<%def name="f()" buffered="True">x</%def>${f().upper()} [${f() + "y"}]', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('filtered def', False, '<%def name="f()" filter="trim,h"> <x> </%def>[${f()}]', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('filtered and buffered def', False, '<%def name="f()" filter="trim" buffered="True"> <x> </%def>[${f()}]', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('capture', False, '<%def name="f(a, b=1)">(${a}${b})</%def><% s = capture(f, 1, b=2) %>${s}|${capture(lambda: f(3))}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('recursive def', False, '<%def name="f(n)">${n}\\\n% if n:\n${f(n-1)}\\\n% endif\n</%def>${f(3)}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def calls def', False, '<%def name="f()">f${g()}</%def><%def name="g()">g</%def>${f()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def with all kinds of parameters', False, '<%def name="f(*a, k=1, **kw)">${a} ${k} ${sorted(kw.items())}</%def>${f(1,2,k=3,z=4)}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('default from the arguments', False, '<%def name="f(a=message)">${a}</%def>${f()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('default from the module', False, '<%! D = 5 %><%def name="f(a=D)">${a}</%def>${f()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def as a filter', False, '<%def name="sh(x)">${x.upper()}</%def>${\'a\' | sh}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('function as filter of a def', False, '<%!\ndef sh(x): return x.upper()\n%><%def name="f()" filter="sh">abc</%def>${f()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('function as filter of a block', False, '<%!\ndef sh(x): return x.upper()\n%><%block filter="sh">abc</%block>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def returns', False, '<%def name="f()">a<% return \'r\' %>b</%def>[${f()}]', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('context write and kwargs', False, "<% context.write('w') %>${context.kwargs['message']}", {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('tags in a text tag', True, '<%text>${a} <%def name="x()"> </%text>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def without a name', False, '<%def>x</%def>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def without parentheses', False, '<%def name="f">x</%def>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def with a bad name', False, '<%def name="1f()">x</%def>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('unclosed def', False, 'a\n<%def name="f()">x', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('tags closed in the wrong order', False, 'a\n<%def name="f()">x</%block>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('control line open in a def', False, '<%def name="f()">\n% if 1:\nx\n</%def>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def open in a control line', False, '% if 1:\n<%def name="f()">\n% endif\n</%def>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def with an unknown attribute', False, '<%def name="f()" foo="1">x</%def>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('two blocks of one name', False, '<%block name="b">1</%block><%block name="b">2</%block>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('named block in a def', False, '<%def name="d()"><%block name="b">1</%block></%def>${d()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('block in a def', False, '<%def name="d(q)"><%block>1${q}</%block></%def>${d(4)}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('two defs of one name', False, '<%def name="d()">1</%def><%def name="d()">2</%def>${d()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('block with parameters', False, '<%block name="b()">1</%block>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('page with an unknown attribute', False, '<%page foo="1"/>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('two pages', False, '<%page args="a=1"/><%page args="b=2"/>${a}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def in a def', False, '<%def name="o()"><%def name="i()">i${message}</%def>o${i()}</%def>${o()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('inner def sees parameters', False, '<%def name="o(p)"><%def name="i()">i${p}</%def>o${i()}</%def>${o(7)}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('decorated def', False, '<%!\ndef deco(fn):\n    def go(context, *a, **k):\n        context.write("<")\n        fn(*a, **k)\n        context.write(">")\n        return \'\'\n    return go\n%><%def name="f(x)" decorator="deco">${x}</%def>${f(1)}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('assignments in a loop', False, '<%def name="f()">${y}</%def>\n% for i in range(2):\n<% y = i %>${f()}\n% endfor\n', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def that is closed at once', False, '<%def name="f()"/>[${f()}]', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('white space in tags', False, '<%def  name = "f( a , b = 2 )" >${a}${b}</%def >${f(1)}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('blocks that are closed at once', False, '<%block/>x<%block name="z"/>y', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('filtered block', False, '<%block name="z" filter="h"><a></%block>${z() if False else \'\'}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('block called by name', False, '<%block name="z">${message}</%block>|${z()}|${self.z()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def after its use', False, '${f()}<%def name="f()">late</%def>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('undefined name in a def', False, '<%def name="f()">${nope}</%def>${f()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('assignment hides an argument in a def', False, '<%def name="f()"><% message = message + "!" %>${message}</%def>${f()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('assignment in a def stays there', False, '<%def name="f()"><% m = message + "!" %>${m}</%def>${f()}${m}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def in a try', False, '% try:\n<%def name="f()">x</%def>${f()}${1/0}\n% except ZeroDivisionError:\nbad\n% endtry\n', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('return STOP_RENDERING', False, 'a<% return STOP_RENDERING %>b', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('page without a cache', True, '<%page cached="False"/>x', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('doc in a def', False, '<%def name="f()"><%doc>hidden ${x}</%doc>shown</%def>${f()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('text in a def', False, '<%def name="f()"><%text filter="h"><${x}></%text></%def>${f()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('module code in a def', False, '<%def name="f()"><%! import re %>${re.sub(\'a\',\'b\',\'aa\')}</%def>${f()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('capture of a lambda', False, '% for a in [1,2]:\n${capture(lambda: loop.index)}${loop.index}\n% endfor\n', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('function in code sees assignments', False, '<% x = 1\ndef f():\n    return x + 1\n%>${f()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('loop in a block', False, '% for x in [1,2]:\n<%block>[${x} ${loop.index}]</%block>\n% endfor\n', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('block in a block', False, '<%block name="a">A<%block name="b">B${message}</%block>C</%block>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('named block in one without', False, '<%block>A<%block name="b">B${message}</%block>C</%block>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('unclosed def with lines below', False, 'a\n<%def name="f()">x\ny ${a}\nz\n', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('unclosed page tag', False, '<%page args="a"', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('def with an empty name', False, 'x\n<%def name="">x</%def>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('empty block name', False, '<%block name="">x</%block>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('bad block name', False, '<%block name="a b">x</%block>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('self without such a def', False, '${self.nope()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('self without such an attribute', False, '${self.attr.nope}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('context as a page argument', False, '<%page args="context"/>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('loop as a parameter', False, '<%def name="f(loop)">x</%def>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('text with an unknown attribute', False, '<%text foo="1">x</%text>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('capture of no function', False, '${capture(3)}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('error in a def', False, '<%def name="f()">\n${1/0}\n</%def>\nx\n${f()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('bad page filter', False, '<%page expression_filter="a b"/>${1}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('unknown page filter', False, '<%page expression_filter="nope"/>${1}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('closed without opening', False, 'a\n</%def>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('blocks under if and else', False, '% if a:\n<%block>\nx\n</%block>\n% else:\n<%block>\ny\n</%block>\n% endif\n', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('expression in a name', False, '<%def name="${\'f\'}()">x</%def>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('keyword-only parameter', False, '<%def name="f(a, *, b=2)">${a}${b}</%def>${f(1, b=3)}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('upper-case tag', False, '<%DEF name="f()">x</%DEF>', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('indented control lines in a def', False, '<%def name="f()">\\\n  % if 1:\n  y\n  % endif\n</%def>\\\n${f()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('loop is not passed to an inner def', False, '<%def name="o()"><%def name="i(x)">${x}${loop.index}</%def>\n% for x in \'ab\':\n${i(x)}\n% endfor\n</%def>${o()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('argument as filter of a def', False, '<%def name="f()" filter="zf">q</%def>${f()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ('decorated inner def', False, '<%!\ndef deco(fn):\n    def go(context, *a, **k):\n        context.write("<")\n        fn(*a, **k)\n        context.write(">")\n        return \'\'\n    return go\n%><%def name="o()"><%def name="f(x)" decorator="deco">${x}</%def>${f(1)}</%def>${o()}', {'message': 'M', 'y': 'Y', 'a': 'A'}),
    ("page filter rendered natively", True, '<%page expression_filter="h"/>${x} ${x | n}', {"x": " <a>"}),
    ("closed page tag", True, "<%page>\n</%page>a\n", {}),
    ("def as in the wild", False, DEFS, REVISION),
    ("blocks as in the wild", False, BLOCKS, REVISION),
    ("page as in the wild", False, PAGE, REVISION),
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
    except Exception as error:  # of the module's own code
        return {**case, "render_error": type(error).__name__}
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
