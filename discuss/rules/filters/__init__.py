"""Filters: rules that an owner or staff write about what people may say. Pure functions and values."""

from discuss.rules.filters.folding import Folded, forget
from discuss.rules.filters.rule import Does, Exempt, FilterKind, Rule, strongest
from discuss.rules.filters.ruleset import RuleSet

__all__ = ["Does", "Exempt", "FilterKind", "Folded", "Rule", "RuleSet", "forget", "strongest"]
