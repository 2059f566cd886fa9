"""The topology of a server on one machine, without containers: `bin/cluster` and the fault tests run it."""

from deploy.cluster.cluster import Cluster
from deploy.cluster.daemon import ClusterError

__all__ = ["Cluster", "ClusterError"]
