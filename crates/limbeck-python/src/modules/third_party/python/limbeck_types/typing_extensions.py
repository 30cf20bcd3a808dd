"""typing_extensions: nearly all of it is in `typing` itself by now."""

import typing as _typing
from typing import *  # noqa: F403
from warnings import deprecated  # noqa: F401


class Doc:
    def __init__(self, documentation, /):
        self.documentation = documentation


def __getattr__(name):
    return getattr(_typing, name)
