"""The shipped seeds, loaded once at import: a process forked from here has them."""

from flows.desk import Desk
from flows.seeds import load_seeds

DESK = Desk(seeds=load_seeds())
