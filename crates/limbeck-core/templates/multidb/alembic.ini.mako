# Configuration of the migrations of several databases.
#
# %(here)s stands for the directory of this file; a literal percent sign is written %%.

[alembic]
# The directory with env.py and script.py.mako, written with forward slashes.
script_location = ${script_location}

# How new revision files are called; without it, %%(rev)s_%%(slug)s. Further names: year, month, day, hour, minute,
# second, epoch.
# The date and time in front:
# file_template = %%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d-%%(rev)s_%%(slug)s
# A directory for each year and month (recursive_version_locations must be true):
# file_template = %%(year)d/%%(month).2d/%%(day).2d_%%(hour).2d%%(minute).2d_%%(second).2d_%%(rev)s_%%(slug)s

# Directories that env.py and the revisions may import from; separated as path_separator says.
prepend_sys_path = .

# The time zone of the creation date in new revisions, such as Europe/Berlin; without it, local time.
# timezone =

# How many characters of the message go into the name of a file.
# truncate_slug_length = 40

# Whether "revision" runs env.py even without --autogenerate.
# revision_environment = false

# Whether compiled files without their source count as revisions.
# sourceless = false

# Where revision files are, if not only in <script_location>/versions; separated as path_separator says. The first
# revision in another place than the default needs --version-path.
# version_locations = %(here)s/bar:%(here)s/bat:%(here)s/alembic/versions

# What separates paths in lists: os (as in PATH), space, newline, : or ;. Without this option, lists are split as old
# files expect it: version_locations at spaces and commas (or as version_path_separator says), prepend_sys_path at
# colons, too.
path_separator = os

# Whether revision files are also looked for in directories below version_locations.
# recursive_version_locations = false

# The encoding of new revision files.
# output_encoding = utf-8

# The databases: each name is a section below, with the URL. Only env.py reads them.
databases = engine1, engine2

[engine1]
sqlalchemy.url = driver://user:pass@localhost/dbname

[engine2]
sqlalchemy.url = driver://user:pass@localhost/dbname2


[post_write_hooks]
# Programs to run on every new revision file, such as formatters.

# "black", started by its entry point:
# hooks = black
# black.type = console_scripts
# black.entrypoint = black
# black.options = -l 79 REVISION_SCRIPT_FILENAME

# "ruff", started as a Python module:
# hooks = ruff
# ruff.type = module
# ruff.module = ruff
# ruff.options = check --fix REVISION_SCRIPT_FILENAME

# "ruff", started as a program found on PATH:
# hooks = ruff
# ruff.type = exec
# ruff.executable = ruff
# ruff.options = check --fix REVISION_SCRIPT_FILENAME

# Logging. Only env.py reads it, too.
[loggers]
keys = root,sqlalchemy,alembic

[handlers]
keys = console

[formatters]
keys = generic

[logger_root]
level = WARNING
handlers = console
qualname =

[logger_sqlalchemy]
level = WARNING
handlers =
qualname = sqlalchemy.engine

[logger_alembic]
level = INFO
handlers =
qualname = alembic

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic

[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(message)s
datefmt = %H:%M:%S
