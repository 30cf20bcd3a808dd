"""Vectors of Oracle: what a column of them and an index on them are told."""

from dataclasses import dataclass
from enum import Enum


class VectorIndexType(Enum):
    HNSW = "HNSW"
    IVF = "IVF"


class VectorDistanceType(Enum):
    EUCLIDEAN = "EUCLIDEAN"
    DOT = "DOT"
    COSINE = "COSINE"
    MANHATTAN = "MANHATTAN"


class VectorStorageFormat(Enum):
    INT8 = "INT8"
    BINARY = "BINARY"
    FLOAT32 = "FLOAT32"
    FLOAT64 = "FLOAT64"


class VectorStorageType(Enum):
    SPARSE = "SPARSE"
    DENSE = "DENSE"


@dataclass
class VectorIndexConfig:
    index_type: VectorIndexType = VectorIndexType.HNSW
    distance: VectorDistanceType = None
    accuracy: int = None
    hnsw_neighbors: int = None
    hnsw_efconstruction: int = None
    ivf_neighbor_partitions: int = None
    ivf_sample_per_partition: int = None
    ivf_min_vectors_per_partition: int = None
    parallel: int = None

    def __post_init__(self):
        self.index_type = VectorIndexType(self.index_type)
        for name in ("hnsw_neighbors", "hnsw_efconstruction", "ivf_neighbor_partitions",
                     "ivf_sample_per_partition", "ivf_min_vectors_per_partition", "parallel"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, int):
                raise TypeError(f"{name} must be an integer if provided, got {type(value).__name__}")


class SparseVector:
    def __init__(self, num_dimensions, indices, values):
        self.num_dimensions = num_dimensions
        self.indices = indices
        self.values = values

    def __repr__(self):
        typecode = getattr(self.values, "typecode", "")
        return f"SparseVector(num_dimensions={self.num_dimensions}, size={len(self.indices)}, typecode={typecode})"
