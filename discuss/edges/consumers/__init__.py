"""The sockets' edge: a consumer for each kind of page."""

from discuss.edges.consumers.group import GroupConsumer
from discuss.edges.consumers.listed import ListedConsumer
from discuss.edges.consumers.lobby import LobbyConsumer
from discuss.edges.consumers.queue import QueueConsumer

__all__ = ["GroupConsumer", "ListedConsumer", "LobbyConsumer", "QueueConsumer"]
