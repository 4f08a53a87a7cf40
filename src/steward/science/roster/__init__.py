"""Rosters: who works which shift on which day, by law, contract and skill, as near as can be to what is needed and wished for."""

from steward.science.extras import MissingExtra
from steward.science.guards import NotANumber
from steward.science.roster.checking import Judgement, Rule, Uncovered, Violation, check, refused
from steward.science.roster.curtois import read_curtois
from steward.science.roster.explaining import Explanation, explain
from steward.science.roster.labour import Kind, LabourRule, china, labour_rules
from steward.science.roster.plans import as_lines, as_plan, from_lines
from steward.science.roster.problem import (
    Balance,
    Contract,
    Cover,
    Employee,
    NotARoster,
    Pin,
    Request,
    Roster,
    RosterProblem,
    Shift,
    State,
)
from steward.science.roster.search import Disagreement, Improvement, Solution, Status, solve

__all__ = [
    "Balance",
    "Contract",
    "Cover",
    "Disagreement",
    "Employee",
    "Explanation",
    "Improvement",
    "Judgement",
    "Kind",
    "LabourRule",
    "MissingExtra",
    "NotANumber",
    "NotARoster",
    "Pin",
    "Request",
    "Roster",
    "RosterProblem",
    "Rule",
    "Shift",
    "Solution",
    "State",
    "Status",
    "Uncovered",
    "Violation",
    "as_lines",
    "as_plan",
    "check",
    "china",
    "explain",
    "from_lines",
    "labour_rules",
    "read_curtois",
    "refused",
    "solve",
]
