"""Reads `.env` files, with the names and the results of python-dotenv."""

from dotenv.main import dotenv_values, find_dotenv, get_key, load_dotenv

__all__ = ["dotenv_values", "find_dotenv", "get_key", "load_dotenv"]


def __getattr__(name):
    hint = "" if name.startswith("__") else " (Limbeck reads .env files, but does not change them)"
    raise AttributeError(f"module 'dotenv' has no attribute '{name}'{hint}")
