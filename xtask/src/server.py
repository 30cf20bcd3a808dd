"""Runs the reference's command line in forked children, so that its modules are imported only once.

Each line of standard input is a request: the directory to run in, the files that take standard output and
standard error, the environment, and the arguments. The answer is a line with the exit code.
"""

import gc
import logging.config
import os
import runpy
import sys
import time
import traceback

import alembic.autogenerate
import alembic.command
import alembic.config
import alembic.environment
import sqlalchemy
import sqlalchemy.dialects.sqlite

FIELDS, ITEMS = "\x1f", "\x1e"


def items(text):
    return text.split(ITEMS)[1:]


def exit_code(code):
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 255
    print(code, file=sys.stderr)
    return 1


def run(program, directory, out, err, environment, arguments):
    os.chdir(directory)
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, err, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        file = os.open(path, flags, 0o644)
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(item.split("=", 1) for item in items(environment))
    time.tzset()
    sys.argv = [program, *items(arguments)]
    try:
        runpy.run_path(program, run_name="__main__")
        code = 0
    except SystemExit as error:
        code = exit_code(error.code)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main():
    program = sys.argv[1]
    # What a console script finds there.
    sys.path[0] = os.path.dirname(program)
    gc.collect()
    gc.freeze()
    for request in sys.stdin:
        child = os.fork()
        if child == 0:
            run(program, *request.rstrip("\n").split(FIELDS))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


main()
