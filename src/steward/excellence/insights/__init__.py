"""What the figures say to people: the catalogue of measures, a page of proof for each, the explorer, dashboards and the wall, and the brief."""
