"""The policy base: law as data. Pure: it reads no clock, no environment and no database."""
