"""Lets event loops run inside of running ones."""

from asyncio import _core


def apply(loop=None):
    _core.nesting_is_allowed = True
