"""Settings, clock, database and log: what every other package may use."""
