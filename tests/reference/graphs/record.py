"""Records what the reference makes of random revision graphs.

Run it with the Python of a virtual environment that has the reference installed:

    python record.py [GRAPHS [DIRECTORY]]

It writes ``graphs.jsonl`` beside itself, one graph and its questions with their answers per line, and
``errors.jsonl`` with graphs that the reference refuses. Where the reference takes an order from the addresses or
hashes of objects, its answers change between runs; the recording is made under several hash seeds and keeps only
the answers on which all of them agree.
"""

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import types
import warnings
from pathlib import Path

HASH_SEEDS = [str(seed) for seed in range(16)]
GRAPHS = 110
ANSWERS_PER_GRAPH = 56
# Errors are many and short of news.
ERRORS_PER_GRAPH = 20
UNFORESEEN_PER_GRAPH = 3


def make_graph(rng):
    """A list of [revision, down_revision, depends_on, branch_labels], in file order."""
    shape = rng.choice(["linear", "branched", "merged", "bases", "depends", "mixed", "mixed"])
    count = rng.randint(5, 12) if rng.random() < 0.7 else rng.randint(13, 60)
    prefix = rng.choice(["", "", "ab", "abcd"])
    ids = []
    while len(ids) < count:
        new = prefix + "".join(rng.choice("0123456789abcdef") for _ in range(5))
        if new not in ids:
            ids.append(new)
    nodes = []
    used_labels = []
    for index, revision in enumerate(ids):
        earlier = ids[:index]
        is_head = {i for i in earlier} - {d for n in nodes for d in n[1]}
        down, depends, labels = [], [], []
        if earlier:
            roll = rng.random()
            if shape in ("bases", "depends", "mixed") and roll < 0.12:
                down = []
            elif shape in ("merged", "mixed", "depends") and roll < 0.3 and len(is_head) > 1:
                down = rng.sample(sorted(is_head), 2 if rng.random() < 0.8 or len(is_head) < 3 else 3)
            elif shape != "linear" and roll < 0.45:
                down = [rng.choice(earlier)]
            else:
                down = [rng.choice(sorted(is_head))] if shape != "linear" else [earlier[-1]]
            if shape in ("depends", "mixed") and rng.random() < 0.25:
                other = rng.choice(earlier)
                if other not in down:
                    depends = [other]
            if shape in ("depends",) and rng.random() < 0.08 and len(earlier) > 3:
                depends = [d for d in rng.sample(earlier, 2) if d not in down]
        if rng.random() < (0.25 if not down else 0.06):
            label = rng.choice(["left", "right", "main", "x1", "feature", "abcdlabel"])
            if label not in used_labels:
                used_labels.append(label)
                labels = [label]
        if depends and used_labels and not labels and rng.random() < 0.3:
            owner = next(n for n in nodes if used_labels[0] in n[3])
            if owner[0] not in down:
                depends = [used_labels[0]]
        nodes.append([revision, down, depends, labels])
    rng.shuffle(nodes)
    return nodes


def make_broken_graph(rng):
    nodes = make_graph(rng)
    node = rng.choice(nodes)
    other = rng.choice(nodes)
    kind = rng.choice(["cycle", "missing", "loop", "deploop", "depcycle", "label", "duplicate", "illegal", "nobase"])
    if kind == "cycle":
        other[1] = other[1] + [n[0] for n in nodes if other[0] in n[1]][:1]
    elif kind == "missing":
        node[1] = ["nothere"]
    elif kind == "loop":
        node[1] = node[1] + [node[0]]
    elif kind == "deploop":
        node[2] = [node[0]]
    elif kind == "depcycle":
        node[2] = [n[0] for n in nodes if node[0] in n[1]][:1]
    elif kind == "label":
        node[3] = [other[0]]
    elif kind == "duplicate":
        nodes.append([node[0], list(other[1]) if other is not node else [], [], []])
    elif kind == "illegal":
        nodes.append([rng.choice(["a-b", "x@y+z", "1:2"]), [], [], []])
    elif kind == "nobase":
        for n in nodes:
            if not n[1]:
                n[1] = [nodes[0][0] if n is not nodes[0] else nodes[-1][0]]
    return nodes


