"""The simulation: whole desks that exchange bundles over media that lose, repeat, delay, damage and misdirect them."""
