"""From an empty installation to the first case, in pages: organisation, units, working time, services and time limits, people."""