def symbols(rng, nodes):
    ids = [n[0] for n in nodes]
    labels = [label for n in nodes for label in n[3]]
    one = lambda: rng.choice(ids)
    label = lambda: rng.choice(labels) if labels and rng.random() < 0.9 else rng.choice(["nolabel", one()])
    number = lambda: rng.choice(["+1", "+2", "-1", "-2", "+3", "-4", "+0", "-0", "+40", "-40"])
    kinds = [
        lambda: "head",
        lambda: "heads",
        lambda: "base",
        one,
        one,
        lambda: one()[: rng.randint(2, 6)],
        number,
        lambda: one() + number(),
        lambda: one()[:4] + number(),
        lambda: label() + "@head",
        lambda: label() + "@heads",
        lambda: label() + "@base",
        lambda: label() + "@" + number(),
        lambda: label() + "@" + one(),
        lambda: label() + "@" + one()[:4],
        lambda: label() + "@" + one() + number(),
        label,
        lambda: "head" + number(),
        lambda: "base" + number(),
        lambda: rng.choice(["zzzz", "zz", "@head", "head@", "", "a@b@c", "x+1y", "current", "1_0"]),
    ]
    return rng.choice(kinds)()


class FakeScripts:
    def __init__(self, nodes):
        from alembic.script import ScriptDirectory
        from alembic.script.base import Script
        from alembic.script.revision import RevisionMap

        def scalar(values):
            return None if not values else values[0] if len(values) == 1 else tuple(values)

        def generate():
            for revision, down, depends, labels in nodes:
                module = types.SimpleNamespace(
                    __doc__="doc of %s\n\nmore" % revision,
                    down_revision=scalar(down),
                    branch_labels=scalar(labels),
                    depends_on=scalar(depends),
                )
                module.upgrade = types.FunctionType((lambda: None).__code__, {}, "upgrade")
                module.downgrade = types.FunctionType((lambda: None).__code__, {}, "downgrade")
                yield Script(module, revision, "/versions/%s.py" % revision)

        self.directory = ScriptDirectory(tempfile.gettempdir())
        self.directory.revision_map = RevisionMap(generate)
        self.map = self.directory.revision_map


def identifier(value):
    """The name of a resolved revision."""
    return value if value is None or isinstance(value, str) else value.revision


class RecordingContext:
    """Stands in for MigrationContext: HeadMaintainer writes its changes here."""

    as_sql = True

    def __init__(self):
        self.changes = []
        self.impl = self
        self.version_table = "alembic_version"


def head_maintainer(heads):
    from alembic.runtime.migration import HeadMaintainer

    class Recorder(HeadMaintainer):
        changes = []

        def _insert_version(self, version):
            assert version not in self.heads
            self.heads.add(version)
            self.changes.append("+" + version)

        def _delete_version(self, version):
            self.heads.remove(version)
            self.changes.append("-" + version)

        def _update_version(self, from_, to_):
            assert to_ not in self.heads
            self.heads.remove(from_)
            self.heads.add(to_)
            self.changes.append(from_ + ">" + to_)

    recorder = Recorder(RecordingContext(), heads)
    recorder.changes = []
    return recorder


def steps(found, heads):
    maintainer = head_maintainer(heads)
    lines = []
    for step in found:
        maintainer.changes = []
        try:
            maintainer.update_to_step(step)
            changes = " ".join(maintainer.changes)
        except (AssertionError, KeyError):
            lines.append("%s | refused" % step)
            break
        info = step.info
        lines.append(
            "%s | %s | %s:%s" % (step, changes, ",".join(info.up_revision_ids), ",".join(info.down_revision_ids))
        )
    return lines


