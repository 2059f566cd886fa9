"""What this process counts about itself. `discuss/edges/metrics.py` shows it.

Each count takes a lock, about a microsecond. So a flush, a crossing, a batch or a close is counted, and never
what is written to a single page.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

registry = CollectorRegistry()
ProcessCollector(registry=registry)

# Seconds: from what a quick flush takes to what a database that hangs does.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
# As many as fit into a batch (discuss.db.batching.BATCH_SIZE).
_SIZES = (1, 2, 5, 10, 20, 50)


def _counter(name: str, text: str, *labels: str) -> Counter:
    return Counter(f"discussit_{name}", text, labels, registry=registry)


def _gauge(name: str, text: str, *labels: str) -> Gauge:
    return Gauge(f"discussit_{name}", text, labels, registry=registry)


def _histogram(
    name: str, text: str, *labels: str, buckets: tuple[float, ...] = _SECONDS
) -> Histogram:
    return Histogram(f"discussit_{name}", text, labels, registry=registry, buckets=buckets)


# --- pages ------------------------------------------------------------------------------------------

PAGES = _gauge("pages", "Open pages.")
SUBSCRIPTIONS = _gauge("subscriptions", "Pages that feeds of a kind keep current.", "feed")
CLOSES = _counter("socket_closes", "Sockets that ended, by their close code.", "code")

# --- what people wrote, and how long it took to reach the pages --------------------------------------

MESSAGES = _counter("messages_stored", "Messages that were committed by this process.")
FLUSH_WAIT = _histogram(
    "flush_wait_seconds", "From a feed's ring to the begin of its flush.", "feed"
)
FLUSH = _histogram("flush_seconds", "From the begin of a feed's flush to its end.", "feed")
DELIVERY = _histogram("delivery_seconds", "From a feed's ring to its last frame written.", "feed")

# --- the database -----------------------------------------------------------------------------------

CROSSING_WAIT = _histogram("crossing_wait_seconds", "Waiting for a worker thread.", "pool")
CROSSING = _histogram("crossing_seconds", "Working in a worker thread.", "pool")
BATCH = _histogram("batch_size", "Requests that share a crossing.", "batch", buckets=_SIZES)

# --- tasks ------------------------------------------------------------------------------------------

TASKS_WAITING = _gauge("tasks_waiting", "Tasks in the database, of all processes.")
TASKS_DONE = _counter("tasks_done", "Tasks that this process has done.")
TASKS_FAILED = _counter("tasks_failed", "Tries that failed; the task is tried again.")
TASKS_GIVEN_UP = _counter("tasks_given_up", "Tasks that failed too often.")

# --- bells ------------------------------------------------------------------------------------------

RINGS_FAILED = _counter("rings_failed", "Rings that the channel layer did not take.")
RINGS_MISSED = _counter("rings_missed", "Rings of any process that this one did not hear.")
SWEEPS = _counter("sweeps", "Comparisons of all feeds with the database.")
SWEEPS_BEHIND = _counter("sweeps_behind", "Sweeps that found a feed behind, with no bell heard.")
