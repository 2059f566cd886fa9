"""Does what each server does first, for processes that import this behind tests.set_up."""

import gc
from importlib import import_module

from django.template import engines
from django.urls import get_resolver

from discuss.checks import templates_can_be_read

for name in ("discuss.edges.routing", "discuss.management.commands.serve", "psycopg_pool"):
    import_module(name)
engines.all()
get_resolver().check()
templates_can_be_read()
# What is here lives as long as who is forked from here: to look at it would copy it.
gc.collect()
gc.freeze()