def attempt(question):
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            answer = {"is": question()}
    except (AssertionError, AttributeError, TypeError, KeyError) as error:
        return {"unforeseen": True}
    except Exception as error:
        return {"error": "%s: %s" % (type(error).__name__, error)}
    if caught:
        answer["warnings"] = sorted({str(warning.message) for warning in caught})
    return answer


def as_argument(value):
    return tuple(value) if isinstance(value, list) else value


def ask(scripts, question):
    kind, *arguments = question
    arguments = [as_argument(argument) for argument in arguments]
    directory, map_ = scripts.directory, scripts.map
    if kind == "get_revisions":
        return attempt(lambda: [identifier(r) for r in map_.get_revisions(arguments[0])])
    if kind == "get_revision":
        return attempt(lambda: identifier(map_.get_revision(arguments[0])))
    if kind == "number":
        return attempt(lambda: directory.as_revision_number(arguments[0]))
    if kind == "iterate":
        upper, lower, implicit_base, inclusive, assert_length, downgrade = arguments
        return attempt(
            lambda: " ".join(
                r.revision
                for r in map_.iterate_revisions(
                    upper,
                    lower,
                    implicit_base=implicit_base,
                    inclusive=inclusive,
                    assert_relative_length=assert_length,
                    select_for_downgrade=downgrade,
                )
            )
        )
    if kind == "walk":
        return attempt(lambda: " ".join(r.revision for r in directory.walk_revisions(*arguments)))
    if kind == "upgrade":
        return attempt(lambda: steps(directory._upgrade_revs(*arguments), arguments[1]))
    if kind == "downgrade":
        return attempt(lambda: steps(directory._downgrade_revs(*arguments), arguments[1]))
    if kind == "stamp":
        return attempt(lambda: steps(directory._stamp_revs(*arguments), arguments[1]))
    if kind == "current":
        return attempt(lambda: sorted(r.revision for r in directory.get_all_current(arguments[0])))
    raise ValueError(kind)


def rows(rng, nodes):
    """A set of version rows that an upgrade can leave behind, mostly."""
    from alembic.script.revision import RevisionError

    scripts = FakeScripts(nodes)
    if rng.random() < 0.15:
        return sorted(rng.sample([n[0] for n in nodes], min(len(nodes), rng.randint(1, 3))))
    reached = ()
    for target in rng.sample([n[0] for n in nodes], rng.randint(0, 2)):
        try:
            maintainer = head_maintainer(reached)
            for step in scripts.directory._upgrade_revs(target, tuple(reached)):
                maintainer.update_to_step(step)
            reached = tuple(sorted(maintainer.heads))
        except Exception:
            pass
    return list(reached)


def questions(rng, nodes):
    symbol = lambda: symbols(rng, nodes)
    for _ in range(200):
        kind = rng.choice(
            ["get_revisions", "get_revision", "number", "iterate", "iterate", "walk", "upgrade", "upgrade", "upgrade"]
            + ["downgrade", "downgrade", "downgrade", "stamp", "stamp", "current"]
        )
        flag = lambda: rng.random() < 0.3
        if kind in ("get_revisions", "get_revision", "number"):
            yield [kind, symbol()]
        elif kind == "iterate":
            lower = rng.choice([None, symbol(), symbol(), rows(rng, nodes)])
            upper = rng.choice([symbol(), symbol(), rows(rng, nodes)])
            yield [kind, upper, lower, flag(), flag(), not flag(), flag()]
        elif kind == "walk":
            yield [kind, rng.choice(["base", symbol()]), rng.choice(["head", "heads", symbol()])]
        elif kind == "current":
            yield [kind, rows(rng, nodes)]
        elif kind == "stamp":
            yield [kind, [symbol()] if flag() else symbol(), rows(rng, nodes)]
        else:
            yield [kind, symbol(), rows(rng, nodes)]


