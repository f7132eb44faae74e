"""Values that are known again by being the same object, as keys of caches.

A profile or a ledger of a hundred lines takes longer to hash than most of what is
worked out of it, and has parts that cannot be hashed at all.
"""

from typing import Generic, TypeVar

T = TypeVar("T")


class Same(Generic[T]):
    """Equal to what holds the very same object, which it keeps from being another.

    >>> one, other = [1], [1]
    >>> Same(one) == Same(one), Same(one) == Same(other)
    (True, False)
    """

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        """Hold ``value``, which nobody may change from now on."""
        self.value = value

    def __eq__(self, other: object) -> bool:
        """Whether ``other`` holds the same object."""
        return isinstance(other, Same) and self.value is other.value

    def __hash__(self) -> int:
        """By where the object is."""
        return id(self.value)
