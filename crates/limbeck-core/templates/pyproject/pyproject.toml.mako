[tool.alembic]
# %(here)s stands for the directory of this file; a literal percent sign is written %%.

# The directory with env.py and script.py.mako, written with forward slashes.
script_location = "${script_location}"

# How new revision files are called; without it, %%(rev)s_%%(slug)s. Further names: year, month, day, hour, minute,
# second, epoch.
# The date and time in front:
# file_template = "%%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d-%%(rev)s_%%(slug)s"
# A directory for each year and month (recursive_version_locations must be true):
# file_template = "%%(year)d/%%(month).2d/%%(day).2d_%%(hour).2d%%(minute).2d_%%(second).2d_%%(rev)s_%%(slug)s"

# Directories that env.py and the revisions may import from.
prepend_sys_path = [
    "."
]

# The time zone of the creation date in new revisions, such as "Europe/Berlin"; without it, local time.
# timezone = "Europe/Berlin"

# How many characters of the message go into the name of a file.
# truncate_slug_length = 40

# Whether "revision" runs env.py even without --autogenerate.
# revision_environment = false

# Whether compiled files without their source count as revisions.
# sourceless = false

# Where revision files are, if not only in <script_location>/versions. The first revision in another place than the
# default needs --version-path.
# version_locations = [
#    "%(here)s/alembic/versions",
#    "%(here)s/foo/bar"
# ]

# Whether revision files are also looked for in directories below version_locations.
# recursive_version_locations = false

# The encoding of new revision files.
# output_encoding = "utf-8"

# Programs to run on every new revision file, such as formatters.
# "black", started by its entry point:
# [[tool.alembic.post_write_hooks]]
# name = "black"
# type = "console_scripts"
# entrypoint = "black"
# options = "-l 79 REVISION_SCRIPT_FILENAME"
#
# "ruff", started as a Python module:
# [[tool.alembic.post_write_hooks]]
# name = "ruff"
# type = "module"
# module = "ruff"
# options = "check --fix REVISION_SCRIPT_FILENAME"
#
# "ruff", started as a program found on PATH:
# [[tool.alembic.post_write_hooks]]
# name = "ruff"
# type = "exec"
# executable = "ruff"
# options = "check --fix REVISION_SCRIPT_FILENAME"
