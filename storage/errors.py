"""What a database can refuse, in words that a user can act on."""

from detectors.errors import MonitorError


class StoreError(MonitorError):
    """The store could not do what was asked; the subject is its URL or a name."""

    what = "store refused"


class StoreLockedError(StoreError):
    """Another process holds the store for longer than we wait; try later."""

    what = "store is locked"


class StoreUnreachableError(StoreError):
    """No server answers, it refuses us, or the file cannot be opened."""

    what = "store cannot be reached"


class StoreFullError(StoreError):
    """The disk is full or not writable; nothing of the unit was kept."""

    what = "store cannot grow"


class StoreBrokenError(StoreError):
    """The file is no database or is damaged; it is never made anew by itself."""

    what = "store is damaged"


class SchemaError(StoreError):
    """The store's tables are not the ones that this version knows."""

    what = "store has another schema"
