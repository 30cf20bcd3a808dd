"""Runs the cases of third-party types and prints what each one emits, as `../ops/run.py` does (its modes are these)."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "ops"), HERE]

import operation_cases

MODULES = [
    "sqlmodel_cases",
    "fastapi_users_cases",
    "pgvector_cases",
    "small_packages_cases",
    "utils_cases",
    "advanced_alchemy_cases",
    "enum_cases",
    "geoalchemy_cases",
    "entities_cases",
]

if __name__ == "__main__":
    operation_cases.main(sys.argv[1:], HERE, MODULES)