def overview(scripts):
    map_ = scripts.map
    return {
        "heads": list(map_.heads),
        "real_heads": list(map_._real_heads),
        "bases": list(map_.bases),
        "real_bases": list(map_._real_bases),
        "labels": {
            r.revision: sorted(r.branch_labels)
            for r in map_._revision_map.values()
            if r is not None and r.branch_labels
        },
        "lines": {
            r.revision: r.cmd_format(False, False, False, True) for r in map_._revision_map.values() if r is not None
        },
    }


def record():
    """One run: all graphs, with the questions drawn again from the same seeds."""
    with open(sys.argv[2]) as file:
        plan = json.load(file)
    out = {"graphs": [], "errors": []}
    for entry in plan["graphs"]:
        scripts = FakeScripts(entry["nodes"])
        answers = [ask(scripts, question) for question in entry["questions"]]
        out["graphs"].append({"overview": overview(scripts), "answers": answers})
    for nodes in plan["errors"]:
        out["errors"].append(attempt(lambda: overview(FakeScripts(nodes))))
    print(json.dumps(out))


def make_plan(count):
    warnings.simplefilter("ignore")
    rng = random.Random(20260101)
    graphs = []
    while len(graphs) < count:
        nodes = make_graph(rng)
        try:
            overview(FakeScripts(nodes))
        except Exception:
            continue
        graphs.append({"nodes": nodes, "questions": list(questions(rng, nodes))})
    return {"graphs": graphs, "errors": [make_broken_graph(rng) for _ in range(120)]}


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else GRAPHS
    here = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory() as directory:
        plan_file = os.path.join(directory, "plan.json")
        if os.environ.get("PYTHONHASHSEED") != "0":
            os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
        plan = make_plan(count)
        with open(plan_file, "w") as file:
            json.dump(plan, file)
        runs = [
            json.loads(
                subprocess.run(
                    [sys.executable, __file__, "--run", plan_file],
                    env={**os.environ, "PYTHONHASHSEED": seed},
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                ).stdout
            )
            for seed in HASH_SEEDS
        ]
    dropped = 0
    with open(here / "graphs.jsonl", "w") as file:
        for index, entry in enumerate(plan["graphs"]):
            recorded = [run["graphs"][index] for run in runs]
            kept = []
            for number, question in enumerate(entry["questions"]):
                answers = [run["answers"][number] for run in recorded]
                # Addresses agree between runs now and then, and decide this list.
                error = answers[0].get("error", "")
                is_overlap = re.search("overlaps with other requested revisions .*,", error) or (
                    "overlaps" in error and question[0] == "iterate" and "@" in str(question[2])
                )
                if all(answer == answers[0] for answer in answers) and not is_overlap:
                    kept.append([question, answers[0]])
                else:
                    dropped += 1
            assert all(run["overview"] == recorded[0]["overview"] for run in recorded)
            limits = {"is": ANSWERS_PER_GRAPH, "error": ERRORS_PER_GRAPH, "unforeseen": UNFORESEEN_PER_GRAPH}
            chosen = []
            for pair in kept:
                sort = next(iter(pair[1]))
                if limits[sort] > 0 and len(chosen) < ANSWERS_PER_GRAPH:
                    limits[sort] -= 1
                    chosen.append(pair)
            kept = chosen
            line = {"nodes": entry["nodes"], **recorded[0]["overview"], "answers": kept}
            file.write(json.dumps(line, separators=(",", ":")) + "\n")
    with open(here / "errors.jsonl", "w") as file:
        for index, nodes in enumerate(plan["errors"]):
            answers = [run["errors"][index] for run in runs]
            if all(answer == answers[0] for answer in answers):
                file.write(json.dumps({"nodes": nodes, "answer": answers[0]}, separators=(",", ":")) + "\n")
    print("dropped %d answers that change between runs" % dropped)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "--run":
        record()
    else:
        main()
